import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { shownPicture } from "../../src/cli/shown-picture.js";
import { orientationOf, upright } from "../../src/node/orientation.js";
import type { PictureKind } from "../../src/node/picture-kind.js";
import { readPicture } from "../../src/node/read-picture.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "orientation-"));
});
afterAll(() => rm(folder, { recursive: true }));

const [width, height] = [48, 32];
/** Sixteen-pixel blocks of three by two colours, so that every way of turning and mirroring is another picture. */
const colors = [
  [250, 20, 20],
  [20, 250, 20],
  [20, 20, 250],
  [240, 240, 20],
  [20, 240, 240],
  [90, 90, 90],
] as const;
const pixels = Uint8Array.from({ length: 3 * width * height }, (_, i) => {
  const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
  return colors[Math.floor(x / 16) + 3 * Math.floor(y / 16)]![i % 3]!;
});

function file(kind: PictureKind | "tiff", orientation: number): Promise<Uint8Array> {
  const picture = sharp(pixels, { raw: { width, height, channels: 3 } }).withMetadata({ orientation });
  if (kind === "webp") return picture.webp({ lossless: true }).toBuffer();
  return kind === "avif" ? picture.avif({ quality: 90 }).toBuffer() : picture[kind]().toBuffer();
}

/** Colours of the middles of blocks of sixteen pixels, row by row, by their place in {@link colors}. */
function blocksOf(picture: { width: number; height: number; data: Uint8Array }): number[] {
  const blocks: number[] = [];
  for (let y = 8; y < picture.height; y += 16) {
    for (let x = 8; x < picture.width; x += 16) {
      const at = 3 * (y * picture.width + x);
      const far = colors.map((own) =>
        own.reduce((sum, value, c) => sum + Math.abs(value - picture.data[at + c]!), 0),
      );
      blocks.push(far.indexOf(Math.min(...far)));
    }
  }
  return blocks;
}

/** As the EXIF standard draws them; the file's rows are 0 1 2 and 3 4 5. */
const shown: readonly (readonly number[])[] = [
  [0, 1, 2, 3, 4, 5],
  [2, 1, 0, 5, 4, 3],
  [5, 4, 3, 2, 1, 0],
  [3, 4, 5, 0, 1, 2],
  [0, 3, 1, 4, 2, 5],
  [3, 0, 4, 1, 5, 2],
  [5, 2, 4, 1, 3, 0],
  [2, 5, 1, 4, 0, 3],
];

describe("readPicture gives pictures upright", () => {
  for (const kind of ["jpeg", "png", "webp", "avif", "tiff"] as const) {
    it.each([1, 2, 3, 4, 5, 6, 7, 8])(`${kind} of orientation %i`, async (orientation) => {
      const name = path.join(folder, `${kind}${orientation}.${kind}`);
      await writeFile(name, await file(kind, orientation));
      const picture = await readPicture(name);
      expect([picture.width, picture.height]).toEqual(orientation < 5 ? [48, 32] : [32, 48]);
      expect(blocksOf(picture)).toEqual(shown[orientation - 1]);
    });
  }

  it("with the corners of the upright picture", async () => {
    const name = path.join(folder, "turned.jpg");
    await writeFile(name, await file("jpeg", 6));
    // Half a degree a pixel; the middle of the upper left one at 10.25, 49.75: 32 across and 48 down.
    await writeFile(path.join(folder, "turned.jgw"), "0.5\n0\n0\n-0.5\n10.25\n49.75\n");
    expect((await readPicture(name)).bounds).toEqual([10, 26, 26, 50]);
  });

  it("as every pixel of sharp's, for all orientations", async () => {
    for (let orientation = 1; orientation <= 8; orientation++) {
      const bytes = await file("png", orientation);
      const { data } = await sharp(bytes).autoOrient().raw().toBuffer({ resolveWithObject: true });
      const own = upright({ width, height, data: pixels, channels: 3 }, orientationOf(bytes, "png"));
      expect(Buffer.compare(own.data, data)).toBe(0);
    }
  });
});

describe("orientationOf", () => {
  it("is 1 where a file says none, or ends within what says it", async () => {
    const whole = await file("jpeg", 6);
    expect(orientationOf(whole, "jpeg")).toBe(6);
    const plain = await sharp(pixels, { raw: { width, height, channels: 3 } })
      .jpeg()
      .toBuffer();
    expect(orientationOf(plain, "jpeg")).toBe(1);
    for (let length = 2; length < 64; length++) {
      expect([1, 6]).toContain(orientationOf(whole.subarray(0, length), "jpeg"));
    }
    expect(orientationOf(whole.subarray(0, 30), "jpeg")).toBe(1);
  });

  it("is 1 where a number has no meaning", async () => {
    const bytes = Uint8Array.from(await file("jpeg", 6));
    // The entry of tag 274: of type 3 (short), one value.
    const at = Buffer.from(bytes).indexOf(Buffer.from([0x12, 0x01, 3, 0, 1, 0, 0, 0]));
    bytes[at + 8] = 9;
    expect(orientationOf(bytes, "jpeg")).toBe(1);
  });
});

describe("damaged pictures", () => {
  it.each(["png", "jpeg", "webp", "avif", "gif", "tiff"] as const)(
    "%s that ends early says so in a line",
    async (kind) => {
      const bytes =
        kind === "gif"
          ? await sharp(pixels, { raw: { width, height, channels: 3 } })
              .gif()
              .toBuffer()
          : await file(kind, 1);
      const name = path.join(folder, `short.${kind}`);
      await writeFile(name, bytes.subarray(0, bytes.length >> 1));
      const error: Error = await readPicture(name).then(
        () => new Error("read"),
        (reason: Error) => reason,
      );
      expect(error.message).toMatch(
        new RegExp(`^short\\.${kind}: must be a whole ${kind} file: [^\\n]*[^:\\s]$`, "i"),
      );
    },
  );
});

describe("pages", () => {
  it.each([
    ["jpeg", 1, "image/jpeg"],
    ["webp", 1, "image/webp"],
    ["avif", 1, "image/avif"],
    ["png", 1, "image/png"],
    ["jpeg", 6, "image/png"],
    ["webp", 3, "image/png"],
    ["tiff", 1, "image/png"],
  ] as const)("show a %s of orientation %i as %s", async (kind, orientation, type) => {
    const bytes = await file(kind, orientation);
    const name = path.join(folder, `page.${kind}`);
    await writeFile(name, bytes);
    const [head, base64] = shownPicture(bytes, await readPicture(name)).split(";base64,");
    expect(head).toBe(`data:${type}`);
    const { data, info } = await sharp(Buffer.from(base64!, "base64"))
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect(blocksOf({ ...info, data })).toEqual(shown[orientation - 1]);
  });

  it("show a GIF as one", async () => {
    const bytes = await sharp(pixels, { raw: { width, height, channels: 3 } })
      .gif()
      .toBuffer();
    expect(shownPicture(bytes, { width, height, channels: 3, data: pixels })).toMatch(/^data:image\/gif;/);
  });
});
