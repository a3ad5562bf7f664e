import { add, elementwise, multiply } from "../elementwise.js";
import { type Kernel, type KernelCall, kernel } from "../kernel.js";
import { NCHW } from "../permutation.js";
import type { RecordedTensor, Recorder } from "../recorder.js";
import { binary, unary } from "./unary.js";

/** Softmax along one axis, which ONNX wants last to be fast. (tfjs's logSoftmax is made of other kernels.) */
function softmax(recorder: Recorder, logits: RecordedTensor, axis: number): RecordedTensor {
  const last = logits.shape.length - 1;
  const wanted = axis < 0 ? axis + last + 1 : axis;
  const keepsStorage = logits.permutation[last] === wanted;
  const value = keepsStorage ? recorder.full(logits, logits.permutation) : recorder.full(logits);
  const at = keepsStorage ? last : wanted;
  const result = recorder.graph.node1(
    "Softmax",
    [value],
    { type: value.type, shape: value.shape },
    { axis: { i: at } },
  );
  return keepsStorage ? { ...logits, value: result } : recorder.wrap(result, "float32");
}

/** (x − mean)·s + offset with s = scale/√(variance + ε), in two passes over x: x·s + (offset − mean·s). */
function recordBatchNorm({
  recorder,
  inputs,
  attrs,
}: KernelCall<{ varianceEpsilon: number }>): RecordedTensor {
  const { x, mean, variance, scale, offset } = inputs as Record<string, RecordedTensor | undefined>;
  const deviation = unary(
    recorder,
    "Sqrt",
    binary(recorder, "Add", variance!, attrs.varianceEpsilon ?? 0.001),
  );
  const factor =
    scale === undefined
      ? unary(recorder, "Reciprocal", deviation)
      : binary(recorder, "Div", scale, deviation);
  const meanScaled = multiply(recorder, mean!, factor);
  const shift =
    offset === undefined ? unary(recorder, "Neg", meanScaled) : binary(recorder, "Sub", offset, meanScaled);
  return add(recorder, multiply(recorder, x!, factor), shift);
}

interface LrnAttributes {
  depthRadius: number;
  bias: number;
  alpha: number;
  beta: number;
}

/** Σ over the channels within `radius` of each, of an NHWC tensor. */
function channelWindowSum(recorder: Recorder, x: RecordedTensor, radius: number): RecordedTensor {
  const value = recorder.full(x, NCHW);
  const [n, c, h, w] = value.shape as [number, number, number, number];
  const rows = recorder.reshape(value, [n, 1, c, h * w]);
  const size = 2 * radius + 1;
  const attributes = {
    kernel_shape: { ints: [size, 1] },
    pads: { ints: [radius, 0, radius, 0] },
    count_include_pad: { i: 1 },
  };
  const mean = recorder.graph.node1(
    "AveragePool",
    [rows],
    { type: "float32", shape: rows.shape },
    attributes,
  );
  const pooled: RecordedTensor = { ...x, permutation: NCHW, value: recorder.reshape(mean, [n, c, h, w]) };
  return binary(recorder, "Mul", pooled, size);
}

/** s = bias + α·Σ x² over the window. */
function lrnBase(recorder: Recorder, x: RecordedTensor, attrs: LrnAttributes): RecordedTensor {
  const squares = binary(recorder, "Mul", x, x);
  const sum = channelWindowSum(recorder, squares, attrs.depthRadius);
  return binary(recorder, "Add", binary(recorder, "Mul", sum, attrs.alpha), attrs.bias);
}

/** y = x·s^−β (Krizhevsky et al. 2012, section 3.3). */
function recordLrn({ recorder, inputs, attrs }: KernelCall<LrnAttributes>): RecordedTensor {
  const scale = binary(recorder, "Pow", lrnBase(recorder, inputs.x!, attrs), -attrs.beta);
  return binary(recorder, "Mul", inputs.x!, scale);
}

/** dx = dy·s^−β − 2αβ·x·Σ dy·y/s over the window. */
function recordLrnGrad({ recorder, inputs, attrs }: KernelCall<LrnAttributes>): RecordedTensor {
  const { x, y, dy } = inputs as Record<"x" | "y" | "dy", RecordedTensor>;
  const base = lrnBase(recorder, x, attrs);
  const direct = binary(recorder, "Mul", dy, binary(recorder, "Pow", base, -attrs.beta));
  const shared = binary(recorder, "Div", binary(recorder, "Mul", dy, y), base);
  const window = channelWindowSum(recorder, shared, attrs.depthRadius);
  const indirect = binary(recorder, "Mul", binary(recorder, "Mul", x, window), 2 * attrs.alpha * attrs.beta);
  return elementwise(recorder, "Sub", [direct, indirect], "float32");
}

export const normalizationKernels: readonly Kernel[] = [
  kernel<{ dim: number }>("Softmax", ({ recorder, inputs, attrs }) =>
    softmax(recorder, inputs.logits!, attrs.dim ?? -1),
  ),
  kernel<{ varianceEpsilon: number }>("FusedBatchNorm", recordBatchNorm),
  kernel<LrnAttributes>("LRN", recordLrn),
  kernel<LrnAttributes>("LRNGrad", recordLrnGrad),
];
