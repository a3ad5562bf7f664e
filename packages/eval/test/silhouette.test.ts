import { Random } from "@wayweave/geo-core";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { silhouette, silhouetteSamples } from "../src/index.js";

function points(rows: number, columns: number, seed: number) {
  const random = new Random(seed);
  return { data: Float64Array.from({ length: rows * columns }, () => random.normal()), rows, columns };
}

describe("silhouette", () => {
  it("of two pairs on a line, by hand", () => {
    // At 0, 1, 10, 11. For 0: a = 1, b = (10 + 11)/2 = 10.5, 1 − 1/10.5; for 1: b = (9 + 10)/2 = 9.5.
    const expected = (1 - 1 / 10.5 + (1 - 1 / 9.5)) / 2;
    const items = { data: Float64Array.of(0, 1, 10, 11), rows: 4, columns: 1 };
    expect(silhouette(items, [0, 0, 1, 1])).toBeCloseTo(expected, 14);
    expect(
      silhouette({ distances: Float64Array.of(1, 10, 11, 9, 10, 1), n: 4 }, ["a", "a", "b", "b"]),
    ).toBeCloseTo(expected, 14);
  });

  it("lies in [−1, 1] and does not depend on names", () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.integer({ min: 2, max: 5 }), (seed, k) => {
        const items = points(20, 2, seed);
        const labels = Array.from({ length: 20 }, (_, i) => i % k);
        const score = silhouette(items, labels);
        expect(score >= -1 && score <= 1).toBe(true);
        expect(
          silhouette(
            items,
            labels.map((x) => `${9 - x}`),
          ),
        ).toBeCloseTo(score, 14);
      }),
    );
  });

  it("of a sample gives those items' own values, and about the mean of all", () => {
    const items = points(2000, 2, 1);
    const labels = Array.from({ length: 2000 }, (_, i) => (items.data[2 * i]! > 0 ? 1 : 0));
    const every = silhouetteSamples(items, labels).values;
    const sample = silhouetteSamples(items, labels, { sampleSize: 400, seed: 2 });
    expect(sample.items.length).toBe(400);
    sample.items.forEach((item, s) => {
      expect(sample.values[s]).toBe(every[item]);
    });
    expect(Math.abs(silhouette(items, labels, { sampleSize: 400 }) - silhouette(items, labels))).toBeLessThan(
      0.04,
    );
  });

  it("of items in one place is 0", () => {
    expect(silhouette({ distances: new Float32Array(6), n: 4 }, [0, 0, 1, 1])).toBe(0);
  });

  it("names what is wrong", () => {
    expect(() => silhouette({ distances: new Float32Array(6), n: 4 }, [0, 0, 0, 0])).toThrow(
      "silhouette: labels must form 2 to 3 clusters (n − 1), got 1",
    );
    expect(() => silhouette({ distances: Float64Array.of(1, -1, 1), n: 3 }, [0, 0, 1])).toThrow(
      "silhouette: distances[1] must be a non-negative finite number, got -1",
    );
    expect(() => silhouette(points(3, 1, 0), [0, 1])).toThrow("silhouette: labels must have length 3, got 2");
  });
});
