import { zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { type ReadTrajectoriesOptions, readTrajectories } from "../../src/index.js";
import { definition, fitFile, RECORD_FIELDS, record } from "../support/fit-file.js";

const bytes = (text: string) => new TextEncoder().encode(text);
const read = (name: string, data: string | Uint8Array, options: ReadTrajectoriesOptions = {}) =>
  readTrajectories([{ name, data: typeof data === "string" ? bytes(data) : data }], options);
const start = Date.UTC(2024, 5, 1, 12);

const KML = `<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2"><Document>
<Placemark><name>walk</name><gx:Track>
<when>2024-06-01T12:00:00Z</when><when>2024-06-01T12:00:05Z</when><when>2024-06-01T12:00:09Z</when>
<gx:coord>7.1 46.2 500</gx:coord><gx:coord></gx:coord><gx:coord>7.2 46.3 510</gx:coord>
<ExtendedData><SchemaData><gx:SimpleArrayData name="heartrate"><gx:value>90</gx:value><gx:value>91</gx:value><gx:value>92</gx:value></gx:SimpleArrayData></SchemaData></ExtendedData>
</gx:Track></Placemark>
<Placemark><name>plan</name><ExtendedData><Data name="grade"><value>T3</value></Data></ExtendedData>
<LineString><coordinates> 1,2,3
4, 5,6 </coordinates></LineString></Placemark>
<Placemark><name>hut</name><Point><coordinates>1,2</coordinates></Point></Placemark>
</Document></kml>`;

const TCX = `<?xml version="1.0"?><TrainingCenterDatabase xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2" xmlns:e="http://www.garmin.com/xmlschemas/ActivityExtension/v2"><Activities><Activity Sport="Biking"><Id>2024-06-01T12:00:00Z</Id>
<Lap StartTime="2024-06-01T12:00:00Z"><Track><Trackpoint><Time>2024-06-01T12:00:00Z</Time><Position><LatitudeDegrees>46</LatitudeDegrees><LongitudeDegrees>7</LongitudeDegrees></Position><AltitudeMeters>500.5</AltitudeMeters><HeartRateBpm><Value>120</Value></HeartRateBpm><Extensions><e:TPX><e:Speed>5.5</e:Speed><e:Watts>200</e:Watts></e:TPX></Extensions></Trackpoint>
<Trackpoint><Time>2024-06-01T12:00:01Z</Time></Trackpoint></Track></Lap>
<Lap StartTime="2024-06-01T12:01:00Z"><Track><Trackpoint><Time>2024-06-01T12:01:00Z</Time><Position><LatitudeDegrees>46.1</LatitudeDegrees><LongitudeDegrees>7.1</LongitudeDegrees></Position></Trackpoint></Track></Lap>
</Activity></Activities></TrainingCenterDatabase>`;

describe("files of devices", () => {
  it("reads KML's tracks and lines with their columns and properties", async () => {
    const { set, report } = await read("k.kml", KML);
    expect([set.ids, [...set.coordinates]]).toEqual([
      ["k/0", "k/1"],
      [7.1, 46.2, 7.2, 46.3, 1, 2, 4, 5],
    ]);
    expect([...set.timesMs!]).toEqual([start, start + 9000, Number.NaN, Number.NaN]);
    expect(set.pointColumns.elevationMeters).toEqual(Float64Array.of(500, 510, 3, 6));
    expect(set.pointColumns.heartRate).toEqual(Float64Array.of(90, 92, Number.NaN, Number.NaN));
    expect(set.properties).toEqual({ name: ["walk", "plan"], grade: [null, "T3"] });
    expect(report).toMatchObject({ records: 3, kept: 2, skipped: [{ reason: "no line", count: 1 }] });
  });

  it("a KML placemark without a name has that of the folder or document around it", async () => {
    const line = "<LineString><coordinates>1,2 3,4</coordinates></LineString>";
    const folder = `<Folder><name>day 1</name><Placemark>${line}</Placemark><Folder><Placemark>${line}</Placemark></Folder></Folder>`;
    const kml = `<kml><Document><name>trip</name>${folder}<Placemark>${line}</Placemark><Placemark><name>own</name>${line}</Placemark></Document></kml>`;
    expect((await read("k.kml", kml)).set.properties.name).toEqual(["day 1", "day 1", "trip", "own"]);
  });

  it("joins TCX's laps, and counts points without position", async () => {
    const { set, report } = await read("t.tcx", TCX);
    expect([set.length, [...set.coordinates], [...set.timesMs!]]).toEqual([
      1,
      [7, 46, 7.1, 46.1],
      [start, start + 60_000],
    ]);
    expect(set.pointColumns.powerWatts).toEqual(Float64Array.of(200, Number.NaN));
    expect(set.properties.sport).toEqual(["Biking"]);
    expect(report).toMatchObject({ records: 3, kept: 2, skipped: [{ reason: "no position", count: 1 }] });
  });

  it("reads OziExplorer's PLT: segments, feet, days since 1899-12-30", async () => {
    const head =
      "OziExplorer Track Point File Version 2.1\nWGS 84\nAltitude is in Feet\nReserved 3\n0,2,255,x\n0\n";
    const rows =
      " 46.0, 7.0,1, 1000, 45444.5, 01-Jun-24, 12:00:00\n 46.1, 7.1,0,-777, 45444.5001157407\n 46.2, 7.2,1,0,0\n";
    const { set } = await read("o.plt", head + rows);
    expect([set.ids, [...set.timesMs!]]).toEqual([
      ["o", "o/1"],
      [start, start + 10_000, Number.NaN],
    ]);
    expect(set.pointColumns.elevationMeters).toEqual(Float64Array.of(304.8, Number.NaN, 0));
    await expect(read("o.plt", head.replace("WGS 84", "Tokyo") + rows)).rejects.toThrow(
      'the datum must be WGS 84, got "Tokyo"',
    );
  });

  it("reads FIT: semicircles, seconds since 1989-12-31", async () => {
    const { set } = await read(
      "ride.fit",
      fit([
        [46, 7, start],
        [46.5, 7.25, start + 5000],
      ]),
    );
    expect([set.ids, [...set.timesMs!]]).toEqual([["ride"], [start, start + 5000]]);
    for (const [i, value] of [7, 46, 7.25, 46.5].entries()) expect(set.coordinates[i]).toBeCloseTo(value, 6);
    await expect(read("ride.fit", "not one")).rejects.toThrow(
      "ride.fit: a FIT file must begin with its header",
    );
  });

  it("reads zips within zips, KMZ, and passes over what is no track", async () => {
    const inner = zipSync({ "doc.kml": bytes(KML), "images/a.png": bytes("png") });
    const outer = zipSync({
      "a.kmz": inner,
      "b/t.tcx": bytes(TCX),
      "readme.md": bytes("x"),
      "__MACOSX/._t.tcx": bytes("x"),
    });
    const { set, report } = await readTrajectories(outer);
    expect(set.ids).toEqual(["doc/0", "doc/1", "t/0"]);
    expect(report).toMatchObject({ files: 2, formats: { kml: 1, tcx: 1 }, trajectories: 3, points: 6 });
  });

  it("tells formats by their first bytes, and names those that are not read", async () => {
    expect((await read("unnamed", KML)).report.formats).toEqual({ kml: 1 });
    expect((await read("data", new Uint8Array(bytes(TCX)))).report.formats).toEqual({ tcx: 1 });
    await expect(read("a.gpkg", "SQLite format 3\u0000")).rejects.toThrow(
      "a GeoPackage is not read: ogr2ogr converts it",
    );
    await expect(read("a.bin", "\u0001\u0002")).rejects.toThrow(
      "got neither by its name nor by its first bytes",
    );
    await expect(read("a.gpx", "")).rejects.toThrow("a.gpx: the file holds no records");
    const { report } = await read("a.bin", "\u0001\u0002", { lenient: true });
    expect(report.damagedFiles).toMatchObject([{ reason: "unknown format", count: 1 }]);
  });

  it("refuses unknown options, and says where a path belongs", async () => {
    await expect(read("a.kml", KML, { lenint: true } as object)).rejects.toThrow(
      'unknown option "lenint"; did you mean "lenient"?',
    );
    await expect(readTrajectories("a.gpx" as never)).rejects.toThrow("a path is for @wayweave/geo-core/node");
  });
});

/** A FIT file of record messages. */
function fit(points: readonly (readonly [lat: number, lon: number, timeMs: number])[]): Uint8Array {
  return fitFile(
    definition(0, 20, RECORD_FIELDS),
    ...points.map(([lat, lon, timeMs]) => record(0, timeMs, [lat, lon])),
  );
}
