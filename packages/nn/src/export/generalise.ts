import { StateError } from "@wayweave/geo-core";
import type { GraphBuilder, OutputSpec, Value } from "../onnx/graph-builder.js";
import type { OnnxTensor } from "../onnx/initializers.js";
import type { GraphValue } from "../train/record/graph.js";
import type { AxisSizes } from "./axis-sizes.js";
import { DynamicConstants } from "./dynamic-constants.js";
import { describeExtent, fitExtent, isFixed, type Sizes } from "./extent.js";
import type { Folding } from "./fold-parameters.js";
import { NodeNames } from "./node-names.js";
import { inputsOf, keyOf, resultOf, type Versions, type Walk } from "./walk.js";

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
  /** What the results depend on. */
  readonly walk: Walk;
  /** What follows from parameters alone. */
  readonly folding: Folding;
  /** Stores a parameter, or what follows from some, under a name like it. */
  readonly store: (name: string, tensor: OnnxTensor) => Value;
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

  constructor(options: GeneraliseOptions, outputs: ReadonlyMap<string, Versions>) {
    this.#options = options;
    this.#outputs = outputs;
    this.#outputNames = new Map([...outputs].map(([name, versions]) => [keyOf(versions), name]));
    this.#names = new NodeNames(options.parameters);
    this.#constants = new DynamicConstants(options);
  }

  build(): Map<string, Value> {
    const { walk, folding } = this.#options;
    for (const first of walk.nodes) {
      // Every node is named, so that those after folded ones know their place.
      const name = this.#names.of(first[0]!.node!);
      if (!folding.nodes.has(keyOf(first))) this.#addNode(first, name);
    }
    return new Map([...this.#outputs].map(([name, versions]) => [name, this.#value(versions)]));
  }

  #addNode(first: Versions, name: string): void {
    const { graph } = this.#options;
    const { op, domain, attributes, outputs } = first[0]!.node!;
    const inputs = inputsOf(first).map((versions, i) =>
      versions === undefined ? undefined : (this.#reshapeTarget(op, i, versions) ?? this.#value(versions)),
    );
    const results = outputs.slice(0, this.#lastRead(outputs) + 1).map((_, index) => {
      const versions = resultOf(first, index);
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
      outputs.findLastIndex((output) => this.#options.walk.read.has(output)),
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

  /** A value that no node of the model computes: an input, a constant, or what follows from parameters alone. */
  #source(versions: Versions): Value {
    const [first] = versions;
    const folded = this.#options.folding.values.get(keyOf(versions));
    if (folded !== undefined) return this.#options.store(folded.name, folded);
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
    return refuseForm(this.#options.axes, this.#options.recordings, what);
  }
}

/** @throws {StateError} always: the recordings differ in a way that cannot be generalised */
export function refuseForm(axes: readonly string[], recordings: readonly Sizes[], what: string): never {
  const sizes = recordings.map((recording) => `[${recording.join(", ")}]`).join(", ");
  throw new StateError(
    `exportOnnx: the function takes another form for other sizes of ${axes.join(", ")}: ${what} (recorded at ${sizes}). Loops and splits over a dynamic axis cannot be exported (use gru for sequences), nor can tables of its length.`,
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
