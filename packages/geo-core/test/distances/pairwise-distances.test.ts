import { describe, expect, it, vi } from "vitest";
import {
  type DistanceMetric,
  distancesToMany,
  dtw,
  edr,
  frechet,
  hausdorff,
  lcss,
  pairwiseDistances,
  pairwiseLcss,
  Random,
  TrajectorySet,
  ValueError,
} from "../../src/index.js";
import { randomWalks } from "./random-walks.js";

const metrics: DistanceMetric[] = [
  { name: "dtw" },
  { name: "dtw", window: 3, maxDistance: 20_000 },
  { name: "dtw", value: "normalized", maxDistance: 500 },
  { name: "edr", epsilon: 200 },
  { name: "edr", epsilon: 200, value: "normalized" },
  { name: "lcss", epsilon: 200, delta: 10 },
  { name: "hausdorff" },
  { name: "frechet", maxDistance: 1500 },
];

function pairOf(metric: DistanceMetric, a: Float64Array, b: Float64Array): number {
  switch (metric.name) {
    case "dtw":
      return dtw(a, b, metric);
    case "edr":
      return edr(a, b, metric);
    case "lcss":
      return lcss(a, b, metric);
    case "frechet":
      return frechet(a, b, metric);
    default:
      return hausdorff(a, b, metric);
  }
}

describe("pairwiseDistances on the calling thread", () => {
  const set = randomWalks(12, 40, new Random(1));

  for (const metric of metrics) {
    it(`holds the distance of every pair in pdist order: ${JSON.stringify(metric)}`, async () => {
      const distances = await pairwiseDistances(set, metric);
      const expected: number[] = [];
      for (let i = 0; i < 12; i++) {
        for (let j = i + 1; j < 12; j++) {
          expected.push(pairOf(metric, set.at(i).coordinates, set.at(j).coordinates));
        }
      }
      expect(Array.from(distances)).toEqual(expected);
    });
  }

  it("rounds the same values to 32 bits", async () => {
    const wide = await pairwiseDistances(set, { name: "dtw" });
    const narrow = await pairwiseDistances(set, { name: "dtw" }, { output: "float32" });
    expect(wide).toBeInstanceOf(Float64Array);
    expect(narrow).toEqual(Float32Array.from(wide));
  });

  it("takes the plane for a planar set", async () => {
    // Three single points: 3-4-5.
    const planar = new TrajectorySet({
      coordinates: Float64Array.of(0, 0, 3000, 0, 3000, 4000),
      offsets: Uint32Array.of(0, 1, 2, 3),
      coordinateSystem: "planar",
    });
    expect(Array.from(await pairwiseDistances(planar, { name: "frechet" }))).toEqual([3000, 5000, 4000]);
    await expect(pairwiseDistances(planar, { name: "frechet", pointMetric: "greatCircle" })).rejects.toThrow(
      'pairwiseDistances: pointMetric must be "euclidean" for a planar set, got "greatCircle"',
    );
  });

  it("gives an empty matrix for no pairs", async () => {
    const one = randomWalks(1, 5, new Random(2));
    expect(await pairwiseDistances(one, { name: "dtw" })).toHaveLength(0);
    expect(await pairwiseDistances(randomWalks(0, 5, new Random(2)), { name: "dtw" })).toHaveLength(0);
  });

  it("names the trajectory without points", async () => {
    const hollow = new TrajectorySet({
      coordinates: Float64Array.of(0, 0, 1, 1),
      offsets: Uint32Array.of(0, 1, 1, 2),
    });
    const message = "pairwiseDistances: trajectory 1 must hold at least one point, got 0";
    await expect(pairwiseDistances(hollow, { name: "dtw" })).rejects.toThrow(new ValueError(message));
  });

  it("refuses what is not symmetric or not known", async () => {
    await expect(pairwiseDistances(set, { name: "directedHausdorff" })).rejects.toThrow(
      'pairwiseDistances: metric must be symmetric, got "directedHausdorff"',
    );
    await expect(pairwiseDistances(set, { name: "dwt" } as unknown as DistanceMetric)).rejects.toThrow(
      'pairwiseDistances: metric.name must be one of dtw, edr, lcss, hausdorff, directedHausdorff, frechet, got "dwt"',
    );
  });

  it("reports growing progress up to all pairs", async () => {
    const onProgress = vi.fn<(progress: { done: number; total: number }) => void>();
    await pairwiseDistances(randomWalks(40, 60, new Random(3)), { name: "dtw" }, { onProgress });
    const done = onProgress.mock.calls.map(([progress]) => progress.done);
    expect(done.length).toBeGreaterThan(5);
    expect(done).toEqual(done.toSorted((a, b) => a - b));
    expect(onProgress.mock.lastCall).toEqual([{ done: 780, total: 780 }]);
  });

  it("ends when the signal says so", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const seen: number[] = [];
    const run = pairwiseDistances(
      randomWalks(40, 60, new Random(3)),
      { name: "dtw" },
      {
        signal: controller.signal,
        onProgress: ({ done }) => {
          seen.push(done);
          controller.abort(reason);
        },
      },
    );
    await expect(run).rejects.toBe(reason);
    expect(seen).toHaveLength(1);
    await expect(pairwiseDistances(set, { name: "dtw" }, { signal: controller.signal })).rejects.toBe(reason);
  });
});

describe("distancesToMany", () => {
  const set = randomWalks(12, 40, new Random(4));

  it("is the query's row of the pairwise distances", async () => {
    for (const metric of metrics) {
      const distances = await distancesToMany(set.at(0).coordinates, set, metric);
      const condensed = await pairwiseDistances(set, metric);
      expect(distances[0]).toBe(0);
      expect(Array.from(distances.subarray(1))).toEqual(Array.from(condensed.subarray(0, 11)));
    }
  });

  it("goes from the query to the set where it is directed", async () => {
    const line = new TrajectorySet({
      coordinates: Float64Array.of(0, 0, 9, 0),
      offsets: Uint32Array.of(0, 2),
      coordinateSystem: "planar",
    });
    // The query's only point is a point of the line; the line's other end is 9 away from the query.
    const metric = { name: "directedHausdorff" } as const;
    expect(await distancesToMany(Float64Array.of(0, 0), line, metric)).toEqual(Float64Array.of(0));
    expect(await distancesToMany(Float64Array.of(0, 0), line, { name: "hausdorff" })).toEqual(
      Float64Array.of(9),
    );
  });

  it("checks the query and reports the end", async () => {
    await expect(distancesToMany(new Float64Array(0), set, { name: "dtw" })).rejects.toThrow(
      new ValueError("distancesToMany: query must hold at least one point, got 0"),
    );
    const onProgress = vi.fn();
    await distancesToMany(set.at(3).coordinates, set, { name: "hausdorff" }, { onProgress });
    expect(onProgress.mock.calls).toEqual([[{ done: 12, total: 12 }]]);
  });
});

describe("pairwiseLcss", () => {
  it("is the pairwise distances at each threshold, whatever their order and the lengths", async () => {
    const random = new Random(6);
    for (const set of [randomWalks(25, 90, random), planarWalks(25, 90, random)]) {
      for (const epsilons of [[500, 60, 0, 2000, 60], [1e9], [0]]) {
        const found = await pairwiseLcss(set, epsilons);
        expect(found).toHaveLength(epsilons.length);
        for (const [at, epsilon] of epsilons.entries()) {
          expect(found[at]).toEqual(await pairwiseDistances(set, { name: "lcss", epsilon }));
        }
      }
    }
  });

  it("checks its thresholds, reports and stops", async () => {
    const set = randomWalks(6, 20, new Random(7));
    await expect(pairwiseLcss(set, [])).rejects.toThrow(
      new ValueError("pairwiseLcss: epsilons must hold at least one, got "),
    );
    await expect(pairwiseLcss(set, [5, -1])).rejects.toThrow(/^pairwiseLcss: epsilon must be .*, got -1$/);
    const onProgress = vi.fn();
    const [single] = await pairwiseLcss(set, [100], { output: "float32", onProgress });
    expect(single).toBeInstanceOf(Float32Array);
    expect(onProgress).toHaveBeenLastCalledWith({ done: 15, total: 15 });
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(pairwiseLcss(set, [100], { signal })).rejects.toThrow("enough");
  });
});

/** As {@link randomWalks}, in the plane. */
function planarWalks(count: number, most: number, random: Random): TrajectorySet {
  const { coordinates, offsets } = randomWalks(count, most, random);
  const metres = coordinates.map((value) => value * 1e5);
  return new TrajectorySet({ coordinates: metres, offsets, coordinateSystem: "planar" });
}
