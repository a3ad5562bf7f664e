import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { contactSheet } from "../src/cli/contact-sheet.js";
import { photoItems } from "../src/cli/photo-items.js";
import { Codebook } from "../src/images/codebook.js";
import { photoPosition } from "../src/search/photo-position.js";

const refuse = (file: string, reason: string) => {
  throw new Error(`${file}: ${reason}`);
};
let folder: string;
let pixel: Buffer;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "photo-names-"));
  pixel = await sharp({ create: { width: 8, height: 8, channels: 3, background: "red" } })
    .jpeg()
    .toBuffer();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function photos(name: string, files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const place = path.join(folder, name);
  await mkdir(place);
  for (const [file, content] of Object.entries(files)) await writeFile(path.join(place, file), content);
  return place;
}

it("a name is one name, whether é is one character or two", async () => {
  const place = await photos("accents", {
    "cafe\u0301.jpg": pixel,
    "caf\u00e9.txt": "a café",
    "bar.jpg": pixel,
  });
  const table = path.join(folder, "accents.csv");
  await writeFile(table, "file,lon,lat\ncaf\u00e9.jpg,13.7,51\nbar.jpg,13.8,51\n");
  const items = await photoItems(place, table, true, refuse);
  expect(items.map(({ text, position }) => [text, position])).toEqual([
    [undefined, [13.8, 51]],
    ["a café", [13.7, 51]],
  ]);
});

it("texts and tables in UTF-16 are read by their byte-order mark", async () => {
  const text = "夜の教会";
  const big = Buffer.from(`\ufeff${text}`, "utf16le").swap16();
  const place = await photos("utf16", { "a.jpg": pixel, "a.txt": big });
  const table = path.join(folder, "utf16.csv");
  await writeFile(table, Buffer.from("\ufefffile,year\r\na.jpg,2020\r\n", "utf16le"));
  const [item] = await photoItems(place, table, true, refuse);
  expect([item!.text, item!.attributes]).toEqual([text, { year: 2020 }]);
});

it("rows for photos that are gone are counted; where no row fits, it is another folder's table", async () => {
  const place = await photos("gone", { "a.jpg": pixel });
  const table = path.join(folder, "gone.csv");
  await writeFile(table, "file,year\na.jpg,1\nb.jpg,2\nc.jpg,3\n");
  const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  try {
    expect(await photoItems(place, table, true, refuse)).toHaveLength(1);
    expect(write.mock.calls.flat().join("")).toContain(
      `left out: rows of gone.csv for photos that are not in ${place}: 2, first b.jpg`,
    );
  } finally {
    write.mockRestore();
  }
  await writeFile(table, "file,year\nb.jpg,2\n");
  await expect(photoItems(place, table, true, refuse)).rejects.toThrow(/names b\.jpg, which is not in/);
});

it("a contact sheet shortens texts between characters", async () => {
  const hit = { item: 0, modality: "image", position: [13.7, 51], score: 0.5 } as const;
  const text = `${"x".repeat(159)}👩‍👩‍👧 and more`;
  const { page, missing } = await contactSheet({
    title: "x",
    position: undefined,
    hits: [{ ...hit, payload: { file: "none.jpg", text } }],
    photos: folder,
  });
  expect(page).toContain(`<p>${"x".repeat(159)}👩‍👩‍👧…</p>`);
  expect(missing).toEqual(["none.jpg"]);
});

it("a position of 0° and 0° is none; seconds of 0/0 are", async () => {
  const at = (latitude: string, longitude: string) =>
    sharp(pixel)
      .withExif({
        IFD3: { GPSLatitudeRef: "N", GPSLatitude: latitude, GPSLongitudeRef: "E", GPSLongitude: longitude },
      })
      .jpeg()
      .toBuffer();
  expect(await photoPosition(await at("0/1 0/1 0/1", "0/1 0/1 0/1"))).toBeUndefined();
  expect(await photoPosition(await at("51/1 3/1 0/0", "13/1 30/1 0/1"))).toEqual([13.5, 51.05]);
});

it("a codebook names descriptors that are none", () => {
  const codebook = new Codebook({ rows: 2, columns: 1, data: Float32Array.of(0, 1) });
  const nearest = (descriptors: unknown) => () => codebook.nearest(descriptors as never);
  expect(nearest(null)).toThrow("Codebook.nearest: descriptors");
  expect(nearest({ rows: 1, columns: 1, data: [0] })).toThrow(
    "Codebook.nearest: descriptors.data must be a Float32Array or Float64Array",
  );
  expect(nearest({ rows: 1, columns: 1, data: Float32Array.of(Number.NaN) })).toThrow(
    "Codebook.nearest: descriptors.data[0] must be finite, got NaN",
  );
  expect(() => new Codebook({ rows: 0, columns: 1, data: new Float32Array(0) })).toThrow(
    "Codebook: centers.rows",
  );
});
