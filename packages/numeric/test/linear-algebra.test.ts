import { readFileSync } from "node:fs";
import { Random, ShapeError, StateError, ValueError } from "@wayweave/geo-core";
import fc from "fast-check";
import { CholeskyDecomposition, Matrix as MlMatrix } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { cca, ccaTransform } from "../src/linear-algebra/cca.js";
import { cholesky, pivotedCholesky } from "../src/linear-algebra/internal/cholesky.js";
import { SoftmaxProblem } from "../src/linear-algebra/internal/softmax-problem.js";
import { lbfgs } from "../src/linear-algebra/lbfgs.js";
import {
  fitLogisticRegression,
  logisticProbabilities,
  logisticRegression,
} from "../src/linear-algebra/logistic-regression.js";
import { pca, pcaTransform } from "../src/linear-algebra/pca.js";
import { ridgePredict, ridgeSolve } from "../src/linear-algebra/ridge.js";
import type { Matrix } from "../src/matrix/matrix.js";
import { gram, timesLowerTransposed, timesTransposed, transposed } from "../src/matrix/products.js";

interface PlainMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: number[];
}

/** Made by scripts/parity/numeric_linear-algebra.py. */
const golden = JSON.parse(readFileSync(new URL("golden/linear-algebra.json", import.meta.url), "utf8")) as {
  cca: {
    x: PlainMatrix;
    y: PlainMatrix;
    ridge: number;
    components: number;
    xWeights: PlainMatrix;
    yWeights: PlainMatrix;
    correlations: number[];
    sklearnCorrelations?: number[];
  }[];
  pca: {
    x: PlainMatrix;
    components: number;
    axes: PlainMatrix;
    explainedVariance: number[];
    explainedVarianceRatio: number[];
    transformed: PlainMatrix;
  }[];
  ridge: { x: PlainMatrix; y: PlainMatrix; ridge: number; weights: PlainMatrix; intercept: number[] }[];
  logistic: {
    x: PlainMatrix;
    labels: number[];
    ridge: number;
    classes: number;
    weights: PlainMatrix;
    intercept: number[];
  }[];
};

function matrix({ rows, columns, data }: PlainMatrix): Matrix {
  return { rows, columns, data: Float64Array.from(data) };
}

function randomMatrix(seed: number, rows: number, columns: number): Matrix {
  const random = new Random(seed);
  return { rows, columns, data: Float64Array.from({ length: rows * columns }, () => random.normal()) };
}

/** Requires |actual − expected| ≤ tolerance for every entry; NaN fails. */
function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    if (!(Math.abs(actual[i]! - expected[i]!) <= tolerance)) {
      expect.fail(`entry ${i}: ${actual[i]} is not within ${tolerance} of ${expected[i]}`);
    }
  }
}

/** Rows of `actual`, each with the sign that its expected row has. */
function alignSigns(actual: Matrix, expected: PlainMatrix): Float64Array {
  const { columns } = actual;
  return Float64Array.from(actual.data, (value, i) => {
    const row = Math.floor(i / columns) * columns;
    let overlap = 0;
    for (let j = row; j < row + columns; j++) overlap += actual.data[j]! * expected.data[j]!;
    return value * Math.sign(overlap);
  });
}

const size = fc.integer({ min: 1, max: 19 });

describe("products and factors", () => {
  it("A·Bᵀ and A·Aᵀ equal ml-matrix's, for every size of the last tile", () => {
    fc.assert(
      fc.property(fc.nat(), size, size, fc.integer({ min: 1, max: 1100 }), (seed, n, m, depth) => {
        const a = randomMatrix(seed, n, depth);
        const b = randomMatrix(seed + 1, m, depth);
        const reference = MlMatrix.from1DArray(n, depth, a.data).mmul(
          MlMatrix.from1DArray(m, depth, b.data).transpose(),
        );
        expectClose(timesTransposed(a, b).data, reference.to1DArray(), 1e-9);
        expectClose(gram(a).data, timesTransposed(a, a).data, 1e-9);
        expect(transposed(transposed(a)).data).toEqual(a.data);
      }),
      { numRuns: 40 },
    );
  });

  it("A·Lᵀ reads L's lower triangle alone", () => {
    fc.assert(
      fc.property(fc.nat(), size, fc.oneof(size, fc.integer({ min: 510, max: 520 })), (seed, n, m) => {
        const a = randomMatrix(seed, n, m);
        const square = randomMatrix(seed + 1, m, m);
        const lower = { ...square, data: square.data.map((value, at) => (at % m > at / m ? 0 : value)) };
        expectClose(timesLowerTransposed(a, square).data, [...timesTransposed(a, lower).data], 1e-12);
      }),
      { numRuns: 30 },
    );
    expect(() => timesLowerTransposed(randomMatrix(1, 2, 3), randomMatrix(1, 2, 3))).toThrow(
      new ShapeError("timesLowerTransposed: lower must be square, got [2, 3]"),
    );
  });

  it("Cholesky: L·Lᵀ = A as in ml-matrix; with pivots also for singular A", () => {
    fc.assert(
      fc.property(fc.nat(), size, size, (seed, n, rank) => {
        const a = gram(randomMatrix(seed, n, rank));
        const { factor, pivots } = pivotedCholesky(a);
        expect(pivots.length).toBeLessThanOrEqual(Math.min(n, rank));
        expectClose(gram(factor).data, a.data, 1e-9);
        for (let i = 0; i < n; i++) a.data[i * n + i]! += 1;
        const reference = new CholeskyDecomposition(MlMatrix.from1DArray(n, n, a.data));
        expectClose(cholesky(a)!.data, reference.lowerTriangularMatrix.to1DArray(), 1e-10);
      }),
    );
    expect(cholesky({ rows: 1, columns: 1, data: Float64Array.of(-1) })).toBeUndefined();
  });
});

describe("cca", () => {
  it.each(golden.cca)("equals scipy's generalised eigenvectors up to sign (case %#)", (expected) => {
    const { components, ridge } = expected;
    const fitted = cca(matrix(expected.x), matrix(expected.y), { components, ridge });
    expectClose(fitted.correlations, expected.correlations, 1e-9);
    expectClose(alignSigns(fitted.x.weights, expected.xWeights), expected.xWeights.data, 1e-7);
    expectClose(alignSigns(fitted.y.weights, expected.yWeights), expected.yWeights.data, 1e-7);
    if (expected.sklearnCorrelations) {
      expectClose(fitted.correlations, expected.sklearnCorrelations, 1e-6);
    }
  });

  it("pairs of variates correlate as stated, and have the same sign", () => {
    const { x, y } = golden.cca[0]!;
    const fitted = cca(matrix(x), matrix(y), { components: 3 });
    const a = ccaTransform(fitted.x, matrix(x));
    const b = ccaTransform(fitted.y, matrix(y));
    for (let k = 0; k < 3; k++) {
      let ab = 0;
      let aa = 0;
      let bb = 0;
      for (let i = 0; i < x.rows; i++) {
        ab += a.data[i * 3 + k]! * b.data[i * 3 + k]!;
        aa += a.data[i * 3 + k]! ** 2;
        bb += b.data[i * 3 + k]! ** 2;
      }
      expect(ab / Math.sqrt(aa * bb)).toBeCloseTo(fitted.correlations[k]!, 10);
      expect(aa / (x.rows - 1)).toBeCloseTo(1, 10);
    }
  });

  it("is symmetric in its views", () => {
    const { x, y, components, ridge } = golden.cca[3]!;
    const forth = cca(matrix(x), matrix(y), { components, ridge });
    const back = cca(matrix(y), matrix(x), { components, ridge });
    expectClose(forth.correlations, back.correlations, 1e-10);
  });

  it("takes Float32 and gives the same", () => {
    const { x, y, components, ridge } = golden.cca[1]!;
    const single = (m: PlainMatrix) => ({ ...m, data: Float32Array.from(m.data) });
    const fitted = cca(single(x), single(y), { components, ridge });
    expectClose(fitted.correlations, golden.cca[1]!.correlations, 1e-5);
  });

  it("refuses what has no answer", () => {
    const x = randomMatrix(1, 10, 3);
    expect(() => cca(x, randomMatrix(2, 9, 3), { components: 1 })).toThrow(
      new ShapeError("cca: y must have 10 rows, got 9"),
    );
    expect(() => cca(x, x, { components: 4 })).toThrow(
      new ValueError("cca: components must be in [1, 3], got 4"),
    );
    expect(() => cca(x, x, { components: 1, ridge: -1 })).toThrow(
      new ValueError("cca: ridge must be ≥ 0, got -1"),
    );
    const constant = { rows: 10, columns: 2, data: new Float64Array(20).fill(1) };
    expect(() => cca(x, constant, { components: 1 })).toThrow(
      new ValueError("cca: the columns of y are dependent; ridge must be larger than 0"),
    );
    const bad = { rows: 2, columns: 1, data: Float64Array.of(1, Number.NaN) };
    expect(() => cca(bad, bad, { components: 1 })).toThrow(
      new ValueError("cca: x.data[1] must be finite, got NaN"),
    );
  });
});

describe("pca", () => {
  it.each(golden.pca)("equals scikit-learn's axes and variances (case %#)", (expected) => {
    const x = matrix(expected.x);
    const fitted = pca(x, expected.components);
    expectClose(fitted.explainedVariance, expected.explainedVariance, 1e-9);
    expectClose(fitted.explainedVarianceRatio, expected.explainedVarianceRatio, 1e-12);
    expectClose(alignSigns(fitted.axes, expected.axes), expected.axes.data, 1e-8);
    expectClose(alignColumns(pcaTransform(fitted, x), expected.transformed), expected.transformed.data, 1e-7);
  });

  it("points on the line (t, 2t): one axis (1, 2)/√5 with all the variance", () => {
    const x = { rows: 3, columns: 2, data: Float64Array.of(0, 0, 1, 2, 2, 4) };
    const fitted = pca(x, 2);
    expectClose(fitted.axes.data.subarray(0, 2), [1 / Math.sqrt(5), 2 / Math.sqrt(5)], 1e-14);
    // The variance of t is 1, so along the axis it is 1 + 4.
    expectClose(fitted.explainedVariance, [5, 0], 1e-14);
    expectClose(fitted.explainedVarianceRatio, [1, 0], 1e-14);
  });

  it("refuses more components than there are", () => {
    expect(() => pca(randomMatrix(1, 3, 5), 3)).toThrow(
      new ValueError("pca: components must be in [1, 2], got 3"),
    );
  });
});

describe("ridgeSolve", () => {
  it.each(golden.ridge)("equals scikit-learn's Ridge (case %#)", (expected) => {
    const x = matrix(expected.x);
    const solution = ridgeSolve(x, matrix(expected.y), { ridge: expected.ridge });
    expectClose(solution.weights.data, expected.weights.data, 1e-10);
    expectClose(solution.intercept, expected.intercept, 1e-10);
  });

  it("y = 2x + 1 exactly without a ridge", () => {
    const x = { rows: 3, columns: 1, data: Float64Array.of(0, 1, 5) };
    const solution = ridgeSolve(x, { rows: 3, columns: 1, data: Float64Array.of(1, 3, 11) }, { ridge: 0 });
    expectClose(solution.weights.data, [2], 1e-14);
    expectClose(solution.intercept, [1], 1e-14);
    expectClose(ridgePredict(solution, { rows: 1, columns: 1, data: Float64Array.of(10) }).data, [21], 1e-13);
  });

  it("refuses dependent columns without a ridge", () => {
    const x = { rows: 3, columns: 2, data: Float64Array.of(1, 2, 2, 4, 3, 6) };
    expect(() => ridgeSolve(x, { rows: 3, columns: 1, data: new Float64Array(3) }, { ridge: 0 })).toThrow(
      new ValueError("ridgeSolve: the columns of x are dependent; ridge must be larger than 0"),
    );
  });
});

describe("lbfgs", () => {
  it("finds Rosenbrock's minimum (1, 1)", () => {
    const { x, converged } = lbfgs(
      ([a, b], gradient) => {
        gradient[0] = -2 * (1 - a!) - 400 * a! * (b! - a! * a!);
        gradient[1] = 200 * (b! - a! * a!);
        return (1 - a!) ** 2 + 100 * (b! - a! * a!) ** 2;
      },
      Float64Array.of(-1.2, 1),
      { tolerance: 1e-9 },
    );
    expect(converged).toBe(true);
    expectClose(x, [1, 1], 1e-8);
  });

  it("finds the minimum of random convex quadratics ½xᵀAx − bᵀx, where A·x = b", () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 12 }), (seed, n) => {
        const a = gram(randomMatrix(seed, n, n));
        for (let i = 0; i < n; i++) a.data[i * n + i]! += 0.1;
        const b = randomMatrix(seed + 1, 1, n);
        const product = (x: Float64Array) => timesTransposed({ rows: 1, columns: n, data: x }, a).data;
        const { x, converged } = lbfgs(
          (point, gradient) => {
            gradient.set(product(point).map((value, i) => value - b.data[i]!));
            return point.reduce((sum, value, i) => sum + value * (gradient[i]! - b.data[i]!) * 0.5, 0);
          },
          new Float64Array(n),
          { tolerance: 1e-7 },
        );
        expect(converged).toBe(true);
        expectClose(product(x), b.data, 1e-6);
      }),
    );
  });
});

describe("logisticRegression", () => {
  it.each(golden.logistic)("equals scikit-learn's coefficients (case %#)", (expected) => {
    const x = matrix(expected.x);
    const fitted = logisticRegression(x, expected.labels, { ridge: expected.ridge, tolerance: 1e-8 });
    expectClose(fitted.weights.data, expected.weights.data, 1e-6);
    // Only differences of intercepts matter; both sides start at 0, so both sum to 0.
    expectClose(fitted.intercept, expected.intercept, 1e-6);
  });

  it("has the gradient of central differences, and the Hessian of the gradient's", () => {
    const { x, labels, ridge, classes } = golden.logistic[0]!;
    const problem = new SoftmaxProblem(
      matrix(x),
      labels,
      classes,
      new Float64Array(matrix(x).columns).fill(ridge),
    );
    const point = randomMatrix(5, 1, problem.size).data as Float64Array;
    const direction = randomMatrix(6, 1, problem.size).data as Float64Array;
    const at = (by: number, along: Float64Array) => {
      const gradient = new Float64Array(problem.size);
      const value = problem.evaluate(
        point.map((entry, i) => entry + by * along[i]!),
        gradient,
      );
      return { value, gradient };
    };
    const h = 1e-5;
    const slopes = point.map((_, i) => {
      const unit = point.map((_entry, j) => (i === j ? 1 : 0));
      return (at(h, unit).value - at(-h, unit).value) / (2 * h);
    });
    const ahead = at(h, direction).gradient;
    const behind = at(-h, direction).gradient;
    const { gradient } = at(0, direction);
    expectClose(gradient, slopes, 1e-6);
    expectClose(
      problem.hessianTimes(direction),
      ahead.map((entry, i) => (entry - behind[i]!) / (2 * h)),
      1e-6,
    );
  });

  it("does not mind the columns' scales: without a penalty the probabilities stay, and so do the steps", () => {
    const { x, labels } = golden.logistic[0]!;
    const plain = matrix(x);
    const factors = Float64Array.of(1e-6, 1, 1e3, 1e6);
    const scaled = {
      ...plain,
      data: plain.data.map((value, i) => (value + 2) * factors[i % 4]!) as Float64Array,
    };
    const one = logisticRegression(plain, labels, { ridge: 0, tolerance: 1e-9 });
    const other = logisticRegression(scaled, labels, { ridge: 0, tolerance: 1e-9 });
    expect(Math.abs(one.iterations - other.iterations)).toBeLessThanOrEqual(2);
    expectClose(logisticProbabilities(other, scaled).data, logisticProbabilities(one, plain).data, 1e-7);
  });

  it("has a gradient of 0 where it ends, whatever the columns and classes", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(1000),
        fc.integer({ min: 2, max: 4 }),
        fc.integer({ min: 1, max: 700 }),
        async (seed, classes, d) => {
          const x = randomMatrix(seed, 12, d);
          const random = new Random(seed).split("labels");
          const labels = Int32Array.from({ length: 12 }, () => random.integer(classes));
          const fitted = logisticRegression(x, labels, { classes, ridge: 0.5, tolerance: 1e-7 });
          const problem = new SoftmaxProblem(x, labels, classes, new Float64Array(d).fill(0.5));
          const point = new Float64Array(problem.size);
          for (let k = 0; k < classes; k++) {
            point.set(fitted.weights.data.subarray(k * d, (k + 1) * d), k * (d + 1));
            point[k * (d + 1) + d] = fitted.intercept[k]!;
          }
          const gradient = new Float64Array(problem.size);
          problem.evaluate(point, gradient);
          expectClose(gradient, new Float64Array(problem.size), 1e-5);
        },
      ),
      { numRuns: 30, seed: 1 },
    );
  });

  it("in pieces: has the same result, reports progress, and stops when aborted", async () => {
    const { x, labels } = golden.logistic[0]!;
    const values: number[] = [];
    const fitted = await fitLogisticRegression(matrix(x), labels, {
      onProgress: ({ value }) => values.push(value),
    });
    expect(fitted).toEqual(logisticRegression(matrix(x), labels));
    expect(values.length).toBe(fitted.iterations);
    expect(values).toEqual([...values].sort((a, b) => b - a));
    const controller = new AbortController();
    const running = fitLogisticRegression(matrix(x), labels, {
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    await expect(running).rejects.toThrow("aborted");
  });

  it("gives probabilities that add up to 1, however large the scores", () => {
    const fitted = {
      weights: { rows: 2, columns: 1, data: Float64Array.of(1, -1) },
      intercept: Float64Array.of(0, 0),
      iterations: 0,
    };
    const { data } = logisticProbabilities(fitted, { rows: 2, columns: 1, data: Float64Array.of(1e4, 0) });
    expect([...data]).toEqual([1, 0, 0.5, 0.5]);
  });

  it("refuses labels that are no classes, and says when it did not converge", () => {
    const x = randomMatrix(1, 4, 2);
    expect(() => logisticRegression(x, [0, 0, 0, 0])).toThrow(
      new ValueError("logisticRegression: classes must be an integer ≥ 2, got 1"),
    );
    expect(() => logisticRegression(x, [0, 1, 2, 0], { classes: 2 })).toThrow(
      new ValueError("logisticRegression: labels must be below 2, got 2"),
    );
    expect(() => logisticRegression(x, [0, 1, 0.5, 0])).toThrow(
      new ValueError("logisticRegression: labels[2] must be a non-negative integer, got 0.5"),
    );
    expect(() => logisticRegression(x, [0, 1, 0, 1], { maxIterations: 1, tolerance: 1e-12 })).toThrow(
      StateError,
    );
  });
});

/** Columns with the sign of the expected ones. */
function alignColumns(actual: Matrix, expected: PlainMatrix): Float64Array {
  const turned = transposed(actual);
  const signed = alignSigns(turned, {
    ...expected,
    data: [...transposed(matrix(expected)).data],
  });
  return transposed({ ...turned, data: signed }).data;
}
