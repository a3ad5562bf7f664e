import { Random, ValueError } from "@wayweave/geo-core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { farthestFirst } from "../src/clustering/farthest-first.js";

const line = (...values: number[]) => ({ data: Float64Array.from(values), rows: values.length, columns: 1 });

describe("farthestFirst", () => {
  it("takes the row farthest from all taken so far, the first of equal ones", () => {
    // From 0: 9 is farthest; then 5 (4 from 9) before 1 (1 from 0).
    expect([...farthestFirst(line(0, 1, 5, 9), { k: 3 })]).toEqual([0, 9, 5]);
    // From 5: 1 and 9 are equally far.
    expect([...farthestFirst(line(1, 5, 9), { k: 2, start: 1 })]).toEqual([5, 1]);
    expect([...farthestFirst(line(3, 3), { k: 2 })]).toEqual([3, 3]);
  });

  it("leaves no row more than twice as far from its centre as the best choice of k rows could", () => {
    const farthest = (values: readonly number[], centers: ArrayLike<number>) =>
      Math.max(...values.map((x) => Math.min(...Array.from(centers, (c) => Math.abs(x - c)))));
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 3, maxLength: 8 }),
        fc.nat(99),
        (values, seed) => {
          const start = new Random(seed).integer(values.length);
          const radius = farthest(values, farthestFirst(line(...values), { k: 2, start }));
          const choices = values.flatMap((a) => values.map((b) => farthest(values, [a, b])));
          expect(radius).toBeLessThanOrEqual(2 * Math.min(...choices));
        },
      ),
    );
  });

  it("names what is wrong", () => {
    expect(() => farthestFirst(line(1, 2), { k: 3 })).toThrow(
      new ValueError("farthestFirst: k must be at most the 2 rows, got 3"),
    );
    expect(() => farthestFirst(line(1, 2), { k: 1, start: 2 })).toThrow(
      new ValueError("farthestFirst: start must be below the 2 rows, got 2"),
    );
  });
});
