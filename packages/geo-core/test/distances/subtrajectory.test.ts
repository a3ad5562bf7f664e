import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  dtw,
  frechet,
  mutualSubtrajectory,
  subtrajectoryDtw,
  subtrajectoryFrechet,
  ValueError,
} from "../../src/index.js";
import { lonLatTrajectory, planarTrajectory } from "./arbitrary-trajectory.js";

const plane = { pointMetric: "euclidean" } as const;
const measures = {
  dtw: { ofPart: subtrajectoryDtw, ofWhole: dtw },
  frechet: { ofPart: subtrajectoryFrechet, ofWhole: frechet },
} as const;

/** The least distance to any contiguous part, by trying them all. */
function bruteForce(
  measure: (a: Float64Array, b: Float64Array, options: object) => number,
  query: Float64Array,
  whole: Float64Array,
  options: object,
): number {
  let least = Infinity;
  for (let start = 0; start < whole.length; start += 2) {
    for (let end = start + 2; end <= whole.length; end += 2) {
      least = Math.min(least, measure(query, whole.subarray(start, end), options));
    }
  }
  return least;
}

const short = planarTrajectory.map((trajectory) => trajectory.subarray(0, 24));
const shortLonLat = lonLatTrajectory.map((trajectory) => trajectory.subarray(0, 24));

for (const [name, { ofPart, ofWhole }] of Object.entries(measures)) {
  describe(name, () => {
    it("≡ the least over all parts, and the part it names attains it", () => {
      for (const [arbitrary, options] of [
        [short, plane],
        [shortLonLat, {}],
      ] as const) {
        fc.assert(
          fc.property(arbitrary, arbitrary, (query, whole) => {
            const { distance, start, end } = ofPart(query, whole, options);
            expect(distance).toBe(bruteForce(ofWhole, query, whole, options));
            expect(ofWhole(query, whole.subarray(2 * start, 2 * end), options)).toBe(distance);
          }),
        );
      }
    });

    it("a cropped track is found where it was cut", () => {
      const whole = Float64Array.from({ length: 60 }, (_, i) => Math.sin(i * i) / 10);
      expect(ofPart(whole.subarray(14, 40), whole)).toEqual({ distance: 0, start: 7, end: 20 });
    });

    it("beyond the limit nothing is named", () => {
      fc.assert(
        fc.property(short, short, fc.double({ min: 0, max: 2, noNaN: true }), (query, whole, share) => {
          const full = ofPart(query, whole, plane);
          const maxDistance = full.distance * share;
          const expected = full.distance <= maxDistance ? full : { distance: Infinity, start: 0, end: 0 };
          expect(ofPart(query, whole, { ...plane, maxDistance })).toEqual(expected);
        }),
      );
    });
  });
}

describe("values worked out by hand", () => {
  const whole = Float64Array.of(0, 0, 1, 0, 2, 0, 3, 0);
  const query = Float64Array.of(1, 1, 2, 1);

  it("both points are 1 beside the second and third", () => {
    expect(subtrajectoryDtw(query, whole, plane)).toEqual({ distance: 2, start: 1, end: 3 });
    expect(subtrajectoryDtw(query, whole, { ...plane, value: "perPoint" })).toEqual({
      distance: 1,
      start: 1,
      end: 3,
    });
    expect(subtrajectoryFrechet(query, whole, plane)).toEqual({ distance: 1, start: 1, end: 3 });
  });

  it("either may be the part", () => {
    const there = mutualSubtrajectory(query, whole, { name: "frechet", ...plane });
    expect(there).toEqual({ distance: 1, start: 1, end: 3, whole: "b" });
    const back = mutualSubtrajectory(whole, query, { name: "frechet", ...plane });
    expect(back).toEqual({ distance: 1, start: 1, end: 3, whole: "a" });
  });
});

it("mutualSubtrajectory is symmetric, and the nearer of the two ways", () => {
  fc.assert(
    fc.property(short, short, fc.constantFrom("sum", "perPoint"), (a, b, value) => {
      const metric = { name: "dtw", value, ...plane } as const;
      const { distance } = mutualSubtrajectory(a, b, metric);
      expect(mutualSubtrajectory(b, a, metric).distance).toBe(distance);
      const options = { ...plane, value } as const;
      expect(distance).toBe(
        Math.min(subtrajectoryDtw(a, b, options).distance, subtrajectoryDtw(b, a, options).distance),
      );
    }),
  );
});

it("says what is wrong", () => {
  const here = Float64Array.of(0, 0);
  const calls: [() => unknown, string][] = [
    [
      () => subtrajectoryDtw(new Float64Array(0), here),
      "subtrajectoryDtw: query must hold at least one point, got 0",
    ],
    [
      () => subtrajectoryFrechet(here, new Float64Array(0)),
      "subtrajectoryFrechet: whole must hold at least one point, got 0",
    ],
    [
      () => subtrajectoryDtw(here, here, { value: "mean" as "sum" }),
      'subtrajectoryDtw: value must be one of sum, perPoint, got "mean"',
    ],
    [
      () => mutualSubtrajectory(here, here, { name: "edr" } as never),
      'mutualSubtrajectory: metric.name must be one of dtw, frechet, got "edr"',
    ],
    [
      () => mutualSubtrajectory(here, here, { name: "frechet", value: "sum" } as never),
      'mutualSubtrajectory: unknown option "value"; known are name, pointMetric, maxDistance',
    ],
  ];
  for (const [call, message] of calls) expect(call).toThrow(new ValueError(message));
});
