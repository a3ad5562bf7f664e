import { add } from "../elementwise.js";
import { padImage, pixelsUnder } from "../filter-gradient.js";
import { convolutionGeometry, unreached, type WindowAttributes, windowAttributes } from "../geometry.js";
import type { GraphValue } from "../graph.js";
import { type Kernel, type KernelCall, kernel } from "../kernel.js";
import { NCHW } from "../permutation.js";
import type { RecordedTensor, Recorder } from "../recorder.js";
import { activate } from "./matrix.js";

/** tfjs's [height, width, in, multiplier] as ONNX's grouped [in·multiplier, 1, height, width]. */
function groupedFilter(recorder: Recorder, filter: RecordedTensor): GraphValue {
  const [height, width, channels, multiplier] = filter.shape as [number, number, number, number];
  return recorder.reshape(recorder.full(filter, [2, 3, 0, 1]), [channels * multiplier, 1, height, width]);
}

function depthwise(
  recorder: Recorder,
  x: RecordedTensor,
  filter: RecordedTensor,
  attrs: WindowAttributes,
): RecordedTensor {
  const geometry = convolutionGeometry(x.shape, filter.shape, attrs, true);
  const channels = filter.shape[2]!;
  const shape = [x.shape[0]!, ...geometry.output, channels * filter.shape[3]!];
  const spec = { type: "float32", shape: NCHW.map((axis) => shape[axis]!) } as const;
  const attributes = { ...windowAttributes(geometry), group: { i: channels } };
  const inputs = [recorder.full(x, NCHW), groupedFilter(recorder, filter)];
  return {
    shape,
    dtype: "float32",
    permutation: NCHW,
    value: recorder.graph.node1("Conv", inputs, spec, attributes),
  };
}

function recordInputGradient({
  recorder,
  inputs,
  attrs,
}: KernelCall<WindowAttributes & { inputShape: number[] }>): RecordedTensor {
  const { dy, filter } = inputs as Record<"dy" | "filter", RecordedTensor>;
  const geometry = convolutionGeometry(attrs.inputShape, filter.shape, attrs, true);
  const attributes = {
    ...windowAttributes(geometry),
    group: { i: filter.shape[2]! },
    output_padding: { ints: [unreached(geometry, 0), unreached(geometry, 1)] },
  };
  const spec = { type: "float32", shape: NCHW.map((axis) => attrs.inputShape[axis]!) } as const;
  const operands = [recorder.full(dy, NCHW), groupedFilter(recorder, filter)];
  const value = recorder.graph.node1("ConvTranspose", operands, spec, attributes);
  return { shape: attrs.inputShape, dtype: "float32", value, permutation: NCHW };
}

/** dL/dfilter[i, j, c, m] = Σₙ Σ_pixels x[n, c, …]·dy[n, c·multiplier + m, pixel]: channels do not mix. */
function recordFilterGradient({
  recorder,
  inputs,
  attrs,
}: KernelCall<WindowAttributes & { filterShape: number[] }>): RecordedTensor {
  const { graph } = recorder;
  const [height, width, channels, multiplier] = attrs.filterShape as [number, number, number, number];
  const geometry = convolutionGeometry(inputs.x!.shape, attrs.filterShape, attrs, true);
  const n = inputs.x!.shape[0]!;
  const pixels = geometry.output[0] * geometry.output[1];
  const padded = padImage(recorder, recorder.full(inputs.x!, NCHW), geometry);
  const slope = recorder.reshape(recorder.full(inputs.dy!, NCHW), [n, channels, multiplier, pixels]);
  const cells: GraphValue[] = [];
  for (let i = 0; i < height; i++) {
    for (let j = 0; j < width; j++) {
      const met = recorder.reshape(pixelsUnder(recorder, padded, geometry, [i, j]), [n, channels, 1, pixels]);
      const product = graph.node1("Mul", [met, slope], slope);
      const spec = { type: "float32", shape: [channels, multiplier] } as const;
      const sum = graph.node1("ReduceSum", [product, graph.int64([0, 3])], spec, { keepdims: { i: 0 } });
      cells.push(recorder.reshape(sum, [1, channels, multiplier]));
    }
  }
  const shape = [cells.length, channels, multiplier];
  const stacked = graph.node1("Concat", cells, { type: "float32", shape }, { axis: { i: 0 } });
  return recorder.wrap(recorder.reshape(stacked, attrs.filterShape), "float32");
}

type FusedAttributes = WindowAttributes & { activation: string; leakyreluAlpha?: number };

export const depthwiseKernels: readonly Kernel[] = [
  kernel<WindowAttributes>("DepthwiseConv2dNative", ({ recorder, inputs, attrs }) =>
    depthwise(recorder, inputs.x!, inputs.filter!, attrs),
  ),
  kernel<WindowAttributes & { inputShape: number[] }>(
    "DepthwiseConv2dNativeBackpropInput",
    recordInputGradient,
  ),
  kernel<WindowAttributes & { filterShape: number[] }>(
    "DepthwiseConv2dNativeBackpropFilter",
    recordFilterGradient,
  ),
  kernel<FusedAttributes>("FusedDepthwiseConv2D", ({ recorder, inputs, attrs }) => {
    const convolved = depthwise(recorder, inputs.x!, inputs.filter!, attrs);
    const biased = inputs.bias === undefined ? convolved : add(recorder, convolved, inputs.bias);
    return activate(recorder, biased, attrs.activation, {
      preluWeights: inputs.preluActivationWeights,
      leakyreluAlpha: attrs.leakyreluAlpha,
    });
  }),
];
