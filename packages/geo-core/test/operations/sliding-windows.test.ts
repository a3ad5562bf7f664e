import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { slidingWindows, TrajectorySet } from "../../src/index.js";
import { trajectorySets } from "../support/arbitraries.js";

describe("slidingWindows", () => {
  const set = TrajectorySet.fromArrays(
    [
      [
        [0, 0, 0],
        [1, 0, 400],
        [2, 0, 800],
        [3, 0, 2000],
      ],
      [[9, 9, 0]],
    ],
    { withTimes: true, ids: ["a", "b"], coordinateSystem: "planar" },
  );

  it("takes all runs of 2 of 4 points", () => {
    const { set: windows, sources, starts } = slidingWindows(set, { length: 2 });
    expect(windows.ids).toEqual(["a@0", "a@1", "a@2"]);
    expect([...windows.coordinates]).toEqual([0, 0, 1, 0, 1, 0, 2, 0, 2, 0, 3, 0]);
    expect([...windows.timesMs!]).toEqual([0, 400, 400, 800, 800, 2000]);
    expect([...sources]).toEqual([0, 0, 0]);
    expect([...starts]).toEqual([0, 1, 2]);
  });

  it("leaves out and counts windows with a gap", () => {
    const { set: windows, skippedForGaps } = slidingWindows(set, { length: 2, maxGapMs: 400 });
    expect(windows.ids).toEqual(["a@0", "a@1"]);
    expect(skippedForGaps).toBe(1);
  });

  it("gives max(0, ⌊(n − length) / stride⌋ + 1) windows of n points", () => {
    const options = fc.record({
      length: fc.integer({ min: 1, max: 6 }),
      stride: fc.integer({ min: 1, max: 4 }),
    });
    fc.assert(
      fc.property(trajectorySets("lonlat"), options, (any, chosen) => {
        const counts = Array.from(any, (_, i) => any.pointCountOf(i));
        const expected = counts.map((n) =>
          n < chosen.length ? 0 : Math.floor((n - chosen.length) / chosen.stride) + 1,
        );
        expect(slidingWindows(any, chosen).set.length).toBe(expected.reduce((a, b) => a + b, 0));
      }),
    );
  });

  it("names what is wrong", () => {
    expect(() => slidingWindows(set, { length: 0 })).toThrow(
      "slidingWindows: length must be a positive integer, got 0",
    );
    expect(() => slidingWindows(TrajectorySet.fromArrays([]), { length: 1, maxGapMs: 1 })).toThrow(
      "slidingWindows: set must have times for maxGapMs, got none",
    );
  });
});
