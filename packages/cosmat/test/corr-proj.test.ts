import { ShapeError, ValueError } from "@wayweave/geo-core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CorrProj } from "../src/model/corr-proj.js";
import { LogsTran } from "../src/model/logs-tran.js";
import { matrix, threeClassPairs } from "./support.js";

describe("CorrProj", () => {
  const { images, texts } = threeClassPairs(60, 5);

  it("finds the direction that two views share", () => {
    // y = 2·x₁ exactly, x₂ has nothing to do with it: correlation 1, weight 0 on x₂
    const x = matrix([
      [1, 1],
      [2, -1],
      [3, -1],
      [4, 1],
    ]);
    const y = matrix([[2], [4], [6], [8]]);
    const fitted = CorrProj.fit(x, y, { components: 1, ridge: 0 });
    expect(fitted.correlations[0]).toBeCloseTo(1, 10);
    expect(fitted.images.weights.data[1]).toBeCloseTo(0, 10);
  });

  it("law: the scale of a view's features does not matter to the other's projection, nor to the correlations", () => {
    const plain = CorrProj.fit(images, texts, { components: 3, ridge: 0.1 });
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 100, noNaN: true }), (factor) => {
        const scaled = { ...images, data: images.data.map((value) => value * factor) };
        const fitted = CorrProj.fit(scaled, texts, { components: 3, ridge: 0.1 });
        const [a, b] = [fitted.projectImages(scaled).data, plain.projectImages(images).data];
        a.forEach((value, i) => {
          expect(value).toBeCloseTo(b[i]!, 6);
        });
        fitted.correlations.forEach((value, i) => {
          expect(value).toBeCloseTo(plain.correlations[i]!, 8);
        });
      }),
      { numRuns: 20 },
    );
  });

  it("refuses a view that does not vary, and views of different lengths", () => {
    const equal = { rows: 60, columns: 1, data: new Float64Array(60).fill(2) };
    expect(() => CorrProj.fit(images, equal, { components: 1 })).toThrow(
      new ValueError("CorrProj.fit: texts must vary, got 60 equal rows"),
    );
    expect(() => CorrProj.fit(images, matrix([[1], [2]]), { components: 1 })).toThrow(
      new ShapeError("CorrProj.fit: texts must have 60 rows, got 2"),
    );
    expect(() => CorrProj.fit(images, texts, { components: 1, ridge: -1 })).toThrow(ValueError);
  });
});

describe("LogsTran", () => {
  it("gives the classes' shares where the features say nothing", () => {
    // Equal features: the posterior is the prior, ¾ and ¼.
    const logsTran = LogsTran.fit(matrix([[1], [1], [1], [1]]), [0, 0, 0, 1]);
    const [first, second] = logsTran.posteriors(matrix([[1]])).data;
    expect(first).toBeCloseTo(0.75, 4);
    expect(second).toBeCloseTo(0.25, 4);
  });
});
