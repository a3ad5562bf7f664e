import { describe, expect, it } from "vitest";
import { createRoutes, routeScenes } from "../src/index.js";

describe("createRoutes", () => {
  it("makes the same tracks again, every route taken, in all scenes", () => {
    for (const scene of routeScenes) {
      const first = createRoutes({ scene, seed: 3, trips: 60 });
      expect(first.set.length).toBe(60);
      expect(new Set(first.labels).size).toBe(first.routes);
      const again = createRoutes({ scene, seed: 3, trips: 60 });
      expect(again.set.coordinates).toEqual(first.set.coordinates);
      expect(createRoutes({ scene, seed: 4, trips: 60 }).set.coordinates).not.toEqual(first.set.coordinates);
    }
  });

  it("keeps lanes 3.7 m apart and directions opposite", () => {
    const { set, labels } = createRoutes({
      scene: "motorway",
      seed: 1,
      routes: 4,
      trips: 80,
      noiseMeters: 0,
      partialShare: 0,
    });
    // Where each track is 30 m from the lower end, on average over the tracks of a route: curves have hardly begun there.
    const sums = Array.from({ length: 4 }, () => [0, 0, 0]);
    for (let i = 0; i < set.length; i++) {
      const { coordinates } = set.at(i);
      const sum = sums[labels[i]!]!;
      for (let p = 0; p < coordinates.length; p += 2) {
        if (coordinates[p + 1]! > 40) continue;
        sum[0]! += coordinates[p]!;
        sum[1]!++;
      }
      sum[2]! += Math.sign(coordinates.at(-1)! - coordinates[1]!);
    }
    const [a, b, c, d] = sums.map(([x, count]) => x! / count!) as [number, number, number, number];
    expect(Math.abs(b - a)).toBeCloseTo(3.7, 0);
    expect(Math.abs(d - c)).toBeCloseTo(3.7, 0);
    expect(sums.map(([, , ahead]) => Math.sign(ahead!))).toEqual([1, 1, -1, -1]);
  });

  it("names what is wrong", () => {
    expect(() => createRoutes({ scene: "motorway", seed: 1, routes: 5 })).toThrow(
      "createRoutes: routes of a motorway must be even, got 5",
    );
    expect(() => createRoutes({ scene: "crossing", seed: 1, routes: 17 })).toThrow(
      "createRoutes: routes of a crossing must be at most 16, got 17",
    );
    expect(() => createRoutes({ scene: "room", seed: 1, routes: 43 })).toThrow(
      "createRoutes: routes of a room must be at most 42, got 43",
    );
    expect(() => createRoutes({ scene: "room", seed: 1, trip: 5 } as never)).toThrow(
      'createRoutes: unknown option "trip"; did you mean "trips"?',
    );
  });
});
