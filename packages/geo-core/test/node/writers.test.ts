import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TrajectorySet } from "../../src/index.js";
import {
  readCsv,
  readGeoJson,
  readGeoJsonLines,
  readParquet,
  writeCsv,
  writeGeoJson,
  writeGeoJsonLines,
  writeParquet,
} from "../../src/node/index.js";
import { temporaryFiles } from "./helpers.js";

const file = temporaryFiles();

/** Sets of one to four trajectories of two to five points, with times or without, and a label each. */
const labelled = fc
  .record({
    sizes: fc.array(fc.integer({ min: 2, max: 5 }), { minLength: 1, maxLength: 4 }),
    withTimes: fc.boolean(),
    seed: fc.array(fc.double({ min: -90, max: 90, noNaN: true }), { minLength: 40, maxLength: 40 }),
    startMs: fc.integer({ min: 0, max: 4 * 10 ** 12 }),
    labels: fc.array(fc.option(fc.string({ minLength: 1 }).filter((s) => !/[\ufffd\ud800-\udfff]/.test(s))), {
      minLength: 4,
      maxLength: 4,
    }),
  })
  .map(({ sizes, withTimes, seed, startMs, labels }) => {
    const offsets = Uint32Array.from([
      0,
      ...sizes.map((_, i) => sizes.slice(0, i + 1).reduce((a, b) => a + b)),
    ]);
    const count = offsets.at(-1)!;
    // −0 is 0 to every writer.
    const coordinates = Float64Array.from(seed.slice(0, 2 * count), (value) => value + 0);
    const timesMs = withTimes
      ? Float64Array.from({ length: count }, (_, i) => startMs + 1000 * i)
      : undefined;
    const ids = sizes.map((_, i) => `trip, "${i}"`);
    return {
      set: new TrajectorySet({ coordinates, offsets, timesMs, ids }),
      labels: labels.slice(0, sizes.length),
    };
  });

async function isRoundTrip(
  write: (path: string, set: TrajectorySet, label: (string | null)[]) => Promise<void>,
  read: (path: string, withTimes: boolean) => Promise<{ trajectories: TrajectorySet; labels: unknown[] }>,
  name: string,
): Promise<void> {
  const path = file(name, "");
  await fc.assert(
    fc.asyncProperty(labelled, async ({ set, labels }) => {
      await write(path, set, labels);
      const back = await read(path, set.timesMs !== undefined);
      expect([...back.trajectories]).toEqual([...set]);
      expect(back.labels).toEqual(labels);
    }),
    { numRuns: 60 },
  );
}

describe("what is written is read back equal", () => {
  it("GeoJSON", () =>
    isRoundTrip(
      (path, set, label) => writeGeoJson(path, set, { attributes: { label } }),
      async (path) => {
        const { trajectories, properties } = await readGeoJson(path);
        return { trajectories, labels: properties.map((p) => p!.label) };
      },
      "a.geojson",
    ));

  it("newline-delimited GeoJSON, gzipped", () =>
    isRoundTrip(
      (path, set, label) => writeGeoJsonLines(path, set, { attributes: { label } }),
      async (path) => {
        const { trajectories, properties } = await readGeoJsonLines(path);
        return { trajectories, labels: properties.map((p) => p!.label) };
      },
      "a.ndjson.gz",
    ));

  it("CSV, a row a point", () =>
    isRoundTrip(
      (path, set, label) => writeCsv(path, set, { attributes: { label } }),
      async (path, withTimes) => {
        const { trajectories, attributes } = await readCsv(path, {
          columns: { layout: "points", id: "id", x: "lon", y: "lat", ...(withTimes ? { time: "time" } : {}) },
          attributes: ["label"],
          multilineFields: true,
        });
        return { trajectories, labels: attributes.map((a) => a.label || null) };
      },
      "points.csv",
    ));

  it("CSV, a row a trajectory", () =>
    isRoundTrip(
      (path, set, label) =>
        writeCsv(path, set, { layout: "trajectories", timeFormat: "milliseconds", attributes: { label } }),
      async (path, withTimes) => {
        const { trajectories, attributes } = await readCsv(path, {
          columns: {
            layout: "trajectories",
            id: "id",
            polyline: "polyline",
            polylineFormat: "wkt",
            ...(withTimes ? { times: "times" } : {}),
          },
          timeFormat: "milliseconds",
          attributes: ["label"],
          multilineFields: true,
        });
        return { trajectories, labels: attributes.map((a) => a.label || null) };
      },
      "lines.csv",
    ));

  it("GeoParquet", () =>
    isRoundTrip(
      (path, set, label) => writeParquet(path, set, { attributes: { label } }),
      async (path, withTimes) => {
        const { trajectories, attributes } = await readParquet(path, {
          columns: { layout: "trajectories", id: "id", ...(withTimes ? { times: "times" } : {}) },
          attributes: ["label"],
        });
        return { trajectories, labels: attributes.map((a) => a.label ?? null) };
      },
      "a.parquet",
    ));

  it("Parquet, a row a point", () =>
    isRoundTrip(
      (path, set, label) => writeParquet(path, set, { layout: "points", attributes: { label } }),
      async (path, withTimes) => {
        const { trajectories, attributes } = await readParquet(path, {
          columns: { layout: "points", id: "id", x: "lon", y: "lat", ...(withTimes ? { time: "time" } : {}) },
          attributes: ["label"],
        });
        return { trajectories, labels: attributes.map((a) => a.label ?? null) };
      },
      "points.parquet",
    ));

  it("Parquet of several row groups", async () => {
    const count = 140_000; // a row group ends at 131,072 points
    const set = new TrajectorySet({
      coordinates: Float64Array.from({ length: 2 * count }, (_, i) => (i % 1000) / 100),
      offsets: Uint32Array.of(0, 2, 135_000, count),
      timesMs: Float64Array.from({ length: count }, (_, i) => i + 0.5), // not whole: doubles
    });
    const path = file("large.parquet", "");
    for (const layout of ["points", "trajectories"] as const) {
      await writeParquet(path, set, { layout });
      const { trajectories } = await readParquet(path, {
        columns:
          layout === "points"
            ? { layout, id: "id", x: "lon", y: "lat", time: "time" }
            : { layout, id: "id", times: "times" },
      });
      expect(trajectories.offsets).toEqual(set.offsets);
      expect(trajectories.coordinates.every((value, i) => value === set.coordinates[i])).toBe(true);
      expect(trajectories.timesMs!.every((value, i) => value === set.timesMs![i])).toBe(true);
    }
  });
});

describe("a set without trajectories", () => {
  const empty = new TrajectorySet({ coordinates: new Float64Array(0), offsets: Uint32Array.of(0) });
  const points = { layout: "points", id: "id", x: "lon", y: "lat" } as const;
  const lines = { layout: "trajectories", id: "id", polyline: "polyline", polylineFormat: "wkt" } as const;

  it.each([
    ["CSV, a row a point", "0.csv", writeCsv, { layout: "points" }, readCsv, { columns: points }],
    ["CSV, a row a trajectory", "1.csv", writeCsv, { layout: "trajectories" }, readCsv, { columns: lines }],
    ["GeoParquet", "0.parquet", writeParquet, {}, readParquet, {}],
    [
      "Parquet, a row a point",
      "1.parquet",
      writeParquet,
      { layout: "points" },
      readParquet,
      { columns: points },
    ],
    ["GeoJSON", "0.geojson", writeGeoJson, {}, readGeoJson, {}],
  ])("is read back as such: %s", async (_, name, write, how, read, options) => {
    const path = file(name, "");
    await (write as (path: string, set: TrajectorySet, options: object) => Promise<void>)(path, empty, how);
    const { trajectories, report } = await (read as typeof readCsv)(
      path,
      options as { columns: typeof points },
    );
    expect(trajectories.length).toBe(0);
    expect(report).toEqual({
      files: 1,
      records: 0,
      kept: 0,
      skipped: [],
      mended: [],
      damagedFiles: [],
      times: { untimed: 0, repeated: 0, backward: 0 },
    });
  });

  it("is an empty line in newline-delimited GeoJSON; a file without a byte is refused", async () => {
    const path = file("0.ndjson", "");
    await writeGeoJsonLines(path, empty);
    expect((await readGeoJsonLines(path)).trajectories.length).toBe(0);
    file("0.ndjson", "");
    await expect(readGeoJsonLines(path)).rejects.toThrow(`${path}: the file holds no records`);
  });
});

describe("atomic writing", () => {
  const set = new TrajectorySet({ coordinates: Float64Array.of(1, 2), offsets: Uint32Array.of(0, 1) });

  it("leaves the old file and nothing else when it fails", async () => {
    const path = file("atomic/a.geojson", "old");
    const planar = new TrajectorySet({ ...set, coordinateSystem: "planar" });
    await expect(writeGeoJson(path, planar)).rejects.toThrow("writeGeoJson: set must be lonlat");
    expect(readFileSync(path, "utf8")).toBe("old");
    expect(readdirSync(dirname(path))).toEqual(["a.geojson"]);
  });

  it("writes nothing after an abort", async () => {
    const path = `${dirname(file("aborted/x", ""))}/a.csv`;
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(writeCsv(path, set, { signal })).rejects.toThrow("enough");
    expect(existsSync(path)).toBe(false);
    expect(readdirSync(dirname(path))).toEqual(["x"]);
  });

  it("gzips where the name ends in .gz", async () => {
    const path = file("a.csv.gz", "");
    await writeCsv(path, set);
    expect(gunzipSync(readFileSync(path)).toString()).toBe("id,lon,lat\n0,1,2\n");
  });
});

describe("what a writer refuses", () => {
  const set = new TrajectorySet({ coordinates: Float64Array.of(1, 2, 3, 4), offsets: Uint32Array.of(0, 2) });
  const path = "/nowhere";

  it.each([
    [
      "an attribute of another length",
      () => writeCsv(path, set, { attributes: { a: [] } }),
      "writeCsv: attributes.a must have length 1, got 0",
    ],
    [
      "an attribute named as a column",
      () => writeCsv(path, set, { attributes: { lon: [1] } }),
      "writeCsv: attributes must not be named as a column of the format, got lon",
    ],
    [
      "NaN",
      () => writeGeoJson(path, set, { attributes: { a: [Number.NaN] } }),
      "writeGeoJson: attributes.a[0] must be text, a finite number, a boolean or null, got NaN",
    ],
    [
      "a layout",
      () => writeParquet(path, set, { layout: "rows" as "points" }),
      'writeParquet: layout must be one of trajectories, points, got "rows"',
    ],
  ])("%s", async (_, write, message) => {
    await expect(write()).rejects.toThrow(message);
  });

  const writers = [
    ["writeCsv", (set: TrajectorySet) => writeCsv(path, set, { layout: "points" })],
    ["writeParquet", (set: TrajectorySet) => writeParquet(path, set, { layout: "points" })],
  ] as const;

  it.each(writers)("a trajectory that would have no row: %s", async (name, write) => {
    const gap = new TrajectorySet({
      coordinates: Float64Array.of(1, 2, 3, 4),
      offsets: Uint32Array.of(0, 1, 1, 2),
    });
    await expect(write(gap)).rejects.toThrow(
      `${name}: trajectory 1 must have points where rows are points (layout: "trajectories" writes it), got 0`,
    );
  });

  it.each(writers)(
    "trajectories that would become one, or be refused by the reader: %s",
    async (name, write) => {
      const coordinates = Float64Array.of(1, 2, 3, 4, 5, 6);
      const same = new TrajectorySet({
        coordinates,
        offsets: Uint32Array.of(0, 1, 2, 3),
        ids: ["a", "b", "a"],
      });
      await expect(write(same)).rejects.toThrow(
        `${name}: ids must differ where rows are points (layout: "trajectories" writes them), got "a" of trajectories 0 and 2`,
      );
    },
  );

  it("a name that GeoJSON's readers take for times", async () => {
    await expect(writeGeoJson(path, set.with({ properties: { coordTimes: [1] } }))).rejects.toThrow(
      "writeGeoJson: a property must not be called coordTimes",
    );
  });
});
