import type { DataType } from "../../tfjs.js";
import { elementwise, mapValue } from "../elementwise.js";
import type { GraphValue } from "../graph.js";
import { type Kernel, type KernelCall, kernel } from "../kernel.js";
import { onnxTypeOf, type RecordedTensor, type Recorder } from "../recorder.js";

/** tfjs kernel → the ONNX operator with the same meaning and type rules. */
const SAME: Readonly<Record<string, string>> = {
  Abs: "Abs",
  Acos: "Acos",
  Acosh: "Acosh",
  Asin: "Asin",
  Asinh: "Asinh",
  Atan: "Atan",
  Atanh: "Atanh",
  Ceil: "Ceil",
  Cos: "Cos",
  Cosh: "Cosh",
  Elu: "Elu",
  Erf: "Erf",
  Exp: "Exp",
  Floor: "Floor",
  Log: "Log",
  Neg: "Neg",
  Reciprocal: "Reciprocal",
  Relu: "Relu",
  Round: "Round",
  Selu: "Selu",
  Sigmoid: "Sigmoid",
  Sign: "Sign",
  Sin: "Sin",
  Sinh: "Sinh",
  Softplus: "Softplus",
  Sqrt: "Sqrt",
  Tan: "Tan",
  Tanh: "Tanh",
};

/** Functions that ONNX defines on floating point only, and tfjs also calls on integers. */
const INTEGER_SAFE = new Set(["Abs", "Neg", "Sign", "Relu"]);
/** Functions that are the identity on integers. */
const INTEGER_IDENTITY = new Set(["Ceil", "Floor", "Round"]);

/** A float function of x, keeping x's type. */
export function unary(
  recorder: Recorder,
  op: string,
  x: RecordedTensor,
  attributes: Readonly<Record<string, { f: number }>> = {},
): RecordedTensor {
  return mapValue(x, x.dtype, (value) =>
    recorder.graph.node1(op, [value], { type: value.type, shape: value.shape }, attributes),
  );
}

export function castTo(recorder: Recorder, x: RecordedTensor, dtype: DataType): RecordedTensor {
  return mapValue(x, dtype, (value) => recorder.cast(value, onnxTypeOf(dtype)));
}

function recordSame(op: string, { recorder, inputs }: KernelCall<unknown>): RecordedTensor {
  const x = inputs.x!;
  if (x.dtype === "float32" || (x.dtype === "int32" && INTEGER_SAFE.has(op))) return unary(recorder, op, x);
  if (x.dtype === "int32" && INTEGER_IDENTITY.has(op)) return x;
  return castTo(recorder, unary(recorder, op, castTo(recorder, x, "float32")), x.dtype);
}

/** A scalar constant with x's rank, for {@link elementwise}. */
export function number(recorder: Recorder, x: number, dtype: DataType = "float32"): RecordedTensor {
  return recorder.filled(x, [], dtype);
}

export function binary(
  recorder: Recorder,
  op: string,
  a: RecordedTensor,
  b: RecordedTensor | number,
  dtype: DataType = a.dtype,
): RecordedTensor {
  return elementwise(recorder, op, [a, typeof b === "number" ? number(recorder, b, a.dtype) : b], dtype);
}

export function clip(recorder: Recorder, x: RecordedTensor, low: number, high: number): RecordedTensor {
  const type = x.dtype === "int32" ? "int32" : "float32";
  const bounds = [recorder.graph.scalar(low, type), recorder.graph.scalar(high, type)];
  return mapValue(x, x.dtype, (value) =>
    recorder.graph.node1("Clip", [value, ...bounds], { type: value.type, shape: value.shape }),
  );
}

/** Large enough to saturate on every normal float32. */
const STEEPEST_SLOPE = 3.4e38;

/**
 * 1 where x > 0, else 0, in one pass: a hard sigmoid so steep that only subnormal numbers fall on its slope. Where
 * relu(x) was recorded, that is read instead (it has the same sign), so that x need not outlive its relu.
 */
export function isPositive(recorder: Recorder, value: GraphValue): GraphValue {
  const spec = { type: value.type, shape: value.shape };
  const source = recorder.graph.find("Relu", [value], spec) ?? value;
  const attributes = { alpha: { f: STEEPEST_SLOPE }, beta: { f: 0 } };
  return recorder.graph.node1("HardSigmoid", [source], spec, attributes);
}

function recordStep({ recorder, inputs, attrs }: KernelCall<{ alpha: number }>): RecordedTensor {
  const x = castTo(recorder, inputs.x!, "float32");
  const step = mapValue(x, "float32", (value) => isPositive(recorder, value));
  const alpha = attrs.alpha ?? 0;
  if (alpha === 0) return castTo(recorder, step, inputs.x!.dtype);
  const scaled = binary(recorder, "Add", binary(recorder, "Mul", step, 1 - alpha), alpha);
  return castTo(recorder, scaled, inputs.x!.dtype);
}

/** log(1 + x) without loss near 0: with u = 1 + x rounded, log(u)·x / (u − 1); x itself where u = 1 (Kahan). */
function recordLog1p({ recorder, inputs }: KernelCall<unknown>): RecordedTensor {
  const x = inputs.x!;
  const u = binary(recorder, "Add", x, 1);
  const quotient = binary(recorder, "Div", x, binary(recorder, "Sub", u, 1));
  const value = binary(recorder, "Mul", unary(recorder, "Log", u), quotient);
  return elementwise(recorder, "Where", [binary(recorder, "Equal", u, 1, "bool"), x, value], "float32");
}

/** eˣ − 1 = tanh(x/2)·(eˣ + 1), which loses nothing near 0. */
function recordExpm1({ recorder, inputs }: KernelCall<unknown>): RecordedTensor {
  const x = inputs.x!;
  const half = unary(recorder, "Tanh", binary(recorder, "Mul", x, 0.5));
  return binary(recorder, "Mul", half, binary(recorder, "Add", unary(recorder, "Exp", x), 1));
}

function classify(recorder: Recorder, op: "IsNaN" | "IsInf", x: RecordedTensor): RecordedTensor {
  return mapValue(x, "bool", (value) =>
    recorder.graph.node1(op, [value], { type: "bool", shape: value.shape }),
  );
}

function not(recorder: Recorder, x: RecordedTensor): RecordedTensor {
  return mapValue(x, "bool", (value) =>
    recorder.graph.node1("Not", [value], { type: "bool", shape: value.shape }),
  );
}

/** dy·(y ≥ 0 ? 1 : y + 1), with y = elu(x). */
function recordEluGrad({ recorder, inputs }: KernelCall<unknown>): RecordedTensor {
  const slope = binary(recorder, "Add", binary(recorder, "Min", inputs.y!, 0), 1);
  return binary(recorder, "Mul", inputs.dy!, slope);
}

export const unaryKernels: readonly Kernel[] = [
  ...Object.entries(SAME).map(([name, op]) => kernel(name, (call) => recordSame(op, call))),
  kernel<{ alpha: number }>("Step", recordStep),
  kernel("Log1p", recordLog1p),
  kernel("Expm1", recordExpm1),
  kernel("EluGrad", recordEluGrad),
  kernel("Rsqrt", ({ recorder, inputs }) =>
    unary(recorder, "Reciprocal", unary(recorder, "Sqrt", inputs.x!)),
  ),
  kernel("Square", ({ recorder, inputs }) => binary(recorder, "Mul", inputs.x!, inputs.x!)),
  kernel("Relu6", ({ recorder, inputs }) => clip(recorder, inputs.x!, 0, 6)),
  kernel<{ alpha: number }>("LeakyRelu", ({ recorder, inputs, attrs }) =>
    unary(recorder, "LeakyRelu", inputs.x!, { alpha: { f: attrs.alpha } }),
  ),
  kernel<{ clipValueMin: number; clipValueMax: number }>("ClipByValue", ({ recorder, inputs, attrs }) =>
    clip(recorder, inputs.x!, attrs.clipValueMin, attrs.clipValueMax),
  ),
  kernel("IsNan", ({ recorder, inputs }) => classify(recorder, "IsNaN", inputs.x!)),
  kernel("IsInf", ({ recorder, inputs }) => classify(recorder, "IsInf", inputs.x!)),
  kernel("IsFinite", ({ recorder, inputs }) => {
    const isNan = classify(recorder, "IsNaN", inputs.x!);
    return not(
      recorder,
      elementwise(recorder, "Or", [isNan, classify(recorder, "IsInf", inputs.x!)], "bool"),
    );
  }),
  kernel("LogicalNot", ({ recorder, inputs }) => not(recorder, inputs.x!)),
  kernel<{ dtype: DataType }>("Cast", ({ recorder, inputs, attrs }) =>
    castTo(recorder, inputs.x!, attrs.dtype),
  ),
];
