import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  dropDuplicates,
  mergeTrajectories,
  sortByTime,
  splitByDistanceGap,
  TrajectorySet,
  ValueError,
} from "../../src/index.js";
import { contents, trajectorySets } from "../support/arbitraries.js";

const planar = (trajectories: number[][][], ids?: string[]) =>
  TrajectorySet.fromArrays(trajectories, {
    withTimes: true,
    coordinateSystem: "planar",
    ...(ids && { ids }),
  });

describe("dropDuplicates", () => {
  const set = planar([
    [
      [0, 0, 0],
      [1, 0, 0],
      [1, 0, 5],
      [1, 0, 5],
      [2, 0, 6],
    ],
  ]).with({ pointColumns: { n: [0, 1, 2, 3, 4] } });
  const kept = (options: Parameters<typeof dropDuplicates>[1]) => [
    ...(dropDuplicates(set, options).pointColumns.n as Float64Array),
  ];

  it("by time, by position, by both; the first or the last stays", () => {
    expect(kept({})).toEqual([0, 2, 4]);
    expect(kept({ keep: "last" })).toEqual([1, 3, 4]);
    expect(kept({ by: "position" })).toEqual([0, 1, 4]);
    expect(kept({ by: "both" })).toEqual([0, 1, 2, 4]);
  });

  it("needs times, or says what does not", () => {
    expect(() => dropDuplicates(TrajectorySet.fromArrays([[[0, 0]]]))).toThrow(
      new ValueError(
        'dropDuplicates: set must have times for by: "time" (by: "position" needs none), got none',
      ),
    );
  });
});

describe("sortByTime", () => {
  it("sorts each trajectory, equal times keeping their order, columns with them", () => {
    const set = planar([
      [
        [0, 0, 9],
        [1, 0, 3],
        [2, 0, 9],
      ],
      [[7, 7, 1]],
    ]).with({ pointColumns: { n: ["a", "b", "c", "d"] } });
    const sorted = sortByTime(set);
    expect([...sorted.timesMs!]).toEqual([3, 9, 9, 1]);
    expect([...sorted.coordinates]).toEqual([1, 0, 0, 0, 2, 0, 7, 7]);
    expect(sorted.pointColumns.n).toEqual(["b", "a", "c", "d"]);
  });

  it("leaves sorted sets as they are", () => {
    fc.assert(
      fc.property(trajectorySets("lonlat"), (set) => {
        expect(contents(sortByTime(set))).toEqual(contents(set));
      }),
    );
  });

  it("names a point without time", () => {
    const set = planar([
      [[0, 0, 0]],
      [
        [0, 0, 0],
        [1, 1, 1],
      ],
    ]).with({ timesMs: Float64Array.of(0, 1, Number.NaN) });
    expect(() => sortByTime(set)).toThrow(
      new ValueError(
        'sortByTime: every point must have a time (readers drop the others with times: "drop"), got none at point 1 of trajectory 1',
      ),
    );
  });
});

describe("mergeTrajectories", () => {
  it("joins by id in the order of time, and keeps what all share", () => {
    const set = planar(
      [
        [[0, 0, 5]],
        [[1, 0, 1]],
        [
          [2, 0, 4],
          [3, 0, 6],
        ],
      ],
      ["a", "b", "a"],
    ).with({
      properties: { kind: ["bus", "bus", "bus"], line: [1, 2, 3] },
    });
    const merged = mergeTrajectories(set);
    expect(merged.ids).toEqual(["a", "b"]);
    expect([...merged.timesMs!]).toEqual([4, 5, 6, 1]);
    expect([...merged.coordinates]).toEqual([2, 0, 0, 0, 3, 0, 1, 0]);
    expect({ ...merged.properties }).toEqual({ kind: ["bus", "bus"], line: [null, 2] });
    const byKind = mergeTrajectories(set, { by: { property: "kind" } });
    expect([...byKind.timesMs!]).toEqual([1, 4, 5, 6]);
  });

  it("undoes cutting", () => {
    fc.assert(
      fc.property(trajectorySets("planar", 1), (set) => {
        const { set: parts, sources } = splitByDistanceGap(set, { maxGapMeters: 1000 });
        const merged = mergeTrajectories(
          parts.with({ ids: Array.from(sources, (source) => set.ids![source]!) }),
        );
        expect(contents(merged)).toEqual(contents(set));
      }),
    );
  });

  it("names a property that there is not", () => {
    expect(() => mergeTrajectories(planar([[[0, 0, 0]]]), { by: { property: "vessel" } })).toThrow(
      new ValueError('mergeTrajectories: by.property must be one of the set\'s (none), got "vessel"'),
    );
  });
});
