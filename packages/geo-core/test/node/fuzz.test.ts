import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FormatError, TrajectorySet, ValueError } from "../../src/index.js";
import {
  type ReadOptions,
  type ReadReport,
  readCabspotting,
  readCsv,
  readGeoJson,
  readGeoJsonLines,
  readGeoLife,
  readGpx,
  readParquet,
  readPorto,
  readTrajectories,
  readUcy,
  writeParquet,
} from "../../src/node/index.js";
import { PLT_HEADER, skippedCount, temporaryFiles, zipOf } from "./helpers.js";

const file = temporaryFiles();

type Read = (
  path: string,
  options: ReadOptions,
) => Promise<{ trajectories: TrajectorySet; report: ReadReport }>;

interface Subject {
  readonly name: string;
  readonly extension: string;
  readonly read: Read;
  readonly valid: () => Uint8Array;
}

const PLT = `${PLT_HEADER}39.984702,116.318417,0,492,39744.1201851852,2008-10-23,02:53:04\r\n39.984683,116.31845,0,492,39744.1202546296,2008-10-23,02:53:10\r\n`;
const LABELS = "Start Time\tEnd Time\tTransportation Mode\n2008/10/23 02:53:04\t2008/10/23 02:53:10\tbus\n";
const PORTO =
  '"TRIP_ID","CALL_TYPE","TIMESTAMP","MISSING_DATA","POLYLINE"\n"1","C","1372636858","False","[[-8.61,41.14],[-8.62,41.15]]"\n"2","B","1372637303","False","[]"\n';
const CABS = "37.75 -122.39 1 1211033670\n37.76 -122.38 1 1211033614\n37.77 -122.37 0 1211033530\n";
const UCY = "0.0\t1.0\t11.2\t3.7\n0.0\t2.0\t11.4\t3.2\n10.0\t1.0\t11.3\t3.6\n";
const GPX =
  '<?xml version="1.0"?><gpx version="1.1"><trk><name>a</name><trkseg><trkpt lat="48.1" lon="11.5"><time>2020-01-01T00:00:00Z</time></trkpt><trkpt lat="48.2" lon="11.6"><time>2020-01-01T00:00:05Z</time></trkpt></trkseg></trk></gpx>';
const CSV =
  'trip,lon,lat,at,label\na,116.3,39.9,2020-01-01T00:00:00Z,bus\na,116.4,39.9,2020-01-01T00:00:05Z,bus\n"b, 2",1e1,-5,2020-01-01T00:00:00Z,"say ""x"""\n';
const WKT_CSV = 'id,line,start\n1,"LINESTRING (1 2, 3 4)",100\n2,"LINESTRING (1 2, 3 5)",200\n';
const FEATURE =
  '{"type":"Feature","id":7,"properties":{"coordTimes":["2020-01-01T00:00:00Z","2020-01-01T00:00:05Z"]},"geometry":{"type":"LineString","coordinates":[[11.5,48.1],[11.6,48.2]]}}';
const NMEA =
  "$GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230320,003.1,W*65\r\n$GPGGA,123520,4807.039,N,01131.001,E,1,08,0.9,545.4,M,46.9,M,,*4D\r\n";
const IGC =
  "AXXXABC FLIGHT:1\r\nHFDTE160720\r\nI023637LAD3839LOD\r\nB1101355206343N00006198WA00587005581299\r\nB1101455206259N00006295WA00593005561299\r\n";
const WORDS =
  'Datum;Uhrzeit;Position;Tempo\n13.05.2020;13:05:09;"51.5,13.25";5\n13 May 2020;1:05:19 PM;"51.6° N, 13.25° E";6\n';
const ROWS =
  '[{"id":"a","date":"2020-05-13","time":"13:05:09","location":"51.5,13.25"},{"id":"a","date":20200513,"time":130519,"lat":51.6,"lon":13.25}]';
const readAny: Read = async (path, options) => {
  const { set, report } = await readTrajectories(path, options);
  return { trajectories: set, report };
};
const POINTS = { layout: "points", id: "trip", x: "lon", y: "lat", time: "at" } as const;
const LINES = {
  layout: "trajectories",
  id: "id",
  polyline: "line",
  polylineFormat: "wkt",
  startTime: "start",
  intervalMs: 1000,
} as const;

let parquet: Uint8Array;
let pointsParquet: Uint8Array;
beforeAll(async () => {
  const set = new TrajectorySet({
    coordinates: Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8),
    offsets: Uint32Array.of(0, 2, 4),
    timesMs: Float64Array.of(0, 1000, 0, 1000),
    ids: ["a", "b"],
  });
  const path = file("seed.parquet", "");
  await writeParquet(path, set, { attributes: { label: ["bus", null] } });
  parquet = readFileSync(path);
  await writeParquet(path, set, { layout: "points" });
  pointsParquet = readFileSync(path);
});

const text = (content: string) => () => Buffer.from(content);
const inZip = (name: string, content: string) => () => zipOf([{ name, content }]);

const SUBJECTS: readonly Subject[] = [
  { name: "GeoLife PLT", extension: "plt", read: readGeoLife, valid: text(PLT) },
  {
    name: "GeoLife zip",
    extension: "zip",
    read: readGeoLife,
    valid: () =>
      zipOf([
        { name: "Data/010/Trajectory/1.plt", content: PLT },
        { name: "Data/010/labels.txt", content: LABELS },
      ]),
  },
  { name: "Porto CSV", extension: "csv", read: readPorto, valid: text(PORTO) },
  { name: "Porto zip", extension: "zip", read: readPorto, valid: inZip("train.csv", PORTO) },
  { name: "Cabspotting", extension: "txt", read: readCabspotting, valid: text(CABS) },
  { name: "ETH/UCY", extension: "txt", read: readUcy, valid: text(UCY) },
  { name: "ETH/UCY, gzipped", extension: "txt.gz", read: readUcy, valid: () => gzipSync(UCY) },
  { name: "GPX", extension: "gpx", read: readGpx, valid: text(GPX) },
  {
    name: "CSV of points",
    extension: "csv",
    read: (path, options) => readCsv(path, { ...options, columns: POINTS, attributes: ["label"] }),
    valid: text(CSV),
  },
  {
    name: "CSV of points, multi-line fields, any order",
    extension: "csv",
    read: (path, options) =>
      readCsv(path, { ...options, columns: POINTS, multilineFields: true, rowOrder: "any" }),
    valid: text(CSV),
  },
  {
    name: "CSV of WKT lines",
    extension: "csv",
    read: (path, options) => readCsv(path, { ...options, columns: LINES, timeFormat: "seconds" }),
    valid: text(WKT_CSV),
  },
  {
    name: "CSV in UTF-16",
    extension: "csv",
    read: (path, options) => readCsv(path, { ...options, columns: POINTS }),
    valid: () => Buffer.from(`\ufeff${CSV}`, "utf16le"),
  },
  {
    name: "GeoJSON",
    extension: "geojson",
    read: readGeoJson,
    valid: text(`{"type":"FeatureCollection","features":[${FEATURE},\n${FEATURE}]}`),
  },
  { name: "NMEA", extension: "nmea", read: readAny, valid: text(NMEA) },
  { name: "IGC", extension: "igc", read: readAny, valid: text(IGC) },
  { name: "a table in German", extension: "csv", read: readAny, valid: text(WORDS) },
  { name: "rows of JSON", extension: "json", read: readAny, valid: text(ROWS) },
  {
    name: "newline-delimited GeoJSON",
    extension: "ndjson",
    read: readGeoJsonLines,
    valid: text(`${FEATURE}\n${FEATURE}\n`),
  },
  {
    name: "GeoParquet",
    extension: "parquet",
    read: (path, options) =>
      readParquet(path, {
        ...options,
        columns: { layout: "trajectories", id: "id", times: "times" },
        attributes: ["label"],
      }),
    valid: () => parquet,
  },
  {
    name: "Parquet of points",
    extension: "parquet",
    read: (path, options) =>
      readParquet(path, {
        ...options,
        columns: { layout: "points", id: "id", x: "lon", y: "lat", time: "time" },
      }),
    valid: () => pointsParquet,
  },
];

/** One change of a file's bytes; places are fractions of its length. */
const mutation = fc.oneof(
  fc.record({
    kind: fc.constant("set" as const),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    byte: fc.nat(255),
  }),
  fc.record({ kind: fc.constant("cut" as const), at: fc.double({ min: 0, max: 1, noNaN: true }) }),
  fc.record({
    kind: fc.constant("drop" as const),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    count: fc.integer({ min: 1, max: 40 }),
  }),
  fc.record({
    kind: fc.constant("insert" as const),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    bytes: fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 12 }),
      fc
        .constantFrom(
          "\n",
          '"',
          ",",
          "NaN",
          "1e999",
          "-",
          "[",
          "{",
          "\0",
          "\ufeff",
          "\r",
          " ",
          "<",
          "&",
          "]]>",
        )
        .map((s) => Buffer.from(s)),
    ),
  }),
  fc.record({
    kind: fc.constant("repeat" as const),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    count: fc.integer({ min: 1, max: 80 }),
  }),
);
type Mutation = typeof mutation extends fc.Arbitrary<infer T> ? T : never;

function mutated(bytes: Uint8Array, mutations: readonly Mutation[]): Uint8Array {
  let result = Buffer.from(bytes);
  for (const change of mutations) {
    const at = Math.floor(change.at * result.length);
    const [head, tail] = [result.subarray(0, at), result.subarray(at)];
    if (change.kind === "set") result = Buffer.concat([head, Buffer.of(change.byte), tail.subarray(1)]);
    else if (change.kind === "cut") result = Buffer.from(head);
    else if (change.kind === "drop") result = Buffer.concat([head, tail.subarray(change.count)]);
    else if (change.kind === "insert") result = Buffer.concat([head, change.bytes, tail]);
    else result = Buffer.concat([head, tail.subarray(0, change.count), tail]);
  }
  return result;
}

const RUNS = Number(process.env.WAYWEAVE_FUZZ_RUNS ?? 60);
const PATIENCE_MS = 20_000;

/** Every read ends: what takes this long on a file of a kilobyte hangs. */
async function withinPatience<T>(promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("the reader hangs")), PATIENCE_MS);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

describe.each(SUBJECTS)("fuzzed $name", ({ name, extension, read, valid }) => {
  let crashes: unknown[] = [];
  const onCrash = (error: unknown): void => {
    crashes.push(error);
  };
  beforeAll(() => {
    crashes = [];
    process.on("unhandledRejection", onCrash);
    process.on("uncaughtException", onCrash);
  });
  afterAll(() => {
    process.off("unhandledRejection", onCrash);
    process.off("uncaughtException", onCrash);
    expect(crashes).toEqual([]);
  });
  const path = () => file(`${name.replace(/\W+/g, "-")}.${extension}`, new Uint8Array());

  it("reads the unchanged file strictly, and keeps or excludes every record", async () => {
    const { trajectories, report } = await read(file(`ok.${extension}`, valid()), {});
    expect(trajectories.length).toBeGreaterThan(0);
    expect(report.records).toBe(report.kept + skippedCount(report));
    expect(report.damagedFiles).toEqual([]);
  });

  it("strict: either reads the changed file or throws a FormatError or ValueError", async () => {
    const target = path();
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 4 }), async (mutations) => {
        file(target.split("/").at(-1)!, mutated(valid(), mutations));
        const error = await withinPatience(read(target, {})).then(
          () => undefined,
          (reason: unknown) => reason,
        );
        expect(error === undefined || error instanceof FormatError || error instanceof ValueError).toBe(true);
      }),
      { numRuns: RUNS, seed: 1 },
    );
  });

  it("lenient: never throws, and records = kept + skipped", async () => {
    const target = path();
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 4 }), async (mutations) => {
        const content = mutated(valid(), mutations);
        file(target.split("/").at(-1)!, content);
        const { trajectories, report } = await withinPatience(read(target, { lenient: true }));
        expect(report.records).toBe(report.kept + skippedCount(report));
        expect(report.kept > 0).toBe(trajectories.length > 0);
        // A blank line is newline-delimited GeoJSON without a feature.
        const isBlank = content.length > 0 && content.every((byte) => byte <= 32);
        if (report.records === 0 && !isBlank) expect(report.damagedFiles.length).toBeGreaterThan(0);
      }),
      { numRuns: RUNS, seed: 2 },
    );
  });
});
