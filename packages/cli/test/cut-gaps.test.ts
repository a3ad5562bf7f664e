import { TrajectorySet, ValueError } from "@wayweave/geo-core";
import { describe, expect, it } from "vitest";
import { cutAtGaps, cutNotes, parseGap } from "../src/cut-gaps.js";

const points = (...minutes: number[]) => minutes.map((minute, i) => [i, 0, 60_000 * minute]);

describe("--max-gap", () => {
  it("is a number with its unit", () => {
    expect(["90s", "1.5min", "2h"].map((text) => parseGap(text).ms)).toEqual([90_000, 90_000, 7_200_000]);
    for (const wrong of ["5", "0s", "-1min", "five minutes", "min", ""]) {
      expect(() => parseGap(wrong)).toThrow(
        new ValueError(
          `--max-gap must be a time with its unit, such as 90s, 5min or 2h, got ${JSON.stringify(wrong)}`,
        ),
      );
    }
  });

  it("cuts where more time passed, and leaves ids, order and points as they are elsewhere", () => {
    const set = TrajectorySet.fromArrays([points(0, 1, 7, 8, 20), points(0, 5), []], {
      withTimes: true,
      ids: ["van", "bus", "none"],
    }).with({ properties: { fleet: ["a", "b", "c"] } });
    // Gaps of 6 and 12 minutes cut the van's recording twice; a gap of exactly 5 does not cut the bus's.
    const { set: cut, ...counts } = cutAtGaps(set, parseGap("5min"));
    expect(counts).toEqual({ cut: 1, whole: 0 });
    expect(cut.ids).toEqual(["van/0", "van/1", "van/2", "bus", "none"]);
    expect([...cut.offsets]).toEqual([0, 2, 4, 5, 7, 7]);
    expect(Array.from(cut.properties.fleet!)).toEqual(["a", "a", "a", "b", "c"]);
    expect([...cut.coordinates, ...cut.timesMs!]).toEqual([...set.coordinates, ...set.timesMs!]);
    expect(cutAtGaps(set, parseGap("1h"))).toEqual({ set, cut: 0, whole: 0 });
  });

  it("leaves trips whole whose times are missing or go back, and says so", () => {
    const set = TrajectorySet.fromArrays([points(0, Number.NaN, 60), points(60, 0, 61), points(0, 60)], {
      withTimes: true,
    });
    const cut = cutAtGaps(set, parseGap("5min"));
    expect([cut.cut, cut.whole, cut.set.length]).toEqual([1, 2, 4]);
    expect(cutNotes(parseGap("5min"), 3, 4, cut)).toBe(
      "note: --max-gap 5min cuts 1 of 3 trips: 4 now\nnote: 2 trips stay whole, since a point has no time or times go back (--times drop, --order sort)\n",
    );
    expect(cutAtGaps(TrajectorySet.fromArrays([[[0, 0]]]), parseGap("5min")).whole).toBe(1);
  });
});
