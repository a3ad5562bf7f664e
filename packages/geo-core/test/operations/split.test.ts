import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  findStops,
  haversineMeters,
  splitAtStops,
  splitByDistanceGap,
  splitByPeriod,
  TrajectorySet,
  ValueError,
} from "../../src/index.js";
import { trajectorySets } from "../support/arbitraries.js";

const planar = (...trajectories: number[][][]) =>
  TrajectorySet.fromArrays(trajectories, { withTimes: true, coordinateSystem: "planar" });
const shape = (set: TrajectorySet) => Array.from(set, ({ id, timesMs }) => [id, ...timesMs!]);

// 20 m a second until second 3, within 2 m of (60, 0) until second 6, then on.
const halting = [
  [0, 0, 0],
  [20, 0, 1000],
  [40, 0, 2000],
  [60, 0, 3000],
  [61, 0, 4000],
  [60, 1, 5000],
  [60, 0, 6000],
  [80, 0, 7000],
  [100, 0, 8000],
];
const stopping = { maxDiameterMeters: 2, minDurationMs: 2000 };

describe("findStops", () => {
  it("finds the run of points near each other that lasts long enough", () => {
    expect(findStops(planar(halting), stopping)).toEqual([
      {
        trajectory: 0,
        id: "0",
        start: 3,
        end: 7,
        startMs: 3000,
        endMs: 6000,
        durationMs: 3000,
        center: [60.25, 0.25],
      },
    ]);
    expect(findStops(planar(halting), { ...stopping, minDurationMs: 3001 })).toEqual([]);
    // (61, 0) and (60, 1) are √2 apart.
    expect(findStops(planar(halting), { maxDiameterMeters: 1.4, minDurationMs: 2000 })).toEqual([]);
  });

  it("a stop on the antimeridian has its centre there", () => {
    const set = TrajectorySet.fromArrays(
      [
        [
          [179.9999, 0, 0],
          [-179.9999, 0, 5000],
        ],
      ],
      { withTimes: true },
    );
    const [stop] = findStops(set, { maxDiameterMeters: 30, minDurationMs: 1000 });
    expect(stop!.center[0]).toBeCloseTo(-180, 9);
  });

  it("every stop keeps its promises, and none is missed: no other run of that kind starts before it", () => {
    for (const system of ["lonlat", "planar"] as const) {
      fc.assert(
        fc.property(
          trajectorySets(system),
          fc.double({ min: 1, max: 8e6, noNaN: true }),
          (set, maxDiameterMeters) => {
            const minDurationMs = 30_000;
            const near = (p: number, q: number) => {
              const [px, py, qx, qy] = [p, q].flatMap((k) => [...set.coordinates.subarray(2 * k, 2 * k + 2)]);
              const distance =
                system === "lonlat" ? haversineMeters(px!, py!, qx!, qy!) : Math.hypot(qx! - px!, qy! - py!);
              return distance <= maxDiameterMeters;
            };
            const expected: [number, number, number][] = [];
            for (let i = 0; i < set.length; i++) {
              const [first, last] = [set.offsets[i]!, set.offsets[i + 1]!];
              for (let start = first; start < last; ) {
                let end = start + 1;
                while (
                  end < last &&
                  Array.from({ length: end - start }, (_, k) => start + k).every((p) => near(p, end))
                )
                  end++;
                const lasts = set.timesMs![end - 1]! - set.timesMs![start]! >= minDurationMs;
                if (lasts) expected.push([i, start - first, end - first]);
                start = lasts ? end : start + 1;
              }
            }
            const found = findStops(set, { maxDiameterMeters, minDurationMs });
            expect(found.map(({ trajectory, start, end }) => [trajectory, start, end])).toEqual(expected);
          },
        ),
      );
    }
  });
});

describe("splitAtStops", () => {
  it("leaves the inside of a stop out; the ways keep its first and last point", () => {
    const { set, sources, dropped } = splitAtStops(planar(halting), stopping);
    expect(shape(set)).toEqual([
      ["0/0", 0, 1000, 2000, 3000],
      ["0/1", 6000, 7000, 8000],
    ]);
    expect([...sources]).toEqual([0, 0]);
    expect(dropped).toEqual({ parts: 0, points: 0 });
  });

  it("a stop at either end leaves nothing there, and one stop alone leaves nothing at all", () => {
    const rest = (x: number, from: number) => [0, 1, 2].map((k) => [x, 0, from + 1000 * k]);
    const trip = [...rest(0, 0), [50, 0, 3000], ...rest(100, 4000)];
    expect(shape(splitAtStops(planar(trip, rest(0, 0)), stopping).set)).toEqual([["0/0", 2000, 3000, 4000]]);
  });
});

describe("splitByDistanceGap", () => {
  it("cuts where two points are too far apart, and counts what is dropped", () => {
    const { set, dropped } = splitByDistanceGap(
      planar(halting.slice(0, 3), [
        [0, 0, 0],
        [21, 0, 1],
        [22, 0, 2],
      ]),
      {
        maxGapMeters: 20,
        minPoints: 2,
      },
    );
    expect(shape(set)).toEqual([
      ["0/0", 0, 1000, 2000],
      ["1/1", 1, 2],
    ]);
    expect(dropped).toEqual({ parts: 1, points: 1 });
  });
});

describe("splitByPeriod", () => {
  const at = (...times: string[]) => planar(times.map((time, k) => [k, 0, Date.parse(time)]));
  const counts = (set: TrajectorySet) => Array.from(set, ({ timesMs }) => timesMs!.length);

  it("days in UTC and elsewhere", () => {
    const trip = at("2024-03-01T22:00Z", "2024-03-01T23:59Z", "2024-03-02T00:00Z", "2024-03-02T17:00Z");
    expect(counts(splitByPeriod(trip, { period: "day" }).set)).toEqual([2, 2]);
    // In Shanghai (UTC+8) midnight is 16:00 UTC.
    expect(counts(splitByPeriod(trip, { period: "day", timeZone: "Asia/Shanghai" }).set)).toEqual([3, 1]);
  });

  it("hours, months and years; the hour that a clock strikes twice is two", () => {
    const trip = at("2023-12-31T23:10Z", "2023-12-31T23:50Z", "2024-01-01T00:10Z", "2024-02-01T00:10Z");
    expect(counts(splitByPeriod(trip, { period: "hour" }).set)).toEqual([2, 1, 1]);
    expect(counts(splitByPeriod(trip, { period: "month" }).set)).toEqual([2, 1, 1]);
    expect(counts(splitByPeriod(trip, { period: "year" }).set)).toEqual([2, 2]);
    // 02:30 summer time, then 02:30 winter time.
    const autumn = at("2024-10-27T00:30Z", "2024-10-27T01:30Z");
    expect(counts(splitByPeriod(autumn, { period: "hour", timeZone: "Europe/Berlin" }).set)).toEqual([1, 1]);
  });

  it("refuses a zone or period that there is not", () => {
    expect(() => splitByPeriod(at(), { period: "day", timeZone: "Mars/Olympus" })).toThrow(
      new ValueError('splitByPeriod: timeZone must be an IANA time zone, got "Mars/Olympus"'),
    );
    expect(() => splitByPeriod(at(), { period: "week" as "day" })).toThrow(
      new ValueError('splitByPeriod: period must be one of hour, day, month, year, got "week"'),
    );
  });
});

it("columns and properties stay with their points and parts", () => {
  const set = planar(halting).with({
    pointColumns: { n: halting.map((_, k) => k) },
    properties: { mode: ["bus"] },
  });
  const parts = splitAtStops(set, stopping).set;
  expect({ ...parts.pointColumns }).toEqual({ n: Float64Array.of(0, 1, 2, 3, 6, 7, 8) });
  expect({ ...parts.properties }).toEqual({ mode: ["bus", "bus"] });
});
