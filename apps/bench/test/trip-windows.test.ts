import { Random, TrajectorySet } from "@wayweave/geo-core";
import { describe, expect, it } from "vitest";
import { oneWindowEach } from "../src/experiments/trajcross/systems/trip-windows.js";

/** A trip that stands at (0, 0) for `standing` points and then goes east by 1 each. */
const trip = (standing: number, length: number): number[][] =>
  Array.from({ length }, (_, i) => [Math.max(0, i - standing + 1), 0]);

const trips = TrajectorySet.fromArrays([trip(1, 60), trip(40, 40), trip(40, 41), trip(1, 19), trip(1, 20)], {
  coordinateSystem: "planar",
});

describe("oneWindowEach", () => {
  it("draws one moving window of 20 consecutive points from each trip that has one", () => {
    for (let seed = 0; seed < 20; seed++) {
      const windows = oneWindowEach(trips, new Random(seed), 10);
      // Not from the one that stands all the time, nor from the one that is too short.
      expect(windows.length).toBe(3);
      for (const { coordinates } of windows) {
        expect(coordinates.length).toBe(40);
        const x = Array.from({ length: 20 }, (_, i) => coordinates[2 * i]!);
        expect(x[19]! - x[0]!).toBeGreaterThan(0);
        expect(Math.max(...x.slice(1).map((value, i) => value - x[i]!))).toBe(1);
      }
    }
  });

  it("draws at most the asked number, from trips in random order", () => {
    const lengths = Array.from({ length: 20 }, (_, seed) => oneWindowEach(trips, new Random(seed), 1));
    expect(lengths.every((windows) => windows.length === 1)).toBe(true);
    expect(new Set(lengths.map((windows) => [...windows.at(0).coordinates].join())).size).toBeGreaterThan(3);
  });
});
