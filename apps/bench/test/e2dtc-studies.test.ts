import { Random, TrajectorySet } from "@wayweave/geo-core";
import { describe, expect, it } from "vitest";
import { figure3, fitPowerLaw } from "../src/experiments/e2dtc/figure3.js";
import { figure4 } from "../src/experiments/e2dtc/figure4.js";
import { figure5 } from "../src/experiments/e2dtc/figure5.js";
import { figure6 } from "../src/experiments/e2dtc/figure6.js";
import { clusterSizes } from "../src/experiments/e2dtc/figure7.js";
import { robustness } from "../src/experiments/e2dtc/robustness.js";
import { type Damage, damage, damageNames, describeDamage } from "../src/experiments/e2dtc/systems/damage.js";
import { condensedLookup, euclideanLookup, tsne } from "../src/experiments/e2dtc/systems/tsne.js";
import { throughput } from "../src/experiments/e2dtc/throughput.js";
import { movedOnto } from "../src/experiments/e2dtc/transfer.js";

const quiet = { seed: 1, signal: new AbortController().signal, onProgress: () => {} };

describe("damage", () => {
  const trips = TrajectorySet.fromArrays(
    Array.from({ length: 400 }, (_, i) => Array.from({ length: 1 + (i % 10) }, (_, p) => [1000 * i, p])),
    { coordinateSystem: "planar" },
  );
  const damaged = (each: Damage) => damage(trips, each, new Random(1));

  it.each(damageNames)("%s leaves every trip, with points of its own", (name) => {
    const after = damaged({ name, level: 0.7 });
    expect(after.length).toBe(trips.length);
    for (let i = 0; i < after.length; i++) {
      expect(after.pointCountOf(i)).toBeGreaterThanOrEqual(1);
      expect(Math.abs(after.at(i).coordinates[0]! - 1000 * i)).toBeLessThan(10);
    }
  });

  it.each(damageNames)("%s changes nothing at level 0", (name) => {
    expect(damaged({ name, level: 0 }).coordinates).toEqual(trips.coordinates);
  });

  it("drops about the share that it says, ends included", () => {
    const left = damaged({ name: "dropped", level: 0.4 }).pointCount / trips.pointCount;
    expect(left).toBeGreaterThan(0.57);
    expect(left).toBeLessThan(0.65);
  });

  it("cuts off the end: of 9 points, the first half is 5", () => {
    expect(Array.from(damaged({ name: "partial", level: 0.5 }).at(8).coordinates)).toEqual(
      [0, 1, 2, 3, 4].flatMap((p) => [8000, p]),
    );
  });

  it("loses points of one half only where sampling is uneven", () => {
    const { coordinates } = damaged({ name: "uneven", level: 1 }).at(9);
    const left = Array.from({ length: coordinates.length / 2 }, (_, p) => coordinates[2 * p + 1]);
    expect([
      [0, 1, 2, 3, 4],
      [5, 6, 7, 8, 9],
    ]).toContainEqual(left);
  });

  it("says what it does", () => {
    expect(damageNames.map((name) => describeDamage({ name, level: name === "moved" ? 200 : 0.5 }))).toEqual([
      "50 % dropped",
      "moved by 200 m",
      "50 % of one half dropped",
      "last 50 % missing",
    ]);
  });
});

describe("tsne", () => {
  it("puts two groups that are far apart into two places", async () => {
    const groups = Float64Array.from({ length: 40 }, (_, i) => (i < 20 ? i : 1e4 + i));
    const map = await tsne(40, euclideanLookup(groups, 1), { iterations: 250, perplexity: 10 }, quiet);
    const nearestOf = (i: number) => {
      const distance = euclideanLookup(map, 2);
      const others = Array.from({ length: 40 }, (_, j) => j).filter((j) => j !== i);
      return others.reduce((best, j) => (distance(i, j) < distance(i, best) ? j : best));
    };
    for (let i = 0; i < 40; i++) expect(nearestOf(i) < 20).toBe(i < 20);
  });

  it("looks condensed distances up in either order", () => {
    const at = condensedLookup([1, 2, 3, 4, 5, 6], 4);
    expect([at(0, 1), at(0, 3), at(3, 1), at(2, 3), at(2, 2)]).toEqual([1, 3, 5, 6, 0]);
  });
});

describe("figure 3", () => {
  it("fits a power law exactly where there is one", () => {
    const { factor, exponent } = fitPowerLaw([10, 20, 40], [300, 1200, 4800]);
    expect(factor).toBeCloseTo(3, 10);
    expect(exponent).toBeCloseTo(2, 10);
  });

  it("scores what was measured, and extrapolates the rest", () => {
    const measuredSizes = Uint32Array.of(10, 20, 40);
    const measuredMs = Float64Array.of(300, 1200, 4800);
    expect(figure3.score({ size: 40, measuredSizes, measuredMs })).toEqual({ cpuMs: 4800, trajectories: 40 });
    const beyond = figure3.score({ size: 80, measuredSizes, measuredMs });
    expect(beyond.cpuMs).toBeCloseTo(19_200, 6);
    expect(beyond.growthExponent).toBeCloseTo(2, 10);
    expect(beyond.trajectories).toBe(40);
  });

  it("marks extrapolated rows, and draws them", () => {
    const rows = figure3.rows({ preset: "standard", parameters: figure3.presets.standard });
    const times = rows
      .filter(({ dataset }) => dataset === "Porto, 80000 trips")
      .map((row) => row.parameters?.time);
    expect(times).toEqual([
      undefined,
      undefined,
      "extrapolated",
      "extrapolated",
      "extrapolated",
      "extrapolated",
    ]);
    const raw = {
      measuredSizes: Uint32Array.of(1000, 2000),
      measuredMs: Float64Array.of(100, 400),
      size: 80_000,
    };
    const parameters = { data: "Porto", trips: 80_000, time: "extrapolated" };
    const pictures = figure3.pictures?.([{ system: "DTW", dataset: "Porto", parameters, seed: 1, raw }]);
    expect(pictures?.[0]?.svg).toMatch(/<g [^>]*fill="none"[^>]*><circle /);
  });
});

describe("the other studies", () => {
  const labelsTrue = Uint32Array.of(0, 0, 1, 1);
  const positions = Float64Array.of(0, 0, 0, 1, 9, 0, 9, 1);

  it("figure 4 scores how far apart the labels are on the map", () => {
    // Every point is 1 from its own and about 9 from the other label: 1 − 1 / 9.03.
    expect(figure4.score({ positions, labelsTrue }).silhouette).toBeCloseTo(0.889, 3);
    const pictures = figure4.pictures?.([
      { system: "DTW", dataset: "d", seed: 1, raw: { positions, labelsTrue } },
    ]);
    expect(pictures?.[0]?.svg.match(/<circle /g)?.length).toBe(4);
  });

  it("figure 5 draws UACC over epochs and the epochs' maps", () => {
    const raw = { labelsTrue, labelsPredicted: Uint32Array.of(1, 1, 0, 1) };
    expect(figure5.score(raw).uacc).toBe(0.75);
    const parameters = { epoch: 0, start: "from k-means" };
    const pictures = figure5.pictures?.([
      {
        system: "epoch 0",
        dataset: "d",
        parameters,
        seed: 1,
        raw: { ...raw, map: { positions, labelsTrue } },
      },
    ]);
    expect(pictures?.map(({ title }) => title)).toEqual([
      "UACC over the epochs of self-training",
      "t-SNE maps over the epochs of self-training, coloured by true label",
    ]);
  });

  it("figure 6 scores the elbow by the k it chose, clusterings by NMI", () => {
    const elbow = {
      ks: Uint32Array.of(2, 3, 4),
      errors: Float64Array.of(9, 2, 1),
      silhouettes: Float64Array.of(0.1, 0.5, 0.4),
      chosen: 3,
      bestSilhouette: 3,
      trips: 100,
    };
    expect(figure6.score(elbow)).toEqual({ clusters: 3, trajectories: 100 });
    expect(figure6.score({ labelsTrue, labelsPredicted: labelsTrue })).toEqual({
      clusters: 2,
      nmi: 1,
      uacc: 1,
      trajectories: 4,
    });
    const pictures = figure6.pictures?.([{ system: "elbow", dataset: "d", seed: 1, raw: elbow }]);
    expect(pictures?.[0]?.svg).toContain("elbow at 3");
  });

  it("figure 7 has equal clusters, or the largest with 20 times the smallest", () => {
    expect(clusterSizes("balanced", 4, 400, new Random(1))).toEqual([100, 100, 100, 100]);
    const sizes = clusterSizes("imbalanced", 12, 6000, new Random(1));
    expect(Math.max(...sizes) / Math.min(...sizes)).toBeCloseTo(20, 0);
    expect(Math.abs(sizes.reduce((sum, size) => sum + size, 0) - 6000)).toBeLessThan(12);
  });

  it("robustness draws one picture a data set", () => {
    const raw = { labelsTrue, labelsPredicted: labelsTrue };
    const outputs = ["Porto", "GeoLife"].map((data) => ({
      system: "E2DTC",
      dataset: data,
      parameters: { data, damage: "moved", level: 50 },
      seed: 1,
      raw,
    }));
    expect(robustness.pictures?.(outputs).map(({ title }) => title)).toEqual([
      "UACC on damaged trips: Porto",
      "UACC on damaged trips: GeoLife",
    ]);
  });

  it("throughput counts trips a second of wall time", () => {
    expect(throughput.score({ trips: 1000, points: 5000, wallMs: 500, cpuMs: 900 })).toEqual({
      examplesPerSecond: 2000,
      cpuMs: 900,
      trajectories: 1000,
      points: 5000,
    });
  });

  it("transfer lays one city over another without changing shapes in the plane of cells", () => {
    const porto = TrajectorySet.fromArrays([
      [
        [-8.61, 41.15],
        [-8.6, 41.15],
        [-8.59, 41.16],
      ],
    ]);
    const beijing = TrajectorySet.fromArrays([
      [
        [116.4, 39.9],
        [116.42, 39.9],
      ],
    ]);
    const { coordinates } = movedOnto(porto, beijing);
    expect((coordinates[0]! + coordinates[2]! + coordinates[4]!) / 3).toBeCloseTo(116.41, 9);
    expect(coordinates[2]! - coordinates[0]!).toBeCloseTo(0.01, 9);
    expect(coordinates[5]).toBeCloseTo(39.9, 1);
  });
});
