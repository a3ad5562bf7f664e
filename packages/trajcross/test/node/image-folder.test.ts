import { mkdtemp, open, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Random, ValueError, webMercator } from "@wayweave/geo-core";
import { encode } from "fast-png";
import jpeg from "jpeg-js";
import sharp from "sharp";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type ImageSet, renderImages } from "../../src/data/images.js";
import { decodePicture } from "../../src/node/decode-picture.js";
import { readImage, readImageFolder, writeImageFolder } from "../../src/node/image-folder.js";
import { walks } from "../walks.js";

let root: string;
let folder: string;
let folders = 0;
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), "trajcross-images-"));
});
beforeEach(() => {
  folder = path.join(root, String(folders++));
});
afterAll(() => rm(root, { recursive: true }));

const images = renderImages(walks(3), new Random(1), { size: 32 });

/** A 2 × 2 PNG file named `a.png` with what lies beside it. */
async function write(
  sidecars: Record<string, string>,
  png = encode({ width: 2, height: 2, data: new Uint8Array(4), channels: 1 }),
) {
  await writeImageFolder(folder, { pixels: new Uint8Array(), size: 1, extents: new Float64Array() });
  await writeFile(path.join(folder, "a.png"), png);
  for (const [name, text] of Object.entries(sidecars)) await writeFile(path.join(folder, name), text);
  return path.join(folder, "a.png");
}

const unit = '{"upperLeft":[0,1],"lowerRight":[1,0],"coordinateSystem":"planar"}';

describe("places that do not fit", () => {
  it("a file where the folder is to be is named", async () => {
    await writeImageFolder(folder, images);
    const file = path.join(folder, "0.png");
    for (const place of [file, path.join(file, "deeper")]) {
      await expect(writeImageFolder(place, images)).rejects.toThrow(
        new ValueError(
          `writeImageFolder: folder must be one, or a path where one can be made, got ${place}, where a file is`,
        ),
      );
    }
  });

  it("a folder where a picture is to be is named", async () => {
    await expect(readImage(root)).rejects.toThrow(`${root}: must be a file, got a folder`);
  });

  it.each([
    [[1, 2, 3], "writeImageFolder: ids must be file names, got 1"],
    [5, "writeImageFolder: ids must be an array, got 5"],
    ["abc", 'writeImageFolder: ids must be an array, got "abc"'],
    [["a", "b"], "writeImageFolder: ids must have length 3, got 2"],
  ])("ids %j are refused before anything is written", async (ids, message) => {
    await expect(writeImageFolder(folder, images, { ids: ids as never })).rejects.toThrow(message);
    await expect(readdir(folder)).rejects.toThrow("ENOENT");
  });

  it("a signal that is none is refused", async () => {
    await writeImageFolder(folder, images);
    await expect(readImageFolder(folder, { signal: null as never })).rejects.toThrow(
      new ValueError("readImageFolder: signal must be an AbortSignal, got null"),
    );
  });
});

describe("writeImageFolder and readImageFolder", () => {
  it("give back pixels and extents", async () => {
    await writeImageFolder(folder, images, { ids: ["c", "a", "b"] });
    const { images: read, ids, skipped } = await readImageFolder(folder, { size: 32 });
    expect(ids).toEqual(["a", "b", "c"]); // in the order of names: images 1, 2, 0
    expect(skipped).toEqual([]);
    expect(read.extents.subarray(8)).toEqual(images.extents.subarray(0, 4));
    expect(read.pixels.subarray(2 * 32 * 32)).toEqual(images.pixels.subarray(0, 32 * 32));
  });

  it("give back extents through world files", async () => {
    await writeImageFolder(folder, images, { sidecar: "world" });
    const { images: read } = await readImageFolder(folder, { size: 32 });
    read.extents.forEach((value, i) => {
      expect(value).toBeCloseTo(images.extents[i]!, 9);
    });
  });

  it.each([
    ["json", "world", ".json"],
    ["world", "json", ".pgw"],
  ] as const)(
    "leave no extent of the %s kind that an earlier call wrote (%s)",
    async (first, second, old) => {
      await writeImageFolder(folder, images, { sidecar: first });
      const moved = { ...images, extents: images.extents.map((meters) => meters + 64) };
      await writeImageFolder(folder, moved, { sidecar: second });
      expect((await readdir(folder)).filter((name) => name.endsWith(old))).toEqual([]);
      const { images: read } = await readImageFolder(folder, { size: 32 });
      read.extents.forEach((value, i) => {
        expect(value).toBeCloseTo(moved.extents[i]!, 9);
      });
    },
  );

  it("replace files whole: who has the old one open reads it to its end", async () => {
    await writeImageFolder(folder, images);
    const file = path.join(folder, "0.png");
    const before = await readFile(file);
    const handle = await open(file);
    const inverted = { ...images, pixels: images.pixels.map((ink) => 255 - ink) };
    await writeImageFolder(folder, inverted);
    expect(await handle.readFile()).toEqual(before);
    await handle.close();
    expect(await readFile(file)).not.toEqual(before);
    expect((await readdir(folder)).sort()).toEqual(["0.json", "0.png", "1.json", "1.png", "2.json", "2.png"]);
  });

  it("give back colours", async () => {
    const pixels = Uint8Array.from({ length: 12 }, (_, i) => 20 * i);
    const colored: ImageSet = { pixels, size: 2, channels: 3, extents: Float64Array.of(0, 0, 1, 1) };
    await writeImageFolder(folder, colored);
    const { images: read } = await readImageFolder(folder, { size: 2, channels: 3 });
    expect(read).toEqual(colored);
  });

  it("report what was no image", async () => {
    await write({ "a.json": unit, "notes.txt": "", "b.tiff": "" });
    expect((await readImageFolder(folder)).skipped).toEqual(["b.tiff", "notes.txt"]);
  });

  it("refuse ids that are no file names", async () => {
    await expect(writeImageFolder(folder, images, { ids: ["a", "b"] })).rejects.toThrow(
      "writeImageFolder: ids must have length 3, got 2",
    );
    await expect(writeImageFolder(folder, images, { ids: ["a", "../b", "c"] })).rejects.toThrow(
      'writeImageFolder: ids must be file names, got "../b"',
    );
    await expect(writeImageFolder(folder, images, { ids: ["a", "b", "a"] })).rejects.toThrow(
      'writeImageFolder: ids must be different, got "a" twice',
    );
  });
});

describe("readImage", () => {
  it("takes a world file's numbers as those of pixel centres", async () => {
    // 2 × 2 pixels of 10 m; the upper left one's centre is at (105, 295), so its outer corner is (100, 300).
    const file = await write({ "a.pgw": "10\n0\n0\n-10\n105\n295\n" });
    expect([...(await readImage(file, { size: 2 })).extents]).toEqual([100, 280, 120, 300]);
  });

  it("projects lon/lat corners", async () => {
    const file = await write({
      "a.json": '{"upperLeft":[10,50.1],"lowerRight":[10.1,50],"coordinateSystem":"lonlat"}',
    });
    const [left, bottom] = webMercator.forward([10, 50]);
    const [right, top] = webMercator.forward([10.1, 50.1]);
    expect([...(await readImage(file, { projection: webMercator })).extents]).toEqual([
      left,
      bottom,
      right,
      top,
    ]);
    await expect(readImage(file)).rejects.toThrow(
      "readImage: projection must be given, since a.png lies in lon/lat",
    );
  });

  it("puts a wide picture into the middle of a square, extent and all", async () => {
    // 4 × 2 pixels over 4 × 2 m, dark on the left half: the square spans y from −1 to 3.
    const data = Uint8Array.of(0, 0, 255, 255, 0, 0, 255, 255);
    const png = encode({ width: 4, height: 2, data, channels: 1 });
    const file = await write(
      { "a.json": '{"upperLeft":[0,2],"lowerRight":[4,0],"coordinateSystem":"planar"}' },
      png,
    );
    const { extents, pixels } = await readImage(file, { size: 4, channels: 3 });
    expect([...extents]).toEqual([0, -1, 4, 3]);
    expect(Array.from({ length: 4 }, (_, column) => pixels[3 * (4 * 3 + column)])).toEqual([0, 0, 255, 255]);
  });

  /** 16 × 16 pixels of one colour, the fifth column of another. */
  const columnPicture = (line: readonly number[], background: readonly number[]) => {
    const data = Uint8Array.from({ length: 3 * 256 }, (_, i) =>
      Math.floor(i / 3) % 16 === 4 ? line[i % 3]! : background[i % 3]!,
    );
    return encode({ width: 16, height: 16, data, channels: 3 });
  };

  it("raises the ink of a thin line, and none where the line's colour is missing", async () => {
    const options = { size: 4, line: [255, 0, 0] } as const;
    const thin = await write({ "a.json": unit }, columnPicture([255, 0, 0], [255, 255, 255]));
    const shown = [0, 255, 0, 0]; // a quarter of the second new column, raised
    expect([...(await readImage(thin, options)).pixels]).toEqual([...shown, ...shown, ...shown, ...shown]);
    // Everything is √(84² + 63²) = 105 of 120 away from the line's colour: 255 · (1 − 105/120) = 31.9
    await writeFile(thin, columnPicture([171, 63, 0], [171, 63, 0]));
    expect([...(await readImage(thin, options)).pixels]).toEqual(new Array(16).fill(32));
  });

  it.each([
    [
      "nothing beside it",
      {},
      "a.png: one of a.json, a.pgw, a.pngw, a.wld must lie beside it and say what part of the plane it shows",
    ],
    ["no JSON", { "a.json": '{"upperLeft":' }, /^a\.json: must be JSON: /],
    [
      "a JSON that is no sidecar, and nothing else",
      { "a.json": '{"title":"a.png"}' },
      "a.png: one of a.json, a.pgw, a.pngw, a.wld must lie beside it and say what part of the plane it shows; a.json does not say where the picture lies: it has none of upperLeft, lowerRight, coordinateSystem",
    ],
    [
      "no coordinate system",
      { "a.json": '{"upperLeft":[0,1],"lowerRight":[1,0]}' },
      'a.json: coordinateSystem must be "lonlat" or "planar", got undefined',
    ],
    [
      "no corner",
      { "a.json": '{"upperLeft":[0],"coordinateSystem":"planar"}' },
      "a.json: upperLeft must be two numbers, got [0]",
    ],
    [
      "corners exchanged",
      { "a.json": '{"upperLeft":[1,0],"lowerRight":[0,1],"coordinateSystem":"planar"}' },
      /^a\.json: the left edge must lie left/,
    ],
    ["a short world file", { "a.wld": "1 0 0" }, 'a.wld: a world file must hold six numbers, got "1 0 0"'],
    [
      "a turned world file",
      { "a.wld": "1 0.1 0 -1 0 0" },
      "a.wld: a world file's rotation (lines 2 and 3) must be 0, got 0.1 and 0",
    ],
  ])("names the file that is wrong: %s", async (_, sidecars, message) => {
    const file = await write(sidecars as Record<string, string>);
    await expect(readImage(file)).rejects.toThrow(message);
  });

  it("names a file that is no PNG, and one that is cut", async () => {
    const whole = encode({ width: 8, height: 8, data: new Uint8Array(64), channels: 1 });
    await expect(readImage(await write({ "a.json": unit }, Uint8Array.of(1, 2, 3)))).rejects.toThrow(
      /^a\.png: must be a whole PNG file: /,
    );
    folder = path.join(root, String(folders++));
    await expect(
      readImage(await write({ "a.json": unit }, whole.subarray(0, whole.length - 20))),
    ).rejects.toThrow(/^a\.png: must be a whole PNG file: /);
  });
});

describe("decodePicture", () => {
  const decoded = async (png: Parameters<typeof encode>[0]) => [
    ...(await decodePicture(encode(png), "a.png")).data,
  ];

  it("repeats grey, and takes the upper 8 of 16 bits", async () => {
    expect(await decoded({ width: 1, height: 1, data: Uint8Array.of(7), channels: 1 })).toEqual([7, 7, 7]);
    expect(
      await decoded({ width: 1, height: 1, data: Uint16Array.of(0x1234), depth: 16, channels: 1 }),
    ).toEqual([0x12, 0x12, 0x12]);
  });

  it("lays what is transparent on white", async () => {
    expect(await decoded({ width: 1, height: 1, data: Uint8Array.of(0, 100, 200, 0), channels: 4 })).toEqual([
      255, 255, 255,
    ]);
    // grey 55 at alpha 51/255 = 0.2: 255 − 0.2 · 200 = 215
    expect(await decoded({ width: 1, height: 1, data: Uint8Array.of(55, 51), channels: 2 })).toEqual([
      215, 215, 215,
    ]);
  });

  it("looks palettes up", async () => {
    const palette = [
      [1, 2, 3],
      [4, 5, 6],
    ];
    expect(
      await decoded({ width: 2, height: 1, data: Uint8Array.of(1, 0), depth: 8, channels: 1, palette }),
    ).toEqual([4, 5, 6, 1, 2, 3]);
  });

  it("unpacks black and white of 1 bit", async () => {
    // 10 columns take two bytes a row: 1010101010, then 0101010101
    const data = Uint8Array.of(0b10101010, 0b10000000, 0b01010101, 0b01000000);
    const values = (await decoded({ width: 10, height: 2, data, depth: 1, channels: 1 })).filter(
      (_, i) => i % 3 === 0,
    );
    expect(values.slice(0, 4)).toEqual([255, 0, 255, 0]);
    expect(values.slice(10, 14)).toEqual([0, 255, 0, 255]);
  });

  it.each([1, 2, 4])("says that it does not read interlaced pixels of %i bits", async (depth) => {
    const png = encode({ width: 1, height: 1, data: Uint8Array.of(0), depth: 1, channels: 1 });
    [png[24], png[28]] = [depth, 1];
    await expect(decodePicture(png, "a.png")).rejects.toThrow(
      `a.png: interlacing below 8 bits is not supported, got an interlaced PNG of ${depth} bits: save it without interlacing`,
    );
  });

  it("reads WebP files, what is transparent on white", async () => {
    const raw = { width: 2, height: 1, channels: 4 } as const;
    const bytes = await sharp(Uint8Array.of(10, 20, 30, 255, 0, 0, 0, 0), { raw })
      .webp({ lossless: true })
      .toBuffer();
    const picture = await decodePicture(bytes, "a.webp");
    expect({ ...picture, data: [...picture.data] }).toEqual({
      width: 2,
      height: 1,
      channels: 3,
      data: [10, 20, 30, 255, 255, 255],
    });
    await expect(decodePicture(bytes.subarray(0, 20), "a.webp")).rejects.toThrow(
      /^a\.webp: must be a whole WebP file: /,
    );
  });

  it("reads JPEG files", async () => {
    const gray = new Uint8Array(4 * 64).fill(90);
    const { data } = jpeg.encode({ width: 8, height: 8, data: gray }, 95);
    const picture = await decodePicture(data, "a.JPG");
    expect([picture.width, picture.height, picture.channels, picture.data.length]).toEqual([8, 8, 3, 192]);
    for (const value of picture.data) expect(Math.abs(value - 90)).toBeLessThanOrEqual(2);
    await expect(decodePicture(Uint8Array.of(1, 2), "a.jpeg")).rejects.toThrow(
      /^a\.jpeg: must be a whole JPEG file: /,
    );
  });

  it("goes by the first bytes, not by the name, and reads AVIF and GIF", async () => {
    const png = encode({ width: 2, height: 1, data: Uint8Array.of(10, 20, 30, 40, 50, 60), channels: 3 });
    // Screenshots are renamed more often than they are converted.
    expect([...(await decodePicture(png, "shot.jpg")).data]).toEqual([10, 20, 30, 40, 50, 60]);
    const red = sharp({ create: { width: 8, height: 8, channels: 3, background: "#f00" } });
    for (const bytes of [await red.clone().gif().toBuffer(), await red.clone().avif().toBuffer()]) {
      const { width, height, data } = await decodePicture(bytes, "shot.png");
      expect([width, height]).toEqual([8, 8]);
      expect(data[0]).toBeGreaterThan(240);
      expect(data[1]).toBeLessThan(15);
    }
    await expect(decodePicture(new TextEncoder().encode("<gpx/>"), "ride.gpx")).rejects.toThrow(
      "ride.gpx: must be a picture (PNG, JPEG, WebP, AVIF, GIF or TIFF), got a file that begins as none of them",
    );
  });
});
