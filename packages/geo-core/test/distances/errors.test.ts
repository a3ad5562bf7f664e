import { describe, expect, it } from "vitest";
import { dtw, edr, frechet, hausdorff, lcss, ShapeError, ValueError } from "../../src/index.js";

const here = Float64Array.of(0, 0);
const plane = { pointMetric: "euclidean" } as const;

function errorOf(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe("distances reject", () => {
  const cases: [string, () => number, typeof ValueError | typeof ShapeError, string][] = [
    [
      "no points in a",
      () => dtw(new Float64Array(0), here),
      ValueError,
      "dtw: a must hold at least one point, got 0",
    ],
    [
      "no points in b",
      () => frechet(here, new Float64Array(0)),
      ValueError,
      "frechet: b must hold at least one point, got 0",
    ],
    [
      "half a point",
      () => hausdorff(here, Float64Array.of(1)),
      ShapeError,
      "hausdorff: b must hold pairs of coordinates, got length 1",
    ],
    [
      "metres given as degrees",
      () => hausdorff(here, Float64Array.of(500, 20)),
      ValueError,
      "hausdorff: point 0 of b must be a longitude in [-180, 180] and a latitude in [-90, 90], got [500, 20]",
    ],
    [
      "NaN",
      () => dtw(Float64Array.of(0, 0, 1, Number.NaN), here, plane),
      ValueError,
      "dtw: point 1 of a must be coordinates in [-1e+150, 1e+150], got [1, NaN]",
    ],
    [
      "a negative ε",
      () => edr(here, here, { epsilon: -1 }),
      ValueError,
      "edr: epsilon must be in [0, 1.7976931348623157e+308], got -1",
    ],
    [
      "a mistyped option",
      () => dtw(here, here, { windows: 3 } as object),
      ValueError,
      'dtw: unknown option "windows"; did you mean "window"?',
    ],
    [
      "an option of another distance",
      () => frechet(here, here, { window: 3 } as object),
      ValueError,
      'frechet: unknown option "window"; known are name, pointMetric, maxDistance',
    ],
    [
      "another distance's name",
      () => dtw(here, here, { name: "frechet" } as object),
      ValueError,
      'dtw: name must be absent or "dtw", got "frechet"',
    ],
    [
      "null for options",
      () => dtw(here, here, null as never),
      ValueError,
      "dtw: options must be an object, got null",
    ],
    [
      "no array",
      () => dtw(null as never, here),
      ShapeError,
      "dtw: a must be a Float64Array of interleaved positions, got null",
    ],
    [
      "a fractional window",
      () => dtw(here, here, { window: 1.5 }),
      ValueError,
      "dtw: window must be a non-negative integer, got 1.5",
    ],
    [
      "a negative δ",
      () => lcss(here, here, { epsilon: 1, delta: -1 }),
      ValueError,
      "lcss: delta must be a non-negative integer, got -1",
    ],
    [
      "a NaN limit",
      () => frechet(here, here, { maxDistance: Number.NaN }),
      ValueError,
      "frechet: maxDistance must be in [0, Infinity], got NaN",
    ],
    [
      "per-axis matching of degrees",
      () => edr(here, here, { epsilon: 1, matching: "perAxis" }),
      ValueError,
      'edr: matching must be "distance" where pointMetric is "greatCircle", got "perAxis"',
    ],
    [
      "a distance limit on a similarity",
      () => lcss(here, here, { epsilon: 1, value: "similarity", maxDistance: 0.5 }),
      ValueError,
      'lcss: maxDistance must be absent where value is "similarity", got 0.5',
    ],
  ];

  for (const [what, run, type, message] of cases) {
    it(what, () => {
      const error = errorOf(run);
      expect(error).toBeInstanceOf(type);
      expect((error as Error).message).toBe(message);
    });
  }
});
