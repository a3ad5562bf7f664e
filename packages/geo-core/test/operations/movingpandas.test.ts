import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  clipByPolygon,
  clipByTime,
  dropSpeedOutliers,
  findStops,
  pointHeadings,
  pointSpeeds,
  segmentByTimeGap,
  smooth,
  splitAtStops,
  splitByPeriod,
  TrajectorySet,
  trajectoryDurations,
  trajectoryLengths,
} from "../../src/index.js";

/** Values of movingpandas on a synthetic trip: scripts/parity/geo-core_movingpandas.py. */
interface Golden {
  readonly startMs: number;
  readonly seconds: number[];
  readonly planar: number[][];
  readonly lonlat: number[][];
  readonly spiky: number[][];
  readonly motion: Record<"planar" | "lonlat", Motion>;
  readonly stops: [startMs: number, endMs: number][];
  readonly waysBetweenStops: number[][];
  readonly gaps: number[][];
  readonly days: number[][];
  readonly area: number[][];
  readonly clipped: number[][][];
  readonly smoothed: number[][];
  readonly cleaned: number[];
  readonly located: { readonly second: number; readonly position: number[] }[];
}

interface Motion {
  readonly length: number;
  readonly durationMs: number;
  readonly speeds: number[];
  readonly headings: number[];
}

const file = new URL("../golden/movingpandas.json", import.meta.url);
const golden = JSON.parse(readFileSync(file, "utf8")) as Golden;

function setOf(positions: number[][], coordinateSystem: "planar" | "lonlat"): TrajectorySet {
  const points = positions.map(([x, y], k) => [x!, y!, golden.startMs + 1000 * golden.seconds[k]!]);
  return TrajectorySet.fromArrays([points], { withTimes: true, coordinateSystem });
}

function expectClose(actual: Float64Array, expected: readonly number[], digits: number): void {
  expect(actual.length).toBe(expected.length);
  for (const [k, value] of expected.entries()) expect(actual[k]).toBeCloseTo(value, digits);
}

const times = (set: TrajectorySet) => Array.from(set, ({ timesMs }) => [...timesMs!]);
const planar = setOf(golden.planar, "planar");
const halting = { maxDiameterMeters: 30, minDurationMs: 60_000 };

describe("movingpandas' values", () => {
  it("length, duration, speeds and headings on the plane", () => {
    const { length, durationMs, speeds, headings } = golden.motion.planar;
    expect(trajectoryLengths(planar)[0]).toBeCloseTo(length, 8);
    expect(trajectoryDurations(planar)[0]).toBe(durationMs);
    expectClose(pointSpeeds(planar), speeds, 10);
    expectClose(pointHeadings(planar), headings, 8);
  });

  it("on the sphere: headings equal, lengths and speeds within what the ellipsoid is off the sphere", () => {
    const { length, speeds, headings } = golden.motion.lonlat;
    const set = setOf(golden.lonlat, "lonlat");
    expectClose(pointHeadings(set), headings, 6);
    expect(Math.abs(trajectoryLengths(set)[0]! / length - 1)).toBeLessThan(0.0056);
    for (const [k, speed] of pointSpeeds(set).entries())
      expect(Math.abs(speed / speeds[k]! - 1)).toBeLessThan(0.0056);
  });

  it("stops, and the ways between them", () => {
    expect(findStops(planar, halting).map(({ startMs, endMs }) => [startMs, endMs])).toEqual(golden.stops);
    expect(times(splitAtStops(planar, halting).set)).toEqual(golden.waysBetweenStops);
  });

  it("gaps, and days (whose parts movingpandas closes with the next one's first point)", () => {
    expect(times(segmentByTimeGap(planar, { maxGapMs: 300_000 }).set)).toEqual(golden.gaps);
    const days = times(splitByPeriod(planar, { period: "day" }).set);
    expect(days.map((part, k) => [...part, ...(days[k + 1]?.slice(0, 1) ?? [])])).toEqual(golden.days);
  });

  it("clipped by a polygon", () => {
    const ring = [...golden.area, golden.area[0]!];
    const { set } = clipByPolygon(planar, { type: "Polygon", coordinates: [ring] });
    expect(set.length).toBe(golden.clipped.length);
    for (const [k, piece] of golden.clipped.entries()) expectClose(set.at(k).coordinates, piece.flat(), 6);
  });

  it("smoothed, its first velocity known to be 0", () => {
    const options = { measurementSigmaMeters: 5, processSigma: 0.5, initialSpeedSigma: 0 };
    expectClose(smooth(planar, options).coordinates, golden.smoothed.flat(), 5);
  });

  it("spikes taken out", () => {
    const { set } = dropSpeedOutliers(setOf(golden.spiky, "planar"), { maxSpeedMetersPerSecond: 60 });
    expect(times(set)).toEqual([golden.cleaned]);
  });

  it("positions between points", () => {
    for (const { second, position } of golden.located) {
      const at = golden.startMs + 1000 * second;
      expectClose(clipByTime(planar, { startMs: at, endMs: at }).set.coordinates, position, 6);
    }
  });
});
