import { describe, expect, it } from "vitest";
import { createCrowd, slidingWindows, type TrajectorySet } from "../../src/index.js";
import { contents } from "../support/arbitraries.js";

const crowd = createCrowd({ seed: 1, frames: 300 });

/** The positions at each frame. */
function byFrame(set: TrajectorySet): Map<number, [number, number][]> {
  const frames = new Map<number, [number, number][]>();
  for (const { coordinates, timesMs } of set) {
    for (const [i, time] of timesMs!.entries()) {
      const frame = frames.get(time) ?? [];
      frame.push([coordinates[2 * i]!, coordinates[2 * i + 1]!]);
      frames.set(time, frame);
    }
  }
  return frames;
}

/** The share of people who have somebody else nearer than a distance. */
function shareCloserThan(set: TrajectorySet, meters: number): number {
  let close = 0;
  for (const people of byFrame(set).values()) {
    for (const one of people) {
      if (people.some((other) => other !== one && Math.hypot(one[0] - other[0], one[1] - other[1]) < meters))
        close++;
    }
  }
  return close / set.pointCount;
}

describe("createCrowd", () => {
  it("is the same for the same seed", () => {
    expect(contents(createCrowd({ seed: 1, frames: 40 }))).toEqual(
      contents(createCrowd({ seed: 1, frames: 40 })),
    );
    expect(contents(createCrowd({ seed: 2, frames: 40 }))).not.toEqual(
      contents(createCrowd({ seed: 1, frames: 40 })),
    );
  });

  it("stays in the scene, in consecutive frames of 0.4 s", () => {
    for (const { coordinates, timesMs } of crowd) {
      expect(timesMs!.length).toBeGreaterThan(0);
      for (let i = 0; i < timesMs!.length; i++) {
        expect(coordinates[2 * i]! >= 0 && coordinates[2 * i]! <= 16).toBe(true);
        expect(coordinates[2 * i + 1]! >= 0 && coordinates[2 * i + 1]! <= 14).toBe(true);
        if (i > 0) expect(timesMs![i]! - timesMs![i - 1]!).toBe(400);
      }
    }
  });

  it("holds nearly the population asked for", () => {
    const mean = crowd.pointCount / 300;
    expect(mean).toBeGreaterThan(30);
    expect(mean).toBeLessThanOrEqual(40);
  });

  it("walks at walking speeds: nobody above 1.3 × 1.5 m/s, the median near UNIV's 0.52 and 0.72 m/s", () => {
    const speeds: number[] = [];
    for (const { coordinates } of crowd) {
      for (let i = 2; i < coordinates.length; i += 2) {
        const step = Math.hypot(
          coordinates[i]! - coordinates[i - 2]!,
          coordinates[i + 1]! - coordinates[i - 1]!,
        );
        speeds.push(step / 0.4);
      }
    }
    speeds.sort((a, b) => a - b);
    expect(speeds[speeds.length - 1]).toBeLessThanOrEqual(1.95 + 1e-9);
    const median = speeds[Math.floor(speeds.length / 2)]!;
    expect(median > 0.5 && median < 0.9).toBe(true);
  });

  it("avoids each other: closer than 0.3 m is rare, in independent walkers it is not", () => {
    // 40 points at random on 224 m²: somebody within 0.3 m has a chance of 1 − (1 − π 0.09 / 224)³⁹ = 4.8 %.
    expect(shareCloserThan(crowd, 0.3)).toBeLessThan(0.01);
  });

  it("gives windows of 20 frames by the thousand", () => {
    expect(slidingWindows(crowd, { length: 20, maxGapMs: 400 }).set.length).toBeGreaterThan(3000);
  });

  it("names what is wrong", () => {
    expect(() => createCrowd({ seed: 1, population: 1000 })).toThrow(
      "createCrowd: population must be in [1, 224], got 1000",
    );
    expect(() => createCrowd({ seed: 1, pairShare: -1 })).toThrow(
      "createCrowd: pairShare must be in [0, 1], got -1",
    );
  });
});
