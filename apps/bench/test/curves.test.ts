import { describe, expect, it } from "vitest";
import { type CurvePanel, curvesPicture } from "../src/report/pictures/curves.js";

const panel: CurvePanel = {
  title: "Porto & co",
  xLabel: "trips",
  yLabel: "seconds",
  curves: [
    {
      name: "E2DTC",
      points: [
        { x: 1000, y: 1 },
        { x: 4000, y: 4 },
      ],
    },
    {
      name: "DTW",
      points: [
        { x: 1000, y: 20 },
        { x: 4000, y: 300, isEstimate: true },
      ],
    },
  ],
};

describe("curvesPicture", () => {
  it("draws a panel each, one key, and estimates hollow", () => {
    const svg = curvesPicture({
      title: "times",
      panels: [panel, { ...panel, title: "second" }],
      isLogX: true,
      isLogY: true,
    });
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" viewBox="0 0 704 314"/);
    expect(svg).toContain("Porto &amp; co");
    expect(svg).not.toContain("NaN");
    expect(svg.match(/<circle /g)?.length).toBe(8);
    expect(svg.match(/<g [^>]*fill="none"[^>]*><circle /g)?.length).toBe(2);
    expect(svg.match(/>E2DTC<\/text>/g)?.length).toBe(1);
  });

  it("says what is wrong with its input", () => {
    expect(() => curvesPicture({ title: "none", panels: [] })).toThrow("panels must not be empty, got 0");
    const curves = Array.from({ length: 9 }, (_, i) => ({ name: `${i}`, points: [] }));
    expect(() => curvesPicture({ title: "many", panels: [{ ...panel, curves }] })).toThrow(
      "curvesPicture: curves must be at most 8, got 9",
    );
  });
});
