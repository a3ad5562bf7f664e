import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { asyncBufferFromFile, parquetMetadataAsync, parquetSchema } from "hyparquet";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readTrajectories, TrajectorySet, toCsv } from "../../src/index.js";
import { readParquet, writeParquet } from "../../src/node/index.js";

const timesMs = Float64Array.of(0, 1000, 0, 1000);
const setOf = (properties: object, pointColumns: object = {}): TrajectorySet =>
  new TrajectorySet({
    coordinates: Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8),
    offsets: Uint32Array.of(0, 2, 4),
    ids: ["a", "b"],
    timesMs,
    properties: properties as never,
    pointColumns: pointColumns as never,
  });
const header = (text: string) => text.slice(0, text.indexOf("\n"));
const readBack = async (text: string) =>
  (await readTrajectories([{ name: "a.csv", data: new TextEncoder().encode(text) }])).set;

describe("further columns that are called as a role", () => {
  it("of CSV, a row a point, are plain, and come back", async () => {
    const set = setOf({ vehicle: ["A7", "B8"], driver: [1, 2] });
    const text = toCsv(set);
    expect(text).toBe(`trajectory_id,lon,lat,time,vehicle,driver
a,1,2,1970-01-01T00:00:00.000Z,A7,1
a,3,4,1970-01-01T00:00:01.000Z,A7,1
b,5,6,1970-01-01T00:00:00.000Z,B8,2
b,7,8,1970-01-01T00:00:01.000Z,B8,2
`);
    expect(await readBack(text)).toEqual(set);
  });

  it.each([
    ["points", { id: ["1", "2"] }, "trajectory_id,lon,lat,time,id"],
    ["points", { date: ["x", "y"] }, "id,lon,lat,timestamp,date"],
    ["points", { path: ["x", "y"], times: [1, 2] }, "id,lon,lat,time,path,times"],
    ["points", { longitude: [1, 2] }, "id,lon,lat,time,longitude{}"],
    ["points", { lng: [1, 2] }, "id,lon,lat,time,lng"],
    ["points", { ew: ["E", "W"] }, "id,lon,lat,time,ew{}"],
    ["points", { trajectory_id: ["x", "y"] }, "id,lon,lat,time,trajectory_id{}"],
    [
      "points",
      { vehicle: ["x", "y"], trajectory_id: ["x", "y"] },
      "trajectory_id,lon,lat,time,vehicle,trajectory_id{}",
    ],
    ["trajectories", { vehicle: ["A7", "B8"] }, "trajectory_id,polyline,times,vehicle"],
    ["trajectories", { time: ["x", "y"], lon: [1, 2] }, "id,polyline,times,time,lon"],
    ["trajectories", { lon: [1, 2], lat: [1, 2] }, "id,polyline,times,lon,lat{}"],
    ["trajectories", { wkt: ["x", "y"] }, "id,geometry,times,wkt"],
  ] as const)(
    "of CSV, a row of %s, %o: marked only where no name of the table's own goes before",
    async (layout, properties, expected) => {
      const set = setOf(properties);
      const text = toCsv(set, { layout });
      expect(header(text)).toBe(expected);
      expect((await readBack(text)).properties).toEqual(set.properties);
      expect((await readBack(text)).ids).toEqual(set.ids);
      expect((await readBack(text)).timesMs).toEqual(timesMs);
    },
  );

  describe("of Parquet", () => {
    let folder = "";
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "role-names-"));
    });
    afterAll(() => rm(folder, { recursive: true }));

    it.each([
      ["points", { vehicle: ["A7", "B8"] }, ["trajectory_id", "lon", "lat", "time", "vehicle"]],
      ["points", { timestamp: ["x", "y"] }, ["id", "lon", "lat", "time", "timestamp{}"]],
      ["points", { geometry: ["x", "y"] }, ["id", "lon", "lat", "time", "geometry"]],
      ["trajectories", { vehicle: ["A7", "B8"] }, ["trajectory_id", "geometry", "bbox", "times", "vehicle"]],
      ["trajectories", { lon: [1, 2], lat: [1, 2] }, ["id", "geometry", "bbox", "times", "lon", "lat"]],
    ] as const)("a row of %s, %o", async (layout, properties, expected) => {
      const path = join(folder, "a.parquet");
      const set = setOf(properties);
      await writeParquet(path, set, { layout });
      const metadata = await parquetMetadataAsync(await asyncBufferFromFile(path));
      expect(parquetSchema(metadata).children.map(({ element }) => element.name)).toEqual(expected);
      const { trajectories } = await readParquet(path);
      expect([trajectories.ids, trajectories.properties, trajectories.timesMs]).toEqual([
        set.ids,
        set.properties,
        timesMs,
      ]);
    });
  });
});
