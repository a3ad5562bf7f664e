import { describe, expect, it } from "vitest";
import { readCsv } from "../../src/node/index.js";
import { temporaryFiles } from "./helpers.js";

const file = temporaryFiles();
const COLUMNS = { layout: "points", id: "trip", x: "lon", y: "lat", time: "at" } as const;
const ROWS =
  "trip,at,lat,lon,label\na,2020-01-01T00:00:00Z,39.9,116.3,bus\na,2020-01-01T00:00:05Z,39.8,116.4,bus\nb,2020-01-01T00:00:00Z,1,2,walk\n";
const midnight = Date.UTC(2020, 0, 1);

describe("readCsv, one row a point", () => {
  it("joins the rows of an id, and reads attributes from the first", async () => {
    const { trajectories, attributes, report } = await readCsv(file("a.csv", ROWS), {
      columns: COLUMNS,
      attributes: ["label"],
    });
    expect([...trajectories]).toEqual([
      {
        id: "a",
        coordinates: Float64Array.of(116.3, 39.9, 116.4, 39.8),
        timesMs: Float64Array.of(midnight, midnight + 5000),
      },
      { id: "b", coordinates: Float64Array.of(2, 1), timesMs: Float64Array.of(midnight) },
    ]);
    expect(attributes).toEqual([{ label: "bus" }, { label: "walk" }]);
    expect(report).toEqual({
      files: 1,
      records: 3,
      kept: 3,
      skipped: [],
      mended: [],
      damagedFiles: [],
      times: { untimed: 0, repeated: 0, backward: 0 },
    });
  });

  it.each([
    ["a byte order mark", Buffer.from(`\ufeff${ROWS}`)],
    ["CRLF", Buffer.from(ROWS.replaceAll("\n", "\r\n"))],
    ["no last newline", Buffer.from(ROWS.trimEnd())],
    ["UTF-16LE", Buffer.from(`\ufeff${ROWS}`, "utf16le")],
    ["UTF-16BE", Buffer.from(`\ufeff${ROWS}`, "utf16le").swap16()],
    ["blank lines", Buffer.from(`\n${ROWS.replaceAll("\n", "\n \n")}`)],
  ])("reads the same with %s", async (_, bytes) => {
    const plain = await readCsv(file("plain.csv", ROWS), { columns: COLUMNS });
    const other = await readCsv(file("other.csv", bytes), { columns: COLUMNS });
    expect([...other.trajectories]).toEqual([...plain.trajectories]);
    expect(other.report.records).toBe(3);
  });

  it("names UTF-16 without a byte order mark", async () => {
    const path = file("utf16.csv", Buffer.from(ROWS, "utf16le"));
    await expect(readCsv(path, { columns: COLUMNS })).rejects.toThrow(
      "UTF-16 with a byte order mark; got a NUL byte",
    );
  });

  it.each([
    ["seconds", "1577836800.5", 1577836800500],
    ["milliseconds", "1577836800500", 1577836800500],
    ["iso", "2020-01-01", midnight],
    ["iso", "2020-01-01 01:30+01:30", midnight],
    ["iso", "2020-01-01T00:00:00.000250Z", midnight + 0.25],
  ] as const)("reads a time in %s: %s", async (timeFormat, time, expected) => {
    const path = file("time.csv", `116.3;39.9;${time}\n`);
    const { trajectories } = await readCsv(path, {
      columns: { layout: "points", x: 0, y: 1, time: 2 },
      header: false,
      delimiter: ";",
      timeFormat,
    });
    expect(trajectories.at(0).id).toBe("time");
    expect(trajectories.timesMs![0]).toBe(expected);
  });

  it.each([
    "2020-02-30",
    "2020-01-01T24:00:01Z",
    "2020-01-01T00:60Z",
    "2020-01-01T00:00:00+25:00",
    "01/03/2024 10:00",
    "noon",
  ])("refuses the time %j", async (time) => {
    const path = file("bad.csv", `lon,lat,at\n1,2,${time}\n`);
    await expect(
      readCsv(path, { columns: { layout: "points", x: "lon", y: "lat", time: "at" } }),
    ).rejects.toThrow(
      `${path}:2: at must be a time (timePattern says how it is written), got ${JSON.stringify(time)}`,
    );
  });

  it("tells an id that comes back, or gathers it with rowOrder any", async () => {
    const path = file("mixed.csv", "id,x,y\na,0,0\nb,0,0\na,1,1\n");
    const columns = { layout: "points", id: "id", x: "x", y: "y" } as const;
    await expect(readCsv(path, { columns })).rejects.toThrow(`${path}:4: rows of one id must stand together`);
    const lenient = await readCsv(path, { columns, lenient: true });
    expect(lenient.report).toMatchObject({
      records: 3,
      kept: 2,
      skipped: [{ reason: "id comes back", count: 1 }],
    });
    const { trajectories } = await readCsv(path, { columns, rowOrder: "any" });
    expect([...trajectories].map(({ id, coordinates }) => [id, ...coordinates])).toEqual([
      ["a", 0, 0, 1, 1],
      ["b", 0, 0],
    ]);
  });

  it("breaks only its own line with a stray quote, unless fields may hold line breaks", async () => {
    const columns = { layout: "points", id: "id", x: "x", y: "y" } as const;
    const stray = file("stray.csv", 'id,x,y\n"a,0,0\nb,1,1\nc,2,2\n');
    const { report, trajectories } = await readCsv(stray, { columns, lenient: true });
    expect(trajectories.ids).toEqual(["b", "c"]);
    expect(report.skipped).toEqual([
      { reason: "broken quotes", count: 1, firstAt: { file: stray, line: 2 } },
    ]);
    const broken = file("multi.csv", 'id,x,y\n"a\n""b""",0,0\nc,2,2\n');
    const multi = await readCsv(broken, { columns, multilineFields: true });
    expect(multi.trajectories.ids).toEqual(['a\n"b"', "c"]);
  });

  it("names a column that the header lacks, and options that make no sense", async () => {
    const path = file("header.csv", "a,b\n1,2\n");
    await expect(readCsv(path, { columns: { layout: "points", x: "a", y: "c" } })).rejects.toThrow(
      `${path}:1: the header must name "c", got "a,b"`,
    );
    const columns = { layout: "points", x: "a", y: "b" } as const;
    await expect(readCsv(path, { columns, header: false })).rejects.toThrow(
      'readCsv: columns.x must be a column\'s index (there is no header), got "a"',
    );
    await expect(readCsv(path, { columns, delimiter: "ab" })).rejects.toThrow(
      'readCsv: delimiter must be one ASCII character and no quote, got "ab"',
    );
  });

  it("names a line that is too long to be one", async () => {
    const path = file("long.csv", `lon,lat\n1,2\n${"9".repeat((1 << 24) + 1)}`);
    await expect(readCsv(path, { columns: { layout: "points", x: "lon", y: "lat" } })).rejects.toThrow(
      `${path}:3: a line must be at most 16777216 bytes long`,
    );
  });
});

describe("readCsv, text that is not UTF-8", () => {
  const columns = { layout: "points", id: "id", x: "x", y: "y" } as const;
  const street = { columns, attributes: ["street"] };

  it("refuses a Latin-1 row with its line, and takes it as Windows-1252 when lenient", async () => {
    const text = 'id,x,y,street\na,1,2,Allee\nb,3,4,"Gro\u00dfe Allee"\nc,5,6,Weg\n';
    const path = file("latin1.csv", Buffer.from(text, "latin1"));
    await expect(readCsv(path, street)).rejects.toThrow(
      `${path}:3: a row must be UTF-8, got "Gro\ufffde Allee"`,
    );
    const { trajectories, attributes, report } = await readCsv(path, { ...street, lenient: true });
    expect(trajectories.ids).toEqual(["a", "b", "c"]);
    expect(attributes).toEqual([{ street: "Allee" }, { street: "Gro\u00dfe Allee" }, { street: "Weg" }]);
    expect(report).toMatchObject({ records: 3, kept: 3, skipped: [] });
    expect(report.mended).toEqual([{ reason: "not UTF-8", count: 1, firstAt: { file: path, line: 3 } }]);
  });

  it("looks at every line of a record, and at each record for itself", async () => {
    const text = 'id,x,y,street\na,1,2,"one\n\u00df\nthree"\nb,3,4,Weg\n';
    const path = file("latin1-lines.csv", Buffer.from(text, "latin1"));
    const options = { ...street, multilineFields: true, lenient: true };
    const { trajectories, report } = await readCsv(path, options);
    expect(trajectories.ids).toEqual(["a", "b"]);
    expect(report.mended).toEqual([{ reason: "not UTF-8", count: 1, firstAt: { file: path, line: 2 } }]);
  });

  it("keeps ids apart that differ in such bytes alone", async () => {
    const path = file("ids.csv", Buffer.from("id,x,y,street\n\u00df,1,2,Weg\n\u00fc,3,4,Weg\n", "latin1"));
    const { trajectories } = await readCsv(path, { ...street, lenient: true });
    expect(trajectories.ids).toEqual(["\u00df", "\u00fc"]);
  });

  it("takes a U+FFFD that the text itself holds", async () => {
    const path = file("replaced.csv", "id,x,y,street\n\ufffd,1,2,Gro\ufffde\n");
    const { trajectories, attributes } = await readCsv(path, street);
    expect([trajectories.ids, attributes]).toEqual([["\ufffd"], [{ street: "Gro\ufffde" }]]);
  });
});

describe("readCsv, one row a trajectory", () => {
  it("reads WKT lines and a start with an interval", async () => {
    const path = file(
      "wkt.csv",
      'id,line,start\n7,"LINESTRING Z (1 2 9, 3 4 9)",100\n8,LINESTRING EMPTY,0\n',
    );
    const { trajectories, report } = await readCsv(path, {
      columns: {
        layout: "trajectories",
        id: "id",
        polyline: "line",
        polylineFormat: "wkt",
        startTime: "start",
        intervalMs: 500,
      },
      timeFormat: "seconds",
    });
    expect([...trajectories]).toEqual([
      { id: "7", coordinates: Float64Array.of(1, 2, 3, 4), timesMs: Float64Array.of(100_000, 100_500) },
      { id: "8", coordinates: new Float64Array(0), timesMs: new Float64Array(0) },
    ]);
    expect(report).toMatchObject({ records: 2, kept: 2 });
    expect(trajectories.pointColumns.elevationMeters).toEqual(Float64Array.of(9, 9));
  });

  it("reads JSON polylines and times", async () => {
    const path = file("json.csv", 'line,times\n"[[1,2],[3,4]]","[0, 5]"\n');
    const { trajectories } = await readCsv(path, {
      columns: { layout: "trajectories", polyline: "line", polylineFormat: "json", times: "times" },
      timeFormat: "milliseconds",
    });
    expect([...trajectories]).toEqual([
      { id: "json/0", coordinates: Float64Array.of(1, 2, 3, 4), timesMs: Float64Array.of(0, 5) },
    ]);
  });

  it.each([
    ["LINESTRING (1 2, 3)", 'position 1 must be two numbers, got " 3"'],
    ["CIRCLE (1 2)", 'a line must be WKT LINESTRING (x y, …) or an encoded polyline, got "CIRCLE (1 2)"'],
    [
      "LINESTRING (1 2, 200 3)",
      'a position must be a longitude in [-180, 180] and a latitude in [-90, 90] (longitudes: "360" counts from 0 to 360), got [200, 3]',
    ],
  ])("refuses %s", async (line, message) => {
    const path = file("bad-wkt.csv", `line\n"${line}"\n`);
    const columns = { layout: "trajectories", polyline: "line", polylineFormat: "wkt" } as const;
    await expect(readCsv(path, { columns })).rejects.toThrow(`${path}:2: ${message}`);
  });

  it("counts geometries that hold no line, and points that hold none", async () => {
    const lines = file(
      "mixed-wkt.csv",
      'line\n"LINESTRING (1 2, 3 4)"\nPOINT (1 2)\n"POLYGON ((1 2, 3 4, 5 6, 1 2))"\n',
    );
    const { report } = await readCsv(lines);
    expect(report).toMatchObject({ records: 3, kept: 1 });
    expect(report.skipped.map(({ reason }) => reason)).toEqual(["no line: Point", "no line: Polygon"]);
    const points = await readCsv(file("points-wkt.csv", "id,geometry\na,POINT (1 2)\na,POINT EMPTY\na,\n"));
    expect(points.report).toMatchObject({
      records: 3,
      kept: 1,
      skipped: [{ reason: "no points", count: 2 }],
    });
  });
});
