import { Random } from "@wayweave/geo-core";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bootstrapInterval } from "../src/index.js";

describe("bootstrapInterval", () => {
  it("of one value is that value", () => {
    expect(bootstrapInterval([0.3])).toEqual({ mean: 0.3, low: 0.3, high: 0.3 });
  });

  it("of three seeds reaches their least and greatest: each alone is drawn with probability 1/27 > 2.5 %", () => {
    const { mean, low, high } = bootstrapInterval([0.71, 0.74, 0.75]);
    expect(mean).toBeCloseTo(2.2 / 3, 14);
    expect(low).toBeCloseTo(0.71, 14);
    expect(high).toBeCloseTo(0.75, 14);
  });

  it("holds the mean, lies within the values, and moves and grows with them", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 12 }), (values) => {
        const { mean, low, high } = bootstrapInterval(values, { resamples: 1000 });
        expect(low).toBeLessThanOrEqual(mean + 1e-12);
        expect(high).toBeGreaterThanOrEqual(mean - 1e-12);
        expect(low).toBeGreaterThanOrEqual(Math.min(...values) - 1e-12);
        expect(high).toBeLessThanOrEqual(Math.max(...values) + 1e-12);
        const scaled = bootstrapInterval(
          values.map((x) => 2 * x + 5),
          { resamples: 1000 },
        );
        expect(scaled.low).toBeCloseTo(2 * low + 5, 9);
        expect(scaled.high).toBeCloseTo(2 * high + 5, 9);
      }),
      { seed: 1 },
    );
  });

  it("covers the true mean about as often as it says", () => {
    const random = new Random(1);
    let covered = 0;
    for (let trial = 0; trial < 400; trial++) {
      const values = Array.from({ length: 60 }, () => random.normal());
      const { low, high } = bootstrapInterval(values, { resamples: 500, seed: trial, confidence: 0.9 });
      if (low <= 0 && high >= 0) covered++;
    }
    // 90 % ± 4 standard errors of √(0.9 · 0.1 / 400) = 1.5 %.
    expect(covered / 400).toBeGreaterThan(0.84);
    expect(covered / 400).toBeLessThan(0.96);
  });

  it("repeats itself from a seed", () => {
    const values = [1, 5, 2, 8];
    expect(bootstrapInterval(values, { seed: 3 })).toEqual(bootstrapInterval(values, { seed: 3 }));
  });

  it("names what is wrong", () => {
    expect(() => bootstrapInterval([])).toThrow("bootstrapInterval: values must hold at least one, got 0");
    expect(() => bootstrapInterval([1], { confidence: 95 })).toThrow(
      "bootstrapInterval: confidence must be in (0, 1), got 95",
    );
    expect(() => bootstrapInterval([Number.NaN])).toThrow(
      "bootstrapInterval: values[0] must be finite, got NaN",
    );
  });
});
