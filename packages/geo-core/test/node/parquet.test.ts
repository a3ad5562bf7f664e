import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { FormatError, readTrajectories, TrajectorySet } from "../../src/index.js";
import { readParquet, writeParquet } from "../../src/node/index.js";
import { temporaryFiles, zipOf } from "./helpers.js";

/** Files that pyarrow wrote: scripts/parity/geo-core_parquet.py. */
const golden = fileURLToPath(new URL("../golden/parquet/", import.meta.url));
const { trips } = JSON.parse(readFileSync(join(golden, "values.json"), "utf8")) as {
  trips: { id: string; points: number[][]; label: string | null; timesMs: number[] }[];
};
const expected = trips.map(({ id, points, timesMs }) => ({
  id,
  coordinates: Float64Array.from(points.flat()),
  timesMs: Float64Array.from(timesMs),
}));
const file = temporaryFiles();
const LINES = { layout: "trajectories", id: "name", times: "at" } as const;
const POINTS = { layout: "points", id: "trip", x: "x", y: "y", time: "t" } as const;

describe("readParquet, other programs' files", () => {
  const lines = readdirSync(golden).filter((name) => name.startsWith("lines-") && !name.includes("mercator"));

  it.each(lines)("GeoParquet: %s", async (name) => {
    const geometry = name === "lines-ewkb-3d.parquet" ? { geometry: "geom" } : {}; // has no geo metadata
    const { trajectories, attributes, report } = await readParquet(join(golden, name), {
      columns: { ...LINES, ...geometry },
      attributes: ["label"],
    });
    expect([...trajectories]).toEqual(expected);
    expect(attributes.map(({ label }) => label ?? null)).toEqual(trips.map(({ label }) => label));
    expect(report).toEqual({
      files: 1,
      records: 2,
      kept: 2,
      skipped: [],
      mended: [],
      damagedFiles: [],
      times: { untimed: 0, repeated: 0, backward: 0 },
    });
  });

  it("a row a point: timestamps in ms and ns, integer ids, seconds as doubles", async () => {
    const ms = await readParquet(join(golden, "points-ms.parquet"), { columns: POINTS });
    expect([...ms.trajectories]).toEqual(expected);
    const ns = await readParquet(join(golden, "points-ns.parquet"), { columns: POINTS });
    expect([...ns.trajectories]).toEqual(expected.map((trip, i) => ({ ...trip, id: String(i) })));
    const seconds = await readParquet(join(golden, "points-seconds.parquet"), {
      columns: POINTS,
      timeUnit: "seconds",
    });
    expect([...seconds.trajectories]).toEqual(expected);
  });

  it("refuses another coordinate system, and a column that is not there", async () => {
    const mercator = join(golden, "lines-mercator.parquet");
    await expect(readParquet(mercator, { columns: LINES })).rejects.toThrow(
      `${mercator}: crs must be absent, CRS84 or EPSG:4326, got `,
    );
    const planar = await readParquet(mercator, { columns: LINES, coordinateSystem: "planar" });
    expect(planar.trajectories.coordinateSystem).toBe("planar");
    await expect(readParquet(mercator, { columns: { ...LINES, id: "no" } })).rejects.toThrow(
      'the columns must include "no", got "name,geom,bbox,at,label"',
    );
  });

  it("takes an absent crs for degrees, and asks where it is null, as planar sets are written", async () => {
    const columns = { coordinates: Float64Array.of(1, 2, 3, 4), offsets: Uint32Array.of(0, 2) };
    const path = file("crs.parquet", "");
    await writeParquet(path, new TrajectorySet(columns));
    expect((await readParquet(path)).trajectories.coordinateSystem).toBe("lonlat");
    await writeParquet(path, new TrajectorySet({ ...columns, coordinateSystem: "planar" }));
    await expect(readParquet(path)).rejects.toThrow(`${path}: crs null (unknown) needs the option crs`);
    for (const coordinateSystem of ["planar", "lonlat"] as const) {
      const { trajectories } = await readParquet(path, { coordinateSystem });
      expect(trajectories.coordinateSystem).toBe(coordinateSystem);
      expect(trajectories.coordinates).toEqual(columns.coordinates);
    }
  });

  it("reads from a zip, and gzipped", async () => {
    const content = readFileSync(join(golden, "lines-zstd.parquet"));
    const path = file("zipped.zip", zipOf([{ name: "trips.parquet", content }]));
    expect([...(await readParquet(path, { columns: LINES })).trajectories]).toEqual(expected);
    const gzipped = file("trips.parquet.gz", gzipSync(content));
    expect([...(await readParquet(gzipped, { columns: LINES })).trajectories]).toEqual(expected);
  });
});

describe("readParquet, broken rows and files", () => {
  it("names the row of a position out of range, and goes on without it when lenient", async () => {
    const set = new TrajectorySet({
      coordinates: Float64Array.of(1, 2, 3, 4, 500, 6, 7, 8),
      offsets: Uint32Array.of(0, 2, 4),
      coordinateSystem: "planar",
    });
    const path = file("range.parquet", "");
    await writeParquet(path, set);
    const coordinateSystem = "lonlat";
    await expect(readParquet(path, { coordinateSystem })).rejects.toThrow(
      `${path}:2: a position must be a longitude in [-180, 180]`,
    );
    const { report } = await readParquet(path, { coordinateSystem, lenient: true });
    expect(report).toMatchObject({
      records: 2,
      kept: 2,
      mended: [{ reason: "position out of range", count: 1 }],
    });
    expect((await readParquet(path, { coordinateSystem: "planar" })).trajectories.length).toBe(2);
  });

  it("names a file whose text is not UTF-8, and takes a U+FFFD that the text itself holds", async () => {
    const set = new TrajectorySet({
      coordinates: Float64Array.of(1, 2, 3, 4),
      offsets: Uint32Array.of(0, 2),
    });
    const path = file("text.parquet", "");
    const read = () => readParquet(path, { attributes: ["street"] });
    await writeParquet(path, set, { attributes: { street: ["Gro\ufffde"] } });
    expect((await read()).attributes).toEqual([{ street: "Gro\ufffde" }]);
    await writeParquet(path, set, { attributes: { street: ["Gro~e"] } });
    const bytes = readFileSync(path);
    // The file's one page holds the value as it is; 0xdf alone is Latin-1's sharp s.
    bytes[bytes.indexOf("Gro~e") + 3] = 0xdf;
    file("text.parquet", bytes);
    await expect(read()).rejects.toThrow(`${path}: broken Parquet: The encoded data was not valid`);
  });

  it("names a column without a name", async () => {
    const path = file("nameless.parquet", "");
    await writeParquet(
      path,
      new TrajectorySet({ coordinates: Float64Array.of(1, 2), offsets: Uint32Array.of(0, 1) }),
    );
    const bytes = readFileSync(path);
    // The schema's field 4 (Thrift: one on, of type binary), two letters long; as field 12 it is none that the format knows.
    const at = bytes.indexOf(Buffer.from("\x18\x02id", "latin1"));
    expect(at).toBeGreaterThan(0);
    bytes[at] = 0x98;
    file("nameless.parquet", bytes);
    await expect(readParquet(path)).rejects.toThrow(
      `${path}: broken Parquet: element 1 of the schema must have a name`,
    );
  });

  it.each([
    ["no Parquet at all", Buffer.from("hello, this is text"), "broken Parquet"],
    ["a cut file", readFileSync(join(golden, "lines-none.parquet")).subarray(0, -9), "broken Parquet"],
    ["nothing", Buffer.alloc(0), "broken Parquet"],
  ])("names %s", async (_, bytes, message) => {
    const path = file("broken.parquet", bytes);
    await expect(readParquet(path)).rejects.toThrow(`${path}: ${message}`);
    const { report } = await readParquet(path, { lenient: true });
    expect(report.damagedFiles).toEqual([{ reason: "broken Parquet", count: 1, firstAt: { file: path } }]);
  });
});

describe("readParquet, damaged pages", () => {
  const isAnswerOrTyped = async (bytes: Uint8Array<ArrayBuffer>) => {
    const error = await readTrajectories(new File([bytes], "x.parquet")).catch((reason: unknown) => reason);
    expect(error instanceof Error ? error : undefined, String(error)).toSatisfy(
      (each) => each === undefined || each instanceof FormatError,
    );
  };

  it("refuses a run of levels that is longer than its page, where the decoder would fill memory", async () => {
    // Its columns may be null: a page begins with the runs of their levels.
    const bytes = readFileSync(join(golden, "points-ns.parquet"));
    for (let at = 4; at < bytes.length - 8; at += 3) {
      const damaged = Uint8Array.from(bytes);
      // 2³² − 2 as a variable-length integer: a run of 2³¹ − 1 equal values.
      damaged.set([0xfe, 0xff, 0xff, 0xff, 0x0f].slice(0, bytes.length - at), at);
      await isAnswerOrTyped(damaged);
    }
  });
});
