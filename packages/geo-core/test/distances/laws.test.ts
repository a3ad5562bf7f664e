import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  directedHausdorff,
  dtw,
  edr,
  frechet,
  hausdorff,
  haversineMeters,
  lcss,
  type TrajectoryDistanceOptions,
} from "../../src/index.js";
import { latticeTrajectory, lonLatTrajectory, planarTrajectory } from "./arbitrary-trajectory.js";
import {
  oracleDirectedHausdorff,
  oracleDtw,
  oracleEdr,
  oracleFrechet,
  oracleLcss,
  oracleOf,
} from "./oracle.js";

const plane = { pointMetric: "euclidean" } as const;
const epsilonOf = fc.oneof(fc.integer({ min: 0, max: 4 }), fc.double({ min: 0, max: 4, noNaN: true }));
const windowOf = fc.oneof(fc.constant(Number.POSITIVE_INFINITY), fc.integer({ min: 0, max: 12 }));

function straight(ax: number, ay: number, bx: number, by: number): number {
  return Math.sqrt((bx - ax) ** 2 + (by - ay) ** 2);
}

type Measure = (a: Float64Array, b: Float64Array, options: TrajectoryDistanceOptions) => number;

const symmetric: Record<string, Measure> = {
  dtw,
  "dtw in a band": (a, b, options) => dtw(a, b, { ...options, window: 2 }),
  frechet,
  hausdorff,
  edr: (a, b, options) => edr(a, b, { ...options, epsilon: 1.5 }),
  "normalized edr": (a, b, options) => edr(a, b, { ...options, epsilon: 1.5, value: "normalized" }),
  lcss: (a, b, options) => lcss(a, b, { ...options, epsilon: 1.5 }),
  "lcss with δ": (a, b, options) => lcss(a, b, { ...options, epsilon: 1.5, delta: 7 }),
};

describe("symmetry, bit for bit", () => {
  for (const [name, measure] of Object.entries(symmetric)) {
    it(name, () => {
      fc.assert(
        fc.property(planarTrajectory, planarTrajectory, (a, b) => {
          expect(measure(a, b, plane)).toBe(measure(b, a, plane));
        }),
      );
    });
  }
});

describe("identity: a trajectory is at distance 0 from itself", () => {
  for (const [name, measure] of Object.entries({ ...symmetric, directedHausdorff })) {
    it(name, () => {
      fc.assert(
        fc.property(planarTrajectory, lonLatTrajectory, (a, b) => {
          expect(measure(a, a, plane)).toBe(0);
          expect(measure(b, b, {})).toBe(0);
        }),
      );
    });
  }
});

describe("early abandoning ≡ the full value, or Infinity above the limit", () => {
  for (const [name, measure] of Object.entries({ ...symmetric, directedHausdorff })) {
    it(name, () => {
      const factor = fc.oneof(fc.constant(1), fc.double({ min: 0, max: 2, noNaN: true }));
      fc.assert(
        fc.property(planarTrajectory, planarTrajectory, factor, (a, b, share) => {
          const full = measure(a, b, plane);
          const limit = full * share;
          expect(measure(a, b, { ...plane, maxDistance: limit })).toBe(full <= limit ? full : Infinity);
        }),
      );
      fc.assert(
        fc.property(lonLatTrajectory, lonLatTrajectory, factor, (a, b, share) => {
          const full = measure(a, b, {});
          const limit = full * share;
          expect(measure(a, b, { maxDistance: limit })).toBe(full <= limit ? full : Infinity);
        }),
      );
    });
  }
});

describe("triangle inequality of the metrics", () => {
  for (const [name, measure] of Object.entries({ hausdorff, frechet })) {
    it(name, () => {
      fc.assert(
        fc.property(planarTrajectory, planarTrajectory, planarTrajectory, (a, b, c) => {
          const around = measure(a, b, plane) + measure(b, c, plane);
          expect(measure(a, c, plane)).toBeLessThanOrEqual(around * (1 + 1e-12));
        }),
      );
    });
  }
});

describe("bounds between measures", () => {
  it("directed Hausdorff ≤ Hausdorff ≤ Fréchet ≤ DTW", () => {
    fc.assert(
      fc.property(planarTrajectory, planarTrajectory, (a, b) => {
        const values = [
          directedHausdorff(a, b, plane),
          hausdorff(a, b, plane),
          frechet(a, b, plane),
          dtw(a, b, plane),
        ];
        expect(values).toEqual(values.toSorted((x, y) => x - y));
      }),
    );
  });

  it("a band never lowers DTW, and a wide one changes nothing", () => {
    fc.assert(
      fc.property(planarTrajectory, planarTrajectory, fc.nat(80), (a, b, window) => {
        expect(dtw(a, b, { ...plane, window })).toBeGreaterThanOrEqual(dtw(a, b, plane));
        expect(dtw(a, b, { ...plane, window: 1000 })).toBe(dtw(a, b, plane));
      }),
    );
  });

  it("max(n, m) − LCSS ≤ EDR ≤ n + m − 2 LCSS", () => {
    fc.assert(
      fc.property(planarTrajectory, planarTrajectory, epsilonOf, (a, b, epsilon) => {
        const edits = edr(a, b, { ...plane, epsilon });
        const length = lcss(a, b, { ...plane, epsilon, value: "length" });
        const [n, m] = [a.length / 2, b.length / 2];
        expect(edits).toBeGreaterThanOrEqual(Math.max(n, m) - length);
        expect(edits).toBeLessThanOrEqual(n + m - 2 * length);
      }),
    );
  });
});

describe("kernels ≡ recursion on the plane", () => {
  it("dtw", () => {
    fc.assert(
      fc.property(planarTrajectory, planarTrajectory, windowOf, (a, b, window) => {
        expect(dtw(a, b, { ...plane, window })).toBe(oracleDtw(oracleOf(a, b, straight), window));
      }),
    );
  });

  it("frechet", () => {
    fc.assert(
      fc.property(planarTrajectory, planarTrajectory, (a, b) => {
        expect(frechet(a, b, plane)).toBe(oracleFrechet(oracleOf(a, b, straight)));
      }),
    );
  });

  it("hausdorff", () => {
    fc.assert(
      fc.property(planarTrajectory, planarTrajectory, (a, b) => {
        const there = oracleDirectedHausdorff(oracleOf(a, b, straight));
        const back = oracleDirectedHausdorff(oracleOf(b, a, straight));
        expect(directedHausdorff(a, b, plane)).toBe(there);
        expect(hausdorff(a, b, plane)).toBe(Math.max(there, back));
      }),
    );
  });

  it("edr and lcss, by distance", () => {
    fc.assert(
      fc.property(planarTrajectory, planarTrajectory, epsilonOf, (a, b, epsilon) => {
        const matches = (p: number, q: number) =>
          (b[2 * q]! - a[2 * p]!) ** 2 + (b[2 * q + 1]! - a[2 * p + 1]!) ** 2 <= epsilon * epsilon;
        const oracle = oracleOf(a, b, straight);
        expect(edr(a, b, { ...plane, epsilon })).toBe(oracleEdr(oracle, matches));
        expect(lcss(a, b, { ...plane, epsilon, value: "length" })).toBe(oracleLcss(oracle, matches));
      }),
    );
  });

  it("edr per axis, and lcss per axis with δ", () => {
    fc.assert(
      fc.property(latticeTrajectory, latticeTrajectory, epsilonOf, fc.nat(40), (a, b, epsilon, delta) => {
        const near = (p: number, q: number) =>
          Math.abs(b[2 * q]! - a[2 * p]!) <= epsilon && Math.abs(b[2 * q + 1]! - a[2 * p + 1]!) <= epsilon;
        const oracle = oracleOf(a, b, straight);
        const rule = { ...plane, epsilon, matching: "perAxis" } as const;
        expect(edr(a, b, rule)).toBe(oracleEdr(oracle, near));
        const length = lcss(a, b, { ...rule, delta, value: "length" });
        expect(length).toBe(oracleLcss(oracle, (p, q) => Math.abs(p - q) <= delta && near(p, q)));
      }),
    );
  });
});

describe("kernels ≡ recursion with haversine distances", () => {
  // 1e-8 m + 1e-13 of the distance is the documented agreement up to 10,000 km; near antipodes 0.3 m.
  function expectNear(actual: number, expected: number, terms: number): void {
    const tolerance = expected > 1e7 ? 0.3 * terms : 1e-8 * terms + 1e-13 * expected;
    expect(Math.abs(actual - expected)).toBeLessThanOrEqual(tolerance);
  }

  it("dtw", () => {
    fc.assert(
      fc.property(lonLatTrajectory, lonLatTrajectory, (a, b) => {
        expectNear(dtw(a, b), oracleDtw(oracleOf(a, b, haversineMeters)), (a.length + b.length) / 2);
      }),
    );
  });

  it("frechet and hausdorff", () => {
    fc.assert(
      fc.property(lonLatTrajectory, lonLatTrajectory, (a, b) => {
        const oracle = oracleOf(a, b, haversineMeters);
        expectNear(frechet(a, b), oracleFrechet(oracle), 1);
        expectNear(directedHausdorff(a, b), oracleDirectedHausdorff(oracle), 1);
      }),
    );
  });

  it("edr and lcss", () => {
    fc.assert(
      fc.property(
        lonLatTrajectory,
        lonLatTrajectory,
        fc.double({ min: 1, max: 2e6, noNaN: true }),
        (a, b, epsilon) => {
          const oracle = oracleOf(a, b, haversineMeters);
          const matches = (p: number, q: number) => oracle.distance(p, q) <= epsilon;
          expect(edr(a, b, { epsilon })).toBe(oracleEdr(oracle, matches));
          expect(lcss(a, b, { epsilon, value: "length" })).toBe(oracleLcss(oracle, matches));
        },
      ),
    );
  });
});
