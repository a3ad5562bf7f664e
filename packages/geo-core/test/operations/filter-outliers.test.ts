import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  dropSpeedOutliers,
  hampelFilter,
  haversineMeters,
  TrajectorySet,
  ValueError,
} from "../../src/index.js";
import { trajectorySets } from "../support/arbitraries.js";

const planar = (...trajectories: number[][][]) =>
  TrajectorySet.fromArrays(trajectories, { withTimes: true, coordinateSystem: "planar" });
/** Along x at 10 a second, with some points moved along y. */
const line = (count: number, moved: Record<number, number> = {}) =>
  Array.from({ length: count }, (_, k) => [10 * k, moved[k] ?? 0, 1000 * k]);

describe("dropSpeedOutliers", () => {
  it("a spike goes, what follows stays", () => {
    const { set, outliers } = dropSpeedOutliers(planar(line(6, { 3: 500 })), { maxSpeedMetersPerSecond: 12 });
    expect([...set.timesMs!]).toEqual([0, 1000, 2000, 4000, 5000]);
    expect([...outliers]).toEqual([3]);
  });

  it("exactly the maximum is no outlier", () => {
    expect(dropSpeedOutliers(planar(line(6)), { maxSpeedMetersPerSecond: 10 }).outliers).toHaveLength(0);
  });

  it("a wrong first point goes alone, and so does a wrong end", () => {
    const wrong = planar(line(6, { 0: 1e6 }), line(6, { 5: -300 }));
    expect([...dropSpeedOutliers(wrong, { maxSpeedMetersPerSecond: 20 }).outliers]).toEqual([0, 11]);
  });

  it("no step of the rest is too fast; without one that is, nothing changes", () => {
    fc.assert(
      fc.property(trajectorySets("lonlat"), fc.double({ min: 1, max: 1e5, noNaN: true }), (set, speed) => {
        const { set: rest, outliers } = dropSpeedOutliers(set, { maxSpeedMetersPerSecond: speed });
        expect(rest.pointCount + outliers.length).toBe(set.pointCount);
        for (const { coordinates: c, timesMs } of rest) {
          for (let p = 1; p < timesMs!.length; p++) {
            const distance = haversineMeters(c[2 * p - 2]!, c[2 * p - 1]!, c[2 * p]!, c[2 * p + 1]!);
            expect(1000 * distance).toBeLessThanOrEqual(speed * (timesMs![p]! - timesMs![p - 1]!));
          }
        }
        expect(dropSpeedOutliers(rest, { maxSpeedMetersPerSecond: speed }).outliers).toHaveLength(0);
      }),
    );
  });
});

describe("hampelFilter", () => {
  it("a point off its neighbours by more than sigmas standard deviations goes", () => {
    // y: 0 1 0 1 9 1 0. Around the 9, two on each side: 0 1 9 1 0, median 1, |y − 1| = 1 0 8 0 1, MAD 1: 8 > 3 · 1.4826.
    const set = planar(line(7, { 1: 1, 3: 1, 4: 9, 5: 1 }));
    expect([...hampelFilter(set, { halfWindow: 2 }).outliers]).toEqual([4]);
    expect([...hampelFilter(set, { halfWindow: 2, sigmas: 6 }).outliers]).toEqual([]);
    expect([...hampelFilter(set, { halfWindow: 2, minMeters: 8 }).outliers]).toEqual([]);
  });

  it("replaces it with the median of its window when asked to", () => {
    const { set } = hampelFilter(planar(line(7, { 1: 1, 3: 1, 4: 9, 5: 1 })), {
      halfWindow: 2,
      action: "replace",
    });
    expect([...set.coordinates.subarray(8, 10)]).toEqual([40, 1]);
    expect(set.pointCount).toBe(7);
  });

  it("works over the antimeridian, in metres", () => {
    const positions = [179.998, 179.999, 180, -179.999, -179.998].map((lon, k) => [
      lon,
      k === 2 ? 0.01 : 0,
      k,
    ]);
    const set = TrajectorySet.fromArrays([positions], { withTimes: true });
    // 0.01° are 1112 m.
    expect([...hampelFilter(set, { halfWindow: 2, minMeters: 1000 }).outliers]).toEqual([2]);
    expect([...hampelFilter(set, { halfWindow: 2, minMeters: 1200 }).outliers]).toEqual([]);
    const moved = hampelFilter(set, { halfWindow: 2, action: "replace" }).set.coordinates;
    expect(moved[4]).toBeCloseTo(-180, 9);
    expect(moved[5]).toBeCloseTo(0, 9);
  });

  it("says which option is wrong", () => {
    expect(() => hampelFilter(planar(line(2)), { halfWindow: 0 })).toThrow(
      new ValueError("hampelFilter: halfWindow must be a positive integer, got 0"),
    );
  });
});
