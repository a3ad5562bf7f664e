import type { DataType } from "../../tfjs.js";
import {
  add,
  align,
  broadcastShapes,
  broadcastTo,
  elementwise,
  multiply,
  uniformValue,
} from "../elementwise.js";
import { type Kernel, type KernelCall, kernel } from "../kernel.js";
import type { RecordedTensor, Recorder } from "../recorder.js";
import { binary, castTo, unary } from "./unary.js";

type Call = KernelCall<unknown>;

/** tfjs kernel → ONNX operator, result of the operands' type. */
const ARITHMETIC: Readonly<Record<string, string>> = { Maximum: "Max", Minimum: "Min", Pow: "Pow" };
const COMPARISONS: Readonly<Record<string, string>> = {
  Equal: "Equal",
  Greater: "Greater",
  GreaterEqual: "GreaterOrEqual",
  Less: "Less",
  LessEqual: "LessOrEqual",
  LogicalAnd: "And",
  LogicalOr: "Or",
};

function operands(inputs: Call["inputs"]): [RecordedTensor, RecordedTensor] {
  return [inputs.a!, inputs.b!];
}

function recordSub({ recorder, inputs }: Call): RecordedTensor {
  const [a, b] = operands(inputs);
  if (uniformValue(b) === 0) return broadcastTo(recorder, a, broadcastShapes(a.shape, b.shape));
  return binary(recorder, "Sub", a, b);
}

/** True division; a constant divisor becomes a factor only where that is exact (powers of two). */
function recordRealDiv({ recorder, inputs }: Call): RecordedTensor {
  const [a, b] = operands(inputs);
  if (uniformValue(b) === 1) return broadcastTo(recorder, a, broadcastShapes(a.shape, b.shape));
  if (a.dtype !== "float32") {
    return binary(recorder, "Div", castTo(recorder, a, "float32"), castTo(recorder, b, "float32"));
  }
  return binary(recorder, "Div", a, b);
}

/** ONNX divides integers towards zero; tfjs rounds down. */
function recordFloorDiv({ recorder, inputs }: Call): RecordedTensor {
  const [a, b] = operands(inputs);
  if (a.dtype === "float32") return unary(recorder, "Floor", binary(recorder, "Div", a, b));
  return binary(recorder, "Div", binary(recorder, "Sub", a, remainder(recorder, a, b)), b);
}

/** The remainder with the divisor's sign. ONNX has it for integers; for floats only the dividend's sign. */
function remainder(recorder: Recorder, a: RecordedTensor, b: RecordedTensor): RecordedTensor {
  if (a.dtype !== "float32") return binary(recorder, "Mod", a, b);
  const rest = fmod(recorder, a, b);
  const wrapped = fmod(recorder, binary(recorder, "Add", rest, b), b);
  const isNegative = (x: RecordedTensor) => binary(recorder, "Less", x, 0, "bool");
  const sameSign = binary(recorder, "Equal", isNegative(a), isNegative(b), "bool");
  return elementwise(recorder, "Where", [sameSign, rest, wrapped], "float32");
}

function fmod(recorder: Recorder, a: RecordedTensor, b: RecordedTensor): RecordedTensor {
  const { values, shape, permutation } = align(recorder, [a, b]);
  const stored = broadcastShapes(...values.map((value) => value.shape));
  const spec = { type: "float32", shape: stored } as const;
  const value = recorder.graph.node1("Mod", values, spec, { fmod: { i: 1 } });
  const ranked = recorder.reshape(value, [
    ...new Array<number>(shape.length - stored.length).fill(1),
    ...stored,
  ]);
  return { shape, permutation, dtype: "float32", value: ranked };
}

/** The angle of (x, y): atan(y/x), turned by ±π left of the y axis, 0 at the origin. */
function recordAtan2({ recorder, inputs }: Call): RecordedTensor {
  const [y, x] = operands(inputs);
  const angle = unary(recorder, "Atan", binary(recorder, "Div", y, x));
  const where = (condition: RecordedTensor, yes: RecordedTensor, no: RecordedTensor) =>
    elementwise(recorder, "Where", [condition, yes, no], "float32");
  const constant = (value: number) => recorder.filled(value, [], "float32");
  const isLeft = binary(recorder, "Less", x, 0, "bool");
  const isBelow = binary(recorder, "Less", y, 0, "bool");
  const turn = where(isLeft, where(isBelow, constant(-Math.PI), constant(Math.PI)), constant(0));
  const isOrigin = binary(
    recorder,
    "And",
    binary(recorder, "Equal", x, 0, "bool"),
    binary(recorder, "Equal", y, 0, "bool"),
    "bool",
  );
  return where(isOrigin, constant(0), binary(recorder, "Add", angle, turn));
}

/** ONNX Runtime chooses between numbers only: booleans travel as bytes. */
function recordSelect({ recorder, inputs }: Call): RecordedTensor {
  const { condition, t, e } = inputs as Record<"condition" | "t" | "e", RecordedTensor>;
  if (t.dtype !== "bool") return elementwise(recorder, "Where", [condition, t, e], t.dtype);
  const chosen = elementwise(
    recorder,
    "Where",
    [condition, castTo(recorder, t, "int32"), castTo(recorder, e, "int32")],
    "int32",
  );
  return castTo(recorder, chosen, "bool");
}

function recordPrelu({ recorder, inputs }: Call): RecordedTensor {
  const x = inputs.x!;
  const negative = binary(recorder, "Mul", inputs.alpha!, binary(recorder, "Min", x, 0));
  return binary(recorder, "Add", unary(recorder, "Relu", x), negative);
}

function recordAddN({ recorder, inputs }: Call): RecordedTensor {
  return Object.values(inputs).reduce((sum, term) => add(recorder, sum, term));
}

function compare(op: string, { recorder, inputs }: Call): RecordedTensor {
  return elementwise(recorder, op, operands(inputs), "bool");
}

const NUMERIC: DataType = "int32";

/** ONNX orders numbers only; tfjs also orders booleans. */
function ordered(op: string, { recorder, inputs, attrs }: Call): RecordedTensor {
  const [a, b] = operands(inputs).map((x) => (x.dtype === "bool" ? castTo(recorder, x, NUMERIC) : x));
  return compare(op, { recorder, attrs, inputs: { a: a!, b: b! } });
}

export const binaryKernels: readonly Kernel[] = [
  kernel("Add", ({ recorder, inputs }) => add(recorder, ...operands(inputs))),
  kernel("AddN", recordAddN),
  kernel("Sub", recordSub),
  kernel("Multiply", ({ recorder, inputs }) => multiply(recorder, ...operands(inputs))),
  kernel("RealDiv", recordRealDiv),
  kernel("FloorDiv", recordFloorDiv),
  kernel("Mod", ({ recorder, inputs }) => remainder(recorder, ...operands(inputs))),
  kernel("Atan2", recordAtan2),
  kernel("SquaredDifference", ({ recorder, inputs }) => {
    const difference = binary(recorder, "Sub", ...operands(inputs));
    return binary(recorder, "Mul", difference, difference);
  }),
  kernel("NotEqual", ({ recorder, inputs, attrs }) => {
    const equal = compare("Equal", { recorder, inputs, attrs });
    return {
      ...equal,
      value: recorder.graph.node1("Not", [equal.value], { type: "bool", shape: equal.value.shape }),
    };
  }),
  kernel("Select", recordSelect),
  kernel("Prelu", recordPrelu),
  ...Object.entries(ARITHMETIC).map(([name, op]) =>
    kernel(name, ({ recorder, inputs }) => binary(recorder, op, ...operands(inputs))),
  ),
  ...Object.entries(COMPARISONS).map(([name, op]) =>
    kernel(name, (call) => (/^(Great|Less)/.test(op) ? ordered(op, call) : compare(op, call))),
  ),
];
