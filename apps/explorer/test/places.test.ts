import { readFileSync } from "node:fs";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { filesOfEntries, pathOf } from "../src/foundation/files.js";
import { openPlaces } from "../src/places/open-places.js";
import { numberKinds } from "../src/places/place-list.js";
import { columnsOf } from "../src/places/place-tables.js";
import { WordEncoder } from "../src/places/word-encoder.js";

const job = { signal: new AbortController().signal, onProgress: () => {} };
const file = (name: string, data: string | Uint8Array<ArrayBuffer>) => ({ name, data: new Blob([data]) });
const read = async (...files: ReturnType<typeof file>[]) => openPlaces(files, job);

/** A JPEG taken at a place, as a telephone writes it. */
async function photo(lat: string, lon: string, description?: string): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await sharp({ create: { width: 8, height: 8, channels: 3, background: "#369" } })
    .jpeg()
    .withExif({
      ...(description === undefined ? {} : { IFD0: { ImageDescription: description } }),
      IFD3: { GPSLatitudeRef: "N", GPSLatitude: lat, GPSLongitudeRef: "E", GPSLongitude: lon },
    })
    .toBuffer();
  return Uint8Array.from(bytes);
}

describe("openPlaces", () => {
  it("reads a table by its columns' usual names, and says what it left out", async () => {
    const table = [
      "Title;Latitude;Longitude;Category;Stars;Notes",
      "Linden;51,05;13,74;café;4,5;green tea",
      "Nowhere;;;café;3;",
      "Far;95;13;park;;",
      "Broken;north;13;park;;",
    ].join("\n");
    const { places, report } = await read(file("list.csv", table));
    expect([...places.positions]).toEqual([13.74, 51.05]);
    expect(places.names).toEqual(["Linden"]);
    expect(places.texts).toEqual(["green tea"]);
    expect(places.searched).toEqual(["Linden café green tea"]);
    expect(places.kindNames).toEqual(["café"]);
    expect([...places.ratings]).toEqual([4.5]);
    expect(report.skipped).toEqual([
      { reason: "longitude or latitude is no number", count: 1, firstAt: "list.csv, row 4" },
      { reason: "has no position", count: 1, firstAt: "list.csv, row 2" },
      { reason: "longitude or latitude out of range", count: 1, firstAt: "list.csv, row 3" },
    ]);
  });

  it("takes what the other columns say where there is no column for texts", async () => {
    const { places } = await read(file("a.csv", "stop_lon,stop_lat,line,zone\n13.7,51,river tram,4\n"));
    expect(places.texts).toEqual(["river tram"]);
    expect([...places.positions]).toEqual([13.7, 51]);
  });

  it("reads GeoJSON, features a line too, and takes areas at their middle", async () => {
    const point = {
      type: "Feature",
      geometry: { type: "Point", coordinates: [1, 2] },
      properties: { name: "P" },
    };
    const ring = [
      [
        [0, 0],
        [4, 0],
        [4, 2],
        [0, 0],
      ],
    ];
    const area = {
      type: "Feature",
      geometry: { type: "Polygon", coordinates: ring },
      properties: { rating: 3 },
    };
    const none = { type: "Feature", geometry: null, properties: {} };
    const whole = await read(
      file("a.geojson", JSON.stringify({ type: "FeatureCollection", features: [point, area, none] })),
    );
    expect([...whole.places.positions]).toEqual([1, 2, 2, 1]);
    expect(whole.report.mended[0]?.reason).toBe("Polygon taken at its middle");
    expect(whole.report.skipped).toEqual([
      { reason: "has no position", count: 1, firstAt: "a.geojson, feature 3" },
    ]);
    const lines = await read(file("a.geojsonl", `${JSON.stringify(point)}\n${JSON.stringify(area)}\n`));
    expect([...lines.places.positions]).toEqual([1, 2, 2, 1]);
  });

  it("reads photos: where they were taken, what is written into them and beside them", async () => {
    const { places, report } = await read(
      file("Elbe trip/IMG_1.jpg", await photo("51/1 3/1 0/1", "13/1 30/1 0/1", "old bridge")),
      file("Elbe trip/sunset_IMG_2.jpg", await photo("51/1 0/1 0/1", "14/1 0/1 0/1")),
      file("Elbe trip/IMG_3.jpg", await photo("51/1 0/1 0/1", "14/1 0/1 0/1")),
      file("Elbe trip/IMG_3.txt", "a heron\n"),
      file("none.png", "no picture"),
    );
    expect(Array.from(places.positions, (value) => Number(value.toFixed(6)))).toEqual([
      13.5, 51.05, 14, 51, 14, 51,
    ]);
    expect(places.texts).toEqual(["old bridge", "Elbe, trip, sunset", "a heron"]);
    expect(places.kindNames).toEqual(["Elbe trip"]);
    expect(report).toMatchObject({ files: 5, places: 3, photos: 3 });
    expect(report.skipped[0]).toMatchObject({
      reason: "photo that does not say where it was taken",
      count: 1,
    });
  });

  it("joins a table's rows with the photos that they name", async () => {
    const { places, report } = await read(
      file("photos.csv", "file,description,lon,lat\nx/B.JPG,two herons,,\nC.jpg,a boat,7,8\n"),
      file("b.jpg", await photo("51/1 0/1 0/1", "14/1 0/1 0/1")),
    );
    expect(places.texts).toEqual(["two herons", "a boat"]);
    expect([...places.positions]).toEqual([14, 51, 7, 8]);
    expect(places.photos?.map((each) => each !== undefined)).toEqual([true, false]);
    expect(report.photos).toBe(1);
  });

  it("says why there is no place at all", async () => {
    await expect(read(file("a.csv", "a,b\n1,2\n"))).rejects.toThrow(
      "No place was found: table without columns lon and lat (it has a, b) (1, first at a.csv). Places are read from photos",
    );
    await expect(read(file("a.doc", "x"))).rejects.toThrow("neither a photo nor a list of places (1");
    await expect(read(file("a.json", "{"))).rejects.toThrow("no JSON (1, first at a.json)");
  });
});

it("columnsOf takes whole names before ends of names, and no column twice", () => {
  expect(columnsOf(["place_name", "name", "x", "y"])).toEqual({ name: "name", lon: "x", lat: "y" });
  expect(columnsOf(["title", "photo_lat", "photo_lon"])).toEqual({
    name: "title",
    lat: "photo_lat",
    lon: "photo_lon",
  });
});

it("numberKinds keeps seven and calls the rest other", () => {
  const kinds = [..."aabbcdefghi"];
  const { numbers, names } = numberKinds(kinds);
  expect(names).toEqual(["a", "b", "c", "d", "e", "f", "g", "other"]);
  expect([...numbers].slice(-2)).toEqual([7, 7]);
});

describe("WordEncoder", () => {
  const texts = [
    "a quiet rose garden",
    "roman coins and porcelain",
    "live music in a cellar",
    "fresh cake, green tea",
  ];
  const encoder = new WordEncoder(texts, "en");
  const likeness = (query: string, vectors: Float32Array) => {
    const { vector } = encoder.encodeQuery(query);
    return texts.map((_, i) => {
      const row = vectors.subarray(i * encoder.dimensions, (i + 1) * encoder.dimensions);
      return (
        row.reduce((sum, value, j) => sum + value * vector[j]!, 0) /
        (Math.hypot(...row) * Math.hypot(...vector))
      );
    });
  };

  it("finds the text with the word, and with another form of it", async () => {
    const vectors = await encoder.encode(texts, job);
    for (const [query, best] of [
      ["coins", 1],
      ["gardens", 0],
      ["musical cellars", 2],
      ["TEA", 3],
    ] as const) {
      const all = likeness(query, vectors);
      expect(all.indexOf(Math.max(...all)), query).toBe(best);
    }
  });

  it("tells known words from unknown ones, and nothing from words", () => {
    expect(encoder.encodeQuery("rose zeppelin")).toMatchObject({ known: 1, unknown: ["zeppelin"] });
    const none = encoder.encodeQuery("");
    expect([...none.vector].every((value) => value === 0)).toBe(true);
  });

  it("offers words that several texts hold, not those of most", () => {
    const offered = new WordEncoder(["red boat", "red boat", "red house", "red 12", "red tree"], "en");
    expect(offered.examples(2)).toEqual(["boat", "house"]);
  });
});

it("filesOfEntries walks folders, in the order of names, and keeps their paths", async () => {
  const entry = (fullPath: string) => ({
    isFile: true,
    isDirectory: false,
    name: fullPath.split("/").at(-1)!,
    fullPath,
    file: (done: (file: File) => void) => done(new File(["x"], fullPath.split("/").at(-1)!)),
  });
  const folder = (name: string, ...parts: unknown[][]) => ({
    isFile: false,
    isDirectory: true,
    name,
    createReader: () => ({ readEntries: (done: (some: unknown[]) => void) => done(parts.shift() ?? []) }),
  });
  const tree = folder(
    "trip",
    [entry("/trip/b.jpg")],
    [folder("day", [entry("/trip/day/c.jpg")]), entry("/trip/a.jpg")],
  );
  const files = await filesOfEntries([tree as unknown as FileSystemEntry, null]);
  expect(files.map(pathOf)).toEqual(["trip/a.jpg", "trip/b.jpg", "trip/day/c.jpg"]);
});

it("the page shows pictures from memory: its security policy lets it", () => {
  const html = readFileSync(new URL("../index.html", import.meta.url), "utf8");
  expect(/img-src [^;"]*blob:/.test(html)).toBe(true);
});
