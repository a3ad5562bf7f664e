import { describe, expect, it } from "vitest";
import { type ReadTrajectoriesOptions, readTrajectories } from "../../src/index.js";

const read = (name: string, content: string | Uint8Array<ArrayBuffer>, options?: ReadTrajectoriesOptions) =>
  readTrajectories(new File([content], name), options);

const latin1 = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));
const gpx = (head: string, name = "Ride") =>
  `${head}<gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1"><trk><name>${name}</name><trkseg>` +
  '<trkpt lat="48.1" lon="11.5"><time>2024-05-01T23:59:00Z</time></trkpt>' +
  '<trkpt lat="48.2" lon="11.6"><time>2024-05-01T24:00:00Z</time></trkpt></trkseg></trk></gpx>';
const kml = (body: string) =>
  `<kml xmlns="http://www.opengis.net/kml/2.2"><Document>${body}</Document></kml>`;

describe("text that is not UTF-8", () => {
  it("of GPX: lenient reading keeps all points, and says so", async () => {
    const bytes = latin1(gpx('<?xml version="1.0"?>', "M\u00fcnchen"));
    await expect(read("a.gpx", bytes)).rejects.toThrow("a.gpx: not valid UTF-8 (lenient reads what is)");
    const { set, report } = await read("a.gpx", bytes, { lenient: true });
    expect([set.length, set.pointCount]).toEqual([1, 2]);
    expect(report.mended).toEqual([{ reason: "not UTF-8", count: 1, firstAt: { file: "a.gpx" } }]);
    expect(report.damagedFiles).toEqual([]);
  });

  it("of CSV and GeoJSON: lenient reading keeps the record", async () => {
    const csv = latin1("id,lat,lon,city\na,48.1,11.5,M\u00fcnchen\na,48.2,11.6,Ulm\n");
    await expect(read("a.csv", csv)).rejects.toThrow("a.csv:2: a row must be UTF-8");
    const rows = await read("a.csv", csv, { lenient: true });
    expect([rows.set.pointCount, rows.report.kept, rows.report.mended[0]!.reason]).toEqual([
      2,
      2,
      "not UTF-8",
    ]);
    const feature = latin1(
      '{"type":"Feature","properties":{"city":"M\u00fcnchen"},"geometry":{"type":"LineString","coordinates":[[11,48],[12,49]]}}',
    );
    await expect(read("a.geojson", feature)).rejects.toThrow("feature 0: must be UTF-8");
    const lines = await read("a.geojson", feature, { lenient: true });
    expect([lines.set.pointCount, lines.report.mended[0]!.reason]).toEqual([2, "not UTF-8"]);
  });
});

describe("XML", () => {
  it("takes a document type that only names itself, and none that defines entities", async () => {
    expect((await read("a.gpx", gpx("<!DOCTYPE gpx>"))).set.pointCount).toBe(2);
    await expect(read("a.gpx", gpx('<!DOCTYPE gpx [<!ENTITY x "y">]>'))).rejects.toThrow(
      "must not define entities in a document type declaration",
    );
    await expect(read("a.gpx", "<!DOCTYPE html><html></html>")).rejects.toThrow(
      "the root element must be gpx, got html",
    );
  });

  it("takes 24:00:00 for the midnight after (ISO 8601), and no other time of hour 24", async () => {
    const { set } = await read("a.gpx", gpx(""));
    expect(set.timesMs![1]).toBe(Date.UTC(2024, 4, 2));
    await expect(read("a.gpx", gpx("").replace("24:00:00", "24:00:01"))).rejects.toThrow("must be ISO 8601");
  });
});

describe("KML", () => {
  const point = (i: number, extra = "") =>
    `<Placemark><name>P${i}</name>${extra}<TimeStamp><when>2024-05-01T10:0${i}:00Z</when></TimeStamp>` +
    `<Point><coordinates>11.${i},48,${100 + i}</coordinates></Point></Placemark>`;

  it("makes a trajectory of the timed points of each folder", async () => {
    const { set, report } = await read(
      "a.kml",
      kml(
        `<Folder><name>Out</name>${[0, 1, 2].map((i) => point(i)).join("")}</Folder>` +
          `<Folder><name>Back</name>${[3, 4].map((i) => point(i)).join("")}</Folder>${point(5)}`,
      ),
    );
    expect(set.ids).toEqual(["a/points", "a/points/1"]);
    expect(Array.from(set, ({ coordinates }) => coordinates.length / 2)).toEqual([3, 2]);
    expect(set.properties.folder).toEqual(["Out", "Back"]);
    expect([...set.at(0).coordinates]).toEqual([11, 48, 11.1, 48, 11.2, 48]);
    expect(set.timesMs![3]).toBe(Date.UTC(2024, 4, 1, 10, 3));
    // A single place is no way.
    expect([report.records, report.kept, report.skipped[0]!.reason]).toEqual([6, 5, "no line"]);
  });

  it("keeps the sound part of a line and of a track in lenient reading", async () => {
    const line = kml(
      "<Placemark><LineString><coordinates>11,48 x,48 12,49</coordinates></LineString></Placemark>",
    );
    await expect(read("a.kml", line)).rejects.toThrow('a position must be lon,lat, got "x,48"');
    const kept = await read("a.kml", line, { lenient: true });
    expect([...kept.set.coordinates]).toEqual([11, 48, 12, 49]);
    expect(kept.report.mended).toMatchObject([{ reason: "position out of range", count: 1 }]);
    const track = kml(
      "<Placemark><Track><when>2024-05-01T10:00:00Z</when><coord>11 48 0</coord><coord>12 49 0</coord></Track></Placemark>",
    );
    await expect(read("a.kml", track)).rejects.toThrow("a track must have a time a position (2), got 1");
    const untimed = await read("a.kml", track, { lenient: true });
    expect([...untimed.set.coordinates]).toEqual([11, 48, 12, 49]);
    expect(untimed.report.mended).toMatchObject([{ reason: "time not read", count: 1 }]);
  });
});

describe("CSV", () => {
  const rows = "id,lat,lon\na,48.1,11.5\na,48.2,11.6\n";

  it("finds a header below a title", async () => {
    const { set } = await read("a.csv", `Export of device 5\nDate: 2024\n\n${rows}`);
    expect([...set.coordinates]).toEqual([11.5, 48.1, 11.6, 48.2]);
  });

  it("leaves out as many lines as skipLines says, blank ones among them", async () => {
    const { set } = await read("a.csv", `x,lat,lon\n\ny,lat,lon\n${rows}`, { skipLines: 3 });
    expect(set.pointCount).toBe(2);
  });
});

it("counts a record of which nothing is left as skipped", async () => {
  const line = '{"type":"LineString","coordinates":[[48,111],[48,112]]}';
  const { set, report } = await read("a.geojson", line, { lenient: true });
  expect([set.length, report.records, report.kept]).toEqual([0, 1, 0]);
  expect(report.skipped).toMatchObject([{ reason: "no points", count: 1 }]);
});
