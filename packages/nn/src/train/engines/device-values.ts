import type { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { openSession, type Provider } from "../../inference/providers.js";
import { GraphBuilder } from "../../onnx/graph-builder.js";
import { copyOf, type HostTensor } from "../host-tensor.js";
import { fromOrt, toOrt, type ValueStore } from "./value-store.js";

/**
 * Values that stay where the provider computes: a step's outputs are the next one's inputs, and nothing of them is copied until they
 * are read. For WebGPU, the one provider whose memory onnxruntime-node hands out (`preferredOutputLocation`).
 *
 * They are read through a graph that copies, whose outputs are in host memory: a tensor's own `getData` ends the process in
 * onnxruntime-node 1.30.
 */
export class DeviceValues implements ValueStore {
  readonly #provider: Provider;
  readonly #current = new Map<string, OrtTensor>();
  readonly #copiers = new Map<string, Promise<InferenceSession>>();

  constructor(provider: Provider) {
    this.#provider = provider;
  }

  outputLocations(outputs: readonly string[]): Record<string, "gpu-buffer"> {
    return Object.fromEntries(outputs.map((name) => [name, "gpu-buffer"]));
  }

  names(): readonly string[] {
    return [...this.#current.keys()];
  }

  current(name: string): OrtTensor {
    return this.#current.get(name)!;
  }

  target(): null {
    return null;
  }

  accept(written: ReadonlyMap<string, OrtTensor>): void {
    for (const [name, tensor] of written) this.#replace(name, tensor);
  }

  async read(names: readonly string[]): Promise<Record<string, HostTensor>> {
    const values: Record<string, HostTensor> = {};
    const away = names.filter((name) => this.current(name).location === "gpu-buffer");
    for (const name of names) if (!away.includes(name)) values[name] = fromOrt(this.current(name));
    if (away.length === 0) return values;
    const copier = await this.#copierOf(away);
    const feeds = Object.fromEntries(away.map((name, i) => [`x${i}`, this.current(name)]));
    const copies = await copier.run(feeds);
    for (const [i, name] of away.entries()) values[name] = fromOrt(copies[`y${i}`]!);
    return Object.fromEntries(names.map((name) => [name, values[name]!]));
  }

  write(values: Readonly<Record<string, HostTensor>>): void {
    // The next step uploads them.
    for (const [name, value] of Object.entries(values)) this.#replace(name, toOrt(copyOf(value)));
  }

  async dispose(): Promise<void> {
    for (const tensor of this.#current.values()) tensor.dispose();
    this.#current.clear();
    for (const copier of this.#copiers.values()) await (await copier.catch(() => undefined))?.release();
    this.#copiers.clear();
  }

  #replace(name: string, tensor: OrtTensor): void {
    this.#current.get(name)?.dispose();
    this.#current.set(name, tensor);
  }

  #copierOf(names: readonly string[]): Promise<InferenceSession> {
    const key = names.join("\n");
    const copier = this.#copiers.get(key) ?? this.#openCopier(names);
    this.#copiers.set(key, copier);
    copier.catch(() => this.#copiers.delete(key));
    return copier;
  }

  async #openCopier(names: readonly string[]): Promise<InferenceSession> {
    const graph = new GraphBuilder({ name: "copies" });
    for (const [i, name] of names.entries()) {
      const { type, dims } = this.current(name);
      const as = { type: type as HostTensor["type"], shape: dims };
      graph.output(graph.node1("Identity", [graph.input(`x${i}`, as.type, dims)], as), `y${i}`);
    }
    const opened = await openSession("TrainStep.params", graph.toBytes(), { providers: [this.#provider] });
    return opened.session;
  }
}
