import { FormatError, TrajectorySet } from "@wayweave/geo-core";
import { describe, expect, it } from "vitest";
import { parseCvrr } from "../src/datasets/routes.js";
import { everySecond, rankOf, similarity } from "../src/experiments/e2dtc/similarity.js";

describe("parseCvrr", () => {
  it("reads tracks row by row, and numbers their labels by value", () => {
    const { set, labels } = parseCvrr("id,x,y,label\n0,1,2,10\n0,3,4,10\n7,5,6.5,9\n", "x.csv");
    expect([set.length, set.pointCount]).toEqual([2, 3]);
    expect([...set.at(1).coordinates]).toEqual([5, 6.5]);
    expect([...labels]).toEqual([1, 0]);
  });

  it("names a broken row by file and line", () => {
    expect(() => parseCvrr("id,x,y,label\n0,1,2,1\n0,1,,1\n", "x.csv")).toThrow(FormatError);
    expect(() => parseCvrr("id,x,y,label\n0,1,2,1\n0,1\n", "x.csv")).toThrow(/x\.csv.*3/);
  });
});

describe("e2dtc/similarity", () => {
  it("splits trips into their even and odd points; one point stays", () => {
    const set = TrajectorySet.fromArrays(
      [
        [
          [0, 0],
          [1, 0],
          [2, 0],
        ],
        [[9, 9]],
      ],
      { coordinateSystem: "planar" },
    );
    const [even, odd] = [everySecond(set, 0), everySecond(set, 1)];
    expect([...even.at(0).coordinates]).toEqual([0, 0, 2, 0]);
    expect([...odd.at(0).coordinates]).toEqual([1, 0]);
    expect([...odd.at(1).coordinates]).toEqual([9, 9]);
  });

  it("ranks the twin: two nearer ones and one as near make 3.5", () => {
    expect(rankOf([0.1, 0.2, 0.5, 0.5, 0.9], 2)).toBe(3.5);
    expect(rankOf([0, 1, 2], 0)).toBe(1);
  });

  it("scores ranks and found neighbours", () => {
    const scored = similarity.score({
      ranks: Float64Array.of(1, 11, 3, 5),
      dtwHits: Uint32Array.of(10, 5, 5, 0),
      frechetHits: Uint32Array.of(0, 0, 0, 0),
      searchCpuMs: 8,
      galleryCpuMs: 3,
    });
    expect(scored).toEqual({
      meanRank: 5,
      recall10: 0.75,
      dtwHits10: 0.5,
      frechetHits10: 0,
      cpuMs: 2,
      buildMs: 3,
    });
  });
});
