import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  cellDensity,
  createCity,
  hotRoutes,
  TrajectorySet,
  trajectoryDurations,
  trajectoryLengths,
  UniformGrid,
  ValueError,
} from "../../src/index.js";
import { trajectorySets } from "../support/arbitraries.js";

const planar = (...trajectories: number[][][]) =>
  TrajectorySet.fromArrays(trajectories, { withTimes: true, coordinateSystem: "planar" });
/** 3 × 2 cells of 10 m: 0 1 2 below, 3 4 5 above. */
const grid = new UniformGrid({ extent: [0, 0, 30, 20], cellSizeMeters: 10, coordinateSystem: "planar" });
const entries = ({ cells, values }: { cells: Int32Array; values: Float64Array }) =>
  Array.from(cells, (cell, k) => [cell, values[k]]);

// Through 0, 1 and 2 in 20 s; from 0 up into 3 and back in 20 s.
const set = planar(
  [
    [5, 5, 0],
    [25, 5, 20_000],
  ],
  [
    [5, 5, 0],
    [5, 15, 10_000],
    [5, 5, 20_000],
  ],
);

describe("cellDensity", () => {
  it("trajectories, points, metres and time, by the lines between points", () => {
    expect(entries(cellDensity(set, grid))).toEqual([
      [0, 2],
      [1, 1],
      [2, 1],
      [3, 1],
    ]);
    expect(entries(cellDensity(set, grid, { weight: "points" }))).toEqual([
      [0, 3],
      [2, 1],
      [3, 1],
    ]);
    // 5 + 10 + 5 m, and 5 m four times: two in 0, two in 3.
    expect(entries(cellDensity(set, grid, { weight: "meters" }))).toEqual([
      [0, 15],
      [1, 10],
      [3, 10],
      [2, 5],
    ]);
    expect(entries(cellDensity(set, grid, { weight: "timeMs" }))).toEqual([
      [0, 15_000],
      [1, 10_000],
      [3, 10_000],
      [2, 5000],
    ]);
  });

  it("what lies inside the extent adds up to all of it", () => {
    const wide = new UniformGrid({
      extent: [-6000, -6000, 6000, 6000],
      cellSizeMeters: 700,
      coordinateSystem: "planar",
    });
    fc.assert(
      fc.property(trajectorySets("planar", 1), (drawn) => {
        const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);
        const meters = sum(cellDensity(drawn, wide, { weight: "meters" }).values);
        expect(meters).toBeCloseTo(sum(trajectoryLengths(drawn)), 4);
        const time = sum(cellDensity(drawn, wide, { weight: "timeMs" }).values);
        expect(time).toBeCloseTo(sum(trajectoryDurations(drawn)), 4);
        expect(sum(cellDensity(drawn, wide, { weight: "points" }).values)).toBe(drawn.pointCount);
      }),
    );
  });

  it("lon/lat: cells of a city's trips, and a line over the antimeridian", () => {
    const { set: trips } = createCity({ seed: 2, trips: 50 });
    const city = new UniformGrid({ extent: [116.2, 39.7, 116.6, 40.1], cellSizeMeters: 500 });
    const visited = new Set(cellDensity(trips, city).cells);
    for (const cell of city.idsOf(trips)) expect(cell === -1 || visited.has(cell)).toBe(true);
    const across = TrajectorySet.fromArrays([
      [
        [179, 0.01],
        [-179, 0.01],
      ],
    ]);
    const west = new UniformGrid({ extent: [-180, -1, -178, 1], cellSizeMeters: 50_000 });
    expect(cellDensity(across, west, { weight: "meters" }).values.reduce((a, b) => a + b, 0)).toBeCloseTo(
      111_195,
      -1,
    );
  });

  it("refuses another surface", () => {
    const degrees = new UniformGrid({ extent: [0, 0, 1, 1], cellSizeMeters: 1000 });
    expect(() => cellDensity(set, degrees)).toThrow(
      new ValueError("cellDensity: grid must be planar as the set, got lonlat"),
    );
  });
});

describe("hotRoutes", () => {
  it("counts trajectories and passages from cell to cell", () => {
    expect(hotRoutes(set, grid)).toEqual([
      { from: 0, to: 1, trajectories: 1, passages: 1 },
      { from: 0, to: 3, trajectories: 1, passages: 1 },
      { from: 1, to: 2, trajectories: 1, passages: 1 },
      { from: 3, to: 0, trajectories: 1, passages: 1 },
    ]);
    const busy = planar(
      [
        [5, 5, 0],
        [15, 5, 1],
        [5, 5, 2],
        [15, 5, 3],
      ],
      [
        [5, 5, 0],
        [15, 5, 1],
      ],
    );
    expect(hotRoutes(busy, grid, { minTrajectories: 2 })).toEqual([
      { from: 0, to: 1, trajectories: 2, passages: 3 },
    ]);
  });

  it("leaving the grid breaks the way", () => {
    // Out at the bottom of cell 0, back in at the bottom of cell 2.
    const outside = planar([
      [5, 5, 0],
      [5, -5, 1],
      [25, -5, 2],
      [25, 5, 3],
    ]);
    expect(hotRoutes(outside, grid)).toEqual([]);
  });

  it("every way joins cells that touch", () => {
    const { set: trips } = createCity({ seed: 2, trips: 30 });
    const city = new UniformGrid({ extent: [116.3, 39.8, 116.5, 40], cellSizeMeters: 400 });
    const routes = hotRoutes(trips, city);
    expect(routes.length).toBeGreaterThan(20);
    for (const { from, to } of routes) expect(city.neighborsOf(from)).toContain(to);
  });
});
