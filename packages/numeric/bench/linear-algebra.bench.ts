import { Random } from "@wayweave/geo-core";
import { CholeskyDecomposition, EigenvalueDecomposition, Matrix as MlMatrix } from "ml-matrix";
import { bench, describe } from "vitest";
import { cholesky } from "../src/linear-algebra/internal/cholesky.js";
import type { Matrix } from "../src/matrix/matrix.js";
import { gram, timesTransposed } from "../src/matrix/products.js";

// The built package: the test runner's own module loading makes calls between modules several times slower.
const { cca, logisticRegression, pca, ridgeSolve, symmetricEigen }: typeof import("../src/index.js") =
  await import(new URL("../dist/index.js", import.meta.url).href);

function normal(seed: number, rows: number, columns: number): Matrix & { data: Float64Array } {
  const random = new Random(seed);
  return { rows, columns, data: Float64Array.from({ length: rows * columns }, () => random.normal()) };
}

/** One measurement each: these take seconds. */
const once = { iterations: 1, time: 0, warmupIterations: 0, warmupTime: 0 };

describe("500 × 500, against ml-matrix", () => {
  const a = normal(1, 500, 500);
  const symmetric = gram(a);
  for (let i = 0; i < 500; i++) symmetric.data[i * 501]! += 1;
  const b = MlMatrix.from1DArray(500, 500, a.data);
  const reference = MlMatrix.from1DArray(500, 500, symmetric.data);
  const few = { iterations: 3, time: 0 };
  bench("A·Bᵀ", () => void timesTransposed(a, a), few);
  bench("A·Bᵀ, ml-matrix", () => void b.mmul(b.transpose()), few);
  bench("Cholesky", () => void cholesky(symmetric), few);
  bench("Cholesky, ml-matrix", () => void new CholeskyDecomposition(reference), few);
  bench("eigenvectors", () => void symmetricEigen(symmetric), few);
  bench(
    "eigenvectors, ml-matrix",
    () => void new EigenvalueDecomposition(reference, { assumeSymmetric: true }),
    few,
  );
});

describe("2,000 × 4,096", () => {
  const x = normal(1, 2000, 4096);
  const y = normal(2, 2000, 10);
  const random = new Random(3);
  const labels = Int32Array.from({ length: 2000 }, () => random.integer(10));
  bench("cca with 2,000 × 10", () => void cca(x, y, { components: 10, ridge: 1 }), once);
  bench("pca, 64 components", () => void pca(x, 64), once);
  bench("ridgeSolve, 10 targets", () => void ridgeSolve(x, y, { ridge: 1 }), once);
  bench(
    "logisticRegression, 10 classes",
    () => void logisticRegression(x, labels, { tolerance: 1e-4 }),
    once,
  );
});
