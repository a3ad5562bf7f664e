import { ByteWriter, type ColumnSource, ParquetWriter, parquetWriteBuffer } from "hyparquet-writer";
import { describe, expect, it } from "vitest";
import { type ReadTrajectoriesOptions, readTrajectories, TrajectorySet } from "../../src/index.js";
import { readTrajectories as readFile, writeParquet } from "../../src/node/index.js";
import { temporaryFiles } from "../node/helpers.js";

const file = temporaryFiles();
const may = Date.UTC(2020, 4, 13, 13, 5, 9);

const bytes = (text: string) => new TextEncoder().encode(text);

async function timesOf(
  name: string,
  data: Uint8Array,
  options: ReadTrajectoriesOptions = {},
): Promise<number[]> {
  const { set } = await readTrajectories([{ name, data }], options);
  expect([set.pointColumns, set.properties]).toEqual([{}, {}]);
  return [...set.timesMs!];
}

/** The same date and time as CSV, as JSON rows, as rows within a trip, as points of GeoJSON, and as Parquet. */
const kinds = (date: unknown, time: unknown): [string, Uint8Array][] => {
  const row = { lon: 1, lat: 2, date, time };
  const type = typeof time === "number" ? "DOUBLE" : "STRING";
  const feature = {
    type: "Feature",
    geometry: { type: "Point", coordinates: [1, 2] },
    properties: { date, time },
  };
  return [
    ["a.csv", bytes(`lon,lat,date,time\n1,2,${date},${time}\n`)],
    ["a.json", bytes(JSON.stringify([row]))],
    ["a.json", bytes(JSON.stringify({ points: [row, row] }))],
    ["a.geojson", bytes(JSON.stringify(feature))],
    [
      "a.parquet",
      parquet([
        { name: "lon", data: [1], type: "DOUBLE" },
        { name: "lat", data: [2], type: "DOUBLE" },
        { name: "date", data: [date], type: typeof date === "number" ? "INT32" : "STRING" },
        { name: "time", data: [time], type },
      ]),
    ],
  ];
};

const parquet = (columnData: ColumnSource[]) => new Uint8Array(parquetWriteBuffer({ columnData }));

describe("a date beside the time of day", () => {
  it.each([
    ["2020-05-13", "13:05:09"],
    ["2020/5/13", "13:05:09Z"],
    ["2020-05-13", "1:05:09 PM"],
    ["2020-05-13", "01:05:09pm"],
    ["13.05.2020", "13:05:09"],
    ["13.5.2020", "1:05:09 p.m."],
    ["20200513", "130509"],
    [20200513, 130509],
    ["20200513", "130509000"],
    ["20200513", "13:05:09"],
    // What holds a date itself needs none.
    ["2020-05-13", "2020-05-13T13:05:09Z"],
    ["13/05/20", "2020-05-13 1:05:09 PM"],
    ["2020-05-13", may / 1000],
    ["2020-05-13", may],
  ])("%s, %s is read in every kind of file", async (date, time) => {
    for (const [name, data] of kinds(date, time)) {
      for (const timeMs of await timesOf(name, data)) expect([name, timeMs]).toEqual([name, may]);
    }
  });

  it("keeps fractions, midnight and noon, and the zero that a number has lost", async () => {
    const csv = (date: string, time: string) =>
      timesOf("a.csv", bytes(`lon,lat,date,time\n1,2,${date},${time}\n`));
    const day = Date.UTC(2020, 4, 13);
    expect(await csv("20200513", "70509.25")).toEqual([day + ((7 * 60 + 5) * 60 + 9.25) * 1000]);
    expect(await csv("2020-05-13", "12:05 AM")).toEqual([day + 5 * 60_000]);
    expect(await csv("2020-05-13", "12:05:09.5 PM")).toEqual([day + (12 * 3600 + 309.5) * 1000]);
  });

  it.each([
    ["130520", "130509"], // which of them is the year
    ["05/13/2020", "13:05:09"],
    ["2020-05-13", "43200"],
    ["2020-05-13", "13:05:09 XM"],
    ["13.13.2020", "13:05:09"],
    ["20200513", "1305"], // an hour and a minute, or a minute and a second
  ])("%s, %s is told with the option that says how it is written", async (date, time) => {
    for (const [name, data] of kinds(date, time)) {
      await expect(readTrajectories([{ name, data }]), name).rejects.toThrow(/must be a time|coordTimes/);
    }
    await expect(readTrajectories([{ name: "a.csv", data: kinds(date, time)[0]![1] }])).rejects.toThrow(
      "timePattern",
    );
  });

  it("follows a pattern as both stand, and is untimed where the time of day is missing", async () => {
    for (const [name, data] of kinds("130520", "1.05 PM")) {
      for (const timeMs of await timesOf(name, data, { timePattern: "ddMMyy h.mm a" }))
        expect([name, timeMs]).toEqual([name, Date.UTC(2020, 4, 13, 13, 5)]);
    }
    const { set, report } = await readTrajectories([
      { name: "a.csv", data: bytes("lon,lat,date,time\n1,2,2020-05-13,\n3,4,2020-05-13,13:05:09\n") },
    ]);
    expect([...set.timesMs!]).toEqual([Number.NaN, may]);
    expect(report.times.untimed).toBe(1);
  });

  it("is one of twelve hours or with dots in a single column too", async () => {
    const csv = (time: string) => timesOf("a.csv", bytes(`lon,lat,time\n1,2,${time}\n`));
    expect(await csv("2020-05-13 1:05:09 PM")).toEqual([may]);
    expect(await csv("13.05.2020 13:05:09")).toEqual([may]);
    expect(await csv("13.05.2020 01:05:09 pm")).toEqual([may]);
    expect(await csv("13.05.2020")).toEqual([Date.UTC(2020, 4, 13)]);
  });
});

describe("Parquet's own dates and times of day", () => {
  it.each([
    ["MILLIS", "INT32", 1],
    ["MICROS", "INT64", 1000],
  ] as const)("are one moment: TIME(%s)", async (unit, type, perMs) => {
    const sinceMidnight = ((13 * 60 + 5) * 60 + 9) * 1000 * perMs;
    const writer = new ByteWriter();
    const own = new ParquetWriter({
      writer,
      schema: [
        { name: "root", num_children: 4 },
        { name: "lon", type: "DOUBLE", repetition_type: "REQUIRED" },
        { name: "lat", type: "DOUBLE", repetition_type: "REQUIRED" },
        { name: "date", type: "INT32", converted_type: "DATE", repetition_type: "REQUIRED" },
        {
          name: "time",
          type,
          logical_type: { type: "TIME", isAdjustedToUTC: true, unit },
          repetition_type: "REQUIRED",
        },
      ],
    });
    await own.write({
      columnData: [
        { name: "lon", data: [1] },
        { name: "lat", data: [2] },
        { name: "date", data: [new Date(Date.UTC(2020, 4, 13))] },
        { name: "time", data: type === "INT64" ? [BigInt(sinceMidnight)] : [sinceMidnight] },
      ],
    });
    await own.finish();
    expect(await timesOf("a.parquet", new Uint8Array(writer.getBytes()))).toEqual([may]);
  });

  it("are not looked for in our own files, whose times are moments", async () => {
    const path = file("own.parquet", "");
    const set = new TrajectorySet({
      ids: ["a"],
      coordinates: Float64Array.of(1, 2),
      offsets: Uint32Array.of(0, 1),
      timesMs: Float64Array.of(5),
      pointColumns: { date: ["2020-05-13"] },
    });
    await writeParquet(path, set, { layout: "points" });
    const { set: back } = await readFile(path);
    expect([[...back.timesMs!], back.pointColumns.date ?? back.properties.date]).toEqual([
      [5],
      ["2020-05-13"],
    ]);
  });
});
