import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readGeoJson, readGeoJsonLines } from "../../src/node/index.js";
import { temporaryFiles } from "./helpers.js";

const file = temporaryFiles();
const line = (coordinates: unknown, properties: unknown = null, id?: string) =>
  JSON.stringify({ type: "Feature", id, properties, geometry: { type: "LineString", coordinates } });
const collection = (...features: string[]) =>
  `{"type":"FeatureCollection",\n"features":[${features.join(",\n")}]}\n`;
const A = line(
  [
    [1, 2],
    [3, 4],
  ],
  { mode: "bus" },
  "a",
);
const B = line([
  [5, 6],
  [7, 8],
]);

describe("readGeoJson", () => {
  it("reads a collection's features one by one, with their lines", async () => {
    const path = file("two.geojson", collection(A, B));
    const { trajectories, properties, report } = await readGeoJson(path);
    expect([...trajectories].map(({ id, coordinates }) => [id, ...coordinates])).toEqual([
      ["a", 1, 2, 3, 4],
      ["two/1", 5, 6, 7, 8],
    ]);
    expect(properties).toEqual([{ mode: "bus" }, null]);
    expect(report).toEqual({
      files: 1,
      records: 2,
      kept: 2,
      skipped: [],
      mended: [],
      damagedFiles: [],
      times: { untimed: 4, repeated: 0, backward: 0 },
    });
    const broken = file("broken.geojson", collection(A, line([[1, 2]])));
    await expect(readGeoJson(broken)).rejects.toThrow(
      `${broken}:3: feature 1: line must hold two or more positions, got 1`,
    );
  });

  it.each([
    ["a bare feature", A],
    ["a bare geometry", '{"type":"LineString","coordinates":[[1,2],[3,4]]}'],
    [
      "a feature whose text looks like a collection",
      line(
        [
          [1, 2],
          [3, 4],
        ],
        { features: ["}]", '"features":['] },
      ),
    ],
    ["members after the features", `{"features": [ ${A} ] , "bbox": [1,2,3,4], "type": "FeatureCollection"}`],
  ])("reads %s", async (_, text) => {
    const { trajectories } = await readGeoJson(file("one.geojson", text));
    expect([...trajectories.coordinates]).toEqual([1, 2, 3, 4]);
  });

  it.each([
    ["a cut file", collection(A, B).slice(0, -20), "the features' array must be closed"],
    ["a missing comma", collection(`${A}${B}`), "feature 0: must be JSON"],
    ["a comma too many", collection(A, "", B), "2 features must have 1 commas between, got 2"],
    ["a trailing comma", collection(A, ""), "1 features must have 0 commas between, got 1"],
    [
      "a wrong type",
      collection(A).replace("FeatureCollection", "Collection"),
      "an object with features must be a FeatureCollection",
    ],
    ["text after the end", `${collection(A)}]`, "around its features, a collection must be JSON"],
    [
      "another coordinate system",
      `{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"EPSG:3857"}},"features":[${A}]}`,
      "crs must be absent, CRS84 or EPSG:4326",
    ],
    ["nothing", "", "the file holds no records"],
    ["no JSON", "hello", "feature 0: must be JSON"],
  ])("refuses %s", async (_, text, message) => {
    const path = file("bad.geojson", text);
    await expect(readGeoJson(path)).rejects.toThrow(message);
    const { report } = await readGeoJson(path, { lenient: true });
    expect(report.damagedFiles.length + report.skipped.length).toBeGreaterThan(0);
  });

  it("leaves out other geometries on request", async () => {
    const point = '{"type":"Feature","properties":null,"geometry":{"type":"Point","coordinates":[1,2]}}';
    const path = file("point.geojson", collection(A, point));
    await expect(readGeoJson(path)).rejects.toThrow("feature 1: geometry must hold a line, got Point");
    const { report } = await readGeoJson(path, { otherGeometries: "skip" });
    expect(report).toMatchObject({ records: 2, kept: 1, skipped: [{ reason: "no line: Point", count: 1 }] });
  });

  it("checks the order of times and that all points have one, where asked to", async () => {
    const timed = line(
      [
        [1, 2],
        [3, 4],
      ],
      { coordTimes: ["2020-01-01T00:00:05Z", "2020-01-01T00:00:00Z"] },
    );
    const back = file("back.geojson", collection(timed));
    await expect(readGeoJson(back, { order: "error" })).rejects.toThrow("times must not go back");
    expect((await readGeoJson(back)).report.times.backward).toBe(1);
    const sound = line(
      [
        [1, 2],
        [3, 4],
      ],
      { coordTimes: ["2020-01-01T00:00:00Z", "2020-01-01T00:00:05Z"] },
    );
    const mixed = file("mixed.geojson", collection(sound, A));
    await expect(readGeoJson(mixed, { times: "require" })).rejects.toThrow("a point must have a time");
    expect((await readGeoJson(mixed)).report.times.untimed).toBe(2);
  });

  it("finds the same features however the text is spaced and whatever strings hold", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 3 }), { minLength: 1, maxLength: 4 }),
        fc.constantFrom(undefined, 1, "\t"),
        async (properties, indent) => {
          const safe = properties.map((p) => ({
            ...p,
            id: undefined,
            coordTimes: undefined,
            times: undefined,
            timesMs: undefined,
            timestamps: undefined,
            coordinateProperties: undefined,
          }));
          const features = safe.map(
            (p) =>
              JSON.parse(
                line(
                  [
                    [1, 2],
                    [3, 4],
                  ],
                  p,
                ),
              ) as unknown,
          );
          const text = JSON.stringify({ type: "FeatureCollection", features }, null, indent);
          const read = await readGeoJson(file("spaced.geojson", text));
          expect(read.properties).toEqual(features.map((f) => (f as { properties: unknown }).properties));
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe("text that is not UTF-8", () => {
  const street = (name: string, id: string) =>
    line(
      [
        [1, 2],
        [3, 4],
      ],
      { street: name },
      id,
    );
  const texts = [street("Weg", "a"), street("Gro\u00dfe", "b"), street("Allee", "\u00df")] as const;

  it.each([
    ["latin1.geojson", collection(...texts), readGeoJson, 3],
    ["latin1.ndjson", texts.join("\n"), readGeoJsonLines, 2],
  ] as const)(
    "is refused with its feature, taken as Windows-1252 when lenient: %s",
    async (name, text, read, at) => {
      const path = file(name, Buffer.from(text, "latin1"));
      await expect(read(path)).rejects.toThrow(`${path}:${at}: feature 1: must be UTF-8, got `);
      await expect(read(path)).rejects.toThrow("Gro\ufffde");
      const { trajectories, properties, report } = await read(path, { lenient: true });
      expect(trajectories.ids).toEqual(["a", "b", "\u00df"]);
      expect(properties).toEqual([{ street: "Weg" }, { street: "Gro\u00dfe" }, { street: "Allee" }]);
      expect(report.skipped).toEqual([]);
      expect(report.mended).toEqual([{ reason: "not UTF-8", count: 2, firstAt: { file: path, line: at } }]);
    },
  );

  it("may hold U+FFFD itself", async () => {
    const path = file("replaced.geojson", collection(street("Gro\ufffde", "\ufffd")));
    const { trajectories, properties } = await readGeoJson(path);
    expect([trajectories.ids, properties]).toEqual([["\ufffd"], [{ street: "Gro\ufffde" }]]);
  });
});

describe("nesting of any depth", () => {
  const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;

  it.each([
    [
      "a.ndjson",
      `{"type":"LineString","coordinates":[${deep},1]}`,
      "position 0 must hold 2 to 4 finite numbers, got a deeply nested object",
    ],
    ["b.ndjson", `{"type":${deep}}`, "geometry type must be one of GeoJSON's, got a deeply nested object"],
    [
      "c.geojson",
      collection(A).replace("{", `{"crs":${deep},`),
      "crs must be absent, CRS84 or EPSG:4326, got a deeply nested object",
    ],
  ])("is named, and does not overflow the stack: %s", async (name, text, message) => {
    const read = name.endsWith("ndjson") ? readGeoJsonLines : readGeoJson;
    await expect(read(file(name, text))).rejects.toThrow(message);
  });
});

describe("readGeoJsonLines", () => {
  it("reads a feature a line, with record separators or without", async () => {
    const path = file("lines.ndjson", `${A}\n\u001e${B}\n\n`);
    const { trajectories, report } = await readGeoJsonLines(path);
    expect(trajectories.ids).toEqual(["a", "lines/1"]);
    expect(report.records).toBe(2);
  });

  it("names the line of a broken feature, and skips it when lenient", async () => {
    const path = file("bad.ndjson", `${A}\n{"type":\n${B}`);
    await expect(readGeoJsonLines(path)).rejects.toThrow(
      `${path}:2: feature 1: must be JSON, got "{\\"type\\":"`,
    );
    const { trajectories, report } = await readGeoJsonLines(path, { lenient: true });
    expect(trajectories.length).toBe(2);
    expect(report.skipped).toEqual([{ reason: "broken JSON", count: 1, firstAt: { file: path, line: 2 } }]);
  });
});
