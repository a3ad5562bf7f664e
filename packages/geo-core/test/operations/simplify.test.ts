import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  arcDistanceRadians,
  planarSegmentDistanceSquared,
  unitVectors,
} from "../../src/geometry/segment-distance.js";
import { localEquirectangular, projectSet, simplify, TrajectorySet } from "../../src/index.js";
import { trajectorySets } from "../support/arbitraries.js";
import { readGolden } from "../support/golden.js";

const golden = readGolden<{
  simplified: { points: number[][]; tolerance: number; simplified: number[][] }[];
}>("shapes.json");

describe("simplify", () => {
  it.each(golden.simplified)("keeps the points that GEOS keeps, tolerance $tolerance", (row) => {
    const set = TrajectorySet.fromArrays([row.points], { coordinateSystem: "planar" });
    const { coordinates } = simplify(set, { toleranceMeters: row.tolerance });
    expect([...coordinates]).toEqual(row.simplified.flat());
  });

  it("drops the point that is 1 m off a line at tolerance 1, and keeps it below", () => {
    const bump = TrajectorySet.fromArrays(
      [
        [
          [0, 0],
          [5, 1],
          [10, 0],
        ],
      ],
      { coordinateSystem: "planar" },
    );
    expect([...simplify(bump, { toleranceMeters: 1 }).coordinates]).toEqual([0, 0, 10, 0]);
    expect([...simplify(bump, { toleranceMeters: 0.99 }).coordinates]).toEqual([0, 0, 5, 1, 10, 0]);
  });

  it("keeps times and ids with their points", () => {
    const set = TrajectorySet.fromArrays(
      [
        [
          [0, 0, 1],
          [1, 0, 2],
          [2, 0, 3],
        ],
      ],
      { withTimes: true, ids: ["a"] },
    );
    const { id, timesMs } = simplify(set, { toleranceMeters: 1 }).at(0);
    expect(id).toBe("a");
    expect([...timesMs!]).toEqual([1, 3]);
  });

  it("measures on the sphere: a parallel at 60° bulges from its great circle over the antimeridian", () => {
    // Halfway along 2° of the parallel of 60° the great circle passes tan φ' = tan 60° / cos 1° farther north:
    // 60.00378°, 420 m away.
    const set = TrajectorySet.fromArrays([
      [
        [179, 60],
        [180, 60],
        [-179, 60],
      ],
    ]);
    const deviation = (Math.atan(Math.tan(Math.PI / 3) / Math.cos(Math.PI / 180)) - Math.PI / 3) * 6371008.8;
    expect(deviation).toBeCloseTo(420.3, 0);
    expect(simplify(set, { toleranceMeters: deviation + 0.1 }).pointCount).toBe(2);
    expect(simplify(set, { toleranceMeters: deviation - 0.1 }).pointCount).toBe(3);
  });

  it("does not overflow the stack where every split takes off one point, 12,000 deep", () => {
    // A zigzag that narrows: the widest point is always the one next to the start.
    const points = Array.from({ length: 12_000 }, (_, i) => [i, (i % 2 === 0 ? 1 : -1) * (12_000 - i)]);
    const set = TrajectorySet.fromArrays([points], { coordinateSystem: "planar" });
    expect(simplify(set, { toleranceMeters: 0.1 }).pointCount).toBe(12_000);
  });

  it.each(["planar", "lonlat"] as const)(
    "leaves every dropped point within tolerance of its segment (%s)",
    (system) => {
      const tolerance = fc.double({ min: 0, max: system === "planar" ? 3000 : 3_000_000, noNaN: true });
      fc.assert(
        fc.property(trajectorySets(system), tolerance, (set, toleranceMeters) => {
          const simple = simplify(set, { toleranceMeters });
          for (let i = 0; i < set.length; i++) {
            const { coordinates, timesMs } = set.at(i);
            const n = coordinates.length / 2;
            const kept = keptIndices(coordinates, timesMs!, simple.at(i).coordinates, simple.at(i).timesMs!);
            const vectors = unitVectors(coordinates);
            for (let k = 0; k + 1 < kept.length; k++) {
              for (let p = kept[k]!; p < kept[k + 1]!; p++) {
                const distance =
                  system === "planar"
                    ? Math.sqrt(
                        planarSegmentDistanceSquared(
                          ...at(coordinates, p),
                          ...at(coordinates, kept[k]!),
                          ...at(coordinates, kept[k + 1]!),
                        ),
                      )
                    : arcDistanceRadians(vectors, p, kept[k]!, kept[k + 1]!) * 6371008.8;
                expect(distance).toBeLessThanOrEqual(toleranceMeters + 1e-6);
              }
            }
            if (n > 0) expect([kept[0], kept[kept.length - 1]]).toEqual([0, n - 1]);
          }
        }),
      );
    },
  );

  it("is idempotent", () => {
    fc.assert(
      fc.property(
        trajectorySets("planar"),
        fc.double({ min: 0, max: 3000, noNaN: true }),
        (set, toleranceMeters) => {
          const once = simplify(set, { toleranceMeters });
          expect([...simplify(once, { toleranceMeters }).coordinates]).toEqual([...once.coordinates]);
        },
      ),
    );
  });

  it("refuses a negative tolerance", () => {
    const empty = TrajectorySet.fromArrays([]);
    expect(() => simplify(empty, { toleranceMeters: -1 })).toThrow(
      "simplify: toleranceMeters must be in [0,",
    );
  });
});

describe("arcDistanceRadians", () => {
  it("agrees with the plane within a kilometre, to a millimetre", () => {
    const near = fc.tuple(
      fc.double({ min: -0.005, max: 0.005, noNaN: true }),
      fc.double({ min: -0.005, max: 0.005, noNaN: true }),
    );
    fc.assert(
      fc.property(near, near, near, (p, a, b) => {
        // Around the equator, where a kilometre is flat to 10⁻⁸.
        const set = TrajectorySet.fromArrays([[p, a, b]]);
        const plane = projectSet(set, localEquirectangular([0, 0])).coordinates;
        const expected = Math.sqrt(
          planarSegmentDistanceSquared(...at(plane, 0), ...at(plane, 1), ...at(plane, 2)),
        );
        const found = arcDistanceRadians(unitVectors(set.coordinates), 0, 1, 2) * 6371008.8;
        expect(Math.abs(found - expected)).toBeLessThan(1e-3);
      }),
    );
  });
});

function at(coordinates: Float64Array, i: number): [number, number] {
  return [coordinates[2 * i]!, coordinates[2 * i + 1]!];
}

/** Where each kept point stood; equal neighbours are taken as late as the end requires. */
function keptIndices(
  coordinates: Float64Array,
  timesMs: Float64Array,
  keptCoordinates: Float64Array,
  keptTimesMs: Float64Array,
): number[] {
  const indices: number[] = [];
  let i = 0;
  for (let k = 0; k < keptTimesMs.length; k++) {
    const matches = () =>
      coordinates[2 * i] === keptCoordinates[2 * k] &&
      coordinates[2 * i + 1] === keptCoordinates[2 * k + 1] &&
      timesMs[i] === keptTimesMs[k];
    while (!matches()) i++;
    indices.push(k === keptTimesMs.length - 1 ? timesMs.length - 1 : i);
    i++;
  }
  return indices;
}
