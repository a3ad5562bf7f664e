import { describe, expect, it } from "vitest";
import { PathColors } from "../../src/retrieval/path-colors.js";

const [width, height] = [80, 40];
const grid = { columns: 40, rows: 20 };

/** Grey, with a red band four pixels high from row 18 on, as far as column 60. */
function banded() {
  const data = new Uint8Array(3 * width * height).fill(128);
  for (let row = 18; row < 22; row++) {
    for (let column = 0; column < 60; column++) data.set([220, 20, 20], 3 * (row * width + column));
  }
  return new PathColors({ width, height, channels: 3, data }, grid);
}

describe("PathColors", () => {
  it("tells a path along a band of one colour from those beside and across it", () => {
    const colors = banded();
    const along = colors.contrast(Float64Array.of(2, 10, 28, 10)); // cells of two pixels: row 20
    expect(along).toBeGreaterThan(0.95);
    expect(colors.contrast(Float64Array.of(2, 16, 28, 16))).toBe(0);
    expect(colors.contrast(Float64Array.of(10, 2, 10, 18))).toBeLessThan(0.3);
  });

  it("says less of a path that leaves the band: 30 of 38 cells are red", () => {
    expect(banded().contrast(Float64Array.of(1, 10, 39, 10))).toBeCloseTo(29 / 38, 1);
  });

  it("says nothing of a path that the picture does not show", () => {
    expect(banded().contrast(Float64Array.of(-20, -5, -3, -5))).toBe(0);
  });
});
