import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TrajectorySet, UniformGrid, webMercator } from "../../src/index.js";

const beijing = new UniformGrid({ extent: [116.1, 39.5, 116.8, 40.3], cellSizeMeters: 300 });
const plane = new UniformGrid({ extent: [0, 0, 10, 6], cellSizeMeters: 4, coordinateSystem: "planar" });

describe("UniformGrid", () => {
  it("numbers cells row by row from the south-west: 10 × 6 in cells of 4 is 3 × 2", () => {
    expect([plane.columns, plane.rows, plane.cellCount]).toEqual([3, 2, 6]);
    expect(plane.idAt([0, 0])).toBe(0);
    expect(plane.idAt([3.999, 3.999])).toBe(0);
    expect(plane.idAt([4, 0])).toBe(1); // a cell owns its western edge
    expect(plane.idAt([9, 5])).toBe(5);
    expect(plane.idAt([10, 6])).toBe(5); // the extent's far corner
    expect(plane.centerOf(4)).toEqual([6, 6]);
    expect(plane.bboxOf(1)).toEqual([4, 0, 8, 4]);
  });

  it("is −1 outside the extent", () => {
    expect(plane.idAt([-0.001, 0])).toBe(-1);
    expect(plane.idAt([0, 6.001])).toBe(-1);
    const set = TrajectorySet.fromArrays(
      [
        [
          [1, 1],
          [11, 1],
        ],
      ],
      { coordinateSystem: "planar" },
    );
    expect([...plane.idsOf(set)]).toEqual([0, -1]);
  });

  it("lays 300 m cells over Web Mercator, as E2DTC does", () => {
    // 0.7° of longitude are 77,923 Mercator metres: 260 columns.
    const [west, south] = webMercator.forward([116.1, 39.5]);
    const [east, north] = webMercator.forward([116.8, 40.3]);
    expect(east - west).toBeCloseTo(77_923.6, 0);
    expect(beijing.columns).toBe(260);
    expect(beijing.rows).toBe(Math.ceil((north - south) / 300));
    const [x, y] = webMercator.forward([116.4, 39.9]);
    const expected = Math.floor((y - south) / 300) * 260 + Math.floor((x - west) / 300);
    expect(beijing.idAt([116.4, 39.9])).toBe(expected);
  });

  it("gives a whole set the ids of its points", () => {
    const far = fc.tuple(
      fc.double({ min: 116, max: 116.9, noNaN: true }),
      fc.double({ min: 39.4, max: 40.4, noNaN: true }),
    );
    fc.assert(
      fc.property(fc.array(far, { maxLength: 20 }), (positions) => {
        const set = TrajectorySet.fromArrays([positions]);
        expect([...beijing.idsOf(set)]).toEqual(positions.map((position) => beijing.idAt(position)));
      }),
    );
  });

  it("knows neighbours, at corners and by rings", () => {
    expect(plane.neighborsOf(0)).toEqual([1, 3, 4]);
    expect(plane.neighborsOf(4)).toEqual([0, 1, 2, 3, 5]);
    expect(plane.neighborsOf(0, 2)).toEqual([1, 2, 3, 4, 5]);
    expect(plane.neighborsOf(0, 0)).toEqual([]);
  });

  it("id ↔ column and row, and the centre lies in its cell", () => {
    fc.assert(
      fc.property(fc.nat(beijing.cellCount - 1), (id) => {
        const { column, row } = beijing.cellOf(id);
        expect(beijing.idOf(column, row)).toBe(id);
        // A last column's or row's centre may lie beyond the extent.
        fc.pre(column < beijing.columns - 1 && row < beijing.rows - 1);
        expect(beijing.idAt(beijing.centerOf(id))).toBe(id);
      }),
    );
  });

  it("puts every position of the extent within half a cell of its centre", () => {
    const inside = fc.tuple(
      fc.double({ min: 116.1, max: 116.8, noNaN: true }),
      fc.double({ min: 39.5, max: 40.3, noNaN: true }),
    );
    fc.assert(
      fc.property(inside, (position) => {
        const [x, y] = webMercator.forward(position);
        const [centerX, centerY] = beijing.projectedCenterOf(beijing.idAt(position));
        expect(Math.max(Math.abs(x - centerX), Math.abs(y - centerY))).toBeLessThanOrEqual(150 + 1e-6);
      }),
    );
  });

  it("neighbourhood is symmetric", () => {
    fc.assert(
      fc.property(fc.nat(beijing.cellCount - 1), fc.integer({ min: 1, max: 3 }), (id, rings) => {
        for (const other of beijing.neighborsOf(id, rings)) {
          expect(beijing.neighborsOf(other, rings)).toContain(id);
        }
      }),
    );
  });

  it("names what is wrong", () => {
    expect(() => new UniformGrid({ extent: [170, 0, -170, 1], cellSizeMeters: 300 })).toThrow(
      "UniformGrid: extent must be [west, south, east, north] with west < east and south < north, got [170, 0, -170, 1]",
    );
    expect(() => new UniformGrid({ extent: [0, 0, 1, 1], cellSizeMeters: 0 })).toThrow(
      "UniformGrid: cellSizeMeters must be a positive finite number, got 0",
    );
    expect(() => new UniformGrid({ extent: [-180, -85, 180, 85], cellSizeMeters: 100 })).toThrow(
      "UniformGrid: cells must number at most 2147483647",
    );
    expect(() => plane.cellOf(6)).toThrow("UniformGrid.cellOf: id must be an integer in [0, 6), got 6");
    expect(() => beijing.idsOf(TrajectorySet.fromArrays([], { coordinateSystem: "planar" }))).toThrow(
      "UniformGrid.idsOf: set must be lonlat, got planar",
    );
  });
});
