import { Random, ShapeError } from "@wayweave/geo-core";
import { describe, expect, it } from "vitest";
import { cca, gram, pivotWhitening, prepareCca, timesTransposed } from "../src/index.js";

const random = new Random(1);
const matrix = (rows: number, columns: number) => ({
  rows,
  columns,
  data: Float64Array.from({ length: rows * columns }, () => random.normal()),
});

describe("pivotWhitening", () => {
  it("whitens its pivots, of which there are as many as the matrix has rank", () => {
    // 8 points of 3 dimensions: their Gram matrix has rank 3
    const a = gram(matrix(8, 3));
    const { pivots, whitening } = pivotWhitening(a);
    expect(pivots).toHaveLength(3);
    const inner = {
      rows: 3,
      columns: 3,
      data: Float64Array.from(
        { length: 9 },
        (_, i) => a.data[pivots[Math.floor(i / 3)]! * 8 + pivots[i % 3]!]!,
      ),
    };
    timesTransposed(timesTransposed(whitening, inner), whitening).data.forEach((value, i) => {
      expect(value).toBeCloseTo(i % 4 === 0 ? 1 : 0, 10);
    });
    // W·k of all rows: their dot products are the matrix
    const kernel = {
      rows: 8,
      columns: 3,
      data: Float64Array.from({ length: 24 }, (_, i) => a.data[Math.floor(i / 3) * 8 + pivots[i % 3]!]!),
    };
    const coordinates = timesTransposed(kernel, whitening);
    timesTransposed(coordinates, coordinates).data.forEach((value, i) => {
      expect(value).toBeCloseTo(a.data[i]!, 10);
    });
    expect(() => pivotWhitening(matrix(2, 3))).toThrow(
      new ShapeError("pivotWhitening: matrix must be square, got [2, 3]"),
    );
  });
});

describe("prepareCca", () => {
  it("gives what cca gives, for every option", () => {
    for (const columns of [5, 40]) {
      const [x, y] = [matrix(30, columns), matrix(30, 4)];
      const fit = prepareCca(x, y);
      for (const options of [
        { components: 4, ridge: 0.1 },
        { components: 2, ridge: 10 },
        { components: 1, ridge: 0.1 },
      ]) {
        expect(fit(options)).toEqual(cca(x, y, options));
      }
    }
    expect(() => prepareCca(matrix(4, 2), matrix(4, 2))({ components: 3 })).toThrow(
      /components must be in \[1, 2\], got 3/,
    );
  });
});
