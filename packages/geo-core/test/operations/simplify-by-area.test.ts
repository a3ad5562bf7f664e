import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { simplifyByArea, TrajectorySet, ValueError } from "../../src/index.js";
import { contents, trajectorySets } from "../support/arbitraries.js";

const planar = (...points: number[][]) => TrajectorySet.fromArrays([points], { coordinateSystem: "planar" });
const kept = (set: TrajectorySet) => [...set.coordinates].filter((_, k) => k % 2 === 0);

describe("simplifyByArea", () => {
  // Triangles at the start: at 1: ½ · 2 · 1 = 1; at 2: ½ |(1, −1) × (2, 2)| = 2; at 3: (2,0) (3,3) (4,0): 3; at 4: (3,3) (4,0) (5,0): 1.5.
  const line = planar([0, 0], [1, 1], [2, 0], [3, 3], [4, 0], [5, 0]);

  it("drops the smallest triangle first", () => {
    expect(kept(simplifyByArea(line, { minAreaSquareMeters: 1 }))).toEqual([0, 1, 2, 3, 4, 5]);
    // Without 1, the one at 2 is ½ |(2, 0) × (3, 3)| = 3.
    expect(kept(simplifyByArea(line, { minAreaSquareMeters: 1.5 }))).toEqual([0, 2, 3, 4, 5]);
    // Without 4, the one at 3 is ½ |(1, 3) × (3, 0)| = 4.5.
    expect(kept(simplifyByArea(line, { minAreaSquareMeters: 3 }))).toEqual([0, 2, 3, 5]);
    // Without 2, it is ½ |(3, 3) × (5, 0)| = 7.5.
    expect(kept(simplifyByArea(line, { minAreaSquareMeters: 7.5 }))).toEqual([0, 3, 5]);
    expect(kept(simplifyByArea(line, { minAreaSquareMeters: 8 }))).toEqual([0, 5]);
  });

  it("≡ looking for the smallest triangle again after each point", () => {
    fc.assert(
      fc.property(
        trajectorySets("planar"),
        fc.double({ min: 0, max: 1e7, noNaN: true }),
        (set, minAreaSquareMeters) => {
          const expected = Array.from(set, ({ coordinates }) => {
            const points = Array.from({ length: coordinates.length / 2 }, (_, k) => [
              coordinates[2 * k]!,
              coordinates[2 * k + 1]!,
            ]);
            let least = 0;
            for (;;) {
              const areas = points.slice(1, -1).map(([x, y], k) => {
                const [[ax, ay], [cx, cy]] = [points[k]!, points[k + 2]!];
                return Math.max(least, Math.abs((x! - ax!) * (cy! - ay!) - (cx! - ax!) * (y! - ay!)) / 2);
              });
              const smallest = Math.min(...areas);
              if (!(smallest < minAreaSquareMeters)) return points.flat();
              least = smallest;
              points.splice(areas.indexOf(smallest) + 1, 1);
            }
          });
          const simplified = Array.from(
            simplifyByArea(set, { minAreaSquareMeters }),
            ({ coordinates }) => coordinates.length,
          );
          expect(simplified).toEqual(expected.map(({ length }) => length));
        },
      ),
    );
  });

  it("measures square metres on the sphere: a corner of 1 km by 1 km is half a million", () => {
    const degrees = 1000 / 111_195.0802;
    const corner = TrajectorySet.fromArrays([
      [
        [180 - degrees, 0],
        [-180, 0],
        [-180, degrees],
      ],
    ]);
    expect(simplifyByArea(corner, { minAreaSquareMeters: 499_990 }).pointCount).toBe(3);
    expect(simplifyByArea(corner, { minAreaSquareMeters: 500_010 }).pointCount).toBe(2);
  });

  it("an area of 0 drops nothing", () => {
    fc.assert(
      fc.property(trajectorySets("lonlat"), (set) => {
        expect(contents(simplifyByArea(set, { minAreaSquareMeters: 0 }))).toEqual(contents(set));
      }),
    );
    expect(() => simplifyByArea(line, { minAreaSquareMeters: -1 })).toThrow(ValueError);
  });
});
