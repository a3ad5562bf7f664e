import { type Tensor, tf } from "@wayweave/nn/train";
import { describe, expect, it } from "vitest";
import { tripletConstraints } from "../../src/baselines/acmr.js";
import { squaredError } from "../../src/baselines/corr-ae.js";
import { matchLoss } from "../../src/baselines/dbrlm.js";
import { contrast, enqueue } from "../../src/baselines/moco.js";
import { euclideanRows, pairwiseDistances } from "../../src/baselines/similarity.js";

const value = (compute: () => Tensor) => tf.tidy(() => compute().dataSync()[0]!);
const values = (compute: () => Tensor) => tf.tidy(() => [...compute().dataSync()]);

/** Compares tf's gradient with (L(x + h) − L(x − h))/2h, entry by entry. */
function checkGradient(loss: (x: Tensor) => Tensor, x: number[][]): void {
  const h = 1e-2;
  const gradient = values(() => tf.grad((t) => loss(t).asScalar())(tf.tensor2d(x)));
  const columns = x[0]!.length;
  gradient.forEach((slope, at) => {
    const moved = (shift: number) =>
      value(() =>
        loss(
          tf.tensor2d(
            x.map((row, i) => row.map((entry, j) => (i * columns + j === at ? entry + shift : entry))),
          ),
        ),
      );
    expect(slope).toBeCloseTo((moved(h) - moved(-h)) / (2 * h), 2);
  });
}

describe("MOCO", () => {
  it("contrast: q·k₊ = 1, q·k = 0 and −1 in the queue, τ = 1/2: log(e² + e⁰ + e⁻²) − 2", () => {
    const loss = value(() =>
      contrast(
        tf.tensor2d([[1, 0]]),
        tf.tensor2d([[1, 0]]),
        tf.tensor2d([
          [0, 1],
          [-1, 0],
        ]),
        0.5,
      ),
    );
    expect(loss).toBeCloseTo(Math.log(Math.exp(2) + 1 + Math.exp(-2)) - 2, 5);
  });

  it("contrast's gradient is that of finite differences", () => {
    const keys = tf.tensor2d([
      [0.6, 0.8],
      [1, 0],
    ]);
    const queue = tf.tensor2d([
      [0, 1],
      [-1, 0],
      [0.8, -0.6],
    ]);
    checkGradient(
      (queries) => contrast(queries, keys, queue, 0.5),
      [
        [0.8, 0.6],
        [-0.6, 0.8],
      ],
    );
    tf.dispose([keys, queue]);
  });

  it("enqueue puts the newest keys first and lets the oldest leave", () => {
    const queue = tf.tensor2d([1, 2, 3, 4], [4, 1]);
    expect(values(() => enqueue(queue, tf.tensor2d([9, 8], [2, 1])))).toEqual([9, 8, 1, 2]);
    queue.dispose();
  });
});

describe("ACMR", () => {
  const trajectories = [[0], [10]];
  const images = [[1], [12]];

  it("pairwiseDistances: 0, 10 against 1, 12", () => {
    const distances = values(() => pairwiseDistances(tf.tensor2d(trajectories), tf.tensor2d(images)));
    expect(distances).toEqual([1, 12, 9, 2].map((d) => expect.closeTo(d, 5)));
  });

  it("tripletConstraints: matched 1 and 2; nearest others 12 and 9, 9 and 12; margin 10, λ = 0.2", () => {
    // both ways: mean(1, 2) = 1.5; mean(max(0, 10 − 12), max(0, 10 − 9)) = 0.5
    const loss = value(() => tripletConstraints(tf.tensor2d(trajectories), tf.tensor2d(images), 10, 0.2));
    expect(loss).toBeCloseTo(2 * 1.5 + 0.2 * 2 * 0.5, 5);
  });

  it("tripletConstraints' gradient is that of finite differences", () => {
    const fixed = tf.tensor2d([
      [0.2, 1],
      [-1, 0.4],
      [0.9, -0.8],
    ]);
    checkGradient(
      (x) => tripletConstraints(x, fixed, 1.5, 0.7),
      [
        [0.1, 0.7],
        [-0.6, 0.2],
        [1, -0.2],
      ],
    );
    fixed.dispose();
  });

  it("a pair of identical items has no slope that is not a number", () => {
    const same = tf.tensor2d([
      [1, 2],
      [3, 4],
    ]);
    const slopes = values(() => tf.grad((x) => tripletConstraints(x, same, 1, 1).asScalar())(same));
    expect(slopes.every(Number.isFinite)).toBe(true);
    same.dispose();
  });
});

describe("correspondence autoencoders", () => {
  it("squaredError: mean over rows of 3² + 4² and 1² + 0²", () => {
    const loss = value(() =>
      squaredError(
        tf.tensor2d([
          [3, 4],
          [1, 5],
        ]),
        tf.tensor2d([
          [0, 0],
          [0, 5],
        ]),
      ),
    );
    expect(loss).toBe((25 + 1) / 2);
  });
});

describe("DBRLM", () => {
  it("matchLoss: −log of σ(2), σ(3) for the matched pairs, of 1 − σ(−1), 1 − σ(0) for the others", () => {
    const sigma = (z: number) => 1 / (1 + Math.exp(-z));
    const expected = -(Math.log(sigma(2)) + Math.log(sigma(3)) + Math.log(1 - sigma(-1)) + Math.log(0.5)) / 2;
    expect(
      value(() =>
        matchLoss(
          tf.tensor2d([
            [2, -1],
            [0, 3],
          ]),
        ),
      ),
    ).toBeCloseTo(expected, 5);
  });

  it("matchLoss' gradient is that of finite differences", () => {
    checkGradient(matchLoss, [
      [2, -1, 0.3],
      [0, 3, -2],
      [1, -0.5, 0.2],
    ]);
  });
});

describe("euclideanRows", () => {
  it("dot products are −‖a − b‖²/2: (1, 2) and (4, −2) are 5 apart", () => {
    const rows = values(() => {
      const trajectory = euclideanRows(tf.tensor2d([[1, 2]]), "trajectory");
      const image = euclideanRows(tf.tensor2d([[4, -2]]), "image");
      return tf.matMul(trajectory, image, false, true);
    });
    expect(rows).toEqual([-12.5]);
  });
});
