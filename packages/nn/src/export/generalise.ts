import { StateError } from "@wayweave/geo-core";
import type { GraphBuilder, OutputSpec, Value } from "../onnx/graph-builder.js";
import type { GraphNode, GraphValue } from "../train/record/graph.js";
import type { AxisSizes } from "./axis-sizes.js";
import { DynamicConstants } from "./dynamic-constants.js";
import { describeExtent, fitExtent, isFixed, type Sizes } from "./extent.js";
import { NodeNames } from "./node-names.js";

/** The same value in every recording. */
export type Versions = readonly GraphValue[];

export interface GeneraliseOptions {
  readonly graph: GraphBuilder;
  readonly sizes: AxisSizes;
  /** Names of the dynamic axes. */
  readonly axes: readonly string[];
  /** Sizes of the dynamic axes in each recording; see {@link fitExtent}. */
  readonly recordings: readonly Sizes[];
  /** What stands for a recorded input: a model input, a parameter, or the result of preprocessing. */
  readonly input: (name: string) => Value;
  /** Names of the recorded inputs that are parameters. */
  readonly parameters: ReadonlySet<string>;
}

/**
 * Builds one graph that holds for all sizes of the dynamic axes, from recordings of the same function at several
 * sizes. The recordings are walked side by side. Operators must agree; constants that differ must follow from the
 * sizes by a formula, which then takes the constant's place.
 *
 * @param outputs the function's results, each in all recordings
 * @returns the results as values of the graph, by name
 * @throws {StateError} the recordings differ in a way that no formula explains; the message says where
 */
export function generalise(
  options: GeneraliseOptions,
  outputs: ReadonlyMap<string, Versions>,
): Map<string, Value> {
  return new Generaliser(options, outputs).build();
}

class Generaliser {
  readonly #options: GeneraliseOptions;
  readonly #outputs: ReadonlyMap<string, Versions>;
  readonly #outputNames: ReadonlyMap<string, string>;
  readonly #built = new Map<string, Value>();
  readonly #names: NodeNames;
  readonly #constants: DynamicConstants;
  /** Values of the first recording that something reads. */
  readonly #read = new Set<GraphValue>();

  constructor(options: GeneraliseOptions, outputs: ReadonlyMap<string, Versions>) {
    this.#options = options;
    this.#outputs = outputs;
    this.#outputNames = new Map([...outputs].map(([name, versions]) => [keyOf(versions), name]));
    this.#names = new NodeNames(options.parameters);
    this.#constants = new DynamicConstants(options);
  }

  build(): Map<string, Value> {
    for (const versions of this.#nodesInOrder()) this.#addNode(versions);
    return new Map([...this.#outputs].map(([name, versions]) => [name, this.#value(versions)]));
  }

  /** One result of each node that the outputs need, in the order of recording, which is topological. */
  #nodesInOrder(): Versions[] {
    const seen = new Set<string>();
    const nodes = new Map<string, Versions>();
    const pending = [...this.#outputs.values()];
    for (let versions = pending.pop(); versions !== undefined; versions = pending.pop()) {
      const key = keyOf(versions);
      if (seen.has(key)) continue;
      seen.add(key);
      this.#read.add(versions[0]!);
      if (versions[0]!.node === undefined) continue;
      const first = this.#firstOutputs(versions);
      if (nodes.has(keyOf(first))) continue;
      nodes.set(keyOf(first), first);
      for (const input of inputsOf(first)) if (input !== undefined) pending.push(input);
    }
    return [...nodes.values()].sort((a, b) => a[0]!.id - b[0]!.id);
  }

  /** The first output of the value's node, in every recording, after checking that the nodes agree. */
  #firstOutputs(versions: Versions): Versions {
    const { node, index } = producer(versions[0]!)!;
    for (const version of versions) {
      const other = producer(version);
      if (other === undefined || other.index !== index || !sameKind(node, other.node)) {
        this.#refuse(`${node.op} in one recording is ${other?.node.op ?? "a constant"} in another`);
      }
    }
    return versions.map((version) => version.node!.outputs[0]!);
  }

  #addNode(first: Versions): void {
    const { graph } = this.#options;
    const { op, domain, attributes, outputs } = first[0]!.node!;
    const inputs = inputsOf(first).map((versions, i) =>
      versions === undefined ? undefined : (this.#reshapeTarget(op, i, versions) ?? this.#value(versions)),
    );
    const name = this.#names.of(first[0]!.node!);
    const results = outputs.slice(0, this.#lastRead(outputs) + 1).map((_, index) => {
      const versions = first.map((version) => version.node!.outputs[index]!);
      return { versions, spec: this.#spec(versions, name) };
    });
    const values = graph.node(
      op,
      inputs,
      results.map(({ spec }) => spec),
      attributes,
      domain,
    );
    results.forEach(({ versions }, i) => {
      this.#built.set(keyOf(versions), values[i]!);
    });
  }

  #lastRead(outputs: readonly GraphValue[]): number {
    return Math.max(
      0,
      outputs.findLastIndex((output) => this.#read.has(output)),
    );
  }

  #spec(versions: Versions, name: string): OutputSpec {
    const shape = versions[0]!.shape.map((_, axis) =>
      this.#axisName(versions.map((version) => version.shape[axis]!)),
    );
    return { type: versions[0]!.type, shape, name: this.#outputNames.get(keyOf(versions)) ?? name };
  }

  #axisName(extents: readonly number[]): number | string {
    const extent = fitExtent(extents, this.#options.recordings);
    if (extent === undefined) return this.#refuse(`an axis has the sizes ${extents.join(", ")}`);
    return isFixed(extent) ? extents[0]! : describeExtent(extent, this.#options.axes);
  }

  /** A Reshape with one axis that depends on the sizes needs no formula: −1 says "whatever is left". */
  #reshapeTarget(op: string, inputIndex: number, versions: Versions): Value | undefined {
    if (op !== "Reshape" || inputIndex !== 1) return undefined;
    const targets = versions.map(({ data }) => Array.from((data ?? []) as ArrayLike<bigint>, Number));
    const open = targets[0]!.map((_, i) => targets.some((target) => target[i] !== targets[0]![i]));
    if (open.filter(Boolean).length !== 1 || targets[0]!.includes(0)) return undefined;
    const target = targets[0]!.map((extent, i) => (open[i] ? -1 : extent));
    return this.#options.graph.constant("int64", [target.length], target);
  }

  #value(versions: Versions): Value {
    const key = keyOf(versions);
    const known = this.#built.get(key);
    if (known !== undefined) return known;
    const value = this.#source(versions);
    this.#built.set(key, value);
    return value;
  }

  /** A value that no node computes: an input or a constant. */
  #source(versions: Versions): Value {
    const [first] = versions;
    if (first!.inputName !== undefined) {
      if (versions.some(({ inputName }) => inputName !== first!.inputName)) {
        this.#refuse(`input ${first!.inputName} is used in one recording only`);
      }
      return this.#options.input(first!.inputName);
    }
    const value = versions.every(({ data }) => data !== undefined)
      ? this.#constants.build(versions)
      : undefined;
    return value ?? this.#refuse(describeConstant(versions));
  }

  #refuse(what: string): never {
    const sizes = this.#options.recordings.map((recording) => `[${recording.join(", ")}]`).join(", ");
    throw new StateError(
      `exportOnnx: the function takes another form for other sizes of ${this.#options.axes.join(", ")}: ${what} (recorded at ${sizes}). Loops and splits over a dynamic axis cannot be exported (use gru for sequences), nor can tables of its length.`,
    );
  }
}

function keyOf(versions: Versions): string {
  return versions.map(({ id }) => id).join();
}

/** The node that computes a value, and which of its results the value is. */
function producer(value: GraphValue): { node: GraphNode; index: number } | undefined {
  return value.node === undefined
    ? undefined
    : { node: value.node, index: value.node.outputs.indexOf(value) };
}

function sameKind(a: GraphNode, b: GraphNode): boolean {
  return (
    a.op === b.op &&
    a.domain === b.domain &&
    a.outputs.length === b.outputs.length &&
    a.inputs.length === b.inputs.length &&
    a.inputs.every((input, i) => (input === undefined) === (b.inputs[i] === undefined)) &&
    JSON.stringify(a.attributes) === JSON.stringify(b.attributes)
  );
}

/** The inputs of a node, each in all recordings. */
function inputsOf(first: Versions): (Versions | undefined)[] {
  return first[0]!.node!.inputs.map((input, i) =>
    input === undefined ? undefined : first.map((version) => version.node!.inputs[i]!),
  );
}

function describeConstant(versions: Versions): string {
  const seen = versions.map(({ data, shape, type }) =>
    data === undefined
      ? "a computed value"
      : `${type} [${shape.join(", ")}] (${Array.from(data.subarray(0, 4), String).join(", ")}${data.length > 4 ? ", …" : ""})`,
  );
  return `a constant follows the sizes by no known formula: ${seen.join("; ")}`;
}
