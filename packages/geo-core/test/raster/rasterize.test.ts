import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planarSegmentDistanceSquared } from "../../src/geometry/segment-distance.js";
import {
  ImageFrame,
  type PlanarExtent,
  rasterizePolyline,
  rasterizeSet,
  TrajectorySet,
} from "../../src/index.js";
import { readGolden } from "../support/golden.js";

const golden = readGolden<{
  images: { size: number; rows: { points: number[][]; thickness: number; area: number[][] }[] };
}>("shapes.json");

/** An image of unit pixels, so that planar and pixel coordinates agree (y down). */
const unitFrame = (width: number, height: number) =>
  new ImageFrame({ width, height, extent: [0, 0, width, height], yAxis: "down" });

function draw(points: number[][], width: number, height: number, thickness: number): number[][] {
  const out = new Float32Array(width * height);
  rasterizePolyline(Float64Array.from(points.flat()), unitFrame(width, height), thickness, out);
  return Array.from({ length: height }, (_, row) => [...out.subarray(row * width, (row + 1) * width)]);
}

/** Ink by definition: no rows or columns skipped, every pixel against every segment. */
function drawBySearch(points: number[][], width: number, height: number, thickness: number): number[] {
  const r = thickness / 2;
  return Array.from({ length: width * height }, (_, pixel) => {
    const x = (pixel % width) + 0.5;
    const y = Math.floor(pixel / width) + 0.5;
    let ink = 0;
    for (let i = 0; i < Math.max(1, points.length - 1); i++) {
      const [ax, ay] = points[i] as [number, number];
      const [bx, by] = (points[i + 1] ?? points[i]) as [number, number];
      const d = Math.sqrt(planarSegmentDistanceSquared(x, y, ax, ay, bx, by));
      ink = Math.max(ink, Math.min(d + 0.5, r) - Math.max(d - 0.5, -r));
    }
    return ink;
  });
}

/** NaN if either has one. */
function largestDifference(a: readonly number[], b: readonly number[]): number {
  expect(a.length).toBe(b.length);
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i]!)), 0);
}

const points = fc.array(
  fc.tuple(fc.double({ min: -20, max: 40, noNaN: true }), fc.double({ min: -20, max: 40, noNaN: true })),
  { minLength: 1, maxLength: 6 },
);
const thickness = fc.double({ min: 0.1, max: 8, noNaN: true });

describe("rasterizePolyline", () => {
  it("inks one row fully where a 1-pixel line runs through its centres", () => {
    expect(
      draw(
        [
          [-5, 1.5],
          [9, 1.5],
        ],
        4,
        3,
        1,
      ),
    ).toEqual([
      [0, 0, 0, 0],
      [1, 1, 1, 1],
      [0, 0, 0, 0],
    ]);
  });

  it("rounds to the nearest byte, in a clamped array too, which rounds what it stores", () => {
    // 0.67 and 0.33 pixels from the centres of the rows: 255 · 0.33 = 84.15, 255 · 0.67 = 170.85.
    for (const out of [new Uint8Array(2), new Uint8ClampedArray(2)]) {
      rasterizePolyline(Float64Array.of(-5, 1.17, 5, 1.17), unitFrame(1, 2), 1, out);
      expect([...out]).toEqual([84, 171]);
    }
  });

  it("shares the ink where the line runs between rows: ½ and ½", () => {
    expect(
      draw(
        [
          [-5, 1],
          [9, 1],
        ],
        2,
        3,
        1,
      ),
    ).toEqual([
      [0.5, 0.5],
      [0.5, 0.5],
      [0, 0],
    ]);
  });

  it("grows with thickness: 2 px through a row's centres is 1 there and ½ on both sides", () => {
    expect(
      draw(
        [
          [-5, 1.5],
          [9, 1.5],
        ],
        1,
        3,
        2,
      ),
    ).toEqual([[0.5], [1], [0.5]]);
    expect(
      draw(
        [
          [-5, 1.5],
          [9, 1.5],
        ],
        1,
        3,
        0.4,
      ).map(([ink]) => ink),
    ).toEqual([0, Math.fround(0.4), 0]);
  });

  it("ends round: 1 px beyond the end of a 3 px line is 1.5 + 0.5 − 1 → full, 1.5 px beyond is ½", () => {
    const [row] = draw(
      [
        [-9, 0.5],
        [2.5, 0.5],
      ],
      6,
      1,
      3,
    );
    // Centres at 2.5 (the end), 3.5, 4.5: distances 0, 1, 2; ink 1, 1, 0.
    expect(row).toEqual([1, 1, 1, 1, 0, 0]);
    expect(
      draw(
        [
          [-9, 0.5],
          [2, 0.5],
        ],
        6,
        1,
        3,
      )[0],
    ).toEqual([1, 1, 1, 0.5, 0, 0]);
  });

  it("draws a dot for a single point, nothing for none", () => {
    expect(draw([[1.5, 1.5]], 3, 3, 1)).toEqual([
      [0, 0, 0],
      [0, 1, 0],
      [0, 0, 0],
    ]);
    expect(draw([], 1, 1, 1)).toEqual([[0]]);
  });

  it("puts maxY in the first row, unless y grows downwards", () => {
    const line = Float64Array.of(0, 9.5, 10, 9.5);
    const bytes = new Uint8Array(100);
    rasterizePolyline(line, new ImageFrame({ width: 10, height: 10, extent: [0, 0, 10, 10] }), 1, bytes);
    expect([bytes[5], bytes[95]]).toEqual([255, 0]);
    bytes.fill(0);
    rasterizePolyline(line, unitFrame(10, 10), 1, bytes);
    expect([bytes[5], bytes[95]]).toEqual([0, 255]);
  });

  it("rounds bytes: ink ½ is 127.5 → 128", () => {
    const bytes = new Uint8Array(2);
    rasterizePolyline(Float64Array.of(-5, 1, 9, 1), unitFrame(1, 2), 1, bytes);
    expect([...bytes]).toEqual([128, 128]);
  });

  it("is the definition, pixel by pixel, however far segments reach outside", () => {
    fc.assert(
      fc.property(points, thickness, (polyline, chosen) => {
        const expected = drawBySearch(polyline, 20, 15, chosen);
        expect(largestDifference(draw(polyline, 20, 15, chosen).flat(), expected)).toBeLessThan(1e-6);
      }),
    );
  });

  it("is the same backwards", () => {
    fc.assert(
      fc.property(points, thickness, (polyline, chosen) => {
        const forwards = draw(polyline, 20, 15, chosen).flat();
        for (const [i, ink] of draw([...polyline].reverse(), 20, 15, chosen)
          .flat()
          .entries()) {
          expect(Math.abs(ink - forwards[i]!)).toBeLessThan(1e-6);
        }
      }),
    );
  });

  it("a window onto the plane shows what the whole picture shows there", () => {
    fc.assert(
      fc.property(points, thickness, fc.nat(10), fc.nat(8), (polyline, chosen, left, top) => {
        const whole = draw(polyline, 20, 15, chosen);
        const part = new Float32Array(6 * 5);
        const extent: PlanarExtent = [left, top, left + 6, top + 5];
        const frame = new ImageFrame({ width: 6, height: 5, extent, yAxis: "down" });
        rasterizePolyline(Float64Array.from(polyline.flat()), frame, chosen, part);
        const expected = whole.slice(top, top + 5).flatMap((row) => row.slice(left, left + 6));
        expect(largestDifference([...part], expected)).toBeLessThan(1e-5);
      }),
    );
  });

  it.each(golden.images.rows)("is near the exact area of the stroke in each pixel, $thickness px", (row) => {
    const { size } = golden.images;
    const inks = draw(row.points, size, size, row.thickness).flat();
    const area = row.area.flat();
    const errors = inks.map((ink, i) => Math.abs(ink - area[i]!)).sort((a, b) => a - b);
    // A window's width is not a square's area, and at a sharp bend the larger of two inks is not their union.
    expect(errors.reduce((a, b) => a + b) / errors.length).toBeLessThan(0.02);
    expect(errors[Math.floor(0.95 * errors.length)]).toBeLessThan(0.13);
    expect(errors[errors.length - 1]).toBeLessThan(0.5);
  });

  it("names what is wrong", () => {
    const frame = unitFrame(2, 2);
    expect(() => rasterizePolyline(Float64Array.of(1), frame, 1, new Uint8Array(4))).toThrow(
      "rasterizePolyline: coordinates must hold pairs, got 1 numbers",
    );
    expect(() => rasterizePolyline(Float64Array.of(1, Number.NaN), frame, 1, new Uint8Array(4))).toThrow(
      "rasterizePolyline: coordinates[1] must be finite, got NaN",
    );
    expect(() => rasterizePolyline(Float64Array.of(1, 1), frame, 0, new Uint8Array(4))).toThrow(
      "rasterizePolyline: thicknessPixels must be a positive finite number, got 0",
    );
    expect(() => rasterizePolyline(Float64Array.of(1, 1), frame, 1, new Uint8Array(4), 1)).toThrow(
      "rasterizePolyline: out must hold at least 5 pixels, got 4",
    );
  });
});

describe("rasterizeSet", () => {
  const set = TrajectorySet.fromArrays(
    [
      [
        [0, 0],
        [4, 4],
      ],
      [
        [1, 3],
        [2, 1],
        [3, 3],
      ],
    ],
    { coordinateSystem: "planar" },
  );

  it("draws each as rasterizePolyline does, with its own extent and thickness, over old contents", () => {
    const extents = Float64Array.of(0, 0, 4, 4, -1, -1, 6, 6);
    const out = new Uint8Array(3 * 64).fill(9);
    const options = { width: 8, height: 8, extents, thicknessPixels: [1, 2.5], indices: [1, 0] };
    expect(rasterizeSet(set, options, out)).toBe(2);
    for (const [image, index] of [1, 0].entries()) {
      const expected = new Uint8Array(64);
      const extent = [...extents.subarray(4 * image, 4 * image + 4)] as unknown as PlanarExtent;
      const frame = new ImageFrame({ width: 8, height: 8, extent });
      rasterizePolyline(set.at(index).coordinates, frame, options.thicknessPixels[image]!, expected);
      expect([...out.subarray(64 * image, 64 * image + 64)]).toEqual([...expected]);
    }
    expect(out[128]).toBe(9); // beyond the images asked for
  });

  it("names what is wrong", () => {
    const base = { width: 2, height: 2, extents: [0, 0, 1, 1] as const, thicknessPixels: 1 };
    const out = new Uint8Array(8);
    expect(() => rasterizeSet(set, base, new Uint8Array(7))).toThrow(
      "rasterizeSet: out must hold at least 8 pixels, got 7",
    );
    expect(() => rasterizeSet(set, { ...base, extents: [0, 0, 0, 1] }, out)).toThrow(
      "rasterizeSet: extent 0 must be [minX, minY, maxX, maxY] with minX < maxX and minY < maxY, got [0, 0, 0, 1]",
    );
    expect(() => rasterizeSet(set, { ...base, extents: new Float64Array(4) }, out)).toThrow(
      "rasterizeSet: extents must have length 8 (4 × 2 images), got 4",
    );
    expect(() => rasterizeSet(set, { ...base, thicknessPixels: [1] }, out)).toThrow(
      "rasterizeSet: thicknessPixels must have length 2, got 1",
    );
    expect(() => rasterizeSet(set, { ...base, indices: [2] }, out)).toThrow(
      "rasterizeSet: indices must be integers in [0, 2), got 2",
    );
    expect(() => rasterizeSet(TrajectorySet.fromArrays([[[0, 0]]]), base, out)).toThrow(
      "rasterizeSet: set must be planar (see projectSet), got lonlat",
    );
  });
});

describe("ImageFrame", () => {
  const frame = new ImageFrame({ width: 64, height: 32, extent: [10, 20, 26, 28] });

  it("maps corners and pixel centres: 16 m over 64 px is ¼ m a pixel", () => {
    expect(frame.toPixel([10, 28])).toEqual([0, 0]);
    expect(frame.toPixel([26, 20])).toEqual([64, 32]);
    expect(frame.toPosition([0.5, 0.5])).toEqual([10.125, 27.875]);
    expect(
      new ImageFrame({ width: 64, height: 32, extent: [10, 20, 26, 28], yAxis: "down" }).toPixel([10, 20]),
    ).toEqual([0, 0]);
  });

  it("toPosition ∘ toPixel is the identity", () => {
    const position = fc.tuple(
      fc.double({ min: -100, max: 100, noNaN: true }),
      fc.double({ min: -100, max: 100, noNaN: true }),
    );
    fc.assert(
      fc.property(position, fc.constantFrom("up" as const, "down" as const), ([x, y], yAxis) => {
        const any = new ImageFrame({ width: 64, height: 32, extent: [10, 20, 26, 28], yAxis });
        const back = any.toPosition(any.toPixel([x, y]));
        expect(back[0]).toBeCloseTo(x, 9);
        expect(back[1]).toBeCloseTo(y, 9);
      }),
    );
  });

  it("names what is wrong", () => {
    expect(() => new ImageFrame({ width: 0, height: 1, extent: [0, 0, 1, 1] })).toThrow(
      "ImageFrame: width must be a positive integer, got 0",
    );
    expect(() => new ImageFrame({ width: 1, height: 1, extent: [0, 0, 0, 1] })).toThrow(
      "ImageFrame: extent must be [minX, minY, maxX, maxY] with minX < maxX and minY < maxY, got [0, 0, 0, 1]",
    );
  });
});
