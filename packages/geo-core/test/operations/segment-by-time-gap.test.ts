import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { segmentByTimeGap, TrajectorySet } from "../../src/index.js";
import { trajectorySets } from "../support/arbitraries.js";

describe("segmentByTimeGap", () => {
  const set = TrajectorySet.fromArrays(
    [
      [
        [0, 0, 0],
        [1, 0, 10],
        [2, 0, 31],
        [3, 0, 40],
        [4, 0, 100],
      ],
      [[5, 0, 0]],
    ],
    { withTimes: true, ids: ["a", "b"] },
  );

  it("cuts where more than maxGapMs passed: gaps of 10, 21, 9, 60 at 20 give 2 + 2 + 1 points", () => {
    const { set: parts, sources, dropped } = segmentByTimeGap(set, { maxGapMs: 20 });
    expect(parts.ids).toEqual(["a/0", "a/1", "a/2", "b/0"]);
    expect([...parts.offsets]).toEqual([0, 2, 4, 5, 6]);
    expect([...sources]).toEqual([0, 0, 0, 1]);
    expect(dropped).toEqual({ parts: 0, points: 0 });
    expect(parts.coordinates).toBe(set.coordinates);
  });

  it("does not cut at a gap of exactly maxGapMs", () => {
    expect(segmentByTimeGap(set, { maxGapMs: 21 }).set.ids).toEqual(["a/0", "a/1", "b/0"]);
  });

  it("drops and counts short parts", () => {
    const { set: parts, sources, dropped } = segmentByTimeGap(set, { maxGapMs: 20, minPoints: 2 });
    expect(parts.ids).toEqual(["a/0", "a/1"]);
    expect([...sources]).toEqual([0, 0]);
    expect(dropped).toEqual({ parts: 2, points: 2 });
  });

  it("keeps or counts every point", () => {
    const options = fc.record({
      maxGapMs: fc.integer({ min: 1, max: 60_000 }),
      minPoints: fc.integer({ min: 1, max: 5 }),
    });
    fc.assert(
      fc.property(trajectorySets("planar"), options, (any, chosen) => {
        const result = segmentByTimeGap(any, chosen);
        expect(result.set.pointCount + result.dropped.points).toBe(any.pointCount);
        for (const { timesMs } of result.set) {
          for (let i = 1; i < timesMs!.length; i++) {
            expect(timesMs![i]! - timesMs![i - 1]!).toBeLessThanOrEqual(chosen.maxGapMs);
          }
        }
      }),
    );
  });

  it("names what is wrong", () => {
    expect(() => segmentByTimeGap(TrajectorySet.fromArrays([]), { maxGapMs: 1 })).toThrow(
      "segmentByTimeGap: set must have times, got none",
    );
    const halfTimed = new TrajectorySet({
      coordinates: new Float64Array(4),
      offsets: Uint32Array.of(0, 2),
      timesMs: Float64Array.of(0, Number.NaN),
    });
    expect(() => segmentByTimeGap(halfTimed, { maxGapMs: 1 })).toThrow(
      'segmentByTimeGap: every point must have a time (readers drop the others with times: "drop"), got none at point 1 of trajectory 0',
    );
    const backwards = TrajectorySet.fromArrays(
      [
        [
          [0, 0, 2],
          [0, 0, 1],
        ],
      ],
      { withTimes: true },
    );
    expect(() => segmentByTimeGap(backwards, { maxGapMs: 1 })).toThrow(
      'segmentByTimeGap: times of trajectory 0 must not decrease (readers sort them with order: "sort"), got 1970-01-01T00:00:00.001Z after 1970-01-01T00:00:00.002Z',
    );
  });
});
