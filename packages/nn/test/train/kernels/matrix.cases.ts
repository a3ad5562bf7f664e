import fc from "fast-check";
import { einsum } from "../../../src/train/layers/einsum.js";
import { type Tensor, type Tensor2D, tf } from "../../../src/train/tfjs.js";
import { floats, integers, type ParityCase, seeds, shapes } from "../parity.js";

const extent = fc.integer({ min: 1, max: 5 });
const product = fc.record({
  batch: shapes(0, 2, 3),
  m: extent,
  k: extent,
  n: extent,
  a: fc.boolean(),
  b: fc.boolean(),
  seed: seeds,
});

const ACTIVATIONS = ["linear", "relu", "relu6", "elu", "sigmoid", "leakyrelu"] as const;

export const matrixCases: readonly ParityCase[] = [
  {
    name: "matMul with every transpose",
    examples: product.map(({ batch, m, k, n, a, b, seed }) => ({
      inputs: [
        floats([...batch, ...(a ? [k, m] : [m, k])], seed),
        floats([...batch, ...(b ? [n, k] : [k, n])], seed + 1),
      ],
      run: (x, y) => tf.matMul(x!, y!, a, b),
    })),
  },
  {
    name: "matMul of stored transposes, with a bias",
    examples: product.map(({ m, k, n, a, b, seed }) => ({
      inputs: [
        floats(a ? [k, m] : [m, k], seed),
        floats(b ? [n, k] : [k, n], seed + 1),
        floats([n], seed + 2),
      ],
      run: (x, y, bias) =>
        tf
          .matMul(a ? x!.transpose() : x!, b ? y!.transpose() : y!)
          .add(bias!)
          .relu(),
    })),
  },
  {
    name: "product plus a bias of rows, a number, another product",
    examples: product.map(({ m, k, n, seed }) => ({
      inputs: [floats([m, k], seed), floats([k, n], seed + 1), floats([m, 1], seed + 2)],
      run: (x, y, column) => {
        const xy = tf.matMul(x!, y!);
        return [xy.add(column!), xy.add(1), xy.add(tf.matMul(x!, y!.square()))];
      },
    })),
  },
  {
    name: "fused matMul",
    gradient: false,
    examples: product.map(({ m, k, n, seed }) => ({
      inputs: [floats([m, k], seed), floats([k, n], seed + 1), floats([n], seed + 2)],
      run: (a, b, bias) =>
        ACTIVATIONS.map((activation) =>
          tf.fused.matMul({ a: a as Tensor2D, b: b as Tensor2D, bias: bias!, activation }),
        ) as Tensor[],
    })),
  },
  {
    name: "einsum",
    examples: product.map(({ m, k, n, seed }) => ({
      inputs: [floats([2, m, k], seed), floats([2, n, k], seed + 1)],
      run: (x, y) => einsum("bqd,bkd->bqk", x!, y!),
    })),
  },
  {
    name: "gather",
    examples: fc.tuple(shapes(1, 3), shapes(1, 2), seeds).map(([shape, picks, seed]) => ({
      inputs: [floats(shape, seed), integers(picks, seed + 1, shape[seed % shape.length]!)],
      run: (x, indices) => tf.gather(x!, indices as never, seed % shape.length).square(),
    })),
  },
  {
    name: "gather in batches",
    examples: fc.tuple(extent, extent, extent, seeds).map(([rows, columns, picks, seed]) => ({
      inputs: [floats([rows, columns, 2], seed), integers([rows, picks], seed + 1, columns)],
      run: (x, indices) => tf.gather(x!, indices as never, 1, 1).square(),
    })),
  },
  {
    name: "gatherND",
    gradient: false,
    examples: fc.tuple(extent, extent, extent, seeds).map(([rows, columns, picks, seed]) => ({
      inputs: [floats([rows, columns, 2], seed), integers([picks, 1], seed + 1, rows)],
      run: (x, indices) => tf.gatherND(x!, indices!),
    })),
  },
  {
    name: "unsortedSegmentSum",
    examples: fc.tuple(extent, extent, seeds).map(([rows, columns, seed]) => ({
      inputs: [floats([rows, columns], seed), integers([rows], seed + 1, 3)],
      run: (x, ids) => tf.unsortedSegmentSum(x!, ids as never, 3).square(),
    })),
  },
  {
    name: "scatterND and tensorScatterUpdate",
    gradient: false,
    examples: fc.tuple(extent, extent, seeds).map(([rows, columns, seed]) => ({
      inputs: [floats([rows, columns], seed), floats([rows + 2, columns], seed + 1)],
      run: (updates, base) => {
        const places = tf.range(0, rows, 1, "int32").reshape([rows, 1]);
        const twice = places.floorDiv(tf.scalar(2, "int32"));
        return [
          tf.scatterND(twice as never, updates!, [rows + 2, columns]),
          tf.tensorScatterUpdate(base!, places as never, updates!),
        ];
      },
    })),
  },
];
