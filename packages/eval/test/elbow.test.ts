import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { elbow } from "../src/index.js";

describe("elbow", () => {
  it("by hand", () => {
    // Scaled: x = 0, ¼, ½, ¾, 1; y = 1, 30/90, 5/90, 2/90, 0; below the line 1 − x − y: 0, .417, .444, .228, 0.
    expect(elbow([1, 2, 3, 4, 5], [100, 40, 15, 12, 10])).toBe(3);
  });

  it("finds the corner of two straight lines, wherever it is", () => {
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 20 }), (corner) => {
        const ks = Array.from({ length: 21 }, (_, i) => i + 2);
        const errors = ks.map((k) => (k < corner ? 10 * (corner - k) + 22 - corner : 22 - k));
        expect(elbow(ks, errors)).toBe(corner);
      }),
    );
  });

  it("does not depend on the units of either axis", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 99 }), { minLength: 4, maxLength: 12 }),
        fc.constantFrom(2, 8, 0.25),
        (steps, scale) => {
          const errors = steps.sort((a, b) => b - a).map((_, i) => steps.slice(i).reduce((a, b) => a + b));
          const ks = errors.map((_, i) => i + 2);
          const k = elbow(ks, errors);
          const scaled = elbow(
            ks.map((x) => x * scale),
            errors.map((e) => e * scale),
          );
          expect(scaled).toBe(k === undefined ? undefined : k * scale);
        },
      ),
    );
  });

  it("is undefined on a straight, bulging or rising curve", () => {
    expect(elbow([1, 2, 3], [3, 2, 1])).toBeUndefined();
    expect(elbow([1, 2, 3], [3, 2.5, 1])).toBeUndefined();
    expect(elbow([1, 2, 3], [1, 0, 3])).toBeUndefined();
  });

  it("names what is wrong", () => {
    expect(() => elbow([1, 2], [2, 1])).toThrow("elbow: ks must hold at least three, got 2");
    expect(() => elbow([1, 3, 3], [3, 2, 1])).toThrow("elbow: ks must increase, got 3 after 3");
    expect(() => elbow([1, 2, 3], [3, 2])).toThrow("elbow: errors must have length 3, got 2");
  });
});
