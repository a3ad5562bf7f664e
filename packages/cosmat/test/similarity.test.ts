import { ShapeError } from "@wayweave/geo-core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { similarities, toUnitVectors } from "../src/model/similarity.js";
import { matrix } from "./support.js";

describe("similarities", () => {
  it("is the cosine of eq. 7", () => {
    // (3·4 + 4·3) / (5·5) = 0.96
    expect(similarities(matrix([[3, 4]]), matrix([[4, 3]])).data[0]).toBeCloseTo(0.96, 12);
  });

  it("centred: subtracts the uniform distribution from posteriors", () => {
    // (.5, .5, 0) − ⅓ = (⅙, ⅙, −⅓) and (0, .5, .5) − ⅓ = (−⅓, ⅙, ⅙): (−1/18 + 1/36 − 1/18) / (1/6) = −½
    const posteriors = [matrix([[0.5, 0.5, 0]]), matrix([[0, 0.5, 0.5]])] as const;
    expect(similarities(...posteriors, "centeredCosine").data[0]).toBeCloseTo(-0.5, 12);
    expect(similarities(...posteriors, "cosine").data[0]).toBeCloseTo(0.5, 12);
  });

  it("gives the uniform posterior no direction: similarity 0, not NaN", () => {
    // Ten times .1 adds up to a little less than 1: what is left after centring must not become a direction.
    for (const classes of [3, 4, 10]) {
      const uniform = matrix([Array.from({ length: classes }, () => 1 / classes)]);
      expect(similarities(uniform, uniform, "centeredCosine").data[0]).toBe(0);
    }
  });

  it("law: symmetric and at most 1 in size", () => {
    const vector = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(vector, vector, fc.constantFrom("cosine", "centeredCosine"), (a, b, kind) => {
        const one = similarities(matrix([a]), matrix([b]), kind).data[0]!;
        expect(similarities(matrix([b]), matrix([a]), kind).data[0]).toBeCloseTo(one, 12);
        expect(Math.abs(one)).toBeLessThanOrEqual(1 + 1e-12);
      }),
    );
  });

  it("refuses different widths", () => {
    expect(() => similarities(matrix([[1, 2]]), matrix([[1, 2, 3]]))).toThrow(
      new ShapeError("similarities: items must have 2 columns, got 3"),
    );
    expect(toUnitVectors(matrix([[0, 0]]), "cosine").data).toEqual(Float64Array.of(0, 0));
  });
});
