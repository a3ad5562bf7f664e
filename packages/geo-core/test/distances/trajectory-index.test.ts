import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import {
  createCity,
  type DistanceMetric,
  distancesToMany,
  nearestTrajectories,
  type TrajectoryHit,
  TrajectoryIndex,
  TrajectorySet,
  ValueError,
} from "../../src/index.js";
import { lonLatTrajectory, planarTrajectory } from "./arbitrary-trajectory.js";

const metrics: DistanceMetric[] = [
  { name: "dtw" },
  { name: "dtw", window: 3 },
  { name: "dtw", value: "normalized" },
  { name: "frechet" },
  { name: "hausdorff" },
  { name: "directedHausdorff" },
  { name: "edr", epsilon: 1.5 },
  { name: "edr", epsilon: 1.5, value: "normalized" },
  { name: "lcss", epsilon: 1.5 },
  { name: "lcss", epsilon: 1.5, delta: 4 },
];

function setOf(trajectories: readonly Float64Array[], coordinateSystem: "planar" | "lonlat"): TrajectorySet {
  const offsets = new Uint32Array(trajectories.length + 1);
  for (const [i, { length }] of trajectories.entries()) offsets[i + 1] = offsets[i]! + length / 2;
  const coordinates = Float64Array.from(trajectories.flatMap((trajectory) => [...trajectory]));
  return new TrajectorySet({ coordinates, offsets, coordinateSystem });
}

/** All distances, sorted; the law that every search is held to. */
async function bruteForce(
  set: TrajectorySet,
  query: Float64Array,
  metric: DistanceMetric,
  k: number,
): Promise<TrajectoryHit[]> {
  const distances = await distancesToMany(query, set, metric);
  return Array.from(distances, (distance, index) => ({ index, id: String(index), distance }))
    .filter(({ distance }) => distance < Infinity)
    .sort((a, b) => a.distance - b.distance || a.index - b.index)
    .slice(0, k);
}

describe("the nearest trajectories ≡ all distances, sorted", () => {
  const sets = fc.oneof(
    fc
      .array(planarTrajectory, { minLength: 1, maxLength: 40 })
      .map((trajectories) => ({ trajectories, coordinateSystem: "planar" as const })),
    fc
      .array(lonLatTrajectory, { minLength: 1, maxLength: 40 })
      .map((trajectories) => ({ trajectories, coordinateSystem: "lonlat" as const })),
  );
  for (const metric of metrics) {
    it(JSON.stringify(metric), async () => {
      await fc.assert(
        fc.asyncProperty(sets, fc.integer({ min: 1, max: 12 }), fc.nat(), async (drawn, k, at) => {
          const { trajectories, coordinateSystem } = drawn;
          const query = trajectories[at % trajectories.length]!;
          // Half of the time the query is none of the set.
          const rest =
            at % 2 === 0 || trajectories.length === 1
              ? trajectories
              : trajectories.filter((t) => t !== query);
          const set = setOf(rest, coordinateSystem);
          const hits = await new TrajectoryIndex(set).nearest(query, { distance: metric, k });
          expect(hits).toEqual(await bruteForce(set, query, metric, k));
        }),
        { numRuns: 60 },
      );
    });
  }

  it("with a limit, where every distance is beyond it or equal to it", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(planarTrajectory, { minLength: 2, maxLength: 20 }),
        fc.nat(19),
        async (drawn, nth) => {
          const set = setOf(drawn, "planar");
          for (const metric of metrics) {
            const query = drawn[0]!;
            const distances = await distancesToMany(query, set, metric);
            const limited = { ...metric, maxDistance: distances[nth % distances.length]! };
            const hits = await new TrajectoryIndex(set).nearest(query, { distance: limited, k: set.length });
            expect(hits).toEqual(await bruteForce(set, query, limited, set.length));
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  it("city trips with every metric", async () => {
    const { set } = createCity({ seed: 3, trips: 300 });
    const index = new TrajectoryIndex(set);
    for (const metric of metrics) {
      const distance = "epsilon" in metric ? { ...metric, epsilon: 150 } : metric;
      for (const at of [0, 100, 299]) {
        const query = set.at(at).coordinates;
        const hits = (await index.nearest(query, { distance, k: 10 })).map(({ index: i, distance: d }) => [
          i,
          d,
        ]);
        const expected = await bruteForce(set, query, distance, 10);
        expect(hits).toEqual(expected.map(({ index: i, distance: d }) => [i, d]));
      }
    }
  });
});

describe("a search", () => {
  // Three trips along x, 1, 5 and 2 beside the query; a fourth is empty of nothing but far away.
  const beside = (y: number) => Float64Array.of(0, y, 1, y, 2, y);
  const set = setOf([beside(1), beside(5), beside(2), beside(1000)], "planar");
  const query = beside(0);

  it("gives index, id and distance, nearest first", async () => {
    // Each of the 3 points is 1, then 2, beside its counterpart.
    expect(await nearestTrajectories(set, query, { distance: { name: "dtw" }, k: 2 })).toEqual([
      { index: 0, id: "0", distance: 3 },
      { index: 2, id: "2", distance: 6 },
    ]);
    expect(await nearestTrajectories(set, query, { distance: { name: "frechet" }, k: 2 })).toEqual([
      { index: 0, id: "0", distance: 1 },
      { index: 2, id: "2", distance: 2 },
    ]);
  });

  it("leaves out what a filter or a maximum distance excludes, and what is not there", async () => {
    const index = new TrajectoryIndex(set);
    const filter = (i: number) => i !== 0;
    const found = await index.nearest(query, {
      distance: { name: "frechet", maxDistance: 5 },
      k: 10,
      filter,
    });
    expect(found.map((hit) => hit.index)).toEqual([2, 1]);
    const empty = new TrajectoryIndex(setOf([], "planar"));
    expect(await empty.nearest(query, { distance: { name: "dtw" }, k: 3 })).toEqual([]);
  });

  it("takes many queries, and tells of each", async () => {
    const index = new TrajectoryIndex(set);
    const onProgress = vi.fn();
    const filter = (i: number, q: number) => i !== q;
    const found = await index.nearestMany(set, { distance: { name: "hausdorff" }, k: 1, filter, onProgress });
    expect(found.map(([hit]) => [hit!.index, hit!.distance])).toEqual([
      [2, 1],
      [2, 3],
      [0, 1],
      [1, 995],
    ]);
    expect(onProgress.mock.calls.map(([{ done, total }]) => [done, total])).toEqual([
      [1, 4],
      [2, 4],
      [3, 4],
      [4, 4],
    ]);
  });

  it("ends when the signal says so", async () => {
    const index = new TrajectoryIndex(set);
    const reason = new Error("enough");
    const controller = new AbortController();
    const run = index.nearestMany(set, {
      distance: { name: "dtw" },
      k: 1,
      signal: controller.signal,
      onProgress: () => controller.abort(reason),
    });
    await expect(run).rejects.toBe(reason);
    await expect(
      index.nearest(query, { distance: { name: "dtw" }, k: 1, signal: controller.signal }),
    ).rejects.toBe(reason);
  });

  it("says what is wrong", async () => {
    const search = (options: object, q = query) =>
      nearestTrajectories(set, q, { distance: { name: "dtw" }, k: 1, ...options } as never);
    const rejections: [Promise<unknown>, string][] = [
      [
        search({ filter: async () => true }),
        "nearestTrajectories: filter must return true or false, got a promise",
      ],
      [search({ filter: 3 }), "nearestTrajectories: filter must be a function of an index, got 3"],
      [
        search({ distance: "dtw" }),
        'nearestTrajectories: distance must be an object such as { name: "dtw" }, got dtw',
      ],
      [
        new TrajectoryIndex(set).nearest(query, { k: 1 } as never),
        'TrajectoryIndex.nearest: distance must be an object such as { name: "dtw" }, got undefined',
      ],
      [search({ k: 0 }), "nearestTrajectories: k must be a positive integer, got 0"],
      [
        search({ count: 3 }),
        'nearestTrajectories: unknown option "count"; known are distance, k, filter, signal',
      ],
      [
        search({ distance: { name: "lcss", epsilon: 1, value: "length" } }),
        'nearestTrajectories: distance.value must be "distance" for a search, got "length"',
      ],
      [search({}, new Float64Array(0)), "nearestTrajectories: query must hold at least one point, got 0"],
      [
        search({ distance: { name: "dtw", pointMetric: "greatCircle" } }),
        'nearestTrajectories: pointMetric must be "euclidean" for a planar set, got "greatCircle"',
      ],
      [
        new TrajectoryIndex(createCity({ seed: 1, trips: 1 }).set).nearest(query, {
          distance: { name: "dtw", pointMetric: "euclidean" },
          k: 1,
        }),
        'TrajectoryIndex.nearest: distance.pointMetric must be the index\'s, "greatCircle", got "euclidean"',
      ],
    ];
    for (const [rejection, message] of rejections) {
      await expect(rejection).rejects.toThrow(new ValueError(message));
    }
  });
});
