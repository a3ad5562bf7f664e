import { describe, expect, it } from "vitest";
import { Random } from "../../src/foundation/random.js";

describe("Random", () => {
  it("draws the same numbers from the same seed, and others from another", () => {
    const draw = (seed: number) =>
      Array.from(
        { length: 5 },
        (
          (random) => () =>
            random.next()
        )(new Random(seed)),
      );
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
  });

  it("splits off the same stream whatever was drawn before", () => {
    const untouched = new Random(3);
    const used = new Random(3);
    used.next();
    used.normal();
    expect(used.split("noise").next()).toBe(untouched.split("noise").next());
    expect(used.split("noise").next()).not.toBe(used.split("order").next());
  });

  it("is uniform in [0, 1): mean ½ and variance 1/12 over 100,000 draws", () => {
    const random = new Random(1);
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < 100_000; i++) {
      const value = random.next();
      expect(value >= 0 && value < 1).toBe(true);
      sum += value;
      squares += value * value;
    }
    const mean = sum / 100_000;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.004); // 4 standard errors of 0.2887 / √100000
    expect(Math.abs(squares / 100_000 - mean * mean - 1 / 12)).toBeLessThan(0.002);
  });

  it("draws normals of mean 0 and variance 1", () => {
    const random = new Random(1);
    const values = Array.from({ length: 100_000 }, () => random.normal());
    const mean = values.reduce((a, b) => a + b) / values.length;
    const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length;
    expect(Math.abs(mean)).toBeLessThan(0.013);
    expect(Math.abs(variance - 1)).toBeLessThan(0.018);
  });

  it("permutes: every index once", () => {
    expect([...new Random(5).permutation(100)].sort((a, b) => a - b)).toEqual([...Array(100).keys()]);
  });

  it("names what is wrong", () => {
    for (const seed of [-1, 2 ** 32, 0.5, Number.NaN, Number.POSITIVE_INFINITY, "7" as unknown as number]) {
      expect(() => new Random(seed)).toThrow(`Random: seed must be an integer in [0, 2^32 - 1], got ${seed}`);
    }
    expect(new Random(2 ** 32 - 1).next()).not.toBe(new Random(0).next());
    expect(() => new Random(0).sample(3, 4)).toThrow(
      "Random.sample: count must be an integer in [0, 3], got 4",
    );
  });
});
