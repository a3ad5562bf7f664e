import type { GraphBuilder, Value } from "../onnx/graph-builder.js";
import type { Extent } from "./extent.js";

/** Where a dynamic axis can be measured when the model runs. */
export interface AxisSource {
  readonly value: Value;
  readonly axis: number;
}

/** Computes numbers that follow from the sizes of dynamic axes, inside the model. */
export class AxisSizes {
  readonly #graph: GraphBuilder;
  readonly #names: readonly string[];
  readonly #sources: readonly AxisSource[];
  readonly #products = new Map<string, Value>();
  readonly #vectors = new Map<string, Value>();

  constructor(graph: GraphBuilder, names: readonly string[], sources: readonly AxisSource[]) {
    this.#graph = graph;
    this.#names = names;
    this.#sources = sources;
  }

  /** The extents as an int64 vector: Σ over products of axes of (factors · product). */
  vector(extents: readonly Extent[]): Value {
    const key = JSON.stringify(extents);
    const known = this.#vectors.get(key);
    if (known !== undefined) return known;
    const length = extents.length;
    const products = new Map<string, readonly number[]>();
    for (const { terms } of extents) for (const { axes } of terms) products.set(axes.join(), axes);
    let sum: Value | undefined;
    for (const axes of products.values()) {
      const factors = extents.map(
        ({ terms }) => terms.find((term) => term.axes.join() === axes.join())?.factor ?? 0,
      );
      const term = this.#scaled(factors, axes);
      sum = sum === undefined ? term : this.#node("Add", sum, term, length);
    }
    const vector = sum ?? this.#graph.constant("int64", [length], new BigInt64Array(length));
    this.#vectors.set(key, vector);
    return vector;
  }

  #scaled(factors: readonly number[], axes: readonly number[]): Value {
    const constant = this.#graph.constant("int64", [factors.length], factors);
    if (axes.length === 0) return constant;
    const product = this.#product(axes);
    const isPlain = factors.length === 1 && factors[0] === 1;
    return isPlain ? product : this.#node("Mul", constant, product, factors.length);
  }

  /** The product of axes, as a vector of one. */
  #product(axes: readonly number[]): Value {
    const key = axes.join();
    const known = this.#products.get(key);
    if (known !== undefined) return known;
    const last = axes.at(-1)!;
    const product =
      axes.length === 1
        ? this.#measure(last)
        : this.#node("Mul", this.#product(axes.slice(0, -1)), this.#product([last]), 1);
    this.#products.set(key, product);
    return product;
  }

  #measure(index: number): Value {
    const { value, axis } = this.#sources[index]!;
    const output = { type: "int64" as const, shape: [1], name: `${this.#names[index]}_size` };
    return this.#graph.node1("Shape", [value], output, { start: { i: axis }, end: { i: axis + 1 } });
  }

  #node(op: string, a: Value, b: Value, length: number): Value {
    return this.#graph.node1(op, [a, b], { type: "int64", shape: [length], name: "sizes" });
  }
}
