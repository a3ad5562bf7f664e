import { Random, TrajectorySet } from "@wayweave/geo-core";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { generateGroundTruth } from "../src/ground-truth/ground-truth.js";
import { setOf } from "./helpers.js";

/** Walks around places of a 100 × 100 square. */
const walks = fc.nat(10_000).map((seed) => {
  const random = new Random(seed);
  return setOf(
    Array.from({ length: 30 }, () => {
      const x = random.uniform(0, 100);
      const y = random.uniform(0, 100);
      return Array.from({ length: 1 + random.integer(9) }, (): [number, number] => [
        x + 8 * random.normal(),
        y + 8 * random.normal(),
      ]);
    }),
    "planar",
  );
});
const centers = Float64Array.of(20, 20, 70, 30, 40, 80);

describe("generateGroundTruth", () => {
  it("follows Algorithm 2, by hand", () => {
    // Two POIs 10 apart, σ = .6: circles of radius 6 around (0, 0) and (10, 0).
    const set = setOf(
      [
        [
          [0, 1],
          [1, 2],
          [3, 3],
          [20, 0],
        ], // ¾ of its points within 6 of the first
        [
          [0, 1],
          [1, 2],
          [20, 0],
          [20, 1],
        ], // ½: too few
        [
          [9, 1],
          [10, 5],
        ], // all in the second
        [
          [5, 0],
          [5, 1],
        ], // within 6 of both: the first centre takes it
        [],
      ],
      "planar",
    );
    const truth = generateGroundTruth(set, { centers: Float64Array.of(0, 0, 10, 0) });
    expect([...truth.radiiMeters]).toEqual([6, 6]);
    expect([...truth.kept]).toEqual([0, 2, 3]);
    expect([...truth.labels]).toEqual([0, 1, 0]);
    expect(truth.statistics).toEqual({
      trajectories: 3,
      points: 8, // 4 + 2 + 2
      clusters: 2,
      meanPoints: 8 / 3,
      clusterSizes: [2, 1],
    });
  });

  it("takes one radius from the nearest pair, or each centre's own with perCluster", () => {
    const set = setOf([[[0, 0]]], "planar");
    const three = Float64Array.of(0, 0, 10, 0, 40, 0);
    expect([...generateGroundTruth(set, { centers: three }).radiiMeters]).toEqual([6, 6, 6]);
    expect([...generateGroundTruth(set, { centers: three, perCluster: true }).radiiMeters]).toEqual([
      6, 6, 18,
    ]);
  });

  it("includes a share of exactly λ, and a point on the circle", () => {
    const set = setOf(
      [
        [
          [5, 0],
          [20, 0],
        ],
      ],
      "planar",
    );
    const options = { centers: Float64Array.of(0, 0, 10, 0), radiusRatio: 0.5, fallenThreshold: 0.5 };
    expect(generateGroundTruth(set, options).kept.length).toBe(1);
    expect(generateGroundTruth(set, { ...options, fallenThreshold: 0.51 }).kept.length).toBe(0);
  });

  it("measures great-circle metres for lon/lat", () => {
    // A degree of latitude is 111,195 m, one of longitude at 60° half of that: the radius is .6 × 55,597 = 33,358 m.
    const set = setOf([[[10.3, 60]], [[10, 60.29]], [[10, 60.31]]]);
    const truth = generateGroundTruth(set, { centers: Float64Array.of(10, 60, 11, 60) });
    expect(truth.radiiMeters[0]).toBeCloseTo(33_358, -1);
    expect([...truth.kept]).toEqual([0, 1]); // 16.7 km east and 32.2 km north, not 34.5 km north
  });

  it("labels as a plain reading of the pseudo-code does", () => {
    fc.assert(
      fc.property(walks, fc.boolean(), (set, perCluster) => {
        const { kept, labels, radiiMeters } = generateGroundTruth(set, { centers, perCluster });
        const expected = new Map<number, number>();
        for (let i = 0; i < set.length; i++) {
          const { coordinates } = set.at(i);
          for (let j = 0; j < 3 && !expected.has(i); j++) {
            let inside = 0;
            for (let p = 0; p < coordinates.length; p += 2) {
              const dx = coordinates[p]! - centers[2 * j]!;
              const dy = coordinates[p + 1]! - centers[2 * j + 1]!;
              if (Math.hypot(dx, dy) <= radiiMeters[j]!) inside++;
            }
            if (inside / (coordinates.length / 2) >= 0.7) expected.set(i, j);
          }
        }
        expect(new Map([...kept].map((i, at) => [i, labels[at]!]))).toEqual(expected);
      }),
    );
  });

  it("keeps fewer trajectories under a higher λ, and more under a higher σ", () => {
    fc.assert(
      fc.property(walks, fc.double({ min: 0.1, max: 0.9, noNaN: true }), (set, threshold) => {
        const count = (radiusRatio: number, fallenThreshold: number) =>
          generateGroundTruth(set, { centers, radiusRatio, fallenThreshold }).kept.length;
        expect(count(0.6, threshold + 0.1)).toBeLessThanOrEqual(count(0.6, threshold));
        expect(count(threshold, 0.7)).toBeLessThanOrEqual(count(threshold + 0.1, 0.7));
      }),
    );
  });

  it("names what is wrong", () => {
    const set = new TrajectorySet({ coordinates: Float64Array.of(0, 0), offsets: Uint32Array.of(0, 1) });
    expect(() => generateGroundTruth(set, { centers: Float64Array.of(0, 0, 1, 1), radiusRatio: 0 })).toThrow(
      "generateGroundTruth: radiusRatio must be a positive finite number, got 0",
    );
    expect(() => generateGroundTruth(set, { centers: Float64Array.of(0, 0) })).toThrow(
      "generateGroundTruth: centers must hold at least two [x, y] pairs, got 2 numbers",
    );
    expect(() => generateGroundTruth(set, { centers: Float64Array.of(0, 0, 0, 0) })).toThrow(
      "generateGroundTruth: centers must differ, got 0 and 1 at one place",
    );
    expect(() => generateGroundTruth(set, { centers: Float64Array.of(0, 0, 200, 0) })).toThrow(
      "generateGroundTruth: centers[2] must be in [-180, 180], got 200",
    );
  });
});
