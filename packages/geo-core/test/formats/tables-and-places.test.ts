import { describe, expect, it } from "vitest";
import { readTrajectories } from "../../src/index.js";
import { readTrajectories as readPath } from "../../src/node/index.js";

const encoder = new TextEncoder();
const read = (name: string, text: string, options: Parameters<typeof readTrajectories>[1] = {}) =>
  readTrajectories([{ name, data: encoder.encode(text) }], options);
const json = (name: string, value: unknown) => read(name, JSON.stringify(value));

describe("tables whose points are numbered", () => {
  it("follow the numbers of GTFS's shapes, whatever order its rows have", async () => {
    const text = `shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence,shape_dist_traveled
s1,51.2,13.2,20,200
s1,51.0,13.0,1,0
s2,48.0,11.0,1,0
s1,51.1,13.1,3,100
s2,48.1,11.1,2,90
`;
    const { set, report } = await read("shapes.txt", text);
    expect(set.ids).toEqual(["s1", "s2"]);
    expect([...set.at(0).coordinates]).toEqual([13, 51, 13.1, 51.1, 13.2, 51.2]);
    expect([...(set.pointColumns.shape_dist_traveled as Float64Array)]).toEqual([0, 100, 200, 0, 90]);
    expect(report.mended).toEqual([{ reason: "sorted", count: 1, firstAt: { file: "shapes.txt", line: 2 } }]);
  });

  it.each(["seq", "sequence", "point_index", "vertex_index", "Point No", "order"])(
    "name them %s",
    async (name) => {
      const { set } = await read("a.csv", `trip_id,${name},lat,lon\nt,2,51.2,13\nt,1,51.1,13\nt,0,51,13\n`);
      expect([...set.at(0).coordinates]).toEqual([13, 51, 13, 51.1, 13, 51.2]);
    },
  );

  it("also as rows of JSON", async () => {
    const rows = [2, 0, 1].map((seq) => ({ trip_id: "t", seq, lat: 51 + seq, lon: 13 }));
    expect([...(await json("a.json", rows)).set.at(0).coordinates]).toEqual([13, 51, 13, 52, 13, 53]);
  });

  it("stand as they are where times tell the order, or numbers do not", async () => {
    const timed =
      "trip_id,seq,time,lat,lon\nt,2,2024-01-01T00:00:00Z,51,13\nt,1,2024-01-01T00:01:00Z,52,13\n";
    expect([...(await read("a.csv", timed)).set.at(0).coordinates]).toEqual([13, 51, 13, 52]);
    const named = "trip_id,seq,lat,lon\nt,b,51,13\nt,a,52,13\n";
    expect([...(await read("a.csv", named)).set.at(0).coordinates]).toEqual([13, 51, 13, 52]);
  });
});

describe("dates of spreadsheets", () => {
  const midday = Date.UTC(2024, 5, 1, 12);
  it.each([
    ["date.csv", "trip,date,lat,lon\n1,45444.5,51,13.7\n"],
    ["datum.csv", "Fahrt;Datum;Breite;Länge\n1;45444,5;51,0;13,7\n"],
    ["datetime.csv", "trip,DateTime,lat,lon\n1,45444.5,51,13.7\n"],
  ])("are the days that they count (%s)", async (name, text) => {
    expect([...(await read(name, text)).set.timesMs!]).toEqual([midday]);
  });

  it("are of the clock on the wall", async () => {
    const text = "trip,date,lat,lon\n1,45444.5,51,13.7\n";
    const { set } = await read("date.csv", text, { timeZone: "Europe/Berlin" });
    expect(set.timesMs![0]).toBe(midday - 2 * 3_600_000);
  });

  it("leave times alone that a pattern describes", async () => {
    const text = "Fahrt;Datum;Breite;Länge\n1;20240601120000,500;51,0;13,7\n";
    const { set } = await read("a.csv", text, { timePattern: "yyyyMMddHHmmss,SSS" });
    expect([...set.timesMs!]).toEqual([midday + 500]);
  });

  it("are not looked for in seconds", async () => {
    const text = "trip,time,lat,lon\n1,45444.5,51,13.7\n";
    expect((await read("time.csv", text)).set.timesMs![0]).toBe(45_444_500);
    expect(
      (await read("date.csv", text.replace("time", "date"), { timeUnit: "seconds" })).set.timesMs![0],
    ).toBe(45_444_500);
  });
});

describe("a location history of two devices", () => {
  const at = (minute: number, deviceTag?: number) => ({
    latitudeE7: 510000000 + minute,
    longitudeE7: (deviceTag === 2 ? 138 : 137) * 1e6,
    timestamp: new Date(1.7e12 + 60_000 * minute).toISOString(),
    ...(deviceTag === undefined ? {} : { deviceTag }),
  });
  it("is a trajectory each, and one of what names none", async () => {
    const { set, report } = await json("Records.json", {
      locations: [at(0, 1), at(1, 2), at(2, 1), at(3), at(4, 2)],
    });
    expect(set.ids).toEqual(["1", "2", "Records"]);
    expect([...set.offsets]).toEqual([0, 2, 4, 5]);
    expect(report.kept).toBe(5);
  });
});

describe("places beside lines", () => {
  const line = {
    type: "LineString",
    coordinates: [
      [13, 51],
      [13.1, 51.1],
    ],
  };
  const feature = (geometry: object, properties: object) => ({ type: "Feature", geometry, properties });
  const place = feature({ type: "Point", coordinates: [13, 51] }, { id: "hut" });
  const collection = (...features: object[]) => ({ type: "FeatureCollection", features });

  it("are no trajectories, whichever comes first, and are told", async () => {
    for (const features of [
      [feature(line, { id: "way" }), place],
      [place, feature(line, { id: "way" })],
    ]) {
      const { set, report } = await json("a.geojson", collection(...features));
      expect(set.length).toBe(1);
      expect(set.pointCount).toBe(2);
      expect(report.skipped.map(({ reason, count }) => [reason, count])).toEqual([["no line: Point", 1]]);
      expect(report.records).toBe(report.kept + 1);
    }
  });

  it("are points of trajectories where several share a name, or all are points", async () => {
    const second = feature({ type: "Point", coordinates: [13.1, 51] }, { id: "hut" });
    expect((await json("a.geojson", collection(feature(line, {}), place, second))).set.length).toBe(2);
    expect((await json("a.geojson", collection(place, second))).set.length).toBe(1);
  });
});

describe("a routing service's answer", () => {
  it("is its ways, with what it says of them", async () => {
    const geometry = {
      type: "LineString",
      coordinates: [
        [13, 51],
        [13.1, 51.1],
        [13.2, 51.1],
      ],
    };
    const answer = {
      code: "Ok",
      routes: [{ geometry, distance: 1886.8, duration: 251.5 }],
      waypoints: [
        { location: [13, 51], name: "" },
        { location: [13.2, 51.1], name: "" },
      ],
    };
    const { set } = await json("route.json", answer);
    expect(set.length).toBe(1);
    expect(set.pointCount).toBe(3);
    expect([set.properties.distance, set.properties.duration]).toEqual([[1886.8], [251.5]]);
  });

  it("is no way where it found none", async () => {
    const empty = await readTrajectories(
      [
        { name: "route.json", data: encoder.encode('{"code":"Ok","routes":[],"waypoints":[]}') },
        { name: "a.csv", data: encoder.encode("id,lon,lat\na,13,51\n") },
      ],
      { lenient: true },
    );
    expect(empty.set.pointCount).toBe(1);
  });
});

describe("two numbers in one column", () => {
  it("are told to be taken as latitude and longitude where the name does not say", async () => {
    const { report } = await read("a.csv", 'id,coordinates\n1,"13.7373, 51.0504"\n');
    expect(report.mended.map(({ reason }) => reason)).toEqual([
      "two numbers taken as latitude and longitude",
    ]);
    const known = await read("a.csv", 'id,latlng\n1,"51.0504, 13.7373"\n');
    expect(known.report.mended).toEqual([]);
  });
});

describe("what else stands in tables", () => {
  it("is the delimiter that a spreadsheet names in its first line", async () => {
    const { set } = await read("a.csv", "sep=;\r\nid;lon;lat\r\na;13,5;51,5\r\nb;13,6;51,6\r\n");
    expect(set.ids).toEqual(["a", "b"]);
    expect([...set.coordinates]).toEqual([13.5, 51.5, 13.6, 51.6]);
    await expect(read("a.csv", "Titel,von,mir\nid,lon,lat\na,13,51\n")).rejects.toThrow("skipLines");
  });
});

describe("files that are given up", () => {
  it("are all named", async () => {
    const files = [
      ["one.csv", "a,b\n1,2\n"],
      ["two.csv", "c,d\n1,2\n"],
      ["good.csv", "id,lon,lat\na,13,51\n"],
      ["three.gpx", "<gpx><trk>"],
    ].map(([name, text]) => ({ name: name!, data: encoder.encode(text!) }));
    const { report } = await readTrajectories(files, { lenient: true });
    expect(report.brokenFiles.map(({ file }) => file)).toEqual(["one.csv", "two.csv", "three.gpx"]);
    expect(report.brokenFiles[0]!.problem).toMatch(/^one\.csv:1: the header must name longitude/);
  });
});

describe("what is no data to read", () => {
  it("is told with what helps", async () => {
    await expect(readPath(new URL("file:///tmp/a.gpx") as never)).rejects.toThrow("fileURLToPath");
    await expect(readPath(["a.gpx", "b.gpx"] as never)).rejects.toThrow(
      "data[0] must be { name, data }, got a text; one path at a time is read",
    );
  });
});
