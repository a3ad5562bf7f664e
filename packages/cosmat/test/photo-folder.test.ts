import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { FormatError } from "@wayweave/geo-core";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { contactSheet } from "../src/cli/contact-sheet.js";
import { type PhotoPayload, photoItems } from "../src/cli/photo-items.js";
import { createProgram } from "../src/cli/program.js";
import type { Encoder } from "../src/encoders/encoder.js";
import { readPixels } from "../src/images/pixels.js";
import { GeoMultimediaIndex } from "../src/search/geo-multimedia-index.js";
import { COMMAND_FILE } from "../src/search/index-files.js";

// What `wayweave-cosmat index` and `search` do, with encoders that need no weights.

const colors = ["red", "green", "blue"] as const;
let folder: string;
let photos: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "photo-folder-"));
  photos = path.join(folder, "photos");
  await mkdir(photos);
  const lines = ["file,text,lon,lat,color"];
  for (let i = 0; i < 36; i++) {
    const background = colors[i % 3]!;
    const photo = sharp({ create: { width: 8, height: 8, channels: 3, background } }).jpeg();
    await writeFile(path.join(photos, `${i}.jpg`), await photo.toBuffer());
    // An invented place for each, along a street of 3.5 km.
    lines.push(`${i}.jpg,"a wall, painted ${background}",${(13.7 + i / 700).toFixed(5)},51.05,${background}`);
  }
  await writeFile(path.join(photos, "broken.jpg"), "no photo");
  lines.push('broken.jpg,"a wall",13.7,51.05,red');
  await writeFile(path.join(folder, "table.csv"), lines.join("\n"));
});
const refuse = (file: string, reason: string) => {
  throw new Error(`${file}: ${reason}`);
};
afterAll(() => rm(folder, { recursive: true }));

/** What of a folder is indexed, refused and said. */
async function found(place: string, table?: string, signal?: AbortSignal) {
  const refused: string[] = [];
  const said = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  try {
    const onRefused = (file: string, reason: string) => refused.push(`${file}: ${reason}`);
    const items = await photoItems(place, table, true, onRefused, signal);
    return {
      items: items.map(({ payload }) => payload!.file),
      texts: Object.fromEntries(items.map(({ payload }) => [payload!.file, payload!.text])),
      refused,
      notes: said.mock.calls.map(([note]) => String(note)),
    };
  } finally {
    said.mockRestore();
  }
}

const image: Encoder<string> = {
  name: "mean colour",
  encode: async (files) => {
    const rows = await Promise.all(files.map((file) => readPixels(file, { resize: 1, crop: 1 })));
    return { rows: files.length, columns: 3, data: Float32Array.from(rows.flatMap((row) => [...row])) };
  },
  dispose: async () => {},
};
const text: Encoder<string> = {
  name: "colour words",
  encode: async (texts) => {
    const rows = texts.flatMap((one) => colors.map((color) => (one.includes(color) ? 1 : 0)));
    return { rows: texts.length, columns: 3, data: Float32Array.from(rows) };
  },
  dispose: async () => {},
};
const encoders = { image, text };

it("a folder of photos and a table become an index, which is saved, loaded, searched and shown", async () => {
  const items = await photoItems(photos, path.join(folder, "table.csv"), true, refuse);
  const built = await GeoMultimediaIndex.build<string, PhotoPayload>({
    items,
    encoders,
    fit: { onWarning: () => {} },
  });
  // Saving replaces the folder, so it must hold nothing else: not the photos, and not a thesis beside an index.
  await expect(built.save(photos)).rejects.toThrow(
    "GeoMultimediaIndex.save: folder must be new, empty or an index, since it is replaced;",
  );
  expect(await readdir(photos)).toHaveLength(37);
  const full = path.join(folder, "full");
  await built.save(full);
  await writeFile(path.join(full, "thesis.txt"), "years of work");
  await expect(built.save(full)).rejects.toThrow("holds thesis.txt");
  expect(await readdir(full)).toContain("thesis.txt");
  expect(built.size).toBe(36);
  expect(built.failures.map(({ item }) => items[item]!.payload!.file)).toEqual(["broken.jpg"]);
  const place = path.join(folder, "index");
  await built.save(place);

  // Only the encoder of the query is there, as on the command line.
  const index = await GeoMultimediaIndex.load<string, PhotoPayload>(place, { encoders: { text } });
  const query = { text: "something blue", position: [13.7, 51.05], target: "image", k: 3 } as const;
  const near = await index.search({ ...query, mu: 0.5 });
  // Blue ones are 2, 5, 8, …, and the place is that of photo 0.
  expect(near.map(({ payload }) => payload?.file)).toEqual(["2.jpg", "5.jpg", "8.jpg"]);
  const red = await index.search({ ...query, mu: 1, where: { color: "red" } });
  expect(red.map(({ payload }) => payload?.file)).toEqual(["0.jpg", "3.jpg", "6.jpg"]);

  const { page: html } = await contactSheet({
    title: query.text,
    position: [13.7, 51.05],
    hits: near,
    photos,
  });
  expect(html.match(/<img /g)).toHaveLength(3);
  expect(html.match(/a wall, painted blue/g)!.length).toBeGreaterThanOrEqual(3);
});

/** What `wayweave-cosmat search` prints of the index that was saved above. */
async function search(...words: string[]): Promise<string> {
  const place = path.join(folder, "index");
  const info = { photos, imageEncoder: "efficientnet-lite0", textEncoder: "minilm" };
  await writeFile(path.join(place, COMMAND_FILE), JSON.stringify(info));
  const out = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  try {
    const encoders = ["--encoders", path.join(folder, "no-encoders")];
    await createProgram()
      .exitOverride()
      .parseAsync(["node", "x", "search", place, ...words, ...encoders]);
    return out.mock.calls.map(([written]) => String(written)).join("");
  } finally {
    out.mockRestore();
  }
}

it("a place alone is searched for without encoders, by nearness", async () => {
  // Photo i lies i / 700 degrees east of photo 0; one degree at 51.05° is 111,195 · cos 51.05° = 69,902 m, so i ≈ 99.86 m · i
  const hits = JSON.parse(await search("--near", "13.7,51.05", "--k", "3", "--json"));
  expect(hits.map(({ payload }: { payload: PhotoPayload }) => payload.file)).toEqual([
    "0.jpg",
    "1.jpg",
    "2.jpg",
  ]);
  expect(hits[2].distanceMeters).toBeCloseTo(199.7, 0);
  expect(hits[2]).not.toHaveProperty("similarity");
  const lines = await search("--near", "13.7,51.05", "--mu", "1", "--where", '{"color":"blue"}', "--k", "1");
  expect(lines).toMatch(/^1\t[\d.]+\t200 m\t-\t2\.jpg\n$/);
  const page = path.join(folder, "near.html");
  const said = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  await search("--near", "13.7,51.05", "--k", "2", "--html", page);
  said.mockRestore();
  const html = await readFile(page, "utf8");
  expect(html).toContain("<h1>Nearest photos</h1>");
  expect(html).not.toContain("likeness");
});

it("what lacks for a weight is named, and a text alone needs no place", async () => {
  for (const [words, message] of [
    [[], "search: --text, --image or --near must be given, got none of them"],
    [
      ["--text", "sea", "--mu", "0.5"],
      "search: --near must go with --mu 0.5, got none; without it --mu is 0, or left out",
    ],
    [
      ["--near", "13,51", "--mu", "0"],
      "search: --text or --image must go with --mu 0, got none; without it --mu is 1, or left out",
    ],
    [
      ["--near", "200,95"],
      'search: --near must be a longitude in [-180, 180] and a latitude in [-90, 90], got "200,95"',
    ],
    [["--near", "13,51", "--mu", "x"], 'search: --mu must be a number, got "x"'],
    [
      ["--near", "13,51", "--where", '{"color":{"min":1}}'],
      'GeoMultimediaIndex.search: where.color must be a string or { in: strings }, since the attribute holds text, got {"min":1}',
    ],
  ] as const) {
    await expect(search(...words)).rejects.toThrow(message);
  }
  // Past these checks, the encoder is asked for.
  for (const further of [[], ["--mu", "0"]]) {
    await expect(search("--text", "sea", ...further)).rejects.toThrow(/^openTextEncoder: .* must be in/);
  }
});

it("a contact sheet without a place tells no distances, and marks none", async () => {
  const hit = {
    item: 0,
    modality: "image",
    position: [13.7, 51],
    payload: { file: "0.jpg" },
    score: 0.5,
    similarity: 0.5,
  } as const;
  const { page: html } = await contactSheet({ title: "x", position: undefined, hits: [hit], photos });
  expect(html).toContain("<p>score 0.500, likeness 0.500</p>");
  expect(html).not.toMatch(/near |stroke="#c53030"/);
  expect(html.match(/<circle /g)).toHaveLength(1);
});

it("photos of kinds that are not read are told", async () => {
  const other = path.join(folder, "camera");
  await mkdir(path.join(other, "2024"), { recursive: true });
  await writeFile(path.join(other, "2024", "IMG_1.HEIC"), "");
  await writeFile(path.join(other, "a.txt"), "");
  const why = "files of this kind (HEIC, raw and others) are not read; convert them to JPEG";
  await expect(photoItems(other, undefined, true, refuse)).rejects.toThrow(
    `got none but 1, first 2024/IMG_1.HEIC: ${why}`,
  );
  await copyFile(path.join(photos, "0.jpg"), path.join(other, "b.jpg"));
  const { items, refused } = await found(other);
  expect(items).toEqual(["b.jpg"]);
  expect(refused).toEqual([`2024/IMG_1.HEIC: ${why}`]);
});

it("says what stands where a folder of photos should be, and where a table goes", async () => {
  const missing = path.join(folder, "fotos");
  await expect(photoItems(missing, undefined, true, refuse)).rejects.toThrow(
    `index: photos must be a folder, got "${missing}", which does not exist`,
  );
  const table = path.join(folder, "table.csv");
  await expect(photoItems(table, undefined, true, refuse)).rejects.toThrow(
    `index: photos must be a folder, got the file "${table}" (a table of the photos goes to --table`,
  );
});

describe("a folder with links", () => {
  it("is read once, whatever links lead back into it, and what leads nowhere is told", async () => {
    const place = await mkdtemp(path.join(folder, "links-"));
    const outside = await mkdtemp(path.join(folder, "outside-"));
    await mkdir(path.join(place, "z"));
    const photo = path.join(photos, "0.jpg");
    for (const file of [`${place}/one.jpg`, `${place}/z/two.jpg`, `${outside}/three.jpg`]) {
      await copyFile(photo, file);
    }
    for (const [target, link] of [
      [".", "self"],
      ["..", "z/up"],
      ["z", "a"],
      [outside, "more"],
      [outside, "z/more"],
      ["one.jpg", "again.jpg"],
      [path.join(outside, "three.jpg"), "own.jpg"],
      ["gone.jpg", "dangling.jpg"],
      ["loop", "loop"],
    ] as const) {
      await symlink(target, path.join(place, link));
    }
    const { items, refused, notes } = await found(place);
    // Three files; the one outside goes by the first link that leads to it.
    expect(items).toEqual(["more/three.jpg", "one.jpg", "z/two.jpg"]);
    expect(refused).toEqual([
      expect.stringMatching(/^dangling\.jpg: is a link that leads nowhere \(ENOENT/),
      expect.stringMatching(/^loop: is a link that leads nowhere \(ELOOP/),
    ]);
    expect(notes).toEqual(["note: links to what is read already: 6, first a to z\n"]);
    const table = path.join(folder, "links.csv");
    await writeFile(table, "file\nagain.jpg\n");
    await expect(found(place, table)).rejects.toThrow(
      "names again.jpg, a link to one.jpg, which is indexed under that name: name it so",
    );
  });

  it("can be left at once", async () => {
    await expect(found(photos, undefined, AbortSignal.abort(new Error("enough")))).rejects.toThrow("enough");
  });
});

it("photos are known by what they hold where their names do not say it, and the rest is told", async () => {
  const place = await mkdtemp(path.join(folder, "names-"));
  const data = sharp({ create: { width: 8, height: 8, channels: 3, background: "red" } });
  for (const format of ["jpeg", "png", "webp", "gif", "avif", "tiff"] as const) {
    await writeFile(path.join(place, format), await data.clone()[format]().toBuffer());
  }
  const jpeg = await readFile(path.join(place, "jpeg"));
  for (const name of ["photo.jfif", "photo.jpg_large", "UP.JPG", "both.jpg", "._UP.JPG", "a.DNG"]) {
    await writeFile(path.join(place, name), jpeg);
  }
  const heic = Buffer.from("\0\0\0\x18ftypheic\0\0\0\0", "latin1");
  for (const [name, content] of [
    ["UP.TXT", "up"],
    ["both.txt", "lower"],
    ["both.TXT", "upper"],
    ["README.txt", "of nothing"],
    ["notes.md", "no photo"],
    ["empty", ""],
    [".DS_Store", ""],
    ["phone", heic],
  ] as const) {
    await writeFile(path.join(place, name), content);
  }
  const { items, texts, refused, notes } = await found(place);
  const named = ["UP.JPG", "both.jpg", "photo.jfif", "photo.jpg_large"];
  expect(items).toEqual([...named, "jpeg", "png", "webp", "gif", "avif", "tiff"].sort());
  expect(texts).toMatchObject({ "UP.JPG": "up", "both.jpg": "lower" });
  expect(refused.map((one) => one.split(":")[0])).toEqual(["a.DNG", "phone"]);
  expect(notes).toEqual([
    "note: left out: texts that belong to no photo: 2, first README.txt\n",
    "note: left out: files that are no photos: 2, first empty\n",
  ]);
});

it("what the command keeps is checked", async () => {
  await search("--near", "13.7,51.05");
  const place = path.join(folder, "index");
  const ask = () =>
    createProgram()
      .exitOverride()
      .parseAsync(["node", "x", "search", `${place}/`, "--near", "13,51"]);
  const whole = { photos, imageEncoder: "efficientnet-lite0", textEncoder: "none" };
  for (const [info, message] of [
    [{}, "must name the folder of the photos and their encoder: index them again"],
    [null, "must name the folder of the photos and their encoder"],
    [{ ...whole, imageEncoder: "minilm" }, "must name the folder of the photos and their encoder"],
    [{ ...whole, textEncoder: 5 }, "must name the texts' encoder, or none"],
  ] as const) {
    await writeFile(path.join(place, COMMAND_FILE), JSON.stringify(info));
    const error = await ask().catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(FormatError);
    expect((error as Error).message).toContain(`index/command.json: ${message}`);
  }
});
