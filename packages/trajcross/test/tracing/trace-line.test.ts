import { ImageFrame, rasterizePolyline } from "@wayweave/geo-core";
import { describe, expect, it } from "vitest";
import { traceLine } from "../../src/tracing/trace-line.js";

const side = 64;
const frame = new ImageFrame({ width: side, height: side, extent: [0, 0, side, side], yAxis: "down" });

function traced(...cells: number[]) {
  const ink = new Uint8Array(side * side);
  rasterizePolyline(Float64Array.from(cells), frame, 1.5, ink);
  const line = Float32Array.from(ink, (value) => value / 255);
  const reading = { columns: side, rows: side, line, ends: new Float32Array(side * side) };
  return traceLine(reading, { width: 2 * side, height: 2 * side });
}

describe("traceLine", () => {
  it("follows a line from end to end, in pixels of the picture", () => {
    const { points, confidences } = traced(10, 10, 50, 30);
    const ends = [points.subarray(0, 2), points.subarray(-2)].sort((a, b) => a[0]! - b[0]!);
    for (const [end, [x, y]] of [
      [ends[0]!, [20, 20]],
      [ends[1]!, [100, 60]],
    ] as const) {
      expect(Math.hypot(end[0]! - x, end[1]! - y)).toBeLessThan(5);
    }
    expect(confidences.length).toBe(points.length / 2);
    expect(Math.min(...confidences)).toBeGreaterThanOrEqual(0.4);
    for (let i = 0; i < points.length; i += 2) {
      // y = 5 + x / 2 in cells of two pixels
      expect(Math.abs(points[i + 1]! - (10 + points[i]! / 2))).toBeLessThan(2);
    }
  });

  it("goes straight on where the line crosses itself", () => {
    const { points } = traced(8, 32, 56, 32, 56, 56, 30, 56, 30, 8);
    const ends = [points.subarray(0, 2), points.subarray(-2)].map(
      ([x, y]) => `${Math.round(x! / 10)},${Math.round(y! / 10)}`,
    );
    expect(ends.sort()).toEqual(["2,6", "6,2"]);
  });

  it("is empty where there is no line", () => {
    expect(traced(-5, -5, -4, -4).points).toHaveLength(0);
  });
});
