import { Random } from "@wayweave/geo-core";
import fc from "fast-check";
import { topK } from "../../../src/train/layers/top-k.js";
import { type Tensor, tf } from "../../../src/train/tfjs.js";
import { booleans, floats, integers, type ParityCase, seeds, shapes } from "../parity.js";

type Reduction = (x: Tensor, axes: number[], keepDims: boolean) => Tensor;

function reduction(name: string, f: Reduction, gradient = true, low = -2, high = 2): ParityCase {
  return {
    name,
    gradient,
    examples: fc.tuple(shapes(1, 4), seeds, fc.boolean()).map(([shape, seed, keepDims]) => {
      const axes = [...new Random(seed).sample(shape.length, 1 + (seed % shape.length))];
      return { inputs: [floats(shape, seed, low, high)], run: (x: Tensor) => f(x, axes, keepDims) };
    }),
  };
}

/** One axis, after a random transpose: reductions must find their axes where they are stored. */
function alongAxis(name: string, f: (x: Tensor, axis: number) => Tensor, gradient = true): ParityCase {
  return {
    name,
    gradient,
    examples: fc.tuple(shapes(1, 4), seeds).map(([shape, seed]) => ({
      inputs: [floats(shape, seed)],
      run: (x: Tensor) => {
        const random = new Random(seed);
        const moved = x.transpose([...random.permutation(x.rank)]);
        return f(moved, random.integer(x.rank));
      },
    })),
  };
}

const matrix = fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }), seeds);

export const reductionCases: readonly ParityCase[] = [
  reduction("sum", (x, axes, keepDims) => x.sum(axes, keepDims).square()),
  reduction("mean", (x, axes, keepDims) => x.mean(axes, keepDims).square()),
  reduction("max", (x, axes, keepDims) => x.max(axes, keepDims)),
  reduction("min", (x, axes, keepDims) => x.min(axes, keepDims)),
  reduction("prod", (x, axes, keepDims) => x.prod(axes, keepDims), false),
  reduction("logSumExp", (x, axes, keepDims) => x.logSumExp(axes, keepDims)),
  reduction("norm", (x, axes, keepDims) => x.norm("euclidean", axes.slice(0, 2), keepDims), true, 0.1, 1),
  reduction("moments", (x, axes) => tf.moments(x, axes, true).variance),
  reduction("all", (x, axes, keepDims) => x.greater(-1).all(axes, keepDims), false),
  reduction("any", (x, axes, keepDims) => x.greater(1).any(axes, keepDims), false),
  reduction("sum of copies", (x, axes) => x.mean(axes, true).mul(tf.ones(x.shape)).sum(axes)),
  alongAxis("sum of a transpose", (x, axis) => x.sum(axis).square()),
  alongAxis("argMax", (x, axis) => x.argMax(axis), false),
  alongAxis("argMin", (x, axis) => x.argMin(axis), false),
  // tfjs's own gradient of a cumulative sum is right only along the last axis.
  alongAxis("cumsum", (x, axis) => x.cumsum(axis), false),
  alongAxis("cumsum along the last axis", (x) => x.cumsum(x.rank - 1, true, true).square()),
  alongAxis("cumprod", (x, axis) => tf.cumprod(x, axis, axis % 2 === 0, axis > 1), false),
  alongAxis("softmax", (x) => tf.softmax(x)),
  alongAxis("logSoftmax", (x) => tf.logSoftmax(x)),
  {
    name: "gradient of prod",
    examples: matrix.map(([rows, columns, seed]) => ({
      inputs: [floats([rows, columns], seed, 0.5, 1.5)],
      run: (x) => x!.prod(1),
    })),
  },
  {
    name: "topk",
    gradient: false,
    examples: matrix.map(([rows, columns, seed]) => ({
      inputs: [floats([rows, columns], seed)],
      run: (x) => Object.values(tf.topk(x!, 1 + (seed % columns))) as Tensor[],
    })),
  },
  {
    name: "topK with a gradient",
    examples: matrix.map(([rows, columns, seed]) => ({
      inputs: [floats([rows, columns], seed)],
      run: (x) => {
        const { values, indices } = topK(x!, 1 + (seed % columns));
        return [values.square(), indices];
      },
    })),
  },
  {
    name: "sum of int32 and bool",
    gradient: false,
    examples: fc.tuple(shapes(1, 3), seeds).map(([shape, seed]) => ({
      inputs: [integers(shape, seed, 9), booleans(shape, seed)],
      run: (x, y) => [x!.sum(0), x!.max(0), y!.sum(0), x!.mean(0)],
    })),
  },
];
