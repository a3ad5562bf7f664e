import { Random, ShapeError, ValueError } from "@wayweave/geo-core";
import fc from "fast-check";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { BagOfVisualWords } from "../src/images/bag-of-visual-words.js";
import { Codebook } from "../src/images/codebook.js";
import { denseSift } from "../src/images/dense-sift.js";
import type { GrayImage } from "../src/images/pixels.js";

function image(width: number, height: number, value: (x: number, y: number) => number): GrayImage {
  const data = Float32Array.from({ length: width * height }, (_, i) =>
    value(i % width, Math.floor(i / width)),
  );
  return { width, height, data };
}

/** Sum over cells of each of the eight orientations. */
function orientations(descriptor: Float32Array): number[] {
  return Array.from({ length: 8 }, (_, o) => {
    let sum = 0;
    for (let cell = 0; cell < 16; cell++) sum += descriptor[cell * 8 + o]!;
    return sum;
  });
}

describe("denseSift", () => {
  it("sees a ramp as one orientation in all cells", () => {
    // Brightness grows to the right: every gradient points at 0°, so 16 equal entries of 1/√16.
    const { count, data } = denseSift(image(16, 16, (x) => x / 16));
    expect(count).toBe(1);
    // .25 is cut to .2, and all 16 are scaled back to .25.
    for (let cell = 0; cell < 16; cell++) {
      // The outermost columns have one-sided differences, half the size.
      expect(data[cell * 8]).toBeGreaterThan(0.2);
      for (let o = 1; o < 8; o++) expect(data[cell * 8 + o]).toBeCloseTo(0, 6);
    }
  });

  it("turns by a quarter when the image does", () => {
    // Upwards brighter to the right is orientation 0, brighter downwards orientation 2 of 8.
    const [right, down] = [image(16, 16, (x) => x / 16), image(16, 16, (_, y) => y / 16)].map((ramp) =>
      orientations(denseSift(ramp).data),
    ) as [number[], number[]];
    expect(right.indexOf(Math.max(...right))).toBe(0);
    expect(down.indexOf(Math.max(...down))).toBe(2);
  });

  it("counts descriptors by step, and leaves flat patches out", () => {
    const noise = new Random(1);
    // (40 − 16) / 8 + 1 = 4 across, (24 − 16) / 8 + 1 = 2 down
    expect(denseSift(image(40, 24, () => noise.next())).count).toBe(8);
    expect(denseSift(image(40, 24, () => 0.5)).count).toBe(0);
    expect(denseSift(image(15, 40, () => noise.next())).count).toBe(0);
  });

  it("law: descriptors have length 1 and do not change with brightness and contrast", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1000 }),
        fc.double({ min: 0.3, max: 1, noNaN: true }),
        (seed, contrast) => {
          const random = new Random(seed);
          const values = Float32Array.from({ length: 256 }, () => random.next());
          const plain = denseSift({ width: 16, height: 16, data: values }).data;
          const other = denseSift({
            width: 16,
            height: 16,
            data: values.map((v) => 0.2 + contrast * v),
          }).data;
          expect(Math.hypot(...plain)).toBeCloseTo(1, 5);
          plain.forEach((value, i) => {
            expect(other[i]).toBeCloseTo(value, 4);
          });
        },
      ),
      { numRuns: 30 },
    );
  });

  it("refuses data of another size", () => {
    expect(() => denseSift({ width: 4, height: 4, data: new Float32Array(15) })).toThrow(
      new ShapeError("denseSift: image.data must have length 16, got 15"),
    );
  });
});

describe("Codebook", () => {
  /** Three clusters around 0, 10 and 20. */
  function clusters(): { rows: number; columns: number; data: Float32Array } {
    const random = new Random(2);
    const data = Float32Array.from(
      { length: 300 },
      (_, i) => 10 * (Math.floor(i / 2) % 3) + random.normal() / 10,
    );
    return { rows: 150, columns: 2, data };
  }

  it("finds the centres of clusters", async () => {
    const { centers } = await Codebook.fit(clusters(), { words: 3, seed: 1 });
    const means = [0, 2, 4].map((i) => centers.data[i]!).sort((a, b) => a - b);
    [0, 10, 20].forEach((mean, i) => {
      expect(Math.abs(means[i]! - mean)).toBeLessThan(0.1);
    });
  });

  it("law: the nearest word is the nearest", async () => {
    const codebook = await Codebook.fit(clusters(), { words: 7, seed: 3 });
    const number = fc.double({ min: -5, max: 25, noNaN: true });
    fc.assert(
      fc.property(number, number, (x, y) => {
        const word = codebook.nearest({ rows: 1, columns: 2, data: Float64Array.of(x, y) })[0]!;
        const distance = (w: number) =>
          Math.hypot(codebook.centers.data[2 * w]! - x, codebook.centers.data[2 * w + 1]! - y);
        const least = Math.min(...Array.from({ length: 7 }, (_, w) => distance(w)));
        expect(distance(word)).toBeCloseTo(least, 6);
      }),
    );
  });

  it("makes histograms that add up to 1, and zero of nothing", () => {
    const codebook = new Codebook({ rows: 2, columns: 1, data: Float32Array.of(0, 1) });
    expect([...codebook.histogram({ rows: 4, columns: 1, data: Float32Array.of(0.1, 0.9, 2, 0.6) })]).toEqual(
      [0.25, 0.75],
    );
    expect([...codebook.histogram({ rows: 0, columns: 1, data: new Float32Array(0) })]).toEqual([0, 0]);
  });

  it("refuses more words than descriptors, unknown options, and stops", async () => {
    const two = { rows: 2, columns: 1, data: Float32Array.of(1, 2) };
    await expect(Codebook.fit(two, { words: 3 })).rejects.toThrow(
      new ValueError("Codebook.fit: words must be at most the descriptors' number (2), got 3"),
    );
    await expect(Codebook.fit(two, { word: 2 } as never)).rejects.toThrow(
      new ValueError('Codebook.fit: unknown option "word"; did you mean "words"?'),
    );
    await expect(Codebook.fit(two, { words: 1, signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
  });
});

describe("BagOfVisualWords", () => {
  /** Stripes across or down. */
  async function stripes(horizontal: boolean, period: number): Promise<Buffer> {
    const raw = Buffer.from(
      Array.from({ length: 64 * 64 }, (_, i) => {
        const place = horizontal ? Math.floor(i / 64) : i % 64;
        return Math.round(127 + 120 * Math.sin((2 * Math.PI * place) / period));
      }),
    );
    return sharp(raw, { raw: { width: 64, height: 64, channels: 1 } })
      .png()
      .toBuffer();
  }

  it("tells stripes across from stripes down", async () => {
    const images = await Promise.all([
      stripes(true, 12),
      stripes(false, 12),
      stripes(true, 14),
      stripes(false, 14),
    ]);
    const words = await BagOfVisualWords.fit(images, { codebook: { words: 8, seed: 1 } });
    const { data } = await words.transform(images);
    const overlap = (i: number, j: number) => {
      let sum = 0;
      for (let w = 0; w < 8; w++) sum += Math.min(data[i * 8 + w]!, data[j * 8 + w]!);
      return sum;
    };
    expect(overlap(0, 1)).toBe(0);
    expect(overlap(0, 2)).toBeGreaterThan(overlap(0, 3));
  });

  it("gives an image without structure zeros, and refuses to learn of such images alone", async () => {
    const flat = await sharp({ create: { width: 32, height: 32, channels: 3, background: "red" } })
      .png()
      .toBuffer();
    const words = await BagOfVisualWords.fit([await stripes(true, 12)], { codebook: { words: 2 } });
    expect([...(await words.transform([flat])).data]).toEqual([0, 0]);
    await expect(BagOfVisualWords.fit([flat])).rejects.toThrow(
      new ValueError(
        "BagOfVisualWords.fit: the images must have at least one patch that is not flat, got none",
      ),
    );
  });
});
