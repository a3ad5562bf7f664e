import { ValueError } from "@wayweave/geo-core";
import { describe, expect, it } from "vitest";
import { chooseK } from "../src/clustering/choose-k.js";
import { clouds } from "./clouds.js";

describe("chooseK", () => {
  it("finds the elbow of three clouds", async () => {
    const even = clouds([-30, 0, 30].map((x) => [100, x, 1] as const));
    const chosen = await chooseK(even, { min: 2, max: 8 });
    expect(chosen.ks).toEqual([2, 3, 4, 5, 6, 7, 8]);
    expect(chosen.errors.every((error, i) => i === 0 || error < chosen.errors[i - 1]!)).toBe(true);
    expect(chosen).toMatchObject({ k: 3, elbow: 3, bestSilhouette: 3 });
  });

  it("names what is wrong", async () => {
    await expect(chooseK(clouds(), { min: 2, max: 3 })).rejects.toThrow(
      new ValueError("chooseK: range must be integers with 2 ≤ min, min + 2 ≤ max ≤ 600 rows, got 2 to 3"),
    );
  });
});
