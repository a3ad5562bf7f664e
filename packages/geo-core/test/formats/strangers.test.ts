import { strToU8, zipSync } from "fflate";
import { parquetWriteBuffer } from "hyparquet-writer";
import { describe, expect, it } from "vitest";
import { type ReadTrajectoriesOptions, readTrajectories } from "../../src/index.js";
import {
  definition,
  fitFile,
  fitSeconds,
  RECORD_FIELDS,
  record,
  semicircles,
  u32,
} from "../support/fit-file.js";

// Kinds of files over which other libraries' readers fell, by their public issue trackers. Every file here is written for the test.

const may = Date.UTC(2024, 4, 1, 10);
const iso = (second: number): string => new Date(may + 1000 * second).toISOString();
const read = (name: string, data: string | Uint8Array, options: ReadTrajectoriesOptions = {}) =>
  readTrajectories([{ name, data: typeof data === "string" ? strToU8(data) : data }], options);

/** What two points at (12.1, 55.1) and (12.2, 55.2), a second apart, are read as. */
const TWO_POINTS = { coordinates: [12.1, 55.1, 12.2, 55.2], times: [may, may + 1000] };

async function twoPoints(name: string, data: string | Uint8Array, options?: ReadTrajectoriesOptions) {
  const { set } = await read(name, data, options);
  return { coordinates: [...set.coordinates], times: [...(set.timesMs ?? [])] };
}

function utf16(text: string, bigEndian = false): Uint8Array {
  const bytes = Uint8Array.from(`\ufeff${text}`, (c) => c.charCodeAt(0)).length;
  const view = new DataView(new ArrayBuffer(2 * bytes));
  for (const [i, c] of [...`\ufeff${text}`].entries()) view.setUint16(2 * i, c.charCodeAt(0), !bigEndian);
  return new Uint8Array(view.buffer);
}
const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));

const POINTS = `<trkpt lat="55.1" lon="12.1"><time>${iso(0)}</time></trkpt><trkpt lat="55.2" lon="12.2"><time>${iso(1)}</time></trkpt>`;
const GPX_ROOT = '<gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1">';
const gpx = (points = POINTS, head = '<?xml version="1.0" encoding="UTF-8"?>', root = GPX_ROOT): string =>
  `${head}${root}<trk><name>Møn</name><trkseg>${points}</trkseg></trk></gpx>`;

describe("GPX of strangers", () => {
  it.each([
    ["a byte order mark", `\ufeff${gpx()}`],
    ["UTF-16, little-endian", utf16(gpx(POINTS, '<?xml version="1.0" encoding="UTF-16"?>'))],
    ["UTF-16, big-endian", utf16(gpx(POINTS, '<?xml version="1.0" encoding="UTF-16"?>'), true)],
    ["Latin-1", latin1(gpx(POINTS, '<?xml version="1.0" encoding="ISO-8859-1"?>'))],
    ["Windows-1252", latin1(gpx(POINTS, '<?xml version="1.0" encoding="windows-1252"?>'))],
    ["blank lines before the declaration", `\n\n  ${gpx()}`],
    ["no declaration, no namespace", gpx(POINTS, "", '<gpx version="1.1">')],
    ["empty segments before the points", gpx().replace("<trkseg>", "<trkseg></trkseg><trkseg/><trkseg>")],
    [
      "a prefix without a namespace",
      gpx(POINTS.replace("<time>", "<extensions><gpxtpx:hr>90</gpxtpx:hr></extensions><time>")),
    ],
    ["times with a blank for the T", gpx(POINTS.replaceAll("T10:", " 10:"))],
    ["times in another zone", gpx(POINTS.replaceAll("T10:", "T12:").replaceAll("Z<", "+02:00<"))],
  ])("%s", async (_, data) => {
    expect(await twoPoints("a.gpx", data)).toEqual(TWO_POINTS);
  });

  it("the namespace's prefix at every element", async () => {
    const text = gpx()
      .replace(/<(\/?)(gpx|trk|name|trkseg|trkpt|time)\b/g, "<$1g:$2")
      .replace("xmlns=", "xmlns:g=");
    expect(await twoPoints("a.gpx", text)).toEqual(TWO_POINTS);
  });

  it("a point without lat, or with decimal commas, is named, and lenient reading keeps the others", async () => {
    for (const bad of ['<trkpt lon="12.15"/>', '<trkpt lat="55,1" lon="12,1"/>']) {
      const data = gpx(POINTS.replace("</trkpt>", `</trkpt>${bad}`));
      await expect(read("a.gpx", data)).rejects.toThrow("a.gpx:1: a point must have lat and lon, got lat=");
      expect(await twoPoints("a.gpx", data, { lenient: true })).toEqual(TWO_POINTS);
    }
  });

  it("what is no XML is named, and lenient reading keeps what stands before it", async () => {
    for (const data of [
      gpx().replace("Møn", "A & B"),
      gpx().replace("Møn", "A&nbsp;B"),
      `${gpx()}\n\0\0`,
      gpx() + gpx(),
    ]) {
      await expect(read("a.gpx", data)).rejects.toThrow("broken XML");
      expect(await twoPoints("a.gpx", data, { lenient: true })).toEqual(TWO_POINTS);
    }
  });

  it("a page of a login, called GPX, is refused", async () => {
    await expect(read("a.gpx", "<!DOCTYPE html><html></html>")).rejects.toThrow(
      "the root element must be gpx, got html",
    );
  });
});

const kml = (body: string): string =>
  `<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2"><Document><Placemark>${body}</Placemark></Document></kml>`;
const COORDS = "<gx:coord>12.1 55.1 0</gx:coord><gx:coord>12.2 55.2 0</gx:coord>";

describe("KML of strangers", () => {
  it("an empty when is a point without time", async () => {
    const track = `<gx:Track><when/><when>${iso(1)}</when>${COORDS}</gx:Track>`;
    expect((await twoPoints("a.kml", kml(track))).times).toEqual([Number.NaN, may + 1000]);
  });

  it("each track of a gx:MultiTrack", async () => {
    const track = `<gx:Track><when>${iso(0)}</when><when>${iso(1)}</when>${COORDS}</gx:Track>`;
    const { set } = await read("a.kml", kml(`<gx:MultiTrack>${track}${track}</gx:MultiTrack>`));
    expect(Array.from(set, ({ id }) => id)).toEqual(["a/0/0", "a/0/1"]);
  });

  it("Google's namespace of 2.1, tabs and lines between coordinates", async () => {
    const line = "<LineString><coordinates>\n 12.1,55.1\n\t12.2, 55.2\n</coordinates></LineString>";
    const data = kml(line).replace("http://www.opengis.net/kml/2.2", "http://earth.google.com/kml/2.1");
    expect((await twoPoints("a.kml", data)).coordinates).toEqual(TWO_POINTS.coordinates);
  });
});

describe("TCX of strangers", () => {
  const point = (i: number): string =>
    `<Trackpoint><Time>${iso(i)}</Time><Position><LatitudeDegrees>${55.1 + i / 10}</LatitudeDegrees><LongitudeDegrees>${12.1 + i / 10}</LongitudeDegrees></Position></Trackpoint>`;
  const tcx = (laps: string): string =>
    `<TrainingCenterDatabase xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"><Activities><Activity Sport="Running">${laps}</Activity></Activities></TrainingCenterDatabase>`;

  it("blanks before the document, empty trackpoints, a lap without a track", async () => {
    const laps = `<Lap/><Lap><Track>${point(0)}<Trackpoint/></Track></Lap><Lap><Track><Trackpoint></Trackpoint>${point(1)}</Track></Lap>`;
    expect(await twoPoints("a.tcx", `          ${tcx(laps)}`)).toEqual(TWO_POINTS);
    const { report } = await read("a.tcx", tcx(laps));
    expect(report.skipped).toMatchObject([{ reason: "no position", count: 2 }]);
  });
});

describe("FIT of strangers", () => {
  const [first, second] = [record(0, may, [1, 2]), record(0, may + 1000, [1.5, 2])];
  const plain = definition(0, 20, RECORD_FIELDS);
  const pointsOf = async (data: Uint8Array, options?: ReadTrajectoriesOptions) => {
    const { coordinates, times } = await twoPoints("a.fit", data, options);
    return { coordinates: coordinates.map((value) => Math.round(1e5 * value) / 1e5), times };
  };
  const expected = { coordinates: [2, 1, 2, 1.5], times: [may, may + 1000] };

  it("records without a fix are counted", async () => {
    const data = fitFile(plain, record(0, may - 1000, undefined), first, second);
    expect(await pointsOf(data)).toEqual(expected);
    expect((await read("a.fit", data)).report.skipped).toMatchObject([{ reason: "no position", count: 1 }]);
  });

  it("developer fields that nothing describes", async () => {
    const defined = definition(0, 20, RECORD_FIELDS, [[0, 1, 0]]);
    const data = fitFile(defined, record(0, may, [1, 2], [7]), record(0, may + 1000, [1.5, 2], [8]));
    expect(await pointsOf(data)).toEqual(expected);
  });

  it("compressed timestamps", async () => {
    const positions = definition(2, 20, RECORD_FIELDS.slice(1));
    const compressed = [
      0x80 | (2 << 5) | ((fitSeconds(may) + 1) & 31),
      ...semicircles(1.5),
      ...semicircles(2),
    ];
    expect(await pointsOf(fitFile(plain, first, positions, compressed))).toEqual(expected);
  });

  it("a trajectory for each session", async () => {
    const session = definition(4, 18, [
      [253, 4, 0x86],
      [2, 4, 0x86],
      [5, 1, 0],
    ]);
    const ended = (start: number) => [4, ...u32(fitSeconds(may + start)), ...u32(fitSeconds(may + start)), 1];
    const later = [record(0, may + 60_000, [3, 2]), record(0, may + 61_000, [3.5, 2])];
    const { set } = await read(
      "a.fit",
      fitFile(plain, first, second, session, ended(0), ...later, ended(60_000)),
    );
    expect(Array.from(set, ({ id }) => id)).toEqual(["a/0", "a/1"]);
    expect([set.pointCountOf(0), set.pointCountOf(1)]).toEqual([2, 2]);
  });

  it("a wrong checksum, or none, is named; lenient reading goes on", async () => {
    const whole = fitFile(plain, first, second);
    for (const data of [whole.with(-1, whole.at(-1)! ^ 1), whole.slice(0, -2)]) {
      await expect(read("a.fit", data)).rejects.toThrow("broken FIT: File CRC");
      expect(await pointsOf(data, { lenient: true })).toEqual(expected);
    }
  });
});

describe("GeoJSON of strangers", () => {
  const LINE = { type: "LineString", coordinates: [[12.1, 55.1], [12.2, 55.2]] }; // biome-ignore format: two positions
  const feature = (geometry: unknown, properties: unknown = {}) => ({
    type: "Feature",
    geometry,
    properties,
  });
  const collection = (...features: unknown[]) => JSON.stringify({ type: "FeatureCollection", features });

  it.each([
    ["a byte order mark", `\ufeff${collection(feature(LINE))}`],
    ["UTF-16", utf16(collection(feature(LINE)))],
    ["null geometry beside a line", collection(feature(null), { type: "Feature" }, feature(LINE))],
    [
      "a geometry collection",
      collection(
        feature({ type: "GeometryCollection", geometries: [LINE, { type: "Point", coordinates: [1, 2] }] }),
      ),
    ],
    ["null properties", JSON.stringify(feature(LINE, null))],
    ["a bare geometry", JSON.stringify(LINE)],
    ["a list of features", JSON.stringify([feature(LINE)])],
    ["record separators", `\u001e${JSON.stringify(feature(LINE))}\n`],
  ])("%s", async (_, data) => {
    expect((await twoPoints("a.geojson", data)).coordinates).toEqual(TWO_POINTS.coordinates);
  });

  it("a box and no features is an empty result", async () => {
    const data = JSON.stringify({ type: "FeatureCollection", bbox: [0, 0, 1, 1], features: [] });
    expect((await read("a.geojson", data)).set.length).toBe(0);
  });

  it("times of coordinateProperties, of coordTimes, and with fractions in the fourth coordinate", async () => {
    const times = [iso(0), iso(1)];
    const fourth = [[12.1, 55.1, 0, may / 1000 + 0.5], [12.2, 55.2, 0, may / 1000 + 1]]; // biome-ignore format: two positions
    const data = collection(
      feature(LINE, { coordinateProperties: { times } }),
      feature(LINE, { coordTimes: times }),
      feature({ type: "LineString", coordinates: fourth }),
    );
    expect((await twoPoints("a.geojson", data)).times).toEqual([
      ...TWO_POINTS.times,
      ...TWO_POINTS.times,
      may + 500,
      may + 1000,
    ]);
  });
});

describe("tables of strangers", () => {
  const table = (d: string, time: (i: number) => string = iso, comma = false): string =>
    [
      ["id", "lat", "lon", "time"],
      ...[0, 1].map((i) => ["a", `${55.1 + i / 10}`, `${12.1 + i / 10}`, time(i)]),
    ]
      .map((row) => row.map((cell, i) => (comma && i % 3 > 0 ? cell.replace(".", ",") : cell)).join(d))
      .join("\n");

  it.each([
    ["semicolons and decimal commas", table(";", undefined, true)],
    ["tabs", table("\t")],
    ["bars", table("|")],
    ["UTF-16 with tabs, as spreadsheets save it", utf16(table("\t"))],
    ["numbers in quotes", table('","').replace(/^|$/gm, '"')],
    ["seconds", table(",", (i) => `${may / 1000 + i}`)],
    ["milliseconds", table(",", (i) => `${may + 1000 * i}`)],
    ["microseconds", table(",", (i) => `${may + 1000 * i}000`)],
    ["nanoseconds", table(",", (i) => `${may + 1000 * i}000000`)],
    ["seconds in scientific notation", table(",", (i) => (may / 1000 + i).toExponential())],
    ["a header behind comment lines", `# made by x\n# 2024\n${table(",")}`],
    ["a header that is a comment itself", `#${table(",")}`],
    ["an empty last column", table(",").replace(/$/gm, ",")],
    ["a column of row numbers without a name", table(",").split("\n").map((line, i) => `${i || ""},${line}`).join("\n")], // biome-ignore format: one case
  ])("%s", async (_, data) => {
    expect(await twoPoints("a.csv", data)).toEqual(TWO_POINTS);
  });

  it("two columns of one name: refused where they are positions", async () => {
    const data = "id,lat,lon,lat\na,55.1,12.1,55.1\n";
    await expect(read("a.csv", data)).rejects.toThrow('the header must name only once "lat"');
  });

  it("days before months or months before days: asks for the pattern", async () => {
    const data = table(",", (i) => `01/05/2024 10:00:0${i}`);
    await expect(read("a.csv", data)).rejects.toThrow("timePattern");
    expect(await twoPoints("a.csv", data, { timePattern: "dd/MM/yyyy HH:mm:ss" })).toEqual(TWO_POINTS);
  });

  it("Parquet: times as text with a zone, float32 places, repeated ids", async () => {
    const columnData = [
      { name: "id", data: ["a", "a"], type: "STRING" as const },
      { name: "lat", data: [55.5, 55.25], type: "FLOAT" as const },
      { name: "lon", data: [12.5, 12.25], type: "FLOAT" as const },
      { name: "time", data: [0, 1].map((i) => `2024-05-01 12:00:0${i}+02:00`), type: "STRING" as const },
    ];
    const data = new Uint8Array(parquetWriteBuffer({ columnData }));
    expect(await twoPoints("a.parquet", data)).toEqual({
      coordinates: [12.5, 55.5, 12.25, 55.25],
      times: TWO_POINTS.times,
    });
  });
});

it("a zip from a Mac, with capitals in its names and pictures beside the tracks", async () => {
  const data = zipSync({
    "rides/A.GPX": strToU8(gpx()),
    "__MACOSX/rides/._A.GPX": Uint8Array.of(0, 5, 22, 7),
    "rides/.DS_Store": Uint8Array.of(0, 0, 0, 1),
    "rides/photo.jpg": Uint8Array.of(255, 216, 255),
  });
  expect(await twoPoints("rides.ZIP", data)).toEqual(TWO_POINTS);
});
