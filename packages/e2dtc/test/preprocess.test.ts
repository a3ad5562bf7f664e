import { describe, expect, it } from "vitest";
import { preprocess, preprocessing } from "../src/ground-truth/preprocess.js";
import { setOf } from "./helpers.js";

const minute = 60_000;

describe("preprocess", () => {
  it("drops points outside the box, then cuts at gaps, then drops short parts, by hand", () => {
    const inside: [number, number] = [116.4, 39.9];
    const outside: [number, number] = [117, 39.9];
    const set = setOf(
      [
        // Leaves for 4 minutes between kept points: one part of 4. Then 6 minutes: another part, of 2.
        [inside, inside, outside, inside, inside, inside, inside],
        [outside, outside],
      ],
      "lonlat",
      [0, 1, 3, 5, 6, 12, 13, 0, 1].map((m) => m * minute),
    );
    const { set: prepared, sources, dropped } = preprocess(set, { ...preprocessing.geoLife, minPoints: 3 });
    expect(prepared.length).toBe(1);
    expect([...prepared.at(0).timesMs!].map((t) => t / minute)).toEqual([0, 1, 5, 6]);
    expect([...sources]).toEqual([0]);
    expect(dropped.outside).toBe(3);
    expect(dropped.shortPoints).toBe(2);
    expect(prepared.pointCount + dropped.outside + dropped.shortPoints).toBe(set.pointCount);
  });

  it("does not cut at exactly five minutes", () => {
    const set = setOf(
      [
        [
          [116.4, 39.9],
          [116.4, 39.9],
        ],
      ],
      "lonlat",
      [0, 5 * minute],
    );
    expect(preprocess(set, { maxGapMs: 5 * minute, minPoints: 2 }).set.length).toBe(1);
    expect(preprocess(set, { maxGapMs: 5 * minute - 1, minPoints: 1 }).set.length).toBe(2);
  });

  it("keeps trips of at least 10 points where nothing else is asked", () => {
    const trip = (points: number) => Array.from({ length: points }, (_, i): [number, number] => [i / 100, 1]);
    const { set, sources, dropped } = preprocess(
      setOf([trip(9), trip(10), trip(0), trip(25)]),
      preprocessing.porto,
    );
    expect([...sources]).toEqual([1, 3]);
    expect(set.pointCount).toBe(35);
    expect(dropped).toEqual({ outside: 0, short: 2, shortPoints: 9 });
  });

  it("names what is wrong", () => {
    const planar = setOf([[[0, 0]]], "planar");
    expect(() => preprocess(planar, preprocessing.geoLife)).toThrow(
      "preprocess: set must be lonlat where a box is given, got planar",
    );
    expect(() => preprocess(planar, { minPoints: 0 })).toThrow(
      "preprocess: minPoints must be a positive integer, got 0",
    );
  });
});
