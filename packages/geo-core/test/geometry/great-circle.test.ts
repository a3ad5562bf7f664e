import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  EARTH_RADIUS_METERS,
  greatCircleBearingDegrees,
  greatCircleDestination,
  greatCircleDistanceMeters,
  greatCircleInterpolate,
  type Position,
} from "../../src/index.js";
import { lonLat, midLatitude } from "../support/arbitraries.js";
import { readGolden } from "../support/golden.js";

interface Golden {
  radiusMeters: number;
  greatCircle: { from: Position; to: Position; distanceMeters: number; bearingDegrees: number }[];
  destinations: { from: Position; bearingDegrees: number; distanceMeters: number; to: Position }[];
}
const golden = readGolden<Golden>("geodesy.json");

/** Degrees between two directions, in [0, 180]. */
const angleBetween = (a: number, b: number) => Math.abs(((a - b + 540) % 360) - 180);

describe("great circles against PROJ's geodesics on the same sphere", () => {
  it("has the same radius", () => {
    expect(golden.radiusMeters).toBe(EARTH_RADIUS_METERS);
  });

  it.each(golden.greatCircle)("distance and bearing $from → $to", (row) => {
    // 1 µm over distances up to 20,000 km, antipodes included.
    expect(Math.abs(greatCircleDistanceMeters(row.from, row.to) - row.distanceMeters)).toBeLessThan(1e-6);
    // A bearing is only as sharp as the sideways rounding (some nm) against the distance to the nearer of end and
    // antipode.
    const lever = Math.min(row.distanceMeters, Math.PI * EARTH_RADIUS_METERS - row.distanceMeters);
    const bearing = greatCircleBearingDegrees(row.from, row.to);
    expect(angleBetween(bearing, row.bearingDegrees)).toBeLessThan(1e-9 + 1e-6 / lever);
  });

  it.each(golden.destinations)("destination from $from, $bearingDegrees°, $distanceMeters m", (row) => {
    const arrived = greatCircleDestination(row.from, row.bearingDegrees, row.distanceMeters);
    expect(greatCircleDistanceMeters(arrived, row.to)).toBeLessThan(1e-6);
  });
});

describe("great circles, by hand", () => {
  it("a degree of the equator is πR/180", () => {
    expect(greatCircleDistanceMeters([0, 0], [1, 0])).toBeCloseTo((Math.PI * 6371008.8) / 180, 6);
  });

  it("crosses the antimeridian the short way", () => {
    expect(greatCircleDistanceMeters([179.5, 0], [-179.5, 0])).toBeCloseTo((Math.PI * 6371008.8) / 180, 6);
    expect(greatCircleBearingDegrees([179.5, 0], [-179.5, 0])).toBeCloseTo(90, 9);
  });

  it("goes over the pole: 89° to 89° on opposite meridians is 2°", () => {
    expect(greatCircleDistanceMeters([0, 89], [180, 89])).toBeCloseTo((2 * Math.PI * 6371008.8) / 180, 6);
  });

  it("arrives: a quarter turn east along the equator, and north to the pole", () => {
    const quarter = (Math.PI / 2) * EARTH_RADIUS_METERS;
    expect(greatCircleDestination([0, 0], 90, quarter)[0]).toBeCloseTo(90, 9);
    expect(greatCircleDestination([30, 0], 0, quarter)[1]).toBeCloseTo(90, 6);
    expect(greatCircleDestination([179, 0], 90, quarter / 45)[0]).toBeCloseTo(-179, 9);
  });

  it("names what is wrong", () => {
    expect(() => greatCircleDistanceMeters([181, 0], [0, 0])).toThrow(
      "greatCircleDistanceMeters: from must be [lon, lat] with lon in [-180, 180] and lat in [-90, 90], got [181, 0]",
    );
    expect(() => greatCircleDestination([0, 0], Number.NaN, 1)).toThrow(
      "greatCircleDestination: bearingDegrees must be a finite number, got NaN",
    );
    expect(() => greatCircleInterpolate([0, 0], [1, 1], 1.5)).toThrow(
      "greatCircleInterpolate: fraction must be in [0, 1], got 1.5",
    );
  });
});

describe("great circles, laws", () => {
  it("distance is symmetric", () => {
    fc.assert(
      fc.property(lonLat, lonLat, (a, b) => {
        expect(greatCircleDistanceMeters(a, b)).toBeCloseTo(greatCircleDistanceMeters(b, a), 6);
      }),
    );
  });

  it("distance is zero to itself and at most πR", () => {
    fc.assert(
      fc.property(lonLat, lonLat, (a, b) => {
        expect(greatCircleDistanceMeters(a, a)).toBe(0);
        expect(greatCircleDistanceMeters(a, b)).toBeLessThanOrEqual(Math.PI * EARTH_RADIUS_METERS);
      }),
    );
  });

  it("distance obeys the triangle inequality", () => {
    fc.assert(
      fc.property(lonLat, lonLat, lonLat, (a, b, c) => {
        const direct = greatCircleDistanceMeters(a, c);
        const detour = greatCircleDistanceMeters(a, b) + greatCircleDistanceMeters(b, c);
        expect(direct).toBeLessThanOrEqual(detour + 1e-6);
      }),
    );
  });

  it("destination by bearing and distance arrives at the other position", () => {
    fc.assert(
      fc.property(lonLat, lonLat, (a, b) => {
        const distance = greatCircleDistanceMeters(a, b);
        const arrived = greatCircleDestination(a, greatCircleBearingDegrees(a, b), distance);
        expect(greatCircleDistanceMeters(arrived, b)).toBeLessThan(1e-5);
      }),
    );
  });

  it("interpolation lies at its fraction of the way from both ends", () => {
    fc.assert(
      fc.property(midLatitude, midLatitude, fc.double({ min: 0, max: 1, noNaN: true }), (a, b, fraction) => {
        const middle = greatCircleInterpolate(a, b, fraction);
        const whole = greatCircleDistanceMeters(a, b);
        expect(Math.abs(greatCircleDistanceMeters(a, middle) - fraction * whole)).toBeLessThan(1e-5);
        expect(Math.abs(greatCircleDistanceMeters(middle, b) - (1 - fraction) * whole)).toBeLessThan(1e-5);
      }),
    );
  });
});
