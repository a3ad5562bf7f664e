import {
  poolGeometry,
  unreached,
  type WindowAttributes,
  type WindowGeometry,
  windowAttributes,
} from "../geometry.js";
import { type GraphValue, sizeOf } from "../graph.js";
import { type Kernel, type KernelCall, kernel } from "../kernel.js";
import { NCHW } from "../permutation.js";
import type { RecordedTensor, Recorder } from "../recorder.js";

type PoolAttributes = WindowAttributes & { filterSize: [number, number] | number };

/** The maxima and where they stood (flat indices into the whole NCHW tensor). */
function maxPool(recorder: Recorder, x: RecordedTensor, geometry: WindowGeometry): readonly GraphValue[] {
  const image = recorder.full(x, NCHW);
  const shape = [image.shape[0]!, image.shape[1]!, ...geometry.output];
  const specs = [
    { type: "float32", shape },
    { type: "int64", shape },
  ] as const;
  return recorder.graph.node("MaxPool", [image], specs, windowAttributes(geometry));
}

function pooled(x: RecordedTensor, geometry: WindowGeometry, value: GraphValue): RecordedTensor {
  const shape = [x.shape[0]!, ...geometry.output, x.shape[3]!];
  return { shape, dtype: "float32", value, permutation: NCHW };
}

function recordMaxPool({ recorder, inputs, attrs }: KernelCall<PoolAttributes>): RecordedTensor {
  const geometry = poolGeometry(inputs.x!.shape, attrs.filterSize, attrs);
  return pooled(inputs.x!, geometry, maxPool(recorder, inputs.x!, geometry)[0]!);
}

/**
 * Each slope goes to where its window's largest value stood. Windows that tile the image are unpooled, which is a
 * plain write; others are scattered, and added up where they overlap.
 */
function recordMaxPoolGrad({ recorder, inputs, attrs }: KernelCall<PoolAttributes>): RecordedTensor {
  const { dy, input } = inputs as Record<"dy" | "input", RecordedTensor>;
  const geometry = poolGeometry(input.shape, attrs.filterSize, attrs);
  const places = maxPool(recorder, input, geometry)[1]!;
  const slopes = recorder.full(dy, NCHW);
  const shape = NCHW.map((axis) => input.shape[axis]!);
  const spread = tiles(geometry)
    ? unpool(recorder, slopes, places, shape, geometry)
    : scatter(recorder, slopes, places, shape);
  return { ...input, permutation: NCHW, value: spread };
}

function tiles(geometry: WindowGeometry): boolean {
  const { kernel, strides, pads } = geometry;
  const isExact = unreached(geometry, 0) === 0 && unreached(geometry, 1) === 0;
  return isExact && pads.every((pad) => pad === 0) && kernel[0] === strides[0] && kernel[1] === strides[1];
}

function unpool(
  recorder: Recorder,
  slopes: GraphValue,
  places: GraphValue,
  shape: readonly number[],
  geometry: WindowGeometry,
): GraphValue {
  const { dilations: _, ...attributes } = windowAttributes(geometry);
  return recorder.graph.node1("MaxUnpool", [slopes, places], { type: "float32", shape }, attributes);
}

function scatter(
  recorder: Recorder,
  slopes: GraphValue,
  places: GraphValue,
  shape: readonly number[],
): GraphValue {
  const size = sizeOf(shape);
  const count = sizeOf(slopes.shape);
  const base = recorder.full(recorder.filled(0, [size], "float32"));
  const scattered = recorder.graph.node1(
    "ScatterElements",
    [base, recorder.reshape(places, [count]), recorder.reshape(slopes, [count])],
    { type: "float32", shape: [size] },
    { axis: { i: 0 }, reduction: { s: "add" } },
  );
  return recorder.reshape(scattered, shape);
}

function recordAvgPool({ recorder, inputs, attrs }: KernelCall<PoolAttributes>): RecordedTensor {
  const x = inputs.x!;
  const geometry = poolGeometry(x.shape, attrs.filterSize, attrs);
  const image = recorder.full(x, NCHW);
  const spec = { type: "float32", shape: [image.shape[0]!, image.shape[1]!, ...geometry.output] } as const;
  const { dilations: _, ...attributes } = windowAttributes(geometry);
  return pooled(x, geometry, recorder.graph.node1("AveragePool", [image], spec, attributes));
}

/** How many real pixels each window covers, [outHeight, outWidth]: padding does not count in a mean. */
function windowCounts({ kernel, strides, pads, input, output }: WindowGeometry): Float32Array {
  const covered = (axis: 0 | 1) =>
    Array.from({ length: output[axis] }, (_, i) => {
      const start = i * strides[axis] - pads[axis];
      return Math.min(start + kernel[axis], input[axis]) - Math.max(start, 0);
    });
  const columns = covered(1);
  return Float32Array.from(covered(0).flatMap((rows) => columns.map((count) => rows * count)));
}

/**
 * Every pixel of a window gets dy divided by the window's count of real pixels. (tfjs's `cpu` divides by the whole
 * window even where it is padded, which is not the gradient of its own forward pass; this is.) The spreading is a
 * transposed convolution of each channel with ones.
 */
function recordAvgPoolGrad({ recorder, inputs, attrs }: KernelCall<PoolAttributes>): RecordedTensor {
  const { dy, input } = inputs as Record<"dy" | "input", RecordedTensor>;
  const { graph } = recorder;
  const geometry = poolGeometry(input.shape, attrs.filterSize, attrs);
  const [height, width] = geometry.kernel;
  const slope = recorder.full(dy, NCHW);
  const counts = graph.constant(
    { type: "float32", shape: [1, 1, ...geometry.output] },
    windowCounts(geometry),
  );
  const shares = graph.node1("Div", [slope, counts], slope);
  // One image of one channel each: a grouped product would run channel by channel.
  const [n, c] = slope.shape as [number, number];
  const images = recorder.reshape(shares, [n * c, 1, ...geometry.output]);
  const ones = graph.constant(
    { type: "float32", shape: [1, 1, height, width] },
    new Float32Array(height * width).fill(1),
  );
  const attributes = {
    ...windowAttributes(geometry),
    output_padding: { ints: [unreached(geometry, 0), unreached(geometry, 1)] },
  };
  const spec = { type: "float32", shape: [n * c, 1, ...geometry.input] } as const;
  const spread = graph.node1("ConvTranspose", [images, ones], spec, attributes);
  return { ...input, permutation: NCHW, value: recorder.reshape(spread, [n, c, ...geometry.input]) };
}

export const poolingKernels: readonly Kernel[] = [
  kernel<PoolAttributes>("MaxPool", recordMaxPool),
  kernel<PoolAttributes>("MaxPoolGrad", recordMaxPoolGrad),
  kernel<PoolAttributes>("AvgPool", recordAvgPool),
  kernel<PoolAttributes>("AvgPoolGrad", recordAvgPoolGrad),
];
