import { ShapeError } from "@wayweave/geo-core";
import type { GraphBuilder, OnnxType, TensorValues, Value } from "./graph-builder.js";
import { onnxTypeCode } from "./types.js";

type Operand = Value | number;

/**
 * Common operators on a {@link GraphBuilder}, with the shapes worked out: enough to write a model's preprocessing
 * (projections, grid cells, table look-ups) by hand. A plain number stands for a constant of the other operand's
 * type. Not every operator runs in float64: ONNX Runtime's CPU provider has Sin, Cos, Exp, Log, Sqrt and Floor for it,
 * but not Tan and Atan. Two operands have one type, and shapes that stretch to each other as in NumPy; else a
 * {@link ShapeError} is thrown.
 *
 * @example
 * const ops = new GraphOps(graph);
 * const cell = ops.cast(ops.floor(ops.div(x, 100)), "int32");
 */
export class GraphOps {
  readonly #graph: GraphBuilder;

  constructor(graph: GraphBuilder) {
    this.#graph = graph;
  }

  /** a + b. */
  readonly add = this.#binary("Add");
  /** a − b. */
  readonly sub = this.#binary("Sub");
  /** a · b, entry by entry. */
  readonly mul = this.#binary("Mul");
  /** a / b; of integers the quotient without its fraction. */
  readonly div = this.#binary("Div");
  /** The lesser of a and b. */
  readonly min = this.#binary("Min");
  /** The greater of a and b. */
  readonly max = this.#binary("Max");
  /** Whether a = b, as bool. */
  readonly equal = this.#binary("Equal", "bool");
  /** Whether a < b, as bool. */
  readonly less = this.#binary("Less", "bool");
  /** Whether a ≥ b, as bool. */
  readonly greaterOrEqual = this.#binary("GreaterOrEqual", "bool");
  /** Whether a and b hold; both are bool. */
  readonly and = this.#binary("And");
  /** Whether a or b holds; both are bool. */
  readonly or = this.#binary("Or");

  /** The largest integer ≤ x, in x's type, which must be a floating-point one. */
  readonly floor = this.#unary("Floor");
  /** eˣ. */
  readonly exp = this.#unary("Exp");
  /** ln x; −Infinity at 0, NaN below. */
  readonly log = this.#unary("Log");
  /** √x; NaN below 0. */
  readonly sqrt = this.#unary("Sqrt");
  /** Of radians. */
  readonly sin = this.#unary("Sin");
  /** Of radians. */
  readonly cos = this.#unary("Cos");
  /** Of radians. Not in float64 on the CPU. */
  readonly tan = this.#unary("Tan");
  /** In radians, within (−π/2, π/2). Not in float64 on the CPU. */
  readonly atan = this.#unary("Atan");
  /** Whether x, a bool, does not hold. */
  readonly not = this.#unary("Not");

  /** {@link GraphBuilder.constant}. */
  constant(type: OnnxType, shape: readonly number[], data: TensorValues, name?: string): Value {
    return this.#graph.constant(type, shape, data, name);
  }

  /**
   * The values in another type; x itself where it is of this type. Floating-point numbers lose their fraction in
   * integers, and are true where they are not 0.
   */
  cast(x: Value, type: OnnxType): Value {
    if (x.type === type) return x;
    return this.#graph.node1("Cast", [x], { type, shape: x.shape }, { to: { i: onnxTypeCode(type) } });
  }

  /** `yes` where the condition holds, else `no`. At least one of them is no plain number. */
  where(condition: Value, yes: Operand, no: Operand): Value {
    const [a, b] = this.#operands(yes, no);
    const shape = broadcast(broadcast(condition.shape, a.shape), b.shape);
    return this.#graph.node1("Where", [condition, a, b], { type: a.type, shape });
  }

  /** Rows of a table: `table[indices]` along the axis. Indices are int32 or int64 and must be in range. */
  gather(table: Value, indices: Value, axis = 0): Value {
    const shape = [...table.shape.slice(0, axis), ...indices.shape, ...table.shape.slice(axis + 1)];
    return this.#graph.node1("Gather", [table, indices], { type: table.type, shape }, { axis: { i: axis } });
  }

  /** One entry along an axis, which disappears: `x[..., index, ...]`. */
  pick(x: Value, axis: number, index: number): Value {
    return this.gather(x, this.#graph.constant("int64", [], [index]), axis);
  }

  /** A new axis of size 1 before axis `axis`, from 0 to the rank. */
  unsqueeze(x: Value, axis: number): Value {
    const shape = [...x.shape.slice(0, axis), 1, ...x.shape.slice(axis)];
    return this.#graph.node1("Unsqueeze", [x, this.#graph.constant("int64", [1], [axis])], {
      type: x.type,
      shape,
    });
  }

  /** @throws {ShapeError} the axis is not known to have the size 1 */
  squeeze(x: Value, axis: number): Value {
    if (x.shape[axis] !== 1) {
      throw new ShapeError(`GraphOps.squeeze: axis ${axis} must have size 1, got [${x.shape.join(", ")}]`);
    }
    const shape = x.shape.filter((_, i) => i !== axis);
    return this.#graph.node1("Squeeze", [x, this.#graph.constant("int64", [1], [axis])], {
      type: x.type,
      shape,
    });
  }

  /** Joins along an axis whose sizes are known. */
  concat(parts: readonly Value[], axis: number): Value {
    const [first] = parts as [Value];
    const size = parts.reduce((sum, part) => sum + Number(part.shape[axis]), 0);
    const shape = first.shape.map((extent, i) => (i === axis ? size : extent));
    return this.#graph.node1("Concat", parts, { type: first.type, shape }, { axis: { i: axis } });
  }

  /** 0, 1, … up to the size of an axis, int64. */
  positions(x: Value, axis: number): Value {
    const size = this.#graph.node1(
      "Shape",
      [x],
      { type: "int64", shape: [1] },
      {
        start: { i: axis },
        end: { i: axis + 1 },
      },
    );
    const scalar = (value: number) => this.#graph.constant("int64", [], [value]);
    const limit = this.#graph.node1("Squeeze", [size], { type: "int64", shape: [] });
    return this.#graph.node1("Range", [scalar(0), limit, scalar(1)], {
      type: "int64",
      shape: [x.shape[axis]!],
    });
  }

  #binary(op: string, type?: OnnxType): (a: Operand, b: Operand) => Value {
    return (a, b) => {
      const [x, y] = this.#operands(a, b);
      return this.#graph.node1(op, [x, y], { type: type ?? x.type, shape: broadcast(x.shape, y.shape) });
    };
  }

  #unary(op: string): (x: Value) => Value {
    return (x) => this.#graph.node1(op, [x], { type: x.type, shape: x.shape });
  }

  #operands(a: Operand, b: Operand): [Value, Value] {
    const typed = typeof a === "number" ? b : a;
    if (typeof typed === "number") throw new ShapeError("GraphOps: one operand must be a value of the graph");
    const toValue = (x: Operand) => (typeof x === "number" ? this.#graph.constant(typed.type, [], [x]) : x);
    return [toValue(a), toValue(b)];
  }
}

/** The shape that two operands give; axes of size 1 stretch. */
function broadcast(a: readonly (number | string)[], b: readonly (number | string)[]): (number | string)[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const x = a[a.length - rank + i] ?? 1;
    const y = b[b.length - rank + i] ?? 1;
    if (x === 1 || x === y) return y;
    if (y === 1) return x;
    throw new ShapeError(`GraphOps: shapes [${a.join(", ")}] and [${b.join(", ")}] do not fit together`);
  });
}
