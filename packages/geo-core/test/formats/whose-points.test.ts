import { describe, expect, it } from "vitest";
import { type ReadTrajectoriesOptions, readTrajectories, TrajectorySet, toCsv } from "../../src/index.js";

const readFile = (name: string, text: string, options: ReadTrajectoriesOptions = {}) =>
  readTrajectories([{ name, data: new TextEncoder().encode(text) }], options);
const csv = async (text: string) => (await readFile("points.csv", text)).set;
const json = (value: unknown) => readFile("points.json", JSON.stringify(value));
const at = (second: number) => `2024-05-01T10:00:0${second}Z`;
const geometry = { type: "Point", coordinates: [13, 51] };

describe("whose a point is", () => {
  it("is not said by a track where aeroplanes and ships have numbers", async () => {
    const planes = await csv(
      `timestamp,icao24,callsign,latitude,longitude,track\n${at(0)},3c1,DLH1,51,13,182.3\n${at(1)},4b2,SWR2,52,14,182.3\n${at(2)},3c1,DLH1,51.1,13,185.1\n`,
    );
    expect(planes.ids).toEqual(["3c1", "4b2"]);
    expect(planes.pointColumns.track).toEqual(Float64Array.of(182.3, 185.1, 182.3));
    const ships = await json(
      [0, 1].map((i) => ({ mmsi: 211 + i, lat: 51, lon: 13, track: 90, time: at(i) })),
    );
    expect(ships.set.ids).toEqual(["211", "212"]);
    const receiver = await json(
      [182.1, 183.5].map((track, i) => ({ class: "TPV", time: at(i), lat: 51, lon: 13 + i, track })),
    );
    expect(receiver.set.length).toBe(1);
    expect((await csv(`track,lat,lon\n7,51,13\n7,52,13\n8,51,14\n`)).ids).toEqual(["7", "8"]);
  });

  it("is said by what moves before a row's number, a route or a type", async () => {
    const collars = await csv(
      `OBJECTID,animal_id,timestamp,latitude,longitude\n1,A,${at(0)},51,13\n2,A,${at(1)},52,13\n`,
    );
    expect([collars.ids, [...collars.pointColumns.OBJECTID!]]).toEqual([["A"], [1, 2]]);
    const buses = await csv(
      `route_id,vehicle_id,lat,lon,timestamp\nM1,7,51,13,${at(0)}\nM1,8,52,14,${at(0)}\nM1,7,51.1,13,${at(1)}\n`,
    );
    expect(buses.ids).toEqual(["7", "8"]);
    const ships = await csv(
      `mmsi,vessel,timestamp,lat,lon\n1,cargo,${at(0)},51,13\n2,cargo,${at(0)},52,14\n`,
    );
    expect(ships.ids).toEqual(["1", "2"]);
    expect((await csv(`trip_id,vehicle_id,lat,lon\na,7,51,13\nb,7,52,13\n`)).ids).toEqual(["a", "b"]);
    expect((await csv(`vessel,lat,lon\nAnna,51,13\nAnna,52,13\n`)).ids).toEqual(["Anna"]);
  });

  it("may be said by later points only, and so may when", async () => {
    const point = (properties: object) => ({ type: "Feature", geometry, properties });
    const features = [
      point({}),
      point({ device_id: "a", time: at(0) }),
      point({ device_id: "a", time: at(1) }),
    ];
    const layer = await json({ type: "FeatureCollection", features });
    expect([layer.set.ids, layer.set.pointCount]).toEqual([["a"], 2]);
    const rows = await json([
      { id: "a", lat: 51, lng: 13 },
      { id: "a", lat: 52, lng: 13, ts: 1_714_557_600 },
    ]);
    expect([...rows.set.timesMs!]).toEqual([Number.NaN, Date.parse(at(0))]);
    const place = (latitudeE7: number, deviceTag?: number) => ({
      latitudeE7,
      longitudeE7: 137_000_000,
      timestamp: at(0),
      deviceTag,
    });
    const history = await json({
      locations: [place(510_000_000), place(407_000_000, 1), place(510_000_000, 2)],
    });
    expect(history.set.ids).toEqual(["points", "1", "2"]);
  });

  it("is said by a feature before what stands around all of them", async () => {
    const feature = (device_id: string) => ({
      type: "Feature",
      geometry,
      properties: { device_id, timestamp: at(0) },
    });
    const trip = await json({ locations: [feature("a"), feature("b")], trip: { distance: 1 } });
    expect(trip.set.ids).toEqual(["a", "b"]);
    // A phone that has no name.
    expect((await json({ locations: [feature(""), feature("")] })).set.ids).toEqual(["points"]);
  });

  it("is not said by the lines beside the points", async () => {
    const line = {
      type: "Feature",
      geometry: {
        type: "LineString",
        coordinates: [
          [13, 51],
          [14, 51],
        ],
      },
      properties: { id: "road" },
    };
    const points = [0, 1].map((i) => ({
      type: "Feature",
      geometry,
      properties: { device_id: "a", time: at(i) },
    }));
    const { set } = await json({ type: "FeatureCollection", features: [line, ...points] });
    expect(set.ids).toEqual(["road", "a"]);
  });

  it("of other programs' activities is not taken for Google's", async () => {
    const points = [0, 1].map((i) => ({ lat: 51, lng: 13 + i, ts: 1_714_557_600 + i }));
    const { set } = await json({ startTime: at(0), endTime: at(1), activity: { type: "run" }, points });
    expect(set.pointCount).toBe(2);
  });
});

describe("the order and days of points", () => {
  it("are told by quoted numbers too", async () => {
    const shapes = `"shape_id","shape_pt_lat","shape_pt_lon","shape_pt_sequence"\n"s","51","13","1"\n"s","53","13","3"\n"s","52","13","2"\n`;
    const { set, report } = await readFile("shapes.txt", shapes);
    expect([...set.coordinates]).toEqual([13, 51, 13, 52, 13, 53]);
    expect(report.mended).toMatchObject([{ reason: "sorted" }]);
  });

  it("are told by numbers such as 20200513 in JSON as in CSV", async () => {
    const { set } = await json([
      { lat: 51, lng: 13, date: 20200513 },
      { lat: 52, lng: 13, date: 20200514 },
    ]);
    expect([...set.timesMs!]).toEqual([Date.UTC(2020, 4, 13), Date.UTC(2020, 4, 14)]);
  });

  it("come back as they were written, whatever their columns are called", async () => {
    const set = TrajectorySet.fromArrays(
      [
        [
          [1, 2],
          [3, 4],
          [5, 6],
        ],
      ],
      { ids: ["a"] },
    );
    const { coordinates, offsets, ids } = set;
    const numbered = new TrajectorySet({
      coordinateSystem: "lonlat",
      coordinates,
      offsets,
      ids,
      pointColumns: { seq: Float64Array.of(3, 1, 2) },
    });
    const back = await csv(toCsv(numbered));
    expect([...back.coordinates]).toEqual([1, 2, 3, 4, 5, 6]);
    expect([...back.pointColumns.seq!]).toEqual([3, 1, 2]);
  });
});

describe("geometries as text in a table", () => {
  it("are told by the first row that has one", async () => {
    const set = await csv(
      `t,id,geometry\n${at(0)},a,\n${at(1)},a,POINT (13 51)\n${at(2)},a,POINT (13.1 51)\n`,
    );
    expect([set.ids, set.pointCount]).toEqual([["a"], 2]);
  });

  it("may be PostGIS's hexadecimal digits, or GeoJSON", async () => {
    const line = "0102000000020000000000000000002A4000000000008049400000000000002C400000000000804A40";
    const set = await csv(`id;geom\na;${line}\nb;{"type":"LineString","coordinates":[[13,51],[14,53]]}\n`);
    expect([...set.coordinates]).toEqual([13, 51, 14, 53, 13, 51, 14, 53]);
  });
});
