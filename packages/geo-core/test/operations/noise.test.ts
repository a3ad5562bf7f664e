import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { distort, downsample, greatCircleDistanceMeters, Random, TrajectorySet } from "../../src/index.js";
import { contents, trajectorySets } from "../support/arbitraries.js";

const rate = fc.double({ min: 0, max: 1, noNaN: true });
const straight = TrajectorySet.fromArrays([Array.from({ length: 20_000 }, () => [0, 60])]);

describe("downsample", () => {
  it("drops r₁ of the points: 0.4 of 20,000, within 4 standard errors of √(20000 · 0.4 · 0.6) = 69", () => {
    const dropped = 20_000 - downsample(straight, { rate: 0.4, random: new Random(1) }).pointCount;
    expect(Math.abs(dropped - 8000)).toBeLessThan(4 * 69);
  });

  it("with rate 0 is the identity, with rate 1 leaves the ends", () => {
    fc.assert(
      fc.property(trajectorySets("lonlat"), (set) => {
        expect(contents(downsample(set, { rate: 0, random: new Random(1) }))).toEqual(contents(set));
        const ends = downsample(set, { rate: 1, random: new Random(1) });
        const counts = (any: TrajectorySet) => Array.from(any, (_, i) => any.pointCountOf(i));
        expect(counts(ends)).toEqual(counts(set).map((n) => Math.min(2, n)));
        expect(downsample(set, { rate: 1, random: new Random(1), keepEndpoints: false }).pointCount).toBe(0);
      }),
    );
  });

  it("is the same for the same seed, and keeps order", () => {
    fc.assert(
      fc.property(trajectorySets("planar"), rate, fc.nat(), (set, chosen, seed) => {
        const draw = () => downsample(set, { rate: chosen, random: new Random(seed) });
        expect(contents(draw())).toEqual(contents(draw()));
        for (const { timesMs } of draw()) expect([...timesMs!]).toEqual([...timesMs!].sort((a, b) => a - b));
      }),
    );
  });

  it("names what is wrong", () => {
    expect(() => downsample(straight, { rate: 1.1, random: new Random(1) })).toThrow(
      "downsample: rate must be in [0, 1], got 1.1",
    );
  });
});

describe("distort", () => {
  it("moves r₂ of the points, by σ along each axis: mean squared distance 2σ²", () => {
    const moved = distort(straight, { rate: 0.25, sigmaMeters: 50, random: new Random(1) });
    let count = 0;
    let squares = 0;
    for (let i = 0; i < moved.coordinates.length; i += 2) {
      const distance = greatCircleDistanceMeters([0, 60], [moved.coordinates[i]!, moved.coordinates[i + 1]!]);
      if (distance > 0) count++;
      squares += distance * distance;
    }
    expect(Math.abs(count - 5000)).toBeLessThan(4 * Math.sqrt(20_000 * 0.25 * 0.75));
    expect(Math.abs(squares / count / (2 * 50 * 50) - 1)).toBeLessThan(4 / Math.sqrt(5000));
  });

  it("stays on the globe, poles and antimeridian included", () => {
    fc.assert(
      fc.property(trajectorySets("lonlat"), fc.nat(), (set, seed) => {
        const { coordinates, offsets } = distort(set, {
          rate: 1,
          sigmaMeters: 100_000,
          random: new Random(seed),
        });
        // The constructor checks every position.
        expect(new TrajectorySet({ coordinates, offsets }).pointCount).toBe(set.pointCount);
      }),
    );
  });

  it("with rate 0 or σ 0 on the plane is the identity; endpoints stay when asked to", () => {
    fc.assert(
      fc.property(trajectorySets("planar", 1), rate, (set, chosen) => {
        const options = { random: new Random(1), sigmaMeters: 5, rate: chosen };
        expect(contents(distort(set, { ...options, rate: 0 }))).toEqual(contents(set));
        expect([...distort(set, { ...options, sigmaMeters: 0 }).coordinates].map(Math.abs)).toEqual(
          [...set.coordinates].map(Math.abs),
        );
        const pinned = distort(set, { ...options, keepEndpoints: true });
        for (let i = 0; i < set.length; i++) {
          expect([...pinned.at(i).coordinates.slice(0, 2)]).toEqual([...set.at(i).coordinates.slice(0, 2)]);
          expect([...pinned.at(i).coordinates.slice(-2)]).toEqual([...set.at(i).coordinates.slice(-2)]);
        }
      }),
    );
  });

  it("takes a σ of each trajectory", () => {
    const set = TrajectorySet.fromArrays(
      [
        [
          [0, 0],
          [1, 1],
        ],
        [[2, 2]],
        [
          [3, 3],
          [4, 4],
        ],
      ],
      { coordinateSystem: "planar" },
    );
    const { coordinates } = distort(set, { rate: 1, sigmaMeters: [0, 1, 0], random: new Random(1) });
    const still = [...coordinates].map((value, at) => value === set.coordinates[at]);
    expect(still).toEqual([true, true, true, true, false, false, true, true, true, true]);
    const wrong = (sigmaMeters: number[]) => () =>
      distort(set, { rate: 1, sigmaMeters, random: new Random(1) });
    expect(wrong([1, 2])).toThrow("distort: sigmaMeters must have length 3, got 2");
    expect(wrong([1, -2, 3])).toThrow("distort: sigmaMeters[1] must be in [0,");
  });

  it("names what is wrong", () => {
    expect(() => distort(straight, { rate: 0.5, sigmaMeters: -1, random: new Random(1) })).toThrow(
      "distort: sigmaMeters must be in [0,",
    );
  });
});
