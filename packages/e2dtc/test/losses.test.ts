import { tf } from "@wayweave/nn/train";
import { beforeAll, describe, expect, it } from "vitest";
import { clusterLoss, reconstructionLoss, sampledReconstructionLoss, tripletLoss } from "../src/loss.js";
import type { CellNeighbors } from "../src/vocabulary.js";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const value = (tensor: { dataSync(): ArrayLike<number> }) => tensor.dataSync()[0]!;

/** Each target counts ¾ itself and ¼ the next. */
const neighbors: CellNeighbors = {
  tokens: Int32Array.of(0, 1, 1, 2, 2, 0),
  weights: Float32Array.of(0.75, 0.25, 0.75, 0.25, 0.75, 0.25),
  count: 2,
};

/** Three tokens of two dimensions. */
const params = () => ({
  "output/weight": tf.tensor2d([1, 0, 0, 1, -1, 0], [3, 2]),
  "output/bias": tf.tensor1d([0, 0.5, 0]),
});

describe("reconstructionLoss", () => {
  it("is eq. 8: −Σ w log softmax over the target's neighbours, averaged over tokens that count", () => {
    // h = (1, 2): logits (1, 2.5, −1), log Σ exp = 2.5 + ln(1 + e^−1.5 + e^−3.5) = 2.7260. Target 0: ¾·1 + ¼·2.5 = 1.375.
    const states = tf.tensor2d([1, 2, 9, 9], [2, 2]);
    const loss = reconstructionLoss(
      params(),
      states,
      tf.tensor1d([0, 1], "int32"),
      tf.tensor1d([1, 0]),
      neighbors,
    );
    const logSum = 2.5 + Math.log(1 + Math.exp(-1.5) + Math.exp(-3.5));
    expect(value(loss)).toBeCloseTo(logSum - 1.375, 5);
  });

  it("has the softmax's gradient: ∂/∂h = Σ softmax(W h) W − Σ w W", () => {
    const gradient = tf.grad((states) =>
      reconstructionLoss(params(), states, tf.tensor1d([0], "int32"), tf.tensor1d([1]), neighbors),
    )(tf.tensor2d([1, 2], [1, 2]));
    const exps = [1, 2.5, -1].map(Math.exp);
    const total = exps.reduce((a, b) => a + b);
    const [p0, p1, p2] = exps.map((e) => e / total) as [number, number, number];
    // Σ w W of target 0 is ¾ (1, 0) + ¼ (0, 1).
    expect(gradient.dataSync()[0]).toBeCloseTo(p0 - p2 - 0.75, 5);
    expect(gradient.dataSync()[1]).toBeCloseTo(p1 - 0.25, 5);
  });

  it("estimated from a sample of all others, is the same", () => {
    // Beside target 0 and its neighbour 1 there is only token 2: drawing it stands for 1 of 1.
    const states = tf.tensor2d([1, 2], [1, 2]);
    const targets = tf.tensor1d([0], "int32");
    const weights = tf.tensor1d([1]);
    const sampled = sampledReconstructionLoss(
      params(),
      states,
      targets,
      weights,
      neighbors,
      tf.tensor1d([2], "int32"),
    );
    const full = reconstructionLoss(params(), states, targets, weights, neighbors);
    expect(value(sampled)).toBeCloseTo(value(full), 5);
  });
});

describe("clusterLoss", () => {
  it("is KL(P ‖ Q) (eq. 11), of rows that count", () => {
    // .9 ln(.9/.6) + .1 ln(.1/.4) = .3649 − .1386
    const loss = clusterLoss(
      tf.tensor2d([0.6, 0.4, 0.5, 0.5], [2, 2]),
      tf.tensor2d([0.9, 0.1, 1, 0], [2, 2]),
      tf.tensor1d([1, 0]),
    );
    expect(value(loss)).toBeCloseTo(0.9 * Math.log(1.5) + 0.1 * Math.log(0.25), 5);
  });
});

describe("tripletLoss", () => {
  it("is [‖a − p‖² − ‖a − n‖² + α]₊ (eq. 13), and 0 where the negative is far", () => {
    // Row 0: 1 − 4 + 5 = 2. Row 1: 1 − 9 + 5 < 0. Mean 1.
    const loss = tripletLoss(
      tf.tensor2d([0, 0, 0, 0], [2, 2]),
      tf.tensor2d([1, 0, 0, 1], [2, 2]),
      tf.tensor2d([2, 0, 3, 0], [2, 2]),
      tf.tensor1d([1, 1]),
      5,
    );
    expect(value(loss)).toBeCloseTo(1, 6);
  });
});
