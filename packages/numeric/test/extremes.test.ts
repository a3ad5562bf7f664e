import { Random, ValueError } from "@wayweave/geo-core";
import { describe, expect, it } from "vitest";
import {
  agglomerative,
  cca,
  chooseK,
  columnMeans,
  densityPeaks,
  euclideanDistances,
  farthestFirst,
  hdbscan,
  hdbscanRows,
  kMeans,
  kMedoids,
  leadingEigen,
  localAffinities,
  logisticProbabilities,
  logisticRegression,
  type Matrix64,
  pca,
  pcaTransform,
  ridgePredict,
  ridgeSolve,
  type SparseMatrix,
  spectralClustering,
  symmetricEigen,
} from "../src/index.js";

/** Powers of two change no digit: whatever a function finds must be the same, in another unit. */
const factors = [2 ** 900, 2 ** 600, 2 ** -600, 2 ** -900] as const;

/** Four clouds of ten, at the corners of a square. */
function squareOfClouds(factor = 1): Matrix64 {
  const random = new Random(5);
  const data = new Float64Array(120);
  for (let i = 0; i < 40; i++) {
    data[3 * i] = factor * (8 * (i & 1) + random.normal());
    data[3 * i + 1] = factor * (8 * ((i >> 1) & 1) + random.normal());
    data[3 * i + 2] = factor * random.normal();
  }
  return { rows: 40, columns: 3, data };
}

const usual = squareOfClouds();
const usualDistances = euclideanDistances(usual);
const times = (values: ArrayLike<number>, factor: number) => Float64Array.from(values, (x) => x * factor);

describe.each(factors)("what is %d times as large", (factor) => {
  const large = squareOfClouds(factor);
  const distances = times(usualDistances, factor);

  it("has distances as many times as large", () => {
    expect(euclideanDistances(large)).toEqual(distances);
  });

  it("has the same clusters by k-means, dense and sparse, and by k-means from given centres", async () => {
    const options = { k: 4, restarts: 2 };
    const sparse = (matrix: Matrix64): SparseMatrix => ({
      rows: 40,
      columns: 3,
      values: matrix.data,
      columnIndices: Uint32Array.from({ length: 120 }, (_, i) => i % 3),
      rowOffsets: Uint32Array.from({ length: 41 }, (_, i) => 3 * i),
    });
    for (const form of [(matrix: Matrix64) => matrix, sparse]) {
      const expected = await kMeans(form(usual), options);
      const found = await kMeans(form(large), options);
      expect(found.labels).toEqual(expected.labels);
      expect(found.centers).toEqual(times(expected.centers, factor));
      expect(found.converged).toBe(true);
    }
    const initialCenters = usual.data.slice(0, 6);
    const expected = await kMeans(usual, { k: 2, initialCenters });
    const found = await kMeans(large, { k: 2, initialCenters: times(initialCenters, factor) });
    expect(found.labels).toEqual(expected.labels);
  });

  it("has the same clusters by k-medoids, agglomerative, HDBSCAN and spectral clustering", async () => {
    const medoids = await kMedoids(usualDistances, 40, { k: 4 });
    expect(await kMedoids(distances, 40, { k: 4 })).toEqual({
      ...medoids,
      objective: medoids.objective * factor,
    });
    for (const linkage of [
      "single",
      "complete",
      "average",
      "weighted",
      "ward",
      "centroid",
      "median",
    ] as const) {
      const expected = await agglomerative(usualDistances, 40, { linkage });
      const found = await agglomerative(distances, 40, { linkage });
      expect(found.cut({ k: 4 })).toEqual(expected.cut({ k: 4 }));
      expect(found.linkage[4 * 38 + 2]).toBeCloseTo(expected.linkage[4 * 38 + 2]! * factor, 9);
    }
    expect(await hdbscan(distances, 40)).toEqual(await hdbscan(usualDistances, 40));
    expect(await hdbscanRows(large)).toEqual(await hdbscanRows(usual));
    const affinities = await localAffinities(usualDistances, 40);
    expect(await localAffinities(distances, 40)).toEqual(affinities);
    const { labels } = await spectralClustering(affinities, 40, { k: 4 });
    expect((await spectralClustering(times(affinities, factor), 40, { k: 4 })).labels).toEqual(labels);
  });

  it("has the same centres by density peaks and farthest first, and the same choice of k", async () => {
    expect(await densityPeaks(large, { k: 4 })).toEqual(times(await densityPeaks(usual, { k: 4 }), factor));
    expect(farthestFirst(large, { k: 4 })).toEqual(times(farthestFirst(usual, { k: 4 }), factor));
    const expected = await chooseK(usual, { min: 2, max: 6 });
    const found = await chooseK(large, { min: 2, max: 6 });
    expect(found).toEqual({ ...expected, errors: expected.errors.map((error) => error * factor) });
  });

  it("has the same eigenvectors and principal axes", async () => {
    const square: Matrix64 = { rows: 3, columns: 3, data: Float64Array.of(4, 1, 0, 1, 3, 1, 0, 1, 2) };
    const scaled = { ...square, data: times(square.data, factor) };
    const expected = symmetricEigen(square);
    const found = symmetricEigen(scaled);
    expect(found.vectors).toEqual(expected.vectors);
    expect(found.values).toEqual(times(expected.values, factor));
    const operator = {
      n: 3,
      multiply: ({ rows, data }: Matrix64) => {
        const product = new Float64Array(3 * rows);
        for (let at = 0; at < 3 * rows; at++) {
          for (let j = 0; j < 3; j++) {
            product[at]! += scaled.data[3 * (at % 3) + j]! * data[3 * Math.floor(at / 3) + j]!;
          }
        }
        return { rows, columns: 3, data: product };
      },
    };
    const leading = await leadingEigen(operator, 1);
    expect(leading.values[0]! / factor).toBeCloseTo(expected.values[0]!, 12);
    const axes = pca(usual, 2);
    const largeAxes = pca(large, 2);
    expect(largeAxes.axes).toEqual(axes.axes);
    expect(largeAxes.mean).toEqual(times(axes.mean, factor));
    expect(largeAxes.explainedVarianceRatio).toEqual(axes.explainedVarianceRatio);
    expect(pcaTransform(largeAxes, large).data).toEqual(times(pcaTransform(axes, usual).data, factor));
  });

  it("has the same correlations, and the same predictions by ridge regression", () => {
    const target = { rows: 40, columns: 1, data: Float64Array.from({ length: 40 }, (_, i) => i % 5) };
    const correlations = cca(usual, target, { components: 1 }).correlations;
    expect(cca(large, target, { components: 1 }).correlations[0]).toBeCloseTo(correlations[0]!, 12);
    const expected = ridgePredict(ridgeSolve(usual, target, { ridge: 0 }), usual);
    const found = ridgePredict(ridgeSolve(large, target, { ridge: 0 }), large);
    found.data.forEach((value, i) => {
      expect(value).toBeCloseTo(expected.data[i]!, 10);
    });
    // A penalty outweighs what is tiny beside it, and is nothing beside what is huge.
    const penalised = ridgePredict(ridgeSolve(large, target, { ridge: 1 }), large);
    const mean = target.data.reduce((sum, value) => sum + value, 0) / 40;
    penalised.data.forEach((value, i) => {
      expect(value).toBeCloseTo(factor > 1 ? expected.data[i]! : mean, 10);
    });
  });
});

describe("k-means", () => {
  it("parts 1e300, −1e300, 1e300 and 0, whose squares overflow", async () => {
    const rows = { rows: 4, columns: 1, data: Float64Array.of(1e300, -1e300, 1e300, 0) };
    const { labels, centers, converged, inertia } = await kMeans(rows, { k: 2 });
    expect(labels[0]).toBe(labels[2]);
    expect(labels[1]).not.toBe(labels[0]);
    expect(Array.from(centers).sort((a, b) => a - b)).toEqual([-5e299, 1e300]);
    expect(converged).toBe(true);
    // 2 · 2.5e599 has no place in double precision.
    expect(inertia).toBe(Number.POSITIVE_INFINITY);
  });

  it("finds the mean of numbers near the largest double", () => {
    expect(columnMeans({ rows: 3, columns: 1, data: Float64Array.of(1.5e308, 1.5e308, 0) })[0]).toBeCloseTo(
      1e308,
      -295,
    );
  });
});

describe("logistic regression", () => {
  const labels = [0, 0, 1, 1, 0, 1];
  const sane = [-2, -1, 1, 2, 0.5, -0.5];
  const column = (...columns: readonly (readonly number[])[]): Matrix64 => ({
    rows: 6,
    columns: columns.length,
    data: Float64Array.from({ length: 6 * columns.length }, (_, at) => {
      return columns[at % columns.length]![Math.floor(at / columns.length)]!;
    }),
  });
  const of = (factor: number) => sane.map((x) => x * factor);

  it.each([2 ** 665, 2 ** -665, 2 ** 1000, 2 ** -1000])("fits a column of %d", (factor) => {
    const expected = logisticProbabilities(
      logisticRegression(column(sane), labels, { ridge: 0 }),
      column(sane),
    );
    const x = column(of(factor));
    const fitted = logisticRegression(x, labels, { ridge: 0 });
    expect(fitted.iterations).toBeGreaterThan(2);
    logisticProbabilities(fitted, x).data.forEach((p, i) => {
      expect(p).toBeCloseTo(expected.data[i]!, 8);
    });
  });

  it("is not kept from a usual column by one of 1e±200", () => {
    const expected = logisticRegression(column(sane), labels);
    // Half of each class: says nothing.
    const silent = [1, -1, 1, -1, 0, 0];
    for (const factor of [1e200, 1e-200]) {
      const { weights } = logisticRegression(
        column(
          sane,
          silent.map((x) => x * factor),
        ),
        labels,
      );
      // The silent column is free of the penalty at 1e200, and correlates a little with the other.
      if (factor < 1) expect(weights.data[0]).toBeCloseTo(expected.weights.data[0]!, 6);
      expect(Math.abs(weights.data[0]!)).toBeGreaterThan(0.3);
    }
  });

  it("leaves a column of 1e-200 to the penalty, beside which it says nothing", () => {
    const x = column(of(1e-200));
    logisticProbabilities(logisticRegression(x, labels), x).data.forEach((p) => {
      expect(p).toBeCloseTo(0.5, 12);
    });
  });

  it("refuses weights and scores that do not fit into double precision", () => {
    expect(() => logisticRegression(column(of(1e-310)), labels, { ridge: 0 })).toThrow(
      "logisticRegression: x must be scaled: numbers this large or small lead to",
    );
    const fitted = logisticRegression(column(sane), labels);
    const steep = { ...fitted, weights: { ...fitted.weights, data: Float64Array.of(-10, 10) } };
    expect(() => logisticProbabilities(steep, column(of(8e307)))).toThrow(ValueError);
  });
});

describe("what leaves double precision", () => {
  it("is refused with the function's name", () => {
    const far = { rows: 2, columns: 1, data: Float64Array.of(-1.7e308, 1.7e308) };
    expect(() => euclideanDistances(far)).toThrow("euclideanDistances: matrix must be scaled");
    const tiny = { rows: 3, columns: 1, data: Float64Array.of(0, 5e-324, 1e-323) };
    const large = { rows: 3, columns: 1, data: Float64Array.of(0, 1e300, 1.5e300) };
    expect(() => ridgeSolve(tiny, large, { ridge: 0 })).toThrow("ridgeSolve: x must be scaled");
    expect(() => cca(tiny, large, { components: 1 })).toThrow("cca: x must be scaled");
  });
});

describe("rows that are all equal, or one alone", () => {
  const same: Matrix64 = { rows: 6, columns: 2, data: new Float64Array(12).fill(3) };
  const zeros = new Float64Array(15);

  it("are one place for every method, without NaN", async () => {
    const means = await kMeans(same, { k: 2 });
    expect(means.centers).toEqual(Float64Array.of(3, 3, 3, 3));
    expect(means.inertia).toBe(0);
    expect((await kMedoids(zeros, 6, { k: 3 })).objective).toBe(0);
    expect((await densityPeaks(same, { k: 2 })).every((x) => x === 3)).toBe(true);
    expect(await localAffinities(zeros, 6)).toEqual(new Float64Array(15).fill(1));
    const spectral = await spectralClustering(new Float64Array(15).fill(1), 6, { k: 2 });
    expect(spectral.embedding.data.every(Number.isFinite)).toBe(true);
    const none = await spectralClustering(zeros, 6, { k: 2 });
    expect(none.eigenvalues).toEqual(Float64Array.of(1, 1));
    const density = await hdbscan(zeros, 6, { allowSingleCluster: true });
    expect(density.clusters).toBe(1);
    expect(density.probabilities).toEqual(new Float64Array(6).fill(1));
    const chosen = await chooseK(same, { min: 2, max: 4 });
    expect(chosen.errors).toEqual([0, 0, 0]);
    expect(chosen.silhouettes).toEqual([0, 0, 0]);
    expect(pca(same, 1).explainedVarianceRatio).toEqual(Float64Array.of(0));
    for (const linkage of ["ward", "average", "centroid"] as const) {
      const tree = await agglomerative(zeros, 6, { linkage });
      expect(tree.linkage.every(Number.isFinite)).toBe(true);
    }
  });

  it("one alone is a cluster", async () => {
    const one: Matrix64 = { rows: 1, columns: 2, data: Float64Array.of(1, 2) };
    expect((await kMeans(one, { k: 1 })).centers).toEqual(one.data);
    const none = new Float64Array(0);
    expect((await kMedoids(none, 1, { k: 1 })).medoids).toEqual(Uint32Array.of(0));
    expect((await agglomerative(none, 1)).cut({ k: 1 })).toEqual(Uint32Array.of(0));
    expect((await spectralClustering(none, 1, { k: 1 })).labels).toEqual(Uint32Array.of(0));
    expect((await hdbscan(none, 1, { minSamples: 1 })).labels).toEqual(Int32Array.of(-1));
    await expect(hdbscan(none, 1)).rejects.toThrow("hdbscan: minSamples must be at most");
    await expect(chooseK(one, { min: 2, max: 4 })).rejects.toThrow(ValueError);
  });

  it("NaN is refused everywhere", async () => {
    const bad: Matrix64 = { rows: 3, columns: 1, data: Float64Array.of(0, Number.NaN, 1) };
    const distances = Float64Array.of(1, Number.NaN, 1);
    for (const call of [
      () => kMeans(bad, { k: 2 }),
      () => hdbscanRows(bad),
      () => densityPeaks(bad, { k: 1 }),
      () => kMedoids(distances, 3, { k: 1 }),
      () => hdbscan(distances, 3, { minSamples: 2 }),
      () => agglomerative(distances, 3),
      () => spectralClustering(distances, 3, { k: 1 }),
      () => localAffinities(distances, 3),
    ]) {
      await expect(call()).rejects.toThrow(ValueError);
    }
  });
});
