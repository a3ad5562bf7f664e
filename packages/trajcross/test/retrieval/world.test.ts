import { TrajectorySet } from "@wayweave/geo-core";
import { describe, expect, it } from "vitest";
import { extentOf, onPlane, worldShifts } from "../../src/retrieval/world.js";

const around = 2 * Math.PI * 6378137;

describe("tracks across the antimeridian", () => {
  const set = TrajectorySet.fromArrays([
    [
      [179, 0],
      [-179, 0],
    ],
  ]);

  it("go on beyond the edge of the world", () => {
    const { coordinates } = onPlane("test", set);
    // 2 degrees further east, not 358 to the west
    expect(coordinates[2]! - coordinates[0]!).toBeCloseTo((2 / 360) * around, 3);
  });

  it("are found by pictures on either side", () => {
    const shown = extentOf("test", [-179.5, -1, -178.5, 1], "lonlat");
    const extents = worldShifts(shown, [(179 / 360) * around, 0, (181 / 360) * around, 0], "lonlat");
    expect(extents.map(([left]) => Math.round(((left * 360) / around) * 10) / 10)).toEqual([180.5]);
  });

  it("are found on every turn of a track that goes around more than once", () => {
    const shown = extentOf("test", [-10, -1, 10, 1], "lonlat");
    const extents = worldShifts(shown, [0, 0, 3.2 * around, 0], "lonlat");
    expect(extents.map(([left]) => Math.round((left * 360) / around))).toEqual([-10, 350, 710, 1070]);
  });

  it("are within bounds with west > east", () => {
    const [left, , right] = extentOf("test", [178, -1, -178, 1], "lonlat");
    expect(right - left).toBeCloseTo((4 / 360) * around, 3);
  });
});

describe("extentOf", () => {
  it.each([
    [[1, 2, 3], "test: bounds must be four numbers, west, south, east, north, got [1,2,3]"],
    [[1, 2, 3, null], "test: bounds must be four numbers, west, south, east, north, got [1,2,3,null]"],
    [[1, 5, 3, 4], "test: bounds must be west, south, east, north with south < north, got [1, 5, 3, 4]"],
    [
      [1e6, 2e6, 3e6, 4e6],
      "test: bounds must be longitudes and latitudes, as the tracks are, got [1000000, ",
    ],
    [[1, 2, 3, 91], "test: bounds must be longitudes and latitudes, as the tracks are, got [1, 2, 3, 91]"],
  ])("refuses %j", (bounds, message) => {
    expect(() => extentOf("test", bounds as never, "lonlat")).toThrow(message);
  });
});
