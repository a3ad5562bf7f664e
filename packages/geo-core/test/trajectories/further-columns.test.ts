import { describe, expect, it } from "vitest";
import {
  downsample,
  Random,
  ShapeError,
  segmentByTimeGap,
  simplify,
  slidingWindows,
  TrajectorySet,
  ValueError,
} from "../../src/index.js";

/** Two trajectories of 3 and 2 points on the equator, a second apart. */
const set = new TrajectorySet({
  coordinates: Float64Array.of(0, 0, 1, 5, 2, 0, 7, 0, 8, 0),
  offsets: Uint32Array.of(0, 3, 5),
  timesMs: Float64Array.of(0, 1000, 2000, 0, 9000),
  ids: ["a", "b"],
  pointColumns: { heartRate: [60, 61, 62, null, 70], surface: ["dirt", "dirt", null, "road", "road"] },
  properties: { driver: ["Ada", "Bo"], laps: [3, Number.NaN], tags: [["x"], null] },
});

describe("further columns of a set", () => {
  it("hold numbers with NaN for none, other values with null", () => {
    expect(set.pointColumns.heartRate).toEqual(Float64Array.of(60, 61, 62, Number.NaN, 70));
    expect(set.pointColumns.surface).toEqual(["dirt", "dirt", null, "road", "road"]);
    expect(set.properties.laps).toEqual([3, null]);
    expect({ ...set.propertiesOf(0) }).toEqual({ driver: "Ada", laps: 3, tags: ["x"] });
    expect({ ...set.pointColumnsOf(1) }).toEqual({
      heartRate: Float64Array.of(Number.NaN, 70),
      surface: ["road", "road"],
    });
  });

  it("go with slice, select, concat and to another thread", () => {
    expect([...(set.slice(1).pointColumns.heartRate as Float64Array)]).toEqual([Number.NaN, 70]);
    const swapped = set.select([1, 0]);
    expect(swapped.pointColumns.surface).toEqual(["road", "road", "dirt", "dirt", null]);
    expect(swapped.properties.driver).toEqual(["Bo", "Ada"]);
    const { message, transfer } = set.toTransferable("copy");
    const received = TrajectorySet.fromTransferable(structuredClone(message, { transfer }));
    expect(received.properties).toEqual(set.properties);
    expect(received.pointColumns).toEqual(set.pointColumns);
    const other = TrajectorySet.fromArrays([[[9, 9]]], { ids: ["c"] }).with({
      properties: { surface: ["ice"], laps: [1] },
    });
    const joined = TrajectorySet.concat([set, other]);
    expect(joined.pointColumns.surface).toEqual(["dirt", "dirt", null, "road", "road", "ice"]);
    expect([...(joined.pointColumns.heartRate as Float64Array)]).toEqual([
      60,
      61,
      62,
      Number.NaN,
      70,
      Number.NaN,
    ]);
    expect(joined.properties).toEqual({
      driver: ["Ada", "Bo", null],
      laps: [3, null, 1],
      tags: [["x"], null, null],
    });
  });

  it("go through operations that keep points", () => {
    const straight = simplify(set, { toleranceMeters: 1e7 });
    expect(straight.pointColumns.surface).toEqual(["dirt", null, "road", "road"]);
    expect(straight.properties).toEqual(set.properties);
    const parts = segmentByTimeGap(set, { maxGapMs: 5000 }).set;
    expect(parts.properties.driver).toEqual(["Ada", "Bo", "Bo"]);
    const windows = slidingWindows(set, { length: 2 }).set;
    expect(windows.pointColumns.surface).toEqual(["dirt", "dirt", "dirt", null, "road", "road"]);
    const ends = downsample(set, { rate: 1, random: new Random(1), keepEndpoints: true });
    expect(ends.pointColumns.surface).toEqual(["dirt", null, "road", "road"]);
  });

  it("are checked", () => {
    expect(() => set.with({ properties: { driver: ["Ada"] } })).toThrow(ShapeError);
    expect(() => set.with({ properties: { surface: ["x", "y"] } })).toThrow(
      "TrajectorySet.with: surface must be a point column or a property, got both",
    );
    expect(() => set.with({ property: {} } as object)).toThrow(ValueError);
    expect(set.with({ pointColumns: { surface: undefined } }).pointColumns).not.toHaveProperty("surface");
  });
});
