import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  greatCircleDistanceMeters,
  resampleByDistance,
  resampleByTime,
  resampleToCount,
  slidingWindows,
  TrajectorySet,
  ValueError,
} from "../../src/index.js";
import { trajectorySets } from "../support/arbitraries.js";

const planar = (points: number[][]) =>
  TrajectorySet.fromArrays([points], { withTimes: true, coordinateSystem: "planar" });

describe("resampleByTime", () => {
  it("interpolates: 10 m in 4 s is 2.5 m a second", () => {
    const set = resampleByTime(
      planar([
        [0, 0, 0],
        [10, 0, 4000],
      ]),
      { intervalMs: 1000 },
    );
    expect([...set.coordinates]).toEqual([0, 0, 2.5, 0, 5, 0, 7.5, 0, 10, 0]);
    expect([...set.timesMs!]).toEqual([0, 1000, 2000, 3000, 4000]);
  });

  it("keeps a last point between two steps, or not", () => {
    const set = planar([
      [0, 0, 0],
      [10, 0, 2500],
    ]);
    expect([...resampleByTime(set, { intervalMs: 1000 }).timesMs!]).toEqual([0, 1000, 2000, 2500]);
    expect([...resampleByTime(set, { intervalMs: 1000, keepLast: false }).timesMs!]).toEqual([0, 1000, 2000]);
  });

  it("follows the great circle over the antimeridian and the pole", () => {
    const trips = [
      [
        [179, 0, 0],
        [-179, 0, 2],
      ],
      [
        [0, 89, 0],
        [180, 89, 2],
      ],
    ];
    const set = resampleByTime(TrajectorySet.fromArrays(trips, { withTimes: true }), { intervalMs: 1 });
    expect(
      greatCircleDistanceMeters([set.at(0).coordinates[2]!, set.at(0).coordinates[3]!], [180, 0]),
    ).toBeLessThan(1e-6);
    expect(set.at(1).coordinates[3]).toBeCloseTo(90, 7);
  });

  it("at the original, even interval is the identity", () => {
    const points = fc.array(fc.tuple(fc.integer(), fc.integer()), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(points, fc.integer({ min: 1, max: 10_000 }), (positions, interval) => {
        const set = planar(positions.map(([x, y], i) => [x, y, i * interval]));
        const again = resampleByTime(set, { intervalMs: interval });
        expect([...again.coordinates]).toEqual([...set.coordinates]);
        expect([...again.timesMs!]).toEqual([...set.timesMs!]);
      }),
    );
  });

  it("keeps both ends of every trajectory", () => {
    fc.assert(
      fc.property(trajectorySets("lonlat", 1), fc.integer({ min: 1000, max: 50_000 }), (set, intervalMs) => {
        const again = resampleByTime(set, { intervalMs });
        for (let i = 0; i < set.length; i++) {
          const before = set.at(i).timesMs!;
          const after = again.at(i).timesMs!;
          expect([after[0], after[after.length - 1]]).toEqual([before[0], before[before.length - 1]]);
        }
      }),
    );
  });
});

describe("resampleByDistance", () => {
  it("walks around the corner: 3 + 4 m every 2 m", () => {
    const set = resampleByDistance(
      planar([
        [0, 0, 0],
        [3, 0, 3],
        [3, 4, 7],
      ]),
      { spacingMeters: 2 },
    );
    expect([...set.coordinates]).toEqual([0, 0, 2, 0, 3, 1, 3, 3, 3, 4]);
    expect([...set.timesMs!]).toEqual([0, 2, 4, 6, 7]);
  });

  it("leaves the end out when asked to, and keeps a single point", () => {
    const corner = planar([
      [0, 0, 0],
      [3, 0, 3],
    ]);
    expect([...resampleByDistance(corner, { spacingMeters: 2, keepLast: false }).coordinates]).toEqual([
      0, 0, 2, 0,
    ]);
    expect([...resampleByDistance(planar([[1, 2, 3]]), { spacingMeters: 2 }).coordinates]).toEqual([1, 2]);
  });

  it("measures metres on the sphere: 1° of the equator, 111,195 m, every 50 km is 3 + 1 points", () => {
    const set = TrajectorySet.fromArrays([
      [
        [179.5, 0],
        [-179.5, 0],
      ],
    ]);
    const again = resampleByDistance(set, { spacingMeters: 50_000 });
    expect(again.pointCount).toBe(4);
    const [a, b] = [again.coordinates.slice(2, 4), again.coordinates.slice(4, 6)];
    expect(greatCircleDistanceMeters([a[0]!, a[1]!], [b[0]!, b[1]!])).toBeCloseTo(50_000, 5);
  });
});

describe("resampleToCount", () => {
  it("gives that many points, ends included, for any trajectory with a point", () => {
    fc.assert(
      fc.property(trajectorySets("planar", 1), fc.integer({ min: 2, max: 30 }), (set, count) => {
        const again = resampleToCount(set, { count });
        for (let i = 0; i < set.length; i++) {
          const before = set.at(i).coordinates;
          const after = again.at(i).coordinates;
          expect(after.length).toBe(2 * count);
          expect([...after.slice(0, 2)]).toEqual([...before.slice(0, 2)]);
          expect(after[2 * count - 2]!).toBeCloseTo(before[before.length - 2]!, 6);
          expect(after[2 * count - 1]!).toBeCloseTo(before[before.length - 1]!, 6);
        }
      }),
    );
  });

  it("spaces evenly: 7 m in 3 points is every 3.5 m", () => {
    const set = resampleToCount(
      planar([
        [0, 0, 0],
        [3, 0, 3],
        [3, 4, 7],
      ]),
      { count: 3 },
    );
    expect([...set.coordinates]).toEqual([0, 0, 3, 0.5, 3, 4]);
    expect(() => resampleToCount(set, { count: 1 })).toThrow(
      "resampleToCount: count must be an integer of at least 2, got 1",
    );
  });
});

describe("a stop at the end", () => {
  // 10 m in 10 s, then an hour at rest.
  const rest = [
    [0, 0, 0],
    [10, 0, 10_000],
    [10, 0, 3_610_000],
  ];

  it("keeps its end time", () => {
    expect([...resampleByDistance(planar(rest), { spacingMeters: 4 }).timesMs!]).toEqual([
      0, 4000, 8000, 3_610_000,
    ]);
    // 10 m are a multiple of 5 m: the last step is the last point.
    expect([...resampleByDistance(planar(rest), { spacingMeters: 5 }).timesMs!]).toEqual([
      0, 5000, 3_610_000,
    ]);
    expect([...resampleToCount(planar(rest), { count: 3 }).timesMs!]).toEqual([0, 5000, 3_610_000]);
    expect(resampleByTime(planar(rest), { intervalMs: 60_000 }).timesMs!.at(-1)).toBe(3_610_000);
  });

  it("keeps both times of a trip that never moves", () => {
    const still = planar([
      [1, 2, 5],
      [1, 2, 900],
    ]);
    expect([...resampleByDistance(still, { spacingMeters: 4 }).timesMs!]).toEqual([5, 900]);
    expect([...resampleByDistance(still, { spacingMeters: 4, keepLast: false }).timesMs!]).toEqual([5]);
    expect([...resampleToCount(still, { count: 3 }).timesMs!]).toEqual([5, 5, 900]);
  });
});

describe("sizes are bounded", () => {
  const trip = planar([
    [0, 0, 0],
    [100, 0, 2_300_000_000_000],
  ]);

  it("before anything is made: the error names the option and the count", () => {
    const calls: [() => unknown, string][] = [
      [
        () => resampleByDistance(trip, { spacingMeters: 2 ** -30 }),
        `resampleByDistance: points must number at most 20000000 (option maxPoints), got ${100 * 2 ** 30 + 1} with spacingMeters = ${2 ** -30}`,
      ],
      [
        () => resampleByTime(trip, { intervalMs: 1 }),
        "resampleByTime: points must number at most 20000000 (option maxPoints), got 2300000000001 with intervalMs = 1",
      ],
      [
        () => resampleByTime(trip, { intervalMs: 1e-300 }),
        "resampleByTime: points must number at most 20000000 (option maxPoints), got Infinity with intervalMs = 1e-300",
      ],
      [
        () => resampleToCount(trip, { count: 30_000_000 }),
        "resampleToCount: points must number at most 20000000 (option maxPoints), got 30000000 with count = 30000000",
      ],
      [
        () => slidingWindows(trip, { length: 2, maxPoints: 1 }),
        "slidingWindows: points must number at most 1 (option maxPoints), got 2 with length = 2, stride = 1",
      ],
    ];
    for (const [call, message] of calls) expect(call).toThrow(new ValueError(message));
  });

  it("maxPoints moves the bound", () => {
    expect(resampleByDistance(trip, { spacingMeters: 50, maxPoints: 3 }).pointCount).toBe(3);
    expect(() => resampleByDistance(trip, { spacingMeters: 50, maxPoints: 2 })).toThrow(ValueError);
    expect(() => resampleByDistance(trip, { spacingMeters: 50, maxPoints: 0 })).toThrow(
      new ValueError("resampleByDistance: maxPoints must be a positive integer, got 0"),
    );
  });
});

it("numeric columns are interpolated, others keep the value of the point before", () => {
  const set = planar([
    [0, 0, 0],
    [4, 0, 4],
  ]).with({
    pointColumns: { elevationMeters: [10, 30], surface: ["road", "path"] },
    properties: { mode: ["bike"] },
  });
  const again = resampleByDistance(set, { spacingMeters: 1 });
  expect({ ...again.pointColumns }).toEqual({
    elevationMeters: Float64Array.of(10, 15, 20, 25, 30),
    surface: ["road", "road", "road", "road", "path"],
  });
  expect({ ...again.properties }).toEqual({ mode: ["bike"] });
});
