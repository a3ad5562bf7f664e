import { Random } from "@wayweave/geo-core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  createTrainStep,
  gelu,
  gradientReversal,
  layerNorm,
  sgd,
  type Tensor,
  type Tensor4D,
  tf,
} from "../../src/train/index.js";
import { checkParity, expectClose, floats, seeds, shapes } from "./parity.js";

/** The gradient of a loss of one parameter, by one step of gradient descent with learning rate 1. */
async function gradientOf(loss: (x: Tensor) => Tensor, x: ReturnType<typeof floats>): Promise<Float32Array> {
  const step = await createTrainStep({
    params: { x },
    loss: (params) => loss(params.x!),
    optimizer: sgd({ learningRate: 1 }),
    batchSpec: {},
    engine: "ort-cpu",
  });
  await step.step({});
  const after = (await step.params()).x!.data;
  await step.dispose();
  return Float32Array.from(after, (value, i) => x.data[i]! - value);
}

/** (L(x + h) − L(x − h))/2h, entry by entry, on tfjs cpu. */
function centralDifferences(loss: (x: Tensor) => Tensor, x: ReturnType<typeof floats>): number[] {
  const h = 1e-2;
  const at = (i: number, shift: number) =>
    tf.tidy(() => {
      const moved = Float32Array.from(x.data);
      moved[i] = moved[i]! + shift;
      return loss(tf.tensor(moved, [...x.shape])).dataSync()[0]!;
    });
  return Array.from(x.data, (_, i) => (at(i, h) - at(i, -h)) / (2 * h));
}

describe("gradients ≡ finite differences", () => {
  it("reversal: −λ times the slope of what is above, while the value is unchanged", async () => {
    const above = (x: Tensor) => x.square().mul(x).sum();
    const x = floats([3, 4], 1, -1, 1);
    const reversed = await gradientOf((input) => above(gradientReversal(input, 0.7)), x);
    expectClose(
      reversed,
      centralDifferences(above, x).map((slope) => -0.7 * slope),
      2e-3,
    );
  });

  it("average pooling with padding, which tfjs cpu itself differentiates wrongly", async () => {
    const weights = tf.tensor(floats([1, 3, 3, 2], 9).data, [1, 3, 3, 2]);
    const pooled = (x: Tensor) =>
      tf
        .avgPool(x as Tensor4D, 3, 2, "same")
        .mul(weights)
        .sum();
    const x = floats([1, 5, 5, 2], 3);
    expectClose(await gradientOf(pooled, x), centralDifferences(pooled, x), 2e-3);
    weights.dispose();
  });

  it("layer normalisation and gelu", async () => {
    const loss = (x: Tensor) =>
      gelu(layerNorm(x, tf.ones([5]), tf.zeros([5])))
        .square()
        .sum();
    const x = floats([3, 5], 4);
    expectClose(await gradientOf(loss, x), centralDifferences(loss, x), 2e-2);
  });
});

/** Steps that keep a tensor at rank 4, each able to change how it is stored. */
const MOVES: readonly ((x: Tensor, random: Random) => Tensor)[] = [
  (x, random) => x.transpose([...random.permutation(4)]),
  (x, random) => x.sum(random.integer(4), true).mul(tf.ones(x.shape)).add(x),
  (x) => x.relu().add(x.mul(0.5)),
  (x) => x.reshape([x.shape[0]!, x.shape[1]! * x.shape[2]!, x.shape[3]!]).expandDims(1),
  (x) => tf.conv2d(x as Tensor4D, tf.ones([2, 2, x.shape[3]!, 3]) as Tensor4D, 1, "same").mul(0.2),
  (x) => tf.maxPool(x as Tensor4D, 2, 1, "same"),
  (x, random) => tf.concat([x, x.neg()], random.integer(4)),
  (x, random) => {
    // tfjs cannot differentiate an unstack into a single part.
    const axis = random.integer(4);
    return tf.unstack(tf.concat([x, x.tanh()], axis), axis)[1]!.expandDims(random.integer(4));
  },
  (x) => x.add(tf.range(0, x.shape[3]!, 1, "float32")),
  (x, random) => tf.softmax(x.transpose([...random.permutation(4)])),
  (x, random) => tf.reverse(x, random.integer(4)),
  (x, random) => x.add(tf.fill([x.shape[random.integer(2) + 2]!, 1, 1], 0.5).mean()),
];

describe("any chain of operators", () => {
  it("stores tensors in whatever order and still equals tfjs cpu", async () => {
    const chains = fc
      .tuple(shapes(4, 4, 3), seeds, fc.array(fc.nat(MOVES.length - 1), { minLength: 2, maxLength: 7 }))
      .map(([shape, seed, moves]) => ({
        inputs: [floats(shape, seed)],
        run: (x: Tensor) => {
          const random = new Random(seed);
          return moves.reduce((y, move) => MOVES[move]!(y, random), x);
        },
      }));
    await checkParity({ name: "chains", examples: chains, tolerance: 1e-3, runs: 40 });
    expect(true).toBe(true);
  });
});
