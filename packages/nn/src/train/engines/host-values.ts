import type { Tensor as OrtTensor } from "onnxruntime-node";
import { copyOf, type HostTensor, zeros } from "../host-tensor.js";
import { fromOrt, toOrt, type ValueStore } from "./value-store.js";

/**
 * Values in host memory, twice: a step reads one buffer and writes the other, and they change places. On the CPU nothing is copied;
 * CUDA copies them there and back, since onnxruntime-node hands out no memory of its.
 */
export class HostValues implements ValueStore {
  readonly #current = new Map<string, OrtTensor>();
  readonly #spare = new Map<string, OrtTensor>();

  outputLocations(): undefined {
    return undefined;
  }

  names(): readonly string[] {
    return [...this.#current.keys()];
  }

  current(name: string): OrtTensor {
    return this.#current.get(name)!;
  }

  target(name: string): OrtTensor {
    const known = this.#spare.get(name);
    if (known !== undefined) return known;
    const { type, dims } = this.#current.get(name)!;
    const buffer = toOrt(zeros(type as HostTensor["type"], dims));
    this.#spare.set(name, buffer);
    return buffer;
  }

  accept(written: ReadonlyMap<string, OrtTensor>): void {
    for (const name of written.keys()) {
      const old = this.#current.get(name)!;
      this.#current.set(name, this.#spare.get(name)!);
      this.#spare.set(name, old);
    }
  }

  async read(names: readonly string[]): Promise<Record<string, HostTensor>> {
    return Object.fromEntries(names.map((name) => [name, fromOrt(this.#current.get(name)!)]));
  }

  write(values: Readonly<Record<string, HostTensor>>): void {
    for (const [name, value] of Object.entries(values)) this.#current.set(name, toOrt(copyOf(value)));
  }

  async dispose(): Promise<void> {
    this.#current.clear();
    this.#spare.clear();
  }
}
