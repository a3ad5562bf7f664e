import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  pointHeadings,
  pointSpeeds,
  TrajectorySet,
  trajectoryDurations,
  trajectoryLengths,
  ValueError,
  withMotion,
} from "../../src/index.js";
import { trajectorySets } from "../support/arbitraries.js";

// 3 m east in 1 s, 4 m north in 2 s; a single point; nothing.
const set = TrajectorySet.fromArrays(
  [
    [
      [0, 0, 0],
      [3, 0, 1000],
      [3, 4, 3000],
    ],
    [[9, 9, 5000]],
    [],
  ],
  { withTimes: true, coordinateSystem: "planar" },
);

describe("on the plane", () => {
  it("lengths and durations", () => {
    expect([...trajectoryLengths(set)]).toEqual([7, 0, 0]);
    expect([...trajectoryDurations(set)]).toEqual([3000, 0, Number.NaN]);
  });

  it("speeds and headings, the first point taking those of the second", () => {
    expect([...pointSpeeds(set)]).toEqual([3, 3, 2, Number.NaN]);
    expect([...pointHeadings(set)]).toEqual([90, 90, 0, Number.NaN]);
  });

  it("as columns, under names of one's own", () => {
    const { pointColumns } = withMotion(set, { heading: "course" });
    expect({ ...pointColumns }).toEqual({
      speedMetersPerSecond: Float64Array.of(3, 3, 2, Number.NaN),
      course: Float64Array.of(90, 90, 0, Number.NaN),
    });
  });

  it("no heading where nothing moved, an infinite speed where no time passed", () => {
    const still = TrajectorySet.fromArrays(
      [
        [
          [0, 0, 0],
          [0, 0, 1000],
          [1, 0, 1000],
          [1, 0, 1000],
        ],
      ],
      { withTimes: true, coordinateSystem: "planar" },
    );
    expect([...pointSpeeds(still)]).toEqual([0, 0, Infinity, Number.NaN]);
    expect([...pointHeadings(still)]).toEqual([Number.NaN, Number.NaN, 90, Number.NaN]);
  });
});

describe("on the sphere", () => {
  it("a degree of the equator over the antimeridian in an hour", () => {
    const trip = TrajectorySet.fromArrays(
      [
        [
          [179.5, 0, 0],
          [-179.5, 0, 3_600_000],
        ],
      ],
      { withTimes: true },
    );
    // 2π R / 360 = 111,195.08 m.
    expect(trajectoryLengths(trip)[0]).toBeCloseTo(111_195.0802, 3);
    expect(pointSpeeds(trip)[1]).toBeCloseTo(111_195.0802 / 3600, 6);
    expect(pointHeadings(trip)[1]).toBeCloseTo(90, 10);
  });

  it("length ≡ Σ speed × time; headings lie in [0, 360)", () => {
    fc.assert(
      fc.property(trajectorySets("lonlat"), (drawn) => {
        const [speeds, headings, lengths] = [
          pointSpeeds(drawn),
          pointHeadings(drawn),
          trajectoryLengths(drawn),
        ];
        for (let i = 0; i < drawn.length; i++) {
          let sum = 0;
          for (let p = drawn.offsets[i]! + 1; p < drawn.offsets[i + 1]!; p++) {
            const seconds = (drawn.timesMs![p]! - drawn.timesMs![p - 1]!) / 1000;
            if (seconds === 0) return;
            sum += speeds[p]! * seconds;
          }
          expect(sum).toBeCloseTo(lengths[i]!, 3);
        }
        for (const heading of headings)
          expect(Number.isNaN(heading) || (heading >= 0 && heading < 360)).toBe(true);
      }),
    );
  });
});

it("speeds need times", () => {
  const untimed = TrajectorySet.fromArrays([[[0, 0]]]);
  expect(() => pointSpeeds(untimed)).toThrow(new ValueError("pointSpeeds: set must have times, got none"));
  expect(() => withMotion(untimed)).toThrow(new ValueError("withMotion: set must have times, got none"));
  expect(() => withMotion(set, { name: "x" } as object)).toThrow(/withMotion: unknown option "name"/);
});
