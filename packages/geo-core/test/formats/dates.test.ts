import { describe, expect, it } from "vitest";
import {
  type ReadTrajectoriesOptions,
  readTrajectories,
  TrajectorySet,
  toCsv,
  toGeoJson,
  toGpx,
} from "../../src/index.js";

const read = (name: string, text: string, options: ReadTrajectoriesOptions = {}) =>
  readTrajectories([{ name, data: new TextEncoder().encode(text) }], options);
const feature = (properties: object, z: unknown[] = []) =>
  JSON.stringify({
    type: "Feature",
    geometry: {
      type: "LineString",
      coordinates: [
        [1, 2, ...z],
        [3, 4, ...z],
      ],
    },
    properties,
  });
const xml = (time: string) =>
  `<gpx version="1.1"><trk><trkseg><trkpt lat="1" lon="2"><time>${time}</time></trkpt></trkseg></trk></gpx>`;
const kml = `<kml><Placemark><Track><when>1950-01-01T00:00:00Z</when><coord>1 2 3</coord></Track></Placemark></kml>`;
const tcx = `<TrainingCenterDatabase><Activity><Trackpoint><Time>1950-01-01T00:00:00Z</Time><LatitudeDegrees>1</LatitudeDegrees><LongitudeDegrees>2</LongitudeDegrees></Trackpoint></Activity></TrainingCenterDatabase>`;

describe("a date outside 1970 to 2100", () => {
  it.each([
    ["a.csv", "lon,lat,time\n1,2,1950-01-01\n"],
    ["a.csv", "lon,lat,time\n1,2,0001-01-01T00:00:00Z\n"],
    ["a.csv", "lon,lat,time\n1,2,2100-01-01T00:00:00Z\n"],
    ["a.csv", "lon,lat,time_ms\n1,2,1714557600000000\n"], // microseconds
    ["a.csv", 'polyline,times\n"LINESTRING (1 2, 3 4)","[""1950-01-01"",""1950-01-02""]"\n'],
    ["a.geojson", feature({ coordTimes: ["1950-01-01", "1950-01-02"] })],
    ["a.geojson", feature({ timesMs: [1714557600000000, 1714557600000000] })],
    ["a.geojson", feature({}, [0, "1950-01-01"])],
    [
      "a.geojson",
      '{"type":"Feature","geometry":{"type":"Point","coordinates":[1,2]},"properties":{"id":1,"time":"1950-01-01"}}',
    ],
    ["a.gpx", xml("1950-01-01T00:00:00Z")],
    ["a.kml", kml],
    ["a.tcx", tcx],
    ["a.plt", `GeoLife trajectory\nWGS 84\nx\nx\nx\nx\n1,2,0,5,18264,1950-01-01,00:00:00\n`],
  ])("is an error that names the option: %s", async (name, text) => {
    await expect(read(name, text)).rejects.toThrow("timeRange");
    const { set, report } = await read(name, text, { lenient: true });
    expect(set.timesMs).toBeUndefined();
    expect(report.mended).toMatchObject([{ reason: "time not read", count: set.pointCount }]);
    const all = [-8.64e15, 8.64e15] as const;
    expect((await read(name, text, { timeRange: all })).set.timesMs).toHaveLength(set.pointCount);
  });

  it.each([-1, Date.UTC(2100, 0, 1), -6.3e13, 8.64e15, 0.5e-7])(
    "is believed of our own writers: %d",
    async (timeMs) => {
      const set = new TrajectorySet({
        coordinates: Float64Array.of(1, 2, 3, 4),
        offsets: Uint32Array.of(0, 2),
        timesMs: Float64Array.of(0, timeMs),
      });
      for (const [name, text] of [
        ["a.csv", toCsv(set)],
        ["a.csv", toCsv(set, { layout: "trajectories" })],
        ["a.geojson", JSON.stringify(toGeoJson(set))],
        ["a.geojson", JSON.stringify(toGeoJson(set, { times: "fourthCoordinate" }))],
        ["a.gpx", toGpx(set)],
      ] as const) {
        expect([...(await read(name, text)).set.timesMs!]).toEqual([0, timeMs]);
      }
    },
  );
});
