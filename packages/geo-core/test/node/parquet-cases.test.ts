import type { SchemaElement } from "hyparquet";
import { ByteWriter, type ColumnSource, ParquetWriter, parquetWriteBuffer } from "hyparquet-writer";
import { describe, expect, it } from "vitest";
import { toWkbLine } from "../../src/formats/wkb.js";
import { readTrajectories } from "../../src/index.js";

const may = Date.UTC(2024, 4, 1);
const line = toWkbLine(Float64Array.of(4.5, 50.5, 4.75, 50.75));
const tables = (columnData: ColumnSource[], kv: { key: string; value: string }[] = []) =>
  new Uint8Array(parquetWriteBuffer({ columnData, kvMetadata: kv }));
const read = (data: Uint8Array, options = {}) => readTrajectories([{ name: "a.parquet", data }], options);
const geo = (crs: unknown) => [
  {
    key: "geo",
    value: JSON.stringify({
      version: "1.1.0",
      primary_column: "geometry",
      columns: { geometry: { encoding: "WKB", geometry_types: [], crs } },
    }),
  },
];

/** A column of the format's own type GEOMETRY. */
async function native(crs: string, coordinates: number[][]): Promise<Uint8Array> {
  const writer = new ByteWriter();
  const geometry = {
    name: "geometry",
    type: "BYTE_ARRAY",
    repetition_type: "REQUIRED",
    logical_type: { type: "GEOMETRY", crs },
  };
  const parquet = new ParquetWriter({
    writer,
    schema: [{ name: "root", num_children: 1 }, geometry as SchemaElement],
  });
  await parquet.write({ columnData: [{ name: "geometry", data: [{ type: "LineString", coordinates }] }] });
  await parquet.finish();
  return writer.getBytes().slice();
}

describe("Parquet as others write it", () => {
  it("points a row, by id and time; integer ids", async () => {
    const { set } = await read(
      tables([
        { name: "trip_id", data: [7n, 8n, 7n], type: "INT64" },
        { name: "lon", data: [1, 2, 3], type: "DOUBLE" },
        { name: "lat", data: [4, 5, 6], type: "DOUBLE" },
        { name: "t", data: [new Date(may), new Date(may), new Date(may + 5000)], type: "TIMESTAMP" },
      ]),
    );
    expect([set.ids, [...set.coordinates], [...set.timesMs!]]).toEqual([
      ["7", "8"],
      [1, 4, 3, 6, 2, 5],
      [may, may + 5000, may],
    ]);
  });

  it("integer x and y, and text that holds numbers or angles", async () => {
    const integers = tables([
      { name: "x", data: [1, 2], type: "INT32" },
      { name: "y", data: [3n, 4n], type: "INT64" },
    ]);
    expect([...(await read(integers)).set.coordinates]).toEqual([1, 3, 2, 4]);
    const texts = tables([
      { name: "lon", data: ["1.5", "2°30'W"], type: "STRING" },
      { name: "lat", data: ["3", "4.5 S"], type: "STRING" },
    ]);
    expect([...(await read(texts)).set.coordinates]).toEqual([1.5, 3, -2.5, -4.5]);
    const directions = tables([
      { name: "lon", data: [1.5, 2.5], type: "DOUBLE" },
      { name: "lon_dir", data: ["E", "W"], type: "STRING" },
      { name: "lat", data: [3, 4], type: "DOUBLE" },
    ]);
    expect([...(await read(directions)).set.coordinates]).toEqual([1.5, 3, -2.5, 4]);
    const words = tables([
      { name: "lon", data: ["one"], type: "STRING" },
      { name: "lat", data: ["3"], type: "STRING" },
    ]);
    await expect(read(words)).rejects.toThrow('x and y must be numbers, got "one", "3"');
  });

  it.each([
    ["nanoseconds", 1_000_000n, 1n],
    ["microseconds", 1000n, 1n],
    ["milliseconds", 1n, 1n],
    ["seconds", 1n, 1000n],
  ] as const)("int64 times in %s have the right year", async (_, times, over) => {
    const unit = (ms: number) => (BigInt(ms) * times) / over;
    const data = tables([
      { name: "x", data: [1, 2], type: "DOUBLE" },
      { name: "y", data: [3, 4], type: "DOUBLE" },
      { name: "time", data: [unit(may), unit(may + 1000)], type: "INT64" },
    ]);
    expect([...(await read(data)).set.timesMs!]).toEqual([may, may + 1000]);
  });

  it("a date outside 1970 to 2100 names the option", async () => {
    const data = tables([
      { name: "x", data: [1], type: "DOUBLE" },
      { name: "y", data: [3], type: "DOUBLE" },
      { name: "time", data: [new Date(-1)], type: "TIMESTAMP" },
    ]);
    await expect(read(data)).rejects.toThrow("timeRange");
    expect((await read(data, { lenient: true })).report.mended).toMatchObject([
      { reason: "time not read", count: 1 },
    ]);
    expect([...(await read(data, { timeRange: [-10, 10] })).set.timesMs!]).toEqual([-1]);
  });

  it("NAD83 is read as degrees where it is named, and named where it is not", async () => {
    const data = tables(
      [{ name: "geometry", data: [line], type: "BYTE_ARRAY" }],
      geo({ name: "NAD83", id: { authority: "EPSG", code: 4269 } }),
    );
    await expect(read(data)).rejects.toThrow(
      'got EPSG:4269 (NAD83); crs: "EPSG:4269" reads its degrees as they are',
    );
    expect([...(await read(data, { crs: "EPSG:4269" })).set.coordinates]).toEqual([4.5, 50.5, 4.75, 50.75]);
  });

  it("a native GEOMETRY in EPSG:3857 is refused, or brought to degrees, and never taken for them", async () => {
    const mercator = await native("EPSG:3857", [
      [111_319.49079327358, 0],
      [0, 0],
    ]);
    await expect(read(mercator)).rejects.toThrow("got EPSG:3857");
    const { set, report } = await read(mercator, { lenient: true });
    expect([set.length, report.damagedFiles]).toMatchObject([0, [{ reason: "other coordinate system" }]]);
    const { coordinates } = (await read(mercator, { crs: "file" })).set;
    expect(coordinates[0]).toBeCloseTo(1, 10);
    expect([
      ...(
        await read(
          await native("OGC:CRS84", [
            [4.5, 50.5],
            [4.75, 50.75],
          ]),
        )
      ).set.coordinates,
    ]).toEqual([4.5, 50.5, 4.75, 50.75]);
  });
});
