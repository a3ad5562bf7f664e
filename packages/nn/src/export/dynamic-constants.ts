import type { GraphBuilder, OnnxType, Value } from "../onnx/graph-builder.js";
import { onnxTypeCode } from "../onnx/types.js";
import type { GraphValue } from "../train/record/graph.js";
import type { AxisSizes } from "./axis-sizes.js";
import { describeExtent, type Extent, fitExtent, isFixed, type Sizes } from "./extent.js";
import { isSameConstant } from "./walk.js";

interface Surroundings {
  readonly graph: GraphBuilder;
  readonly sizes: AxisSizes;
  readonly axes: readonly string[];
  readonly recordings: readonly Sizes[];
}

/** Turns constants that were recorded at several sizes into one constant, or into nodes that compute it. */
export class DynamicConstants {
  readonly #graph: GraphBuilder;
  readonly #sizes: AxisSizes;
  readonly #axes: readonly string[];
  readonly #recordings: readonly Sizes[];

  constructor({ graph, sizes, axes, recordings }: Surroundings) {
    this.#graph = graph;
    this.#sizes = sizes;
    this.#axes = axes;
    this.#recordings = recordings;
  }

  /**
   * @param versions the constant in every recording
   * @returns undefined when no formula explains the differences
   */
  build(versions: readonly GraphValue[]): Value | undefined {
    const { type, shape, data } = versions[0]!;
    if (isSameConstant(versions)) {
      return this.#graph.constant(type, shape, data!);
    }
    const vector = versions.every((version) => version.data!.length === data!.length)
      ? this.#numbers(versions)
      : this.#progression(versions);
    return vector === undefined ? undefined : this.#shaped(vector, versions);
  }

  /** As many numbers in every recording, each following from the sizes: `batch`, `2·time + 1`, `1/batch`. */
  #numbers(versions: readonly GraphValue[]): Value | undefined {
    const { type } = versions[0]!;
    const contents = versions.map(numbersOf);
    const fitAll = (of: (value: number) => number): Extent[] | undefined => {
      const fits = contents[0]!.map((_, i) => this.#fit(contents.map((data) => of(data[i]!))));
      return fits.every((fit) => fit !== undefined) ? (fits as Extent[]) : undefined;
    };
    const whole = fitAll((value) => value);
    if (whole !== undefined) return this.#cast(this.#sizes.vector(whole), type);
    if (type !== "float32") return undefined;
    // 1/n in single precision gives n back after rounding, for every n that an axis may have.
    const divisors = fitAll((value) =>
      Math.fround(1 / Math.round(1 / value)) === value ? Math.round(1 / value) : Number.NaN,
    );
    if (divisors === undefined) return undefined;
    const divisor = this.#cast(this.#sizes.vector(divisors), type);
    return this.#graph.node1("Reciprocal", [divisor], { type, shape: divisor.shape });
  }

  /** `start, start + step, …` with as many entries as the sizes say: `tf.range` over a dynamic axis. */
  #progression(versions: readonly GraphValue[]): Value | undefined {
    const { type } = versions[0]!;
    const contents = versions.map(numbersOf);
    const [start, next] = contents[0]! as [number, number];
    const step = next - start;
    if (!Number.isInteger(start) || !Number.isInteger(step) || step === 0) return undefined;
    if (!contents.every((data) => data.every((value, i) => value === start + i * step))) return undefined;
    const length = this.#fit(contents.map((data) => data.length));
    const end = this.#fit(contents.map((data) => start + step * data.length));
    if (length === undefined || end === undefined) return undefined;
    const scalar = (value: number) => this.#graph.constant("int64", [], [value]);
    const limit = this.#graph.node1("Squeeze", [this.#sizes.vector([end])], { type: "int64", shape: [] });
    const range = this.#graph.node1("Range", [scalar(start), limit, scalar(step)], {
      type: "int64",
      shape: [describeExtent(length, this.#axes)],
    });
    return this.#cast(range, type);
  }

  /** The vector in the constant's own shape. */
  #shaped(vector: Value, versions: readonly GraphValue[]): Value | undefined {
    const { type, shape } = versions[0]!;
    if (shape.length === 1) return vector;
    const extents = shape.map((_, axis) => this.#fit(versions.map((version) => version.shape[axis]!)));
    if (extents.some((extent) => extent === undefined)) return undefined;
    const known = extents as Extent[];
    const names = known.map((extent, axis) =>
      isFixed(extent) ? shape[axis]! : describeExtent(extent, this.#axes),
    );
    return this.#graph.node1("Reshape", [vector, this.#sizes.vector(known)], { type, shape: names });
  }

  #cast(vector: Value, type: OnnxType): Value {
    if (vector.type === type) return vector;
    return this.#graph.node1(
      "Cast",
      [vector],
      { type, shape: vector.shape },
      { to: { i: onnxTypeCode(type) } },
    );
  }

  #fit(values: readonly number[]): Extent | undefined {
    return values.every(Number.isInteger) ? fitExtent(values, this.#recordings) : undefined;
  }
}

function numbersOf({ data }: GraphValue): number[] {
  return Array.from(data as ArrayLike<number | bigint>, Number);
}
