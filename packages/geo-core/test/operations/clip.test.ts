import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  clipByBox,
  clipByPolygon,
  clipByTime,
  ShapeError,
  TrajectorySet,
  ValueError,
} from "../../src/index.js";
import { contents, trajectorySets } from "../support/arbitraries.js";

const planar = (...trajectories: number[][][]) =>
  TrajectorySet.fromArrays(trajectories, { withTimes: true, coordinateSystem: "planar" });
const shape = (set: TrajectorySet) => Array.from(set, ({ id, coordinates }) => [id, ...coordinates]);

// 10 m east in 10 s, then 10 m north in 10 s.
const corner = planar([
  [0, 0, 0],
  [10, 0, 10_000],
  [10, 10, 20_000],
]).with({ pointColumns: { n: [0, 10, 20] }, properties: { mode: ["bus"] } });

describe("clipByTime", () => {
  it("ends where the moments are, with interpolated columns", () => {
    const { set, sources } = clipByTime(corner, { startMs: 4000, endMs: 12_000 });
    expect([...set.coordinates]).toEqual([4, 0, 10, 0, 10, 2]);
    expect([...set.timesMs!]).toEqual([4000, 10_000, 12_000]);
    expect({ ...set.pointColumns }).toEqual({ n: Float64Array.of(4, 10, 12) });
    expect([...sources]).toEqual([0]);
    expect({ ...set.properties }).toEqual({ mode: ["bus"] });
  });

  it("a moment between two points is a point; without interpolation it is nothing", () => {
    expect([...clipByTime(corner, { startMs: 4000, endMs: 4000 }).set.coordinates]).toEqual([4, 0]);
    expect(clipByTime(corner, { startMs: 4000, endMs: 4000, interpolate: false }).set.length).toBe(0);
    const own = clipByTime(corner, { startMs: 4000, endMs: 12_000, interpolate: false }).set;
    expect([...own.timesMs!]).toEqual([10_000]);
  });

  it("leaves out who was not there, and all of it is all of it", () => {
    expect(clipByTime(corner, { startMs: 20_001 }).set.length).toBe(0);
    fc.assert(
      fc.property(trajectorySets("lonlat", 1), (set) => {
        expect(contents(clipByTime(set, {}).set)).toEqual(contents(set));
      }),
    );
  });

  it("the span before a moment and the span after it meet there", () => {
    fc.assert(
      fc.property(trajectorySets("lonlat", 1), fc.integer({ min: 0, max: 400_000 }), (set, after) => {
        const moment = 1_700_000_000_000 + after;
        const before = clipByTime(set, { endMs: moment });
        const behind = clipByTime(set, { startMs: moment });
        for (const [at, source] of before.sources.entries()) {
          const other = [...behind.sources].indexOf(source);
          const times = before.set.at(at).timesMs!;
          if (other === -1) expect(times.at(-1)).toBe(set.at(source).timesMs!.at(-1));
          else expect([times.at(-1), behind.set.at(other).timesMs![0]]).toEqual([moment, moment]);
        }
      }),
    );
  });

  it("refuses a span that ends before it starts", () => {
    expect(() => clipByTime(corner, { startMs: 2, endMs: 1 })).toThrow(
      new ValueError("clipByTime: startMs must be a number no larger than endMs, got 2 and 1"),
    );
  });
});

describe("clipByBox", () => {
  it("cuts where the line enters and leaves", () => {
    const { set, sources } = clipByBox(corner, [4, -1, 12, 6]);
    expect(shape(set)).toEqual([["0/0", 4, 0, 10, 0, 10, 6]]);
    expect([...set.timesMs!]).toEqual([4000, 10_000, 16_000]);
    expect([...sources]).toEqual([0]);
  });

  it("several pieces, points alone, and lines that touch nothing", () => {
    const zigzag = planar([
      [0, 0, 0],
      [0, 4, 1],
      [2, 4, 2],
      [2, 0, 3],
    ]);
    // Up through the box, around above it, down through it.
    expect(shape(clipByBox(zigzag, [-1, 1, 3, 2]).set)).toEqual([
      ["0/0", 0, 1, 0, 2],
      ["0/1", 2, 2, 2, 1],
    ]);
    expect(shape(clipByBox(planar([[1, 1, 0]], [[5, 5, 0]]), [0, 0, 1, 1]).set)).toEqual([["0/0", 1, 1]]);
  });

  it("over the antimeridian", () => {
    const trip = TrajectorySet.fromArrays([
      [
        [178, 0],
        [-178, 0],
      ],
    ]);
    expect(shape(clipByBox(trip, [179, -1, -179, 1]).set)).toEqual([["0/0", 179, 0, -179, 0]]);
    expect(shape(clipByBox(trip, [-180, -1, 180, 1]).set)).toEqual([["0/0", 178, 0, -178, 0]]);
    expect(shape(clipByBox(trip, [-180, -1, -179, 1]).set)).toEqual([["0/0", -180, 0, -179, 0]]);
  });
});

const square = (size: number, x = 0) => [
  [x, 0],
  [x + size, 0],
  [x + size, size],
  [x, size],
  [x, 0],
];

describe("clipByPolygon", () => {
  it("a hole is outside", () => {
    const line = planar([
      [-2, 5, 0],
      [12, 5, 14],
    ]);
    const hole = [
      [4, 4],
      [6, 4],
      [6, 6],
      [4, 6],
      [4, 4],
    ];
    const { set } = clipByPolygon(line, { type: "Polygon", coordinates: [square(10), hole] });
    expect(shape(set)).toEqual([
      ["0/0", 0, 5, 4, 5],
      ["0/1", 6, 5, 10, 5],
    ]);
    expect([...set.timesMs!]).toEqual([2, 6, 8, 12]);
  });

  it("≡ clipByBox where the polygon is a box", () => {
    fc.assert(
      fc.property(trajectorySets("planar", 2), fc.integer({ min: 1, max: 4000 }), (set, size) => {
        const byBox = clipByBox(set, [0, 0, size, size]).set;
        const byPolygon = clipByPolygon(set, { type: "Polygon", coordinates: [square(size)] }).set;
        expect(byPolygon.ids).toEqual(byBox.ids);
        expect(byPolygon.pointCount).toBe(byBox.pointCount);
        for (const [k, value] of byBox.coordinates.entries())
          expect(byPolygon.coordinates[k]).toBeCloseTo(value, 6);
      }),
    );
  });

  it("several polygons, and one across the antimeridian", () => {
    const line = planar([
      [-1, 1, 0],
      [20, 1, 21],
    ]);
    const two = { type: "MultiPolygon", coordinates: [[square(2)], [square(2, 10)]] } as const;
    expect(shape(clipByPolygon(line, two).set)).toEqual([
      ["0/0", 0, 1, 2, 1],
      ["0/1", 10, 1, 12, 1],
    ]);
    const trip = TrajectorySet.fromArrays([
      [
        [178, 0],
        [-178, 0],
      ],
    ]);
    const across = [
      [179, -1],
      [-179, -1],
      [-179, 1],
      [179, 1],
      [179, -1],
    ];
    expect(shape(clipByPolygon(trip, { type: "Polygon", coordinates: [across] }).set)).toEqual([
      ["0/0", 179, 0, -179, 0],
    ]);
  });

  it("says what is wrong with a ring", () => {
    const ring = (...positions: number[][]) => ({ type: "Polygon" as const, coordinates: [positions] });
    const calls: [() => unknown, Error][] = [
      [
        () => clipByPolygon(corner, ring([0, 0], [1, 0], [0, 0])),
        new ShapeError("clipByPolygon: ring 0 must hold at least 4 positions, got 3"),
      ],
      [
        () => clipByPolygon(corner, ring([0, 0], [1, 0], [1, 1], [0, 1])),
        new ShapeError("clipByPolygon: ring 0 must end with its first position [0,0], got [0,1]"),
      ],
      [
        () => clipByPolygon(corner, { type: "Point", coordinates: [0, 0] } as never),
        new ValueError("clipByPolygon: polygon must be a GeoJSON Polygon or MultiPolygon, got Point"),
      ],
      [
        () =>
          clipByPolygon(TrajectorySet.fromArrays([[[0, 0]]]), ring([0, 80], [120, 80], [-120, 80], [0, 80])),
        new ValueError("clipByPolygon: ring 0 must not go round a pole; cut it at the antimeridian"),
      ],
    ];
    for (const [call, error] of calls) expect(call).toThrow(error);
  });
});
