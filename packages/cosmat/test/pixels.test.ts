import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { FormatError, ValueError } from "@wayweave/geo-core";
import sharp, { type Color, type Sharp } from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readGray, readPixels } from "../src/images/pixels.js";

const plain = { resize: 8, crop: 4, mean: [0, 0, 0], deviation: [1, 1, 1] } as const;
const orange = { r: 255, g: 128, b: 0 };
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "cosmat-images-"));
});
afterAll(() => rm(folder, { recursive: true }));

function canvas(width: number, height: number, background: Color): Sharp {
  return sharp({ create: { width, height, channels: 3, background } });
}

describe("readPixels", () => {
  it("gives channel after channel, minus the mean, over the deviation", async () => {
    const png = await canvas(5, 9, orange).png().toBuffer();
    const pixels = await readPixels(png, { ...plain, mean: [0.5, 0, 0], deviation: [2, 1, 1] });
    expect(pixels).toHaveLength(3 * 4 * 4);
    expect(pixels[0]).toBeCloseTo((1 - 0.5) / 2, 6);
    expect(pixels[16]).toBeCloseTo(128 / 255, 6);
    expect(pixels[32]).toBe(0);
  });

  it("cuts the middle out of the resized image", async () => {
    // A white frame two pixels wide around 4 × 4 black ones: the crop is all black.
    const inner = await canvas(4, 4, "black").png().toBuffer();
    const png = await canvas(8, 8, "white")
      .composite([{ input: inner, left: 2, top: 2 }])
      .png()
      .toBuffer();
    expect([...(await readPixels(png, plain))].every((value) => value === 0)).toBe(true);
  });

  it("reads CMYK, 16 bits, grey and transparency as 8-bit sRGB", async () => {
    const cmyk = await canvas(16, 16, orange).toColourspace("cmyk").jpeg({ quality: 100 }).toBuffer();
    expect((await sharp(cmyk).metadata()).space).toBe("cmyk");
    const [red, blue] = await readPixels(cmyk, plain).then((p) => [p[0]!, p[32]!]);
    expect(red).toBeGreaterThan(0.9);
    expect(blue).toBeLessThan(0.25); // printing inks have no such orange

    const deep = await canvas(16, 16, orange).toColourspace("rgb16").png().toBuffer();
    expect((await sharp(deep).metadata()).depth).toBe("ushort");
    expect((await readPixels(deep, plain))[16]).toBeCloseTo(128 / 255, 2);

    const gray = await canvas(16, 16, "#808080").toColourspace("b-w").png().toBuffer();
    expect([...new Set(await readPixels(gray, plain))]).toEqual([Math.fround(128 / 255)]);

    const clear = await sharp({
      create: { width: 4, height: 4, channels: 4, background: { ...orange, alpha: 0 } },
    })
      .png()
      .toBuffer();
    expect([...new Set(await readPixels(clear, plain))]).toEqual([1]);
  });

  it("names a file that is truncated, no image, or not there", async () => {
    const noise = { type: "gaussian", mean: 128, sigma: 60 } as const;
    const jpeg = await sharp({ create: { width: 64, height: 64, channels: 3, background: "gray", noise } })
      .jpeg()
      .toBuffer();
    const write = async (name: string, bytes: Uint8Array) => {
      await writeFile(path.join(folder, name), bytes);
      return path.join(folder, name);
    };
    const truncated = await write("cut.jpg", jpeg.subarray(0, jpeg.length / 2));
    const text = await write("text.jpg", Buffer.from("no image at all"));
    const empty = await write("empty.jpg", Buffer.alloc(0));
    for (const file of [truncated, text, empty, path.join(folder, "missing.jpg")]) {
      const error = await readPixels(file).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(FormatError);
      expect(
        (error as Error).message.startsWith(`${path.basename(file)}: must be a whole, readable image`),
      ).toBe(true);
      expect((error as Error).message).not.toContain(folder);
    }
    await expect(readPixels(jpeg.subarray(0, 300))).rejects.toThrow(FormatError);
  });

  it("refuses a crop larger than the image", async () => {
    await expect(readPixels("a.png", { resize: 8, crop: 9 })).rejects.toThrow(
      new ValueError("readPixels: crop must be at most resize (8), got 9"),
    );
  });
});

describe("readGray", () => {
  it("keeps the shape, and makes nothing larger", async () => {
    const png = await canvas(64, 32, "white").png().toBuffer();
    expect(await readGray(png, 16)).toMatchObject({ width: 16, height: 8 });
    const { width, height, data } = await readGray(png, 100);
    expect([width, height, data.length]).toEqual([64, 32, 64 * 32]);
    expect([...new Set(data)]).toEqual([1]);
  });
});
