import { ImageFrame, rasterizePolyline } from "@wayweave/geo-core";
import { describe, expect, it } from "vitest";
import { LineEvidence } from "../../src/retrieval/line-evidence.js";

const side = 64;
const frame = new ImageFrame({ width: side, height: side, extent: [0, 0, side, side], yAxis: "down" });

/** What a perfect reader sees of a line in cells. */
function readingOf(cells: Float64Array) {
  const ink = new Uint8Array(side * side);
  rasterizePolyline(cells, frame, 1.5, ink);
  const line = Float32Array.from(ink, (value) => value / 255);
  return { columns: side, rows: side, line, ends: new Float32Array(side * side) };
}

const line = Float64Array.of(10, 10, 50, 14, 30, 50);
const evidence = new LineEvidence(readingOf(line), [100, 200, 164, 264]);

describe("LineEvidence", () => {
  it("tells cells from positions of the plane: 64 metres over 64 cells, north above", () => {
    expect([...evidence.toCells([110, 254])]).toEqual([10, 10]);
  });

  it("overlaps wholly with its own line and not at all with one elsewhere", () => {
    expect(evidence.overlap(line)).toBeCloseTo(1, 2);
    expect(evidence.overlap(Float64Array.of(5, 55, 20, 60))).toBe(0);
  });

  it("finds back a small move and stretch of the corners", () => {
    const off = line.map((value, i) => 32 + 1.02 * (value - 32) + (i % 2 === 0 ? 1.5 : -1));
    expect(evidence.overlap(off)).toBeLessThan(0.6);
    expect(evidence.overlap(off, evidence.register(off, 0.04))).toBeGreaterThan(0.85);
  });

  it("is cropped where the line reaches the edge", () => {
    expect(evidence.isCropped).toBe(false);
    expect(new LineEvidence(readingOf(Float64Array.of(-5, 30, 40, 30)), [0, 0, 1, 1]).isCropped).toBe(true);
  });

  it("has no shape where no line was read", () => {
    const empty = { columns: 8, rows: 8, line: new Float32Array(64), ends: new Float32Array(64) };
    expect(new LineEvidence(empty, [0, 0, 1, 1]).shape()).toBeUndefined();
  });
});
