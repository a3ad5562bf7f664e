import { Pace, TrajectorySet } from "@wayweave/geo-core";
import { describe, expect, it } from "vitest";
import { byEnds } from "../../src/retrieval/candidates.js";
import { LineEnds } from "../../src/retrieval/line-ends.js";
import { LineEvidence } from "../../src/retrieval/line-evidence.js";
import { TrackIndex } from "../../src/retrieval/track-index.js";

const [columns, rows] = [32, 24];
/** No line was read, but an end at (10, 8), quite sure, and one at (25, 15), less sure. */
const ends = new Float32Array(columns * rows);
ends[8 * columns + 10] = 0.9;
ends[15 * columns + 25] = 0.6;
const reading = { columns, rows, line: new Float32Array(columns * rows), ends };

describe("LineEnds", () => {
  const read = new LineEnds(reading);

  it("sees an end within two cells, none farther away, and cannot tell at the edge and outside", () => {
    expect(read.at(10.5, 8.5)).toBeCloseTo(0.9, 6);
    expect(read.at(12.5, 6.5)).toBeCloseTo(0.9, 6);
    expect(read.at(13.5, 8.5)).toBe(0);
    expect(read.at(2.9, 8)).toBe(-1);
    expect(read.at(40, 8)).toBe(-1);
  });

  it("adds up what is seen and what is missed over the ends that the picture shows", () => {
    expect(read.fit(Float64Array.of(10, 8, 15, 12, 25, 15))).toEqual({
      seen: expect.closeTo(1.5, 5),
      missed: expect.closeTo(0.5, 5),
    });
    expect(read.fit(Float64Array.of(10, 8, -5, -5))).toEqual({
      seen: expect.closeTo(0.9, 5),
      missed: expect.closeTo(0.1, 5),
    });
  });

  it("finds tracks by their ends where no line is read, in either direction", async () => {
    const tracks = TrajectorySet.fromArrays(
      [
        [
          [10, 16],
          [20, 20],
          [12, 2],
        ], // starts at an end, ends elsewhere
        [
          [25, 9],
          [12, 20],
          [10, 16],
        ],
        [
          [10, 16],
          [25, 9],
        ],
      ],
      { coordinateSystem: "planar" },
    );
    const index = await TrackIndex.build(tracks, { pace: new Pace() });
    // A unit of the plane is a cell, and up is up: row 8 is y = 24 − 8.
    const found = byEnds(new LineEvidence(reading, [0, 0, columns, rows]), index, 5);
    expect([...found].sort()).toEqual([1, 2]);
  });
});
