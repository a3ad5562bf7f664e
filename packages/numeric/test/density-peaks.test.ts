import { ValueError } from "@wayweave/geo-core";
import { describe, expect, it } from "vitest";
import { densityPeaks } from "../src/clustering/density-peaks.js";
import { clouds } from "./clouds.js";

describe("densityPeaks", () => {
  it("finds a peak in each cloud, narrow or wide", async () => {
    const centers = await densityPeaks(clouds(), { k: 3 });
    const x = [centers[0]!, centers[2]!, centers[4]!].sort((a, b) => a - b);
    expect(Math.abs(x[0]!)).toBeLessThan(3);
    expect(x[1]).toBeCloseTo(30, 0);
    expect(x[2]).toBeCloseTo(36, 0);
  });

  it("repeats itself, and gives equal rows where all are equal", async () => {
    expect(await densityPeaks(clouds(), { k: 4, seed: 5 })).toEqual(
      await densityPeaks(clouds(), { k: 4, seed: 5 }),
    );
    const same = { data: new Float64Array(10).fill(7), rows: 5, columns: 2 };
    expect([...(await densityPeaks(same, { k: 2 }))]).toEqual([7, 7, 7, 7]);
  });

  it("names what is wrong", async () => {
    await expect(densityPeaks(clouds(), { k: 601 })).rejects.toThrow(
      new ValueError("densityPeaks: k must be at most the 600 rows looked at, got 601"),
    );
  });
});
