import { describe, expect, it } from "vitest";
import { scatterPicture } from "../src/report/pictures/scatter.js";

const panel = { title: "DTW & Co", positions: [0, 0, 10, 0, 10, 5], labels: [0, 1, 1] };

describe("scatterPicture", () => {
  it("draws one SVG element with a dot a point and a title a panel", () => {
    const svg = scatterPicture({ title: "maps", panels: [panel, { ...panel, title: "L2" }] });
    expect(svg).toMatch(/^<svg [^>]*xmlns="http:\/\/www.w3.org\/2000\/svg"/);
    expect(svg).toMatch(/^<svg [^>]*viewBox="0 0 424 246"/);
    expect(svg.match(/<circle /g)?.length).toBe(6);
    expect(svg).toContain("DTW &amp; Co");
    expect(svg).toContain(">L2<");
    expect(svg).not.toMatch(/\d\.\d{3}/);
  });

  it("gives a label the same colour everywhere, and others another", () => {
    const svg = scatterPicture({ title: "maps", panels: [panel] });
    const fills = [...svg.matchAll(/<circle [^>]*fill="(#\w+)"/g)].map(([, fill]) => fill);
    expect(fills[1]).toBe(fills[2]);
    expect(fills[0]).not.toBe(fills[1]);
  });

  it("draws points that all coincide in the middle", () => {
    const svg = scatterPicture({
      title: "one",
      panels: [{ title: "p", positions: [7, 7, 7, 7], labels: [0, 1] }],
    });
    expect(svg).not.toContain("NaN");
    expect(svg.match(/<circle /g)?.length).toBe(2);
  });

  it("says what is wrong with its input", () => {
    expect(() => scatterPicture({ title: "none", panels: [] })).toThrow(
      "scatterPicture: panels must not be empty, got 0",
    );
    expect(() => scatterPicture({ title: "odd", panels: [{ ...panel, positions: [1, 2, 3] }] })).toThrow(
      'scatterPicture: panel "DTW & Co" must have 2 coordinates for each of 3 labels, got 3',
    );
  });
});
