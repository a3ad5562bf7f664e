import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { haversineMeters, Random, smooth, TrajectorySet, ValueError } from "../../src/index.js";
import { contents, trajectorySets } from "../support/arbitraries.js";

const planar = (points: number[][]) =>
  TrajectorySet.fromArrays([points], { withTimes: true, coordinateSystem: "planar" });

/** The smoothed positions by least squares: all states at once, from the model's own definition, by Gaussian elimination. */
function batchSmoother(x: number[], seconds: number[], r: number, q: number, v: number): number[] {
  const n = x.length;
  const size = 2 * n;
  const information = Array.from({ length: size }, () => new Array<number>(size).fill(0));
  const vector = new Array<number>(size).fill(0);
  // Each residual (coefficients · state − value) has a precision matrix; here they are added one by one.
  const add = (rows: number[][], values: number[], precision: number[][]): void => {
    for (let i = 0; i < size; i++) {
      for (let a = 0; a < rows.length; a++) {
        for (let b = 0; b < rows.length; b++) {
          const weight = rows[a]![i]! * precision[a]![b]!;
          if (weight === 0) continue;
          vector[i]! += weight * values[b]!;
          for (let j = 0; j < size; j++) information[i]![j]! += weight * rows[b]![j]!;
        }
      }
    }
  };
  const unit = (...entries: [number, number][]) => {
    const row = new Array<number>(size).fill(0);
    for (const [at, value] of entries) row[at] = value;
    return row;
  };
  // The first position is taken as the filter takes it: with the variance of a measurement, and no prior besides.
  for (let k = 0; k < n; k++) add([unit([2 * k, 1])], [x[k]!], [[1 / r]]);
  add([unit([1, 1])], [0], [[1 / v]]);
  for (let k = 1; k < n; k++) {
    const dt = seconds[k]! - seconds[k - 1]!;
    const [a, b, c] = [(q * dt ** 3) / 3, (q * dt ** 2) / 2, q * dt];
    const determinant = a * c - b * b;
    const inverse = [
      [c / determinant, -b / determinant],
      [-b / determinant, a / determinant],
    ];
    add(
      [unit([2 * k, 1], [2 * k - 2, -1], [2 * k - 1, -dt]), unit([2 * k + 1, 1], [2 * k - 1, -1])],
      [0, 0],
      inverse,
    );
  }
  for (let i = 0; i < size; i++) {
    let pivot = i;
    for (let j = i; j < size; j++)
      if (Math.abs(information[j]![i]!) > Math.abs(information[pivot]![i]!)) pivot = j;
    [information[i], information[pivot]] = [information[pivot]!, information[i]!];
    [vector[i], vector[pivot]] = [vector[pivot]!, vector[i]!];
    for (let j = 0; j < size; j++) {
      if (j === i) continue;
      const factor = information[j]![i]! / information[i]![i]!;
      for (let k = i; k < size; k++) information[j]![k]! -= factor * information[i]![k]!;
      vector[j]! -= factor * vector[i]!;
    }
  }
  return Array.from({ length: n }, (_, k) => vector[2 * k]! / information[2 * k]![2 * k]!);
}

describe("smooth", () => {
  it("≡ the least-squares solution of the whole model", () => {
    const step = fc.tuple(fc.double({ min: -50, max: 50, noNaN: true }), fc.integer({ min: 500, max: 9000 }));
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 2, maxLength: 12 }),
        fc.double({ min: 0.5, max: 20, noNaN: true }),
        fc.double({ min: 0.1, max: 3, noNaN: true }),
        (steps, sigma, process) => {
          let [x, time] = [0, 0];
          const points = steps.map(([dx, dt]) => {
            x += dx;
            time += dt;
            return [x, -x, time];
          });
          const options = { measurementSigmaMeters: sigma, processSigma: process, initialSpeedSigma: 30 };
          const { coordinates } = smooth(planar(points), options);
          const expected = batchSmoother(
            points.map(([px]) => px!),
            points.map(([, , t]) => t! / 1000),
            sigma ** 2,
            process ** 2,
            900,
          );
          for (const [k, value] of expected.entries()) {
            expect(coordinates[2 * k]).toBeCloseTo(value, 5);
            expect(coordinates[2 * k + 1]).toBeCloseTo(-value, 5);
          }
        },
      ),
    );
  });

  it("a straight, even walk stays where it is", () => {
    const walk = Array.from({ length: 30 }, (_, k) => [1.5 * k, 2 * k, 1000 * k]);
    const { coordinates } = smooth(planar(walk), { measurementSigmaMeters: 5, initialSpeedSigma: 1e6 });
    for (const [k, [x]] of walk.entries()) expect(coordinates[2 * k]).toBeCloseTo(x!, 4);
  });

  it("takes noise off, over the antimeridian and past a pole", () => {
    const random = new Random(7);
    for (const [lon, lat, east, north] of [
      [179.98, 10, 0.001, 0],
      [20, 89.98, 0, 0.001],
    ] as const) {
      const truth = Array.from({ length: 40 }, (_, k) => {
        const up = lat + k * north;
        const over = lon + k * east;
        if (up > 90) return [lon - 180, 180 - up];
        return [over > 180 ? over - 360 : over, up];
      });
      const noisy = truth.map(([x, y], k) => {
        const eastward = (random.normal() * 10) / (111_195 * Math.cos((y! * Math.PI) / 180));
        const moved = x! + (Math.abs(y!) > 89 ? 0 : eastward);
        return [
          moved > 180 ? moved - 360 : moved,
          Math.min(90, y! + (random.normal() * 10) / 111_195),
          10_000 * k,
        ];
      });
      const set = TrajectorySet.fromArrays([noisy], { withTimes: true });
      const smoothed = smooth(set, { measurementSigmaMeters: 10, processSigma: 0.02 }).coordinates;
      const error = (positions: Float64Array) =>
        truth.reduce(
          (sum, [x, y], k) => sum + haversineMeters(x!, y!, positions[2 * k]!, positions[2 * k + 1]!),
          0,
        ) / 40;
      expect(error(smoothed)).toBeLessThan(0.75 * error(set.coordinates));
    }
  });

  it("keeps times, ids and trajectories of one point, and lives with equal times", () => {
    fc.assert(
      fc.property(trajectorySets("planar"), (set) => {
        const smoothed = smooth(set, { measurementSigmaMeters: 5, initialSpeedSigma: 0 });
        const frame = (of: TrajectorySet) => Array.from(of, ({ id, timesMs }) => [id, ...timesMs!]);
        expect(frame(smoothed)).toEqual(frame(set));
        expect(smoothed.coordinates.every(Number.isFinite)).toBe(true);
        for (const [i, { coordinates }] of [...set].entries()) {
          if (coordinates.length === 2) expect(smoothed.at(i).coordinates).toEqual(coordinates);
        }
      }),
    );
  });

  it("leaves its input alone, and says which option is wrong", () => {
    const set = planar([
      [0, 0, 0],
      [9, 0, 1],
      [0, 0, 2],
    ]);
    const before = contents(set);
    smooth(set, { measurementSigmaMeters: 3 });
    expect(contents(set)).toEqual(before);
    expect(() => smooth(set, { measurementSigmaMeters: 0 })).toThrow(
      new ValueError("smooth: measurementSigmaMeters must be a positive finite number, got 0"),
    );
  });
});
