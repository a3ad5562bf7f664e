import fc from "fast-check";
import { dilatedConv2d } from "../../../src/train/layers/dilated-convolution.js";
import { type Tensor, type Tensor3D, type Tensor4D, tf } from "../../../src/train/tfjs.js";
import { floats, type ParityCase, seeds } from "../parity.js";

type Pad = "same" | "valid" | number;

const window = fc.record({
  batch: fc.integer({ min: 1, max: 3 }),
  height: fc.integer({ min: 4, max: 8 }),
  width: fc.integer({ min: 4, max: 8 }),
  channels: fc.integer({ min: 1, max: 3 }),
  out: fc.integer({ min: 1, max: 3 }),
  rows: fc.integer({ min: 1, max: 3 }),
  columns: fc.integer({ min: 1, max: 3 }),
  stride: fc.integer({ min: 1, max: 3 }),
  pad: fc.constantFrom<Pad>("same", "valid", 1),
  seed: seeds,
});

/** A pad of one pixel on each side, where the window is larger; a plain number goes wrong in tfjs for oblong windows. */
function explicit(pad: Pad, rows: number, columns: number): Pad {
  const [row, column] = [rows > 1 ? 1 : 0, columns > 1 ? 1 : 0];
  return pad === 1
    ? ([
        [0, 0],
        [row, row],
        [column, column],
        [0, 0],
      ] as unknown as Pad)
    : pad;
}

/** Pools: tfjs's cpu differentiates padded means wrongly, so only windows without padding are compared for those. */
const valid = window.map((drawn) => ({ ...drawn, pad: "valid" as const }));

export const imageCases: readonly ParityCase[] = [
  {
    name: "conv2d with bias and relu",
    examples: window.map(({ batch, height, width, channels, out, rows, columns, stride, pad, seed }) => ({
      inputs: [
        floats([batch, height, width, channels], seed),
        floats([rows, columns, channels, out], seed + 1),
        floats([out], seed + 2),
      ],
      run: (x, filter, bias) =>
        tf
          .conv2d(x as Tensor4D, filter as Tensor4D, stride, explicit(pad, rows, columns))
          .add(bias!)
          .relu(),
    })),
  },
  {
    name: "conv1d",
    examples: window.map(({ batch, width, channels, out, columns, stride, seed }) => ({
      inputs: [
        floats([batch, width, channels], seed),
        floats([columns, channels, out], seed + 1),
        floats([out], seed),
      ],
      run: (x, filter, bias) =>
        tf
          .conv1d(x as Tensor3D, filter as Tensor3D, stride, "same")
          .add(bias!)
          .tanh(),
    })),
  },
  {
    name: "dilated conv2d",
    examples: window.map(({ batch, height, width, channels, out, rows, columns, seed }) => ({
      inputs: [
        floats([batch, height, width, channels], seed),
        floats([rows, columns, channels, out], seed + 1),
      ],
      run: (x, filter) => dilatedConv2d(x as Tensor4D, filter as Tensor4D, 1, "same", [2, 1]),
    })),
  },
  {
    name: "conv2d with tfjs's own dilation, forward",
    gradient: false,
    examples: window.map(({ batch, height, width, channels, out, seed }) => ({
      inputs: [floats([batch, height, width, channels], seed), floats([2, 2, channels, out], seed + 1)],
      run: (x, filter) => tf.conv2d(x as Tensor4D, filter as Tensor4D, 1, "same", "NHWC", [2, 3]),
    })),
  },
  {
    name: "conv2dTranspose",
    examples: window.map(({ batch, height, width, channels, out, stride, seed }) => ({
      inputs: [floats([batch, height, width, channels], seed), floats([3, 3, out, channels], seed + 1)],
      run: (x, filter) =>
        tf.conv2dTranspose(
          x as Tensor4D,
          filter as Tensor4D,
          [batch, height * stride, width * stride, out],
          stride,
          "same",
        ),
    })),
  },
  {
    name: "depthwiseConv2d",
    examples: window.map(({ batch, height, width, channels, out, rows, columns, stride, seed }) => ({
      inputs: [
        floats([batch, height, width, channels], seed),
        floats([rows, columns, channels, out], seed + 1),
      ],
      run: (x, filter) => tf.depthwiseConv2d(x as Tensor4D, filter as Tensor4D, stride, "same").square(),
    })),
  },
  {
    name: "fused convolutions",
    gradient: false,
    examples: window.map(({ batch, height, width, channels, out, seed }) => ({
      inputs: [
        floats([batch, height, width, channels], seed),
        floats([3, 3, channels, out], seed + 1),
        floats([out], seed + 2),
        floats([3, 3, channels, 1], seed + 3),
        floats([channels], seed + 4),
      ],
      run: (x, filter, bias, depthFilter, depthBias) => {
        const shared = { x: x as Tensor4D, strides: 1, pad: "same" as const };
        return [
          tf.fused.conv2d({ ...shared, filter: filter as Tensor4D, bias: bias!, activation: "relu" }),
          tf.fused.depthwiseConv2d({
            ...shared,
            filter: depthFilter as Tensor4D,
            bias: depthBias!,
            activation: "elu",
          }),
        ] as Tensor[];
      },
    })),
  },
  {
    name: "maxPool, overlapping or not",
    examples: window.map(({ batch, height, width, channels, rows, columns, stride, pad, seed }) => ({
      inputs: [floats([batch, height, width, channels], seed)],
      run: (x) => tf.maxPool(x as Tensor4D, [rows, columns], stride, explicit(pad, rows, columns)).square(),
    })),
  },
  {
    name: "maxPool of ties",
    examples: window.map(({ batch, height, width, channels, seed }) => ({
      inputs: [floats([batch, height, width, channels], seed)],
      run: (x) => tf.maxPool(x!.relu() as Tensor4D, 2, 2, "same").mul(3),
    })),
  },
  {
    name: "avgPool, overlapping or not",
    examples: valid.map(({ batch, height, width, channels, rows, columns, stride, seed }) => ({
      inputs: [floats([batch, height, width, channels], seed)],
      run: (x) => tf.avgPool(x as Tensor4D, [rows, columns], stride, "valid").square(),
    })),
  },
  {
    name: "avgPool with padding, forward",
    gradient: false,
    examples: window.map(({ batch, height, width, channels, rows, columns, stride, seed }) => ({
      inputs: [floats([batch, height, width, channels], seed)],
      run: (x) => tf.avgPool(x as Tensor4D, [rows, columns], stride, "same"),
    })),
  },
  {
    name: "batchNorm",
    tolerance: 1e-3,
    examples: window.map(({ batch, height, width, channels, seed }) => ({
      inputs: [
        floats([batch, height, width, channels], seed),
        floats([channels], seed + 1),
        floats([channels], seed + 2, 0.5, 2),
        floats([channels], seed + 3),
        floats([channels], seed + 4),
      ],
      run: (x, mean, variance, offset, scale) =>
        tf.batchNorm(x!, mean as never, variance as never, offset as never, scale as never),
    })),
  },
  {
    name: "localResponseNormalization",
    examples: window.map(({ batch, height, width, seed }) => ({
      inputs: [floats([batch, height, width, 6], seed)],
      run: (x) => tf.localResponseNormalization(x as Tensor4D, 2, 1, 0.1, 0.75),
    })),
  },
];
