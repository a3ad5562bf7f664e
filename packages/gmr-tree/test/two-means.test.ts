import { Random } from "@wayweave/geo-core";
import { describe, expect, it } from "vitest";
import { TwoMeans } from "../src/internal/two-means.js";

/** Rows of four floats of space and four of meaning, scattered by 0.1 about the given places on one axis. */
function rowsAt(places: readonly number[], random: Random): Float32Array {
  const rows = new Float32Array(8 * places.length);
  places.forEach((place, i) => {
    for (let j = 0; j < 4; j++) rows[8 * i + j] = 1000 * random.normal();
    for (let j = 4; j < 8; j++) rows[8 * i + j] = 0.1 * random.uniform(-1, 1) + (j === 6 ? place : 0);
  });
  return rows;
}

describe("TwoMeans", () => {
  it("cuts between clusters of unequal sizes, where a median would cut through the larger", () => {
    const random = new Random(1);
    const places = Array.from({ length: 1000 }, () => (random.uniform(0, 1) < 0.25 ? 1 : 0));
    const cut = new TwoMeans(rowsAt(places, random), 8);
    expect(cut.fit(0, 1000)).toBe(true);
    const isLow = places.map((_, i) => cut.isLow(i));
    const nearSide = isLow[places.indexOf(0)]!;
    expect(isLow).toEqual(places.map((place) => (place === 0 ? nearSide : !nearSide)));
  });

  it("leaves about a sixteenth on either side at least: one row far away is not a side", () => {
    const random = new Random(2);
    const places = Array.from({ length: 1000 }, (_, i) => (i === 0 ? 100 : 0));
    const cut = new TwoMeans(rowsAt(places, random), 8);
    expect(cut.fit(0, 1000)).toBe(true);
    const low = places.filter((_, i) => cut.isLow(i)).length;
    // Half of 1000 / 16 = 62: the share is a sample's.
    expect(Math.min(low, 1000 - low)).toBeGreaterThan(31);
  });

  it("finds no cut of equal rows", () => {
    expect(new TwoMeans(new Float32Array(8 * 100).fill(0.5), 8).fit(0, 100)).toBe(false);
  });
});
