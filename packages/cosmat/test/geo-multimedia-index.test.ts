import { existsSync } from "node:fs";
import { mkdtemp, readdir, readlink, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  FormatError,
  greatCircleDistanceMeters,
  type Position,
  Random,
  ValueError,
} from "@wayweave/geo-core";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Encoder } from "../src/encoders/encoder.js";
import { GeoMultimediaIndex } from "../src/search/geo-multimedia-index.js";
import type { GeoItem } from "../src/search/items.js";
import { photoPlace, photoPosition } from "../src/search/photo-position.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "index-"));
});
afterAll(() => rm(folder, { recursive: true }));

const words = ["church", "sea", "forest"];

/** Counts three words, beside a constant that tells nothing. */
const texts: Encoder<string> = {
  name: "words",
  async encode(items) {
    const rows = items.map((text) => [...words.map((word) => text.split(word).length - 1), 1]);
    return { rows: items.length, columns: 4, data: Float32Array.from(rows.flat()) };
  },
  async dispose() {},
};

/** An image here is its colours; anything else cannot be read. */
type Colors = readonly number[];
const images: Encoder<Colors> = {
  name: "colours",
  async encode(items) {
    for (const item of items)
      if (!Array.isArray(item)) throw new FormatError("must be a whole, readable image");
    return { rows: items.length, columns: 3, data: Float32Array.from(items.flat()) };
  },
  async dispose() {},
};
const encoders = { image: images, text: texts };

/** Photos whose leading colour is their text's word, along a line from 0° E to 9.9° E. */
function items(count: number): GeoItem<Colors, { readonly word: string }>[] {
  const random = new Random(1);
  return Array.from({ length: count }, (_, i) => {
    const topic = i % 3;
    const image = words.map((_, j) => (j === topic ? 1 : 0) + random.uniform(0, 0.4));
    const word = words[topic]!;
    const position: Position = [i / 10, 50];
    const attributes = { year: 2000 + i, word };
    return { image, text: `a ${word}, and ${word}`, position, attributes, payload: { word } };
  });
}

describe("GeoMultimediaIndex", () => {
  const quiet = { onWarning: () => {} };
  const build = (list: readonly GeoItem<Colors, { readonly word: string }>[]) =>
    GeoMultimediaIndex.build({ items: list, encoders, fit: quiet });

  it("finds photos about a text, texts about a photo, and near ones first where nearness is all", async () => {
    const index = await build(items(99));
    const place: Position = [3, 50];
    const about = await index.search({ text: "the sea", position: place, k: 5, mu: 0 });
    expect(about.map(({ payload }) => payload?.word)).toEqual(Array(5).fill("sea"));
    expect(about.every(({ modality }) => modality === "image")).toBe(true);
    const back = await index.search({ image: [1, 0.1, 0.1], position: place, k: 5, mu: 0 });
    expect(back.map(({ modality, payload }) => [modality, payload?.word])).toEqual(
      Array(5).fill(["text", "church"]),
    );
    const near = await index.search({ text: "the sea", position: place, k: 1, mu: 1 });
    expect(near[0]!.item).toBe(30);
    expect(near[0]!.distanceMeters).toBeCloseTo(0, 3);
  });

  it("obeys conditions on attributes, a filter and a greatest distance", async () => {
    const index = await build(items(99));
    const query = { text: "church", position: [0, 50] as Position, k: 50, mu: 0.5 };
    const hits = await index.search({
      ...query,
      where: { year: { min: 2010, max: 2020 }, word: { in: ["church", "sea"] } },
    });
    // 2010 … 2020 are items 10 … 20; those with i % 3 = 2 are forests
    expect(hits.map(({ item }) => item).sort((a, b) => a - b)).toEqual([10, 12, 13, 15, 16, 18, 19]);
    const odd = await index.search({ ...query, filter: ({ payload }) => payload?.word === "forest" });
    expect(new Set(odd.map(({ payload }) => payload?.word))).toEqual(new Set(["forest"]));
    const close = await index.search({
      ...query,
      maxDistanceMeters: greatCircleDistanceMeters([0, 50], [0.35, 50]),
    });
    expect(close).toHaveLength(4);
    await expect(index.search({ ...query, where: { year: { from: 1 } as never } })).rejects.toThrow(
      /unknown option "from"/,
    );
  });

  it("lists what cannot be indexed, and goes on", async () => {
    const list = items(30);
    const broken = { ...list[3]!, image: "no image" as never };
    const { position: _, ...nowhere } = list[4]!;
    const index = await build([...list.slice(0, 3), broken, nowhere, ...list.slice(5)]);
    expect(index.size).toBe(28);
    expect(index.failures).toEqual([
      { item: 3, reason: "must be a whole, readable image" },
      { item: 4, reason: "no position is given, and the photo's EXIF data has none" },
    ]);
  });

  it("names a photo that is not there by its whole path", async () => {
    const { failures } = await build([...items(30), { image: "trip/gone.jpg" as never, text: "sea" }]);
    expect(failures).toEqual([{ item: 30, reason: "trip/gone.jpg: there is no such file" }]);
  });

  it("takes attributes that are null for those that are left out", async () => {
    const list = items(30).map((item, i) => ({
      ...item,
      attributes: { year: i < 3 ? null : 2000 + i, town: null },
    }));
    const index = await build(list);
    expect(index.items[0]!.attributes).toEqual({});
    expect(index.items[4]!.attributes).toEqual({ year: 2004 });
    await expect(
      index.search({ text: "sea", position: [8, 50], where: { town: "x" } as never }),
    ).rejects.toThrow('where must name attributes of the items, got "town"; known are year');
    await expect(index.search({ text: "sea", position: [8, 50], where: [] as never })).rejects.toThrow(
      "where must be an object of conditions, got []",
    );
    await expect(index.search({ text: " ", position: [8, 50] })).rejects.toThrow("text must not be empty");
  });

  it("takes items as they are made, fits to the first of them, and reports progress", async () => {
    async function* stream() {
      yield* items(90);
    }
    const seen: number[] = [];
    const phases = new Set<string>();
    const index = await GeoMultimediaIndex.build({
      items: stream(),
      encoders,
      fitPairs: 30,
      fit: quiet,
      onProgress: ({ phase, done, total }) => {
        phases.add(phase);
        if (phase !== "items") return;
        expect(total).toBeUndefined();
        seen.push(done);
      },
    });
    expect(seen.at(-1)).toBe(90);
    expect([...phases]).toEqual(["items", "tune", "fit"]);
    // 20 pairs a fold's training part of the first 30
    expect(index.model!.tuning!.learningCurve.at(-1)!.pairs).toBe(20);
    const [hit] = await index.search({ text: "sea", position: [8.8, 50], k: 1, mu: 0.5 });
    expect(hit!.payload).toEqual({ word: "sea" });
  });

  it("stops when it is told to", async () => {
    const controller = new AbortController();
    const built = GeoMultimediaIndex.build({
      items: items(60),
      encoders,
      signal: controller.signal,
      onProgress: ({ done }) => {
        if (done === 7) controller.abort();
      },
    });
    await expect(built).rejects.toThrow(/abort/i);
  });

  it("needs no fit where encoders share a space, or where there is one kind of item", async () => {
    const shared = {
      ...texts,
      encode: async (list: readonly string[]) => {
        const { data } = await texts.encode(list);
        return { rows: list.length, columns: 3, data: data.filter((_, i) => i % 4 < 3) };
      },
    };
    const list = items(9).map(({ text: _, ...rest }) => rest);
    const both = await GeoMultimediaIndex.build({
      items: list,
      encoders: { image: images, text: shared },
      sharedSpace: true,
    });
    expect(both.model).toBeUndefined();
    expect((await both.search({ text: "forest", position: [0, 50], k: 1, mu: 0 }))[0]!.payload!.word).toBe(
      "forest",
    );
    const photos = await GeoMultimediaIndex.build({ items: list, encoders: { image: images } });
    expect(
      (await photos.search({ image: [0, 0, 1], position: [0, 50], k: 1, mu: 0 }))[0]!.payload!.word,
    ).toBe("forest");
    await expect(photos.search({ text: "sea", position: [0, 50] })).rejects.toThrow(
      "the index was built or loaded without a text encoder",
    );
  });

  it("comes back from a folder as it was, replaces one, and refuses other encoders and other folders", async () => {
    const index = await build(items(60));
    const place = path.join(folder, "saved");
    await index.save(place);
    await index.save(place);
    expect((await readdir(folder)).filter((name) => name.startsWith("saved"))).toEqual(["saved"]);
    const loaded = await GeoMultimediaIndex.load<Colors>(place, { encoders });
    const query = { text: "church", position: [2, 50] as Position, k: 7 };
    expect(await loaded.search(query)).toEqual(await index.search(query));
    await expect(
      GeoMultimediaIndex.load(place, { encoders: { text: { ...texts, name: "others" } } }),
    ).rejects.toThrow(
      new ValueError(
        "GeoMultimediaIndex.load: encoders.text must be words, which the index was built with, got others",
      ),
    );
    await writeFile(path.join(folder, "index.json"), "{}");
    await expect(GeoMultimediaIndex.load(folder, { encoders })).rejects.toThrow(FormatError);
  });

  it("says what is wrong with items and queries", async () => {
    const refuses = (item: unknown, message: string) =>
      expect(GeoMultimediaIndex.build({ items: [item as never], encoders })).rejects.toThrow(
        new ValueError(message),
      );
    const where = "GeoMultimediaIndex.build: items[0]";
    await refuses(null, `${where} must be an object, got null`);
    await refuses({ img: [1] }, `${where}: unknown option "img"; did you mean "image"?`);
    await refuses({ position: [0, 0] }, `${where} must have an image or a text, got neither`);
    await refuses({ text: "a", position: [null, 0] }, `${where}.position[0] must be a number, got null`);
    await refuses(
      { text: "a", position: "0,0" },
      `${where}.position must be [longitude, latitude], got "0,0"`,
    );
    await refuses({ text: "a", position: [0, 91] }, `${where}.position[1] must be in [-90, 90], got 91`);
    const index = await build(items(30));
    await expect(index.search({ position: [0, 0] } as never)).rejects.toThrow(
      "GeoMultimediaIndex.search: query must have one of text and image, got neither",
    );
    await expect(index.search({ text: "a", position: [0, 0], near: 5 } as never)).rejects.toThrow(
      /unknown option "near"/,
    );
    await expect(
      GeoMultimediaIndex.build({ items: items(3).map(({ text: _, ...rest }) => rest), encoders }),
    ).rejects.toThrow(/needs at least 2 items with both, got 0/);
  });
});

describe("photoPosition", () => {
  it.runIf(existsSync("/proc/self/fd"))("leaves no file open, be it empty or no photo", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "open-files-"));
    for (const [name, bytes] of Object.entries({ "empty.jpg": "", "text.jpg": "no photo" })) {
      const file = path.join(folder, name);
      await writeFile(file, bytes);
      expect(await photoPosition(file)).toBeUndefined();
    }
    const gone = path.join(folder, "gone.jpg");
    await expect(photoPosition(gone)).rejects.toThrow(`${gone}: must be a file that can be read, got ENOENT`);
    const open = await Promise.all(
      (await readdir("/proc/self/fd")).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => "")),
    );
    expect(open.filter((file) => file.startsWith(folder))).toEqual([]);
    await rm(folder, { recursive: true });
  });

  it("reads a photo's EXIF position, south and west too", async () => {
    const photo = await sharp({ create: { width: 8, height: 8, channels: 3, background: "red" } })
      .withExif({
        IFD3: {
          GPSLatitudeRef: "S",
          GPSLatitude: "33/1 30/1 0/1",
          GPSLongitudeRef: "W",
          GPSLongitude: "70/1 45/1 0/1",
        },
      })
      .jpeg()
      .toBuffer();
    const [lon, lat] = (await photoPosition(photo))!;
    expect(lon).toBeCloseTo(-70.75, 6);
    expect(lat).toBeCloseTo(-33.5, 6);
    const plain = await sharp(photo).jpeg().toBuffer();
    expect(await photoPosition(plain)).toBeUndefined();
  });

  const withPlace = (gps: Readonly<Record<string, string>>, format: "jpeg" | "webp" = "jpeg") =>
    sharp({ create: { width: 8, height: 8, channels: 3, background: "red" } })
      .withExif({
        IFD3: { GPSLatitude: "33/1 30/1 0/1", GPSLongitude: "70/1 45/1 0/1", ...gps },
      })
      [format]()
      .toBuffer();

  it("takes letters in lower case, and no other word for north, south, east or west", async () => {
    const [lon, lat] = (await photoPosition(await withPlace({ GPSLatitudeRef: "s", GPSLongitudeRef: "w" })))!;
    expect([lon, lat]).toEqual([-70.75, -33.5]);
    const faults = [
      [{ GPSLatitudeRef: "X", GPSLongitudeRef: "W" }, 'neither north nor south (GPSLatitudeRef is "X")'],
      [{ GPSLongitudeRef: "W" }, "neither north nor south (GPSLatitudeRef is missing)"],
      [{ GPSLatitudeRef: "N", GPSLongitudeRef: "N" }, 'neither east nor west (GPSLongitudeRef is "N")'],
    ] as const;
    for (const [gps, fault] of faults) {
      const photo = await withPlace(gps);
      expect(await photoPosition(photo)).toBeUndefined();
      expect(await photoPlace(photo)).toEqual({ fault: `the photo's EXIF data says ${fault}` });
    }
    const far = { GPSLatitude: "95/1 0/1 0/1", GPSLatitudeRef: "N", GPSLongitudeRef: "E" };
    expect(await photoPlace(await withPlace(far))).toEqual({
      fault: "the photo's EXIF data has no place on earth, but 95° and 70.75°",
    });
  });

  it("reads WebP too", async () => {
    const photo = await withPlace({ GPSLatitudeRef: "N", GPSLongitudeRef: "E" }, "webp");
    expect(await photoPosition(photo)).toEqual([70.75, 33.5]);
    expect(await photoPosition(await sharp(photo).webp().toBuffer())).toBeUndefined();
    for (let length = 0; length < photo.length; length++) {
      const found = await photoPosition(photo.subarray(0, length));
      expect([undefined, 70.75]).toContain(found?.[0]);
    }
  });

  it("refuses what is no photo", async () => {
    for (const [photo, got] of [
      [null, "null"],
      [5, "number"],
      [[1, 2], "object"],
      ["", "an empty string"],
    ]) {
      await expect(photoPosition(photo as never)).rejects.toThrow(
        new ValueError(`photoPosition: photo must be a file's path or its bytes, got ${got}`),
      );
    }
  });
});
