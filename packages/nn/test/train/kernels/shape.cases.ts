import { Random } from "@wayweave/geo-core";
import fc from "fast-check";
import { type Tensor, tf } from "../../../src/train/tfjs.js";
import { floats, integers, type ParityCase, seeds, shapes } from "../parity.js";

const drawn = (minRank: number, maxRank: number) => fc.tuple(shapes(minRank, maxRank), seeds);

/** A case of one float tensor and numbers drawn from a seeded source. */
function ofOne(
  name: string,
  [minRank, maxRank]: readonly [number, number],
  f: (x: Tensor, random: Random) => Tensor | Tensor[],
  gradient = true,
): ParityCase {
  return {
    name,
    gradient,
    examples: drawn(minRank, maxRank).map(([shape, seed]) => ({
      inputs: [floats(shape, seed)],
      // A fresh source each time: value and slopes of both engines see the same numbers.
      run: (x: Tensor) => f(x, new Random(seed)),
    })),
  };
}

const axisOf = (x: Tensor, random: Random) => random.integer(x.rank);

export const shapeCases: readonly ParityCase[] = [
  ofOne("reshape", [1, 4], (x) => x.reshape([-1]).mul(2).reshape(x.shape)),
  ofOne("expandDims and squeeze", [1, 3], (x, random) => x.expandDims(random.integer(x.rank + 1)).square()),
  ofOne("transpose", [2, 4], (x, random) => x.transpose([...random.permutation(x.rank)]).exp()),
  ofOne("reshape of a transpose", [3, 4], (x, random) =>
    x
      .transpose([...random.permutation(x.rank)])
      .reshape([-1, 1])
      .tanh(),
  ),
  ofOne("tile", [1, 3], (x, random) =>
    tf.tile(
      x,
      x.shape.map(() => 1 + random.integer(3)),
    ),
  ),
  ofOne("broadcastTo", [1, 3], (x) => tf.broadcastTo(x.expandDims(0), [3, ...x.shape]).square()),
  ofOne("slice", [1, 4], (x, random) => {
    const begin = x.shape.map((extent) => random.integer(extent));
    return tf.slice(
      x,
      begin,
      x.shape.map((extent, i) => 1 + random.integer(extent - begin[i]!)),
    );
  }),
  ofOne("slice of a broadcast sum", [2, 3], (x) => {
    const sum = x.sum(0, true).mul(tf.ones(x.shape));
    return tf.slice(
      sum,
      x.shape.map(() => 0),
      x.shape.map((extent) => Math.max(1, extent - 1)),
    );
  }),
  ofOne(
    "stridedSlice",
    [2, 3],
    (x) => {
      const [begin, end, strides] = [x.shape.map(() => 0), [...x.shape], x.shape.map(() => 2)];
      return tf.stridedSlice(x, begin, end, strides);
    },
    false,
  ),
  ofOne(
    "stridedSlice backwards with masks",
    [2, 3],
    (x) => {
      const strides = x.shape.map((_, i) => (i === 0 ? -1 : 1));
      return tf.stridedSlice(
        x,
        x.shape.map(() => 0),
        x.shape.map(() => 0),
        strides,
        0b111,
        0b111,
        0,
        0,
        0,
      );
    },
    false,
  ),
  ofOne("reverse", [1, 4], (x, random) => tf.reverse(x, axisOf(x, random)).square()),
  ofOne("pad", [1, 4], (x, random) => {
    const paddings = x.shape.map((): [number, number] => [random.integer(3), random.integer(3)]);
    return tf.pad(x, paddings as never, 0.5).square();
  }),
  ofOne(
    "mirrorPad",
    [2, 3],
    (x) => {
      const paddings = x.shape.map((extent): [number, number] => [extent - 1, extent - 1]);
      return tf.mirrorPad(x, paddings, "reflect");
    },
    false,
  ),
  ofOne("concat", [1, 4], (x, random) => tf.concat([x, x.square(), x], axisOf(x, random)).sin()),
  ofOne("stack", [1, 3], (x, random) => tf.stack([x, x.square()], random.integer(x.rank + 1)).sin()),
  ofOne("unstack", [1, 4], (x, random) => {
    // tfjs cannot differentiate an unstack into a single part.
    const axis = axisOf(x, random);
    return tf.unstack(tf.concat([x, x], axis), axis).map((part, i) => part.mul(i + 1));
  }),
  ofOne("split", [1, 4], (x, random) => {
    const axis = axisOf(x, random);
    const doubled = tf.concat([x, x.neg()], axis);
    return tf.split(doubled, [1, doubled.shape[axis]! - 1], axis).map((part) => part.exp());
  }),
  ofOne("constants", [1, 2], (x) => {
    const range = tf.range(0, x.shape[0]!, 1, "float32").add(tf.linspace(0, 1, x.shape[0]!));
    return x.mul(range.reshape([-1, ...x.shape.slice(1).map(() => 1)])).add(tf.fill(x.shape, 2));
  }),
  {
    name: "oneHot",
    gradient: false,
    examples: drawn(1, 2).map(([shape, seed]) => ({
      inputs: [integers(shape, seed, 6)],
      run: (indices) => [tf.oneHot(indices as never, 5), tf.oneHot(indices as never, 4, 0.9, 0.1)],
    })),
  },
  {
    name: "pad of int32",
    gradient: false,
    examples: drawn(1, 2).map(([shape, seed]) => ({
      inputs: [integers(shape, seed, 9)],
      run: (x) => tf.pad(x!, x!.shape.map((): [number, number] => [1, 2]) as never, 3),
    })),
  },
];
