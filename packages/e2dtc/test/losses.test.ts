import { type Tensor, type Tensor1D, tf } from "@wayweave/nn/train";
import { beforeAll, describe, expect, it } from "vitest";
import { buildVocabulary, type CellNeighbors, END_TOKEN, nearestCells } from "../src/tokens/vocabulary.js";
import {
  clusterLoss,
  reconstructionLoss,
  sampledReconstructionLoss,
  tripletLoss,
} from "../src/training/loss.js";
import { setOf } from "./helpers.js";

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
    const drawn = drawnOf(Int32Array.of(2), 3);
    const sampled = sampledReconstructionLoss(params(), states, targets, weights, neighbors, drawn);
    const full = reconstructionLoss(params(), states, targets, weights, neighbors);
    expect(value(sampled)).toBeCloseTo(value(full), 5);
  });
});

function drawnOf(cells: Int32Array, size: number) {
  const times = new Float32Array(size);
  for (const cell of cells) times[cell]!++;
  return { tokens: tf.tensor1d(cells, "int32"), times: tf.tensor1d(times) };
}

describe("sampledReconstructionLoss", () => {
  /** 5 × 4 cells of 300 m, and END; three neighbours each. */
  const points = Array.from({ length: 20 }, (_, i): [number, number][] => [
    [300 * (i % 5), 300 * Math.floor(i / 5)],
  ]);
  const vocabulary = buildVocabulary(setOf(points, "planar"));
  const nearest = nearestCells(vocabulary, { count: 3 });
  const { size } = vocabulary;
  const everyCell = Int32Array.from({ length: size - 2 }, (_, i) => 2 + i);
  const cell = 9;

  /** Logits are the biases; END's is given, the others differ a little. */
  const biasesWith = (ofEnd: number) =>
    tf.tensor1d(Array.from({ length: size }, (_, token) => (token === END_TOKEN ? ofEnd : 0.1 * token)));

  /** Loss and its gradient by the biases, of one target and no states. */
  function lossOf(kind: "full" | Int32Array, target: number, bias: Tensor1D) {
    const [states, targets, weights] = [tf.zeros([1, 2]), tf.tensor1d([target], "int32"), tf.tensor1d([1])];
    const of = (b: Tensor) => {
      const all = { "output/weight": tf.zeros([size, 2]), "output/bias": b };
      return kind === "full"
        ? reconstructionLoss(all, states, targets, weights, nearest)
        : sampledReconstructionLoss(all, states, targets, weights, nearest, drawnOf(kind, size));
    };
    return { loss: value(of(bias)), gradient: [...tf.grad(of)(bias).dataSync()] };
  }

  it.each([0, 6, 12])(
    "with every cell drawn once is the full loss, and so is its gradient (END's bias %d)",
    (ofEnd) => {
      for (const target of [END_TOKEN, cell]) {
        const [full, sampled] = (["full", everyCell] as const).map((kind) =>
          lossOf(kind, target, biasesWith(ofEnd)),
        );
        expect(sampled!.loss).toBeCloseTo(full!.loss, 4);
        sampled!.gradient.forEach((entry, token) => {
          expect(entry).toBeCloseTo(full!.gradient[token]!, 5);
        });
      }
    },
  );

  it("does not count a cell twice that is the target's neighbour and drawn", () => {
    // Nothing but neighbours drawn: no other cell is known of, and the sum is that of the neighbours and the special tokens.
    const own = [...nearest.tokens.subarray(3 * cell, 3 * cell + 3)];
    const { loss } = lossOf(Int32Array.of(...own, own[0]!), cell, biasesWith(0));
    const shares = nearest.weights.subarray(3 * cell, 3 * cell + 3);
    const right = own.reduce((sum, token, j) => sum + shares[j]! * 0.1 * token, 0);
    const all = [...own.map((token) => 0.1 * token), 0, 0].reduce((sum, logit) => sum + Math.exp(logit), 0);
    expect(loss).toBeCloseTo(Math.log(all) - right, 5);
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
      { margin: 5, relativeMargin: false },
    );
    expect(value(loss)).toBeCloseTo(1, 6);
  });
});
