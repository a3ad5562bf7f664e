import { Random, TrajectorySet } from "@wayweave/geo-core";
import { describe, expect, it } from "vitest";
import { clusterTrips } from "../src/cluster.js";
import { closedUp } from "../src/clustering/finish.js";
import { fitE2DTC } from "../src/training/fit.js";

type Line = [number, number][];

/** Ten points eastward. */
function lineFrom(x: number, y: number): Line {
  return Array.from({ length: 10 }, (_, i): [number, number] => [x + i, y]);
}

/** Lines from about a place. */
function group(x: number, y: number, count: number): Line[] {
  const random = new Random(3);
  return Array.from({ length: count }, () => lineFrom(x + random.next(), y + random.next()));
}

function planar(lines: readonly Line[], scale = 1): TrajectorySet {
  const scaled = lines.map((line) => line.map(([x, y]): [number, number] => [scale * x, scale * y]));
  return TrajectorySet.fromArrays(scaled, { coordinateSystem: "planar" });
}

describe("the number of clusters where there is no doubt", () => {
  const cases: readonly [string, Line[], number[]][] = [
    ["equal trips are one cluster", Array(8).fill(lineFrom(0, 0)), [8]],
    [
      "as many clusters as different trips",
      [...Array(4).fill(lineFrom(0, 0)), ...Array(4).fill(lineFrom(50, 50))],
      [4, 4],
    ],
    ["two tight groups", [...group(0, 0, 6), ...group(100, 100, 6)], [6, 6]],
    ["one group and a far single", [...group(0, 0, 12), lineFrom(1000, 1000)], [12, 1]],
    ["two equal trips of three", [lineFrom(0, 0), lineFrom(0, 0), lineFrom(9, 9)], [2, 1]],
    ["one trip", [lineFrom(0, 0)], [1]],
    ["two trips, which show no gap", [lineFrom(0, 0), lineFrom(3, 3)], [2]],
  ];
  for (const [name, lines, sizes] of cases) {
    it(name, async () => {
      const found = await clusterTrips(planar(lines), { k: "auto" });
      expect([...found.sizes]).toEqual(sizes);
      expect(found.history.chosenK).toEqual([]);
    });
  }

  it("a single far trip among many is no cluster: only a twentieth of all is", async () => {
    const lines = [...group(0, 0, 40), lineFrom(1000, 1000)];
    const { history } = await clusterTrips(planar(lines), { k: "auto" });
    expect(history.chosenK).not.toEqual([]);
  });
});

describe("trips of any magnitude", () => {
  const lines = [...group(0, 0, 6), ...group(30, 30, 6), ...group(0, 30, 6)];
  for (const scale of [1e-300, 1e-200, 1e200, 1e300]) {
    it(`${scale}`, async () => {
      for (const clusterBy of ["auto", "places", "routes"] as const) {
        const { sizes, history } = await clusterTrips(planar(lines, scale), { k: 3, clusterBy });
        expect([...sizes]).toEqual([6, 6, 6]);
        expect(history.start!.base / scale).toBeGreaterThan(0.1);
        expect(history.start!.base / scale).toBeLessThan(50);
      }
    });
  }

  it("one point is enough, and one trip for every method", async () => {
    const points = planar([[[0, 0]], [[0, 1]], [[9, 9]], [[9, 8]]]);
    for (const clusterBy of ["auto", "places", "routes"] as const) {
      expect([...(await clusterTrips(points, { k: 2, clusterBy })).labels]).toEqual([0, 0, 1, 1]);
    }
    const single = planar([lineFrom(0, 0)]);
    for (const method of ["agglomerative", "spectral", "k-medoids", "k-means"] as const) {
      expect([...(await clusterTrips(single, { k: 1, method })).labels]).toEqual([0]);
    }
    const { k, labels } = await clusterTrips(single, { method: "hdbscan" });
    expect([k, ...labels]).toEqual([0, -1]);
  });
});

describe("outliers and empty clusters", () => {
  it("finds far trips outside the sample, too", async () => {
    const set = planar([...group(0, 0, 60), lineFrom(40, 40)]);
    const isSampled = new Set<boolean>();
    for (const seed of [0, 1, 2, 3]) {
      const { labels, medoids } = await clusterTrips(set, { k: 1, outliers: true, sampleSize: 30, seed });
      isSampled.add(new Random(seed).split("sample").sample(61, 30).includes(60));
      expect([labels[60], medoids.length]).toEqual([-1, 1]);
    }
    expect(isSampled.size).toBe(2);
  });

  it("closes up labels of a network that leaves clusters empty", () => {
    const { labels, k, sizes, emptied, outliers } = closedUp(Int32Array.of(3, 1, 3, 1, 3), 5);
    expect([...labels]).toEqual([1, 0, 1, 0, 1]);
    expect([k, ...sizes, emptied, outliers]).toEqual([2, 2, 3, 3, 0]);
  });

  it("fitE2DTC refills where asked, and says so: equal trips cannot be told apart", async () => {
    const set = planar(Array(8).fill(lineFrom(0, 0)));
    const tiny = {
      k: 2,
      preset: "student",
      network: { hidden: 8 },
      pretrain: { skipGramEpochs: 1 },
      selfTrain: { epochs: 1, minEpochSteps: 1, warmUpEpochs: 1 },
      startLabels: [0, 0, 0, 0, 0, 1, 1, 1],
    } as const;
    const { model, labels, clusters, history } = await fitE2DTC(set, { ...tiny, emptyClusters: "refill" });
    expect(new Set(labels).size).toBe(1);
    expect(clusters.emptied).toBe(1);
    expect([...clusters.sizes].sort()).toEqual([1, 7]);
    expect(history.warnings[0]).toMatch(/^1 of 2 clusters came out without a trip/);
    await model.dispose();
    await expect(fitE2DTC(planar([lineFrom(0, 0)], 1e200), tiny)).rejects.toThrow(
      "fitE2DTC: trajectories must have their largest planar coordinate in [1e-30, 1e+30], got 9e+200: give them in another unit",
    );
  });
});
