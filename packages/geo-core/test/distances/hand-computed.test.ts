import { describe, expect, it } from "vitest";
import {
  directedHausdorff,
  dtw,
  edr,
  frechet,
  greatCircleDistanceMeters,
  hausdorff,
  lcss,
} from "../../src/index.js";

const plane = { pointMetric: "euclidean" } as const;

/** Points of a line: x as given, y = 0. */
function onLine(...xs: number[]): Float64Array {
  return Float64Array.from(xs.flatMap((x) => [x, 0]));
}

describe("dtw", () => {
  it("sums the distances along the cheapest warping path", () => {
    // |1−2| = 1, |3−2| = 1, |4−2| = 2, |9−8| = 1: 1,3,4 meet 2 and 9 meets 8.
    expect(dtw(onLine(1, 3, 4, 9), onLine(2, 8), plane)).toBe(1 + 1 + 2 + 1);
  });

  it("is a distance a point where it is divided by the points of both", () => {
    const [a, b] = [onLine(1, 3, 4, 9), onLine(2, 8)];
    expect(dtw(a, b, { ...plane, value: "normalized" })).toBe(5 / 6);
    expect(dtw(a, b, { ...plane, value: "normalized", maxDistance: 5 / 6 })).toBe(5 / 6);
    expect(dtw(a, b, { ...plane, value: "normalized", maxDistance: 0.83 })).toBe(Number.POSITIVE_INFINITY);
  });

  it("lets a point meet a repeated one for nothing", () => {
    expect(dtw(onLine(0, 5, 5, 5, 7), onLine(0, 5, 7), plane)).toBe(0);
  });

  it("uses both coordinates", () => {
    // 3-4-5 triangles: (0,0)–(3,4) and (1,1)–(4,5), 5 each; the detour over (1,1)–(3,4) would cost √13 more.
    expect(dtw(Float64Array.of(0, 0, 1, 1), Float64Array.of(3, 4, 4, 5), plane)).toBe(5 + 5);
  });

  it("pays for a narrow band", () => {
    // Free: 0–0, then 0–1 … the jump to 9 is shared: D = |0−0| + |9−9| + |9−9| + |9−9| = 0.
    expect(dtw(onLine(0, 9, 9, 9), onLine(0, 0, 0, 9), plane)).toBe(0);
    // Radius 0 pairs equal indices: 0 + 9 + 9 + 0.
    expect(dtw(onLine(0, 9, 9, 9), onLine(0, 0, 0, 9), { ...plane, window: 0 })).toBe(18);
    // Radius 1: the second 9 of a still meets a 0 once: 0–0, 0–0, 9–0, 9–9, 9–9.
    expect(dtw(onLine(0, 9, 9, 9), onLine(0, 0, 0, 9), { ...plane, window: 1 })).toBe(9);
  });

  it("widens the band by the difference of the lengths", () => {
    // Radius 0, 4 points against 2: p − q may be 0, 1 or 2, so 1,3,4–2 and 9–8 of the first test stay possible.
    expect(dtw(onLine(1, 3, 4, 9), onLine(2, 8), { ...plane, window: 0 })).toBe(5);
  });

  it("joins one point with all of the other trajectory", () => {
    expect(dtw(onLine(2), onLine(0, 1, 5), plane)).toBe(2 + 1 + 3);
  });
});

describe("edr", () => {
  it("counts insertions, deletions and replacements", () => {
    // 0 = 0, 10 replaced by 20, 30 = 30, 40 inserted.
    const a = onLine(0, 10, 30);
    const b = onLine(0, 20, 30, 40);
    expect(edr(a, b, { ...plane, epsilon: 1 })).toBe(2);
    expect(edr(a, b, { ...plane, epsilon: 1, value: "normalized" })).toBe(2 / 4);
  });

  it("charges every point of the border", () => {
    // Nothing matches: replace one, insert two.
    expect(edr(onLine(100), onLine(0, 1, 2), { ...plane, epsilon: 0 })).toBe(3);
  });

  it("matches up to and including ε", () => {
    expect(edr(onLine(0), onLine(1), { ...plane, epsilon: 1 })).toBe(0);
    expect(edr(onLine(0), onLine(1), { ...plane, epsilon: 0.999 })).toBe(1);
  });

  it("matches by distance, or per axis as the paper does", () => {
    const a = Float64Array.of(0, 0);
    const b = Float64Array.of(1, 1);
    // √2 > 1, but neither axis differs by more than 1.
    expect(edr(a, b, { ...plane, epsilon: 1 })).toBe(1);
    expect(edr(a, b, { ...plane, epsilon: 1, matching: "perAxis" })).toBe(0);
  });
});

describe("lcss", () => {
  it("counts matches in order", () => {
    // 1, 2 and 4 appear in this order in both; 3 comes too early in b.
    const a = onLine(1, 2, 3, 4);
    const b = onLine(3, 1, 2, 9, 4);
    const options = { ...plane, epsilon: 0.1 };
    expect(lcss(a, b, { ...options, value: "length" })).toBe(3);
    expect(lcss(a, b, { ...options, value: "similarity" })).toBe(3 / 4);
    expect(lcss(a, b, options)).toBe(1 - 3 / 4);
  });

  it("ignores matches further apart than δ in index", () => {
    const a = onLine(7, 0, 0, 0);
    const b = onLine(1, 1, 1, 7);
    // 7 stands at index 0 and 3.
    expect(lcss(a, b, { ...plane, epsilon: 0, delta: 3, value: "length" })).toBe(1);
    expect(lcss(a, b, { ...plane, epsilon: 0, delta: 2, value: "length" })).toBe(0);
  });

  it("works across the words of its bit vectors", () => {
    // 100 equal points; then b delayed by 40: a₀…a₅₉ = b₄₀…b₉₉.
    const a = onLine(...Array.from({ length: 100 }, (_, i) => i));
    const b = onLine(...Array.from({ length: 100 }, (_, i) => i - 40));
    expect(lcss(a, a, { ...plane, epsilon: 0, value: "length" })).toBe(100);
    expect(lcss(a, b, { ...plane, epsilon: 0, value: "length" })).toBe(60);
    expect(lcss(a, b, { ...plane, epsilon: 0, value: "length", delta: 40 })).toBe(60);
    expect(lcss(a, b, { ...plane, epsilon: 0, value: "length", delta: 39 })).toBe(0);
  });
});

describe("hausdorff", () => {
  it("is the distance of the most remote point to its nearest neighbour", () => {
    const a = onLine(0, 1, 2);
    const b = onLine(0, 2, 7);
    // a to b: 1 is 1 away from 0 and 2. b to a: 7 is 5 away from 2.
    expect(directedHausdorff(a, b, plane)).toBe(1);
    expect(directedHausdorff(b, a, plane)).toBe(5);
    expect(hausdorff(a, b, plane)).toBe(5);
  });

  it("looks at points, not at the segments between them", () => {
    // (5, 1) is 1 from the segment, √26 from its ends.
    expect(directedHausdorff(Float64Array.of(5, 1), onLine(0, 10), plane)).toBe(Math.sqrt(26));
  });
});

describe("frechet", () => {
  it("is the longest leash of the best walk", () => {
    // Both wait at the left until the other has come: pairs 0–0, 3–1 or 0–1 …, the far end 4–9 decides.
    expect(frechet(onLine(0, 3, 4), onLine(0, 1, 9), plane)).toBe(5);
  });

  it("sees the order that Hausdorff does not", () => {
    const there = onLine(0, 1, 2, 3);
    const back = onLine(3, 2, 1, 0);
    expect(hausdorff(there, back, plane)).toBe(0);
    // The ends are joined with each other: 0–3.
    expect(frechet(there, back, plane)).toBe(3);
  });

  it("takes the first points and the last points together", () => {
    expect(frechet(onLine(0), onLine(4, 1), plane)).toBe(4);
  });
});

describe("on the sphere", () => {
  const berlin = [13.405, 52.52] as const;
  const paris = [2.3522, 48.8566] as const;
  const sydney = [151.2093, -33.8688] as const;
  const apart = greatCircleDistanceMeters(berlin, paris);

  it("measures in metres along great circles, by default", () => {
    const a = Float64Array.of(...berlin);
    const b = Float64Array.of(...paris, ...sydney);
    const further = greatCircleDistanceMeters(berlin, sydney);
    expect(dtw(a, b)).toBeCloseTo(apart + further, 5);
    expect(hausdorff(a, b)).toBeCloseTo(further, 5);
    expect(directedHausdorff(a, b)).toBeCloseTo(apart, 5);
    expect(frechet(a, b)).toBeCloseTo(further, 5);
    // ε between the two: Paris matches, Sydney is an insertion.
    expect(edr(a, b, { epsilon: 1e6 })).toBe(1);
    expect(lcss(a, b, { epsilon: 1e6 })).toBe(0);
    expect(lcss(a, b, { epsilon: 8e5 })).toBe(1);
  });

  it("crosses the antimeridian and the poles", () => {
    // 0.2° of longitude on the equator; 2 × 1° over the pole.
    const degree = (Math.PI / 180) * 6371008.8;
    expect(dtw(Float64Array.of(179.9, 0), Float64Array.of(-179.9, 0))).toBeCloseTo(0.2 * degree, 6);
    expect(dtw(Float64Array.of(10, 89), Float64Array.of(-170, 89))).toBeCloseTo(2 * degree, 6);
    expect(dtw(Float64Array.of(0, 0), Float64Array.of(180, 0))).toBeCloseTo(180 * degree, 0);
  });
});
