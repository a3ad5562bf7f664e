import { add } from "../elementwise.js";
import { filterGradient } from "../filter-gradient.js";
import { convolutionGeometry, unreached, type WindowAttributes, windowAttributes } from "../geometry.js";
import { type Kernel, type KernelCall, kernel } from "../kernel.js";
import { NCHW } from "../permutation.js";
import type { RecordedTensor, Recorder } from "../recorder.js";
import { activate } from "./matrix.js";

/** tfjs's filters are [height, width, in, out]; ONNX's [out, in, height, width]. */
export const OIHW = [3, 2, 0, 1];

export function conv2d(
  recorder: Recorder,
  x: RecordedTensor,
  filter: RecordedTensor,
  attrs: WindowAttributes,
): RecordedTensor {
  const geometry = convolutionGeometry(x.shape, filter.shape, attrs);
  const inputs = [recorder.full(x, NCHW), recorder.full(filter, OIHW)];
  const shape = [x.shape[0]!, ...geometry.output, filter.shape[3]!]; // [batch, height, width, out]
  const stored = NCHW.map((axis) => shape[axis]!);
  const value = recorder.graph.node1(
    "Conv",
    inputs,
    { type: "float32", shape: stored },
    windowAttributes(geometry),
  );
  return { shape, dtype: "float32", value, permutation: NCHW };
}

function recordInputGradient({
  recorder,
  inputs,
  attrs,
}: KernelCall<WindowAttributes & { inputShape: number[] }>): RecordedTensor {
  const { dy, filter } = inputs as Record<"dy" | "filter", RecordedTensor>;
  const geometry = convolutionGeometry(attrs.inputShape, filter.shape, attrs);
  const attributes = {
    ...windowAttributes(geometry),
    output_padding: { ints: [unreached(geometry, 0), unreached(geometry, 1)] },
  };
  const stored = NCHW.map((axis) => attrs.inputShape[axis]!);
  const values = [recorder.full(dy, NCHW), recorder.full(filter, OIHW)];
  const value = recorder.graph.node1("ConvTranspose", values, { type: "float32", shape: stored }, attributes);
  return { shape: attrs.inputShape, dtype: "float32", value, permutation: NCHW };
}

function recordFilterGradient({
  recorder,
  inputs,
  attrs,
}: KernelCall<WindowAttributes & { filterShape: number[] }>): RecordedTensor {
  const geometry = convolutionGeometry(inputs.x!.shape, attrs.filterShape, attrs);
  return filterGradient(recorder, inputs.x!, inputs.dy!, geometry);
}

type FusedAttributes = WindowAttributes & { activation: string; leakyreluAlpha?: number };

function recordFusedConv({ recorder, inputs, attrs }: KernelCall<FusedAttributes>): RecordedTensor {
  const convolved = conv2d(recorder, inputs.x!, inputs.filter!, attrs);
  const biased = inputs.bias === undefined ? convolved : add(recorder, convolved, inputs.bias);
  return activate(recorder, biased, attrs.activation, {
    preluWeights: inputs.preluActivationWeights,
    leakyreluAlpha: attrs.leakyreluAlpha,
  });
}

export const convolutionKernels: readonly Kernel[] = [
  kernel<WindowAttributes>("Conv2D", ({ recorder, inputs, attrs }) =>
    conv2d(recorder, inputs.x!, inputs.filter!, attrs),
  ),
  kernel<WindowAttributes & { inputShape: number[] }>("Conv2DBackpropInput", recordInputGradient),
  kernel<WindowAttributes & { filterShape: number[] }>("Conv2DBackpropFilter", recordFilterGradient),
  kernel<FusedAttributes>("FusedConv2D", recordFusedConv),
];
