import { ImageFrame, Random, rasterizePolyline } from "@wayweave/geo-core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { renderImages } from "../src/data/images.js";
import { Canvas } from "../src/maps/canvas.js";
import { ColorSeparation } from "../src/maps/color-separation.js";
import { jpegArtefacts } from "../src/maps/jpeg-artefacts.js";
import { colorDistance, drawLineColor, drawPalette } from "../src/maps/palette.js";
import { RenderComparer } from "../src/retrieval/render-comparer.js";
import { walks } from "./walks.js";

describe("renderImages in colour", () => {
  const set = walks(12);
  const maps = renderImages(set, new Random(1), { size: 32, channels: 3 });

  it("is deterministic by seed, and draws the same line in the same extents as in grey", () => {
    expect(renderImages(set, new Random(1), { size: 32, channels: 3 })).toEqual(maps);
    expect(maps.extents).toEqual(renderImages(set, new Random(1), { size: 32 }).extents);
    expect(renderImages(set, new Random(2), { size: 32, channels: 3 }).pixels).not.toEqual(maps.pixels);
  });

  it("draws black on white where no map is asked for: the grey image, inverted", () => {
    const grey = renderImages(set, new Random(1), { size: 32 });
    const plain = renderImages(set, new Random(1), { size: 32, channels: 3, mapShare: 0 });
    expect(plain.pixels).toEqual(
      Uint8Array.from({ length: 3 * grey.pixels.length }, (_, i) => 255 - grey.pixels[Math.floor(i / 3)]!),
    );
  });

  it("mixes maps and plain drawings", () => {
    const { pixels } = renderImages(walks(200), new Random(1), { size: 16, channels: 3, mapShare: 0.3 });
    const isPlain = Array.from({ length: 200 }, (_, i) =>
      pixels.subarray(768 * i, 768 * (i + 1)).every((value, j, all) => value === all[j - (j % 3)]),
    );
    const maps = 200 - isPlain.filter(Boolean).length;
    expect(maps).toBeGreaterThan(40); // 60 ± 6.5 expected
    expect(maps).toBeLessThan(80);
  });

  it("can be compared without knowing the line's colour", () => {
    const comparer = new RenderComparer(set, maps);
    const hits = Array.from(
      { length: set.length },
      (_, image) =>
        comparer.rerank(
          { image },
          set.offsets.slice(0, 12).map((_, i) => i),
        )[0] === image,
    );
    expect(hits.filter(Boolean).length).toBeGreaterThanOrEqual(11);
    const back = Array.from({ length: set.length }, (_, trajectory) =>
      comparer.distance(trajectory, trajectory),
    );
    expect(Math.min(...back)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...back)).toBeLessThan(1);
  });

  it("names what is wrong", () => {
    expect(() => renderImages(set, new Random(1), { channels: 2 as 3 })).toThrow(
      "renderImages: channels must be 1 or 3, got 2",
    );
    expect(() => renderImages(set, new Random(1), { channels: 3, mapShare: 2 })).toThrow(
      /renderImages: mapShare must be/,
    );
  });
});

describe("Canvas", () => {
  it("fills polygons by their area", () => {
    const canvas = new Canvas(8);
    canvas.fill([0, 0, 0]);
    canvas.polygon(Float64Array.of(1, 1, 5.5, 1, 5.5, 3, 1, 3)); // 4.5 × 2
    canvas.paint([255, 255, 255]);
    const red = canvas.rgb.filter((_, i) => i % 3 === 0);
    expect(red.reduce((a, b) => a + b, 0) / 255).toBeCloseTo(9, 1);
    expect(red[1 * 8 + 5]! / 255).toBeCloseTo(0.5, 2);
  });

  it("paints with opacity, once, whatever overlaps", () => {
    const canvas = new Canvas(4);
    canvas.fill([0, 0, 0]);
    for (let i = 0; i < 2; i++) canvas.polygon(Float64Array.of(0, 0, 4, 0, 4, 4, 0, 4));
    canvas.paint([200, 100, 0], 0.5);
    expect([...canvas.rgb.subarray(0, 3)]).toEqual([100, 50, 0]);
    canvas.paint([255, 255, 255]); // the mask is empty again
    expect([...canvas.rgb.subarray(0, 3)]).toEqual([100, 50, 0]);
  });
});

describe("jpegArtefacts", () => {
  const picture = () => Float32Array.from({ length: 3 * 20 * 20 }, (_, i) => (i * 7919) % 256);
  const error = (quality: number) => {
    const [before, after] = [picture(), picture()];
    jpegArtefacts(after, 20, quality);
    return Math.sqrt(after.reduce((sum, value, i) => sum + (value - before[i]!) ** 2, 0) / after.length);
  };

  it("changes little at the highest quality, and more the lower it is", () => {
    expect(error(99)).toBeLessThan(2);
    expect(error(80)).toBeGreaterThan(error(99));
    expect(error(40)).toBeGreaterThan(error(80));
  });

  it("keeps a picture of one colour", () => {
    const flat = Float32Array.from({ length: 192 }, (_, i) => [200, 100, 50][i % 3]!);
    jpegArtefacts(flat, 8, 90);
    // The mean of a block is kept to half a step of the coarsest DC quantiser: 17 · 0.2 / 2 / 8 ≈ 0.25, times 1.772.
    flat.forEach((value, i) => {
      expect(Math.abs(value - [200, 100, 50][i % 3]!)).toBeLessThan(1);
    });
  });
});

describe("drawLineColor", () => {
  it("can be told from the map by eye", () => {
    for (let seed = 0; seed < 100; seed++) {
      const random = new Random(seed);
      const palette = drawPalette(random);
      expect(colorDistance(drawLineColor(random, palette), palette.land)).toBeGreaterThan(60);
    }
  });
});

describe("ColorSeparation", () => {
  const frame = new ImageFrame({ width: 16, height: 16, extent: [0, 0, 16, 16] });
  const drawn = (...coordinates: number[]) => {
    const mask = new Uint8Array(256);
    rasterizePolyline(Float64Array.from(coordinates), frame, 2, mask);
    return mask;
  };

  it("explains a line of one colour on another entirely, and nothing of an empty or a full shape", () => {
    const line = drawn(2, 3, 12, 9);
    const rgb = Uint8Array.from({ length: 768 }, (_, i) => 255 - line[Math.floor(i / 3)]!);
    const separation = new ColorSeparation(rgb);
    expect(separation.explained(line)).toBeGreaterThan(0.98);
    expect(separation.explained(drawn(2, 12, 12, 3))).toBeLessThan(0.3);
    expect(separation.explained(new Uint8Array(256))).toBe(0);
    expect(separation.explained(new Uint8Array(256).fill(255))).toBe(0);
  });

  it("is the R² of least squares: unchanged when the colours are exchanged or inverted", () => {
    fc.assert(
      fc.property(fc.nat({ max: 1000 }), (seed) => {
        const random = new Random(seed);
        const rgb = Uint8Array.from({ length: 768 }, () => random.integer(256));
        const exchanged = rgb.map((_, i) => 255 - rgb[i - (i % 3) + ((i + 1) % 3)]!);
        const line = drawn(
          random.uniform(0, 16),
          random.uniform(0, 16),
          random.uniform(0, 16),
          random.uniform(0, 16),
        );
        const explained = new ColorSeparation(rgb).explained(line);
        expect(explained).toBeGreaterThanOrEqual(0);
        expect(explained).toBeLessThanOrEqual(1);
        // The ridge makes it inexact.
        expect(new ColorSeparation(exchanged).explained(line)).toBeCloseTo(explained, 1);
      }),
      { numRuns: 20 },
    );
  });
});
