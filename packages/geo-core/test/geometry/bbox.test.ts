import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type BoundingBox,
  bboxAround,
  bboxCenter,
  bboxContains,
  bboxIntersects,
  bboxOf,
  bboxSplit,
  bboxUnion,
  EARTH_RADIUS_METERS,
  greatCircleDestination,
  TrajectorySet,
} from "../../src/index.js";
import { lonLat, midLatitude, trajectorySets } from "../support/arbitraries.js";

const box = fc
  .tuple(fc.integer({ min: -180, max: 180 }), fc.integer({ min: -180, max: 180 }), lonLat, lonLat)
  .map(([west, east, a, b]): BoundingBox => [west, Math.min(a[1], b[1]), east, Math.max(a[1], b[1])]);

const widthOf = ([west, , east]: BoundingBox) => (west <= east ? east - west : east - west + 360);

describe("bboxOf", () => {
  it("is the range of the coordinates", () => {
    const set = TrajectorySet.fromArrays([
      [
        [2, 50],
        [3, 49],
      ],
      [[1, 51]],
    ]);
    expect(bboxOf(set)).toEqual([1, 49, 3, 51]);
  });

  it("goes across the antimeridian: Fiji is 6° wide, not 354°", () => {
    const set = TrajectorySet.fromArrays([
      [
        [177, -18],
        [179.9, -17],
        [-177, -16],
      ],
    ]);
    expect(bboxOf(set)).toEqual([177, -18, -177, -16]);
  });

  it("leaves out the widest gap between trajectories: 120° and −100° meet over the Pacific", () => {
    // East from 120° to −100° (= 260°) is 140°; the other way round 220°.
    const set = TrajectorySet.fromArrays([[[120, 0]], [[-100, 1]]]);
    expect(bboxOf(set)).toEqual([120, 0, -100, 1]);
  });

  it("takes all longitudes around a pole", () => {
    const set = TrajectorySet.fromArrays([
      [
        [-170, 80],
        [-60, 80],
        [60, 80],
        [170, 80],
        [-170, 80],
      ],
    ]);
    expect(bboxOf(set)).toEqual([-180, 80, 180, 80]);
  });

  it("sees −180° and 180° as one meridian", () => {
    expect(
      bboxOf(
        TrajectorySet.fromArrays([
          [
            [180, 0],
            [-180, 1],
          ],
        ]),
      ),
    ).toEqual([180, 0, -180, 1]);
  });

  it("is the plain range for planar sets", () => {
    const set = TrajectorySet.fromArrays(
      [
        [
          [-500, 3],
          [500, -4],
        ],
      ],
      { coordinateSystem: "planar" },
    );
    expect(bboxOf(set)).toEqual([-500, -4, 500, 3]);
  });

  it("refuses a set without points", () => {
    expect(() => bboxOf(TrajectorySet.fromArrays([[]]))).toThrow(
      "bboxOf: set must hold at least one point, got 0",
    );
  });

  it("holds every point", () => {
    fc.assert(
      fc.property(trajectorySets("lonlat", 1), (set) => {
        fc.pre(set.pointCount > 0);
        const bounds = bboxOf(set);
        for (const { coordinates } of set) {
          for (let i = 0; i < coordinates.length; i += 2) {
            expect(bboxContains(bounds, [coordinates[i]!, coordinates[i + 1]!])).toBe(true);
          }
        }
      }),
    );
  });

  it("is no wider when all longitudes turn by 100°", () => {
    const longitudes = fc.array(fc.integer({ min: -180, max: 179 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(longitudes, (lons) => {
        const turned = lons.map((lon) => ((lon + 100 + 180) % 360) - 180);
        const boxOf = (values: number[]) => bboxOf(TrajectorySet.fromArrays(values.map((lon) => [[lon, 0]])));
        expect(widthOf(boxOf(turned))).toBe(widthOf(boxOf(lons)));
      }),
    );
  });
});

describe("bboxContains", () => {
  it("knows its edges, and both names of the antimeridian", () => {
    const fiji: BoundingBox = [177, -20, -178, -12];
    expect(bboxContains(fiji, [177, -20])).toBe(true);
    expect(bboxContains(fiji, [180, -15])).toBe(true);
    expect(bboxContains(fiji, [-180, -15])).toBe(true);
    expect(bboxContains(fiji, [0, -15])).toBe(false);
    expect(bboxContains([170, 0, 180, 1], [-180, 0])).toBe(true);
  });

  it("names what is wrong", () => {
    expect(() => bboxContains([0, 10, 1, 5], [0, 0])).toThrow(
      "bboxContains: box must be [west, south, east, north] with west and east in [-180, 180] and -90 ≤ south ≤ north ≤ 90, got [0, 10, 1, 5]",
    );
  });
});

describe("bboxUnion", () => {
  it("joins two boxes across the antimeridian", () => {
    expect(bboxUnion([170, 0, 175, 1], [-175, 2, -170, 3])).toEqual([170, 0, -170, 3]);
  });

  it("is all longitudes where both together go round", () => {
    expect(bboxUnion([-100, 0, 100, 1], [90, 0, -90, 1])).toEqual([-180, 0, 180, 1]);
  });

  it("holds whatever either box holds", () => {
    fc.assert(
      fc.property(box, box, lonLat, (a, b, position) => {
        fc.pre(bboxContains(a, position) || bboxContains(b, position));
        expect(bboxContains(bboxUnion(a, b), position)).toBe(true);
      }),
    );
  });

  it("is as wide either way round, and with itself the box", () => {
    fc.assert(
      fc.property(box, box, (a, b) => {
        expect(widthOf(bboxUnion(a, b))).toBe(widthOf(bboxUnion(b, a)));
        expect(widthOf(bboxUnion(a, a))).toBe(widthOf(a));
      }),
    );
  });
});

describe("bboxIntersects", () => {
  it("is symmetric", () => {
    fc.assert(
      fc.property(box, box, (a, b) => {
        expect(bboxIntersects(a, b)).toBe(bboxIntersects(b, a));
      }),
    );
  });

  it("holds where a position lies in both", () => {
    fc.assert(
      fc.property(box, box, lonLat, (a, b, position) => {
        fc.pre(bboxContains(a, position) && bboxContains(b, position));
        expect(bboxIntersects(a, b)).toBe(true);
      }),
    );
  });
});

describe("bboxSplit and bboxCenter", () => {
  it("cuts at the antimeridian", () => {
    expect(bboxSplit([170, -5, -160, 5])).toEqual([
      [170, -5, 180, 5],
      [-180, -5, -160, 5],
    ]);
    expect(bboxSplit([1, 2, 3, 4])).toEqual([[1, 2, 3, 4]]);
  });

  it("finds the middle the way the box goes: 170 + 30 / 2 = 185 = −175", () => {
    expect(bboxCenter([170, -5, -160, 5])).toEqual([-175, 0]);
  });
});

describe("bboxAround", () => {
  it("ends at a pole that the circle holds", () => {
    const degree = (Math.PI / 180) * EARTH_RADIUS_METERS;
    const bounds = bboxAround([10, 89], 2 * degree);
    expect(bounds[0]).toBe(-180);
    expect(bounds[2]).toBe(180);
    expect(bounds[1]).toBeCloseTo(87, 9);
    expect(bounds[3]).toBe(90);
  });

  it("holds every position of the circle, and touches it on all sides", () => {
    fc.assert(
      fc.property(midLatitude, fc.double({ min: 1, max: 1_000_000, noNaN: true }), (center, radius) => {
        const bounds = bboxAround(center, radius);
        for (let bearing = 0; bearing < 360; bearing += 15) {
          expect(bboxContains(bounds, greatCircleDestination(center, bearing, 0.999999 * radius))).toBe(true);
        }
        expect(bounds[3]).toBeCloseTo(greatCircleDestination(center, 0, radius)[1], 7);
      }),
    );
  });
});
