import { describe, expect, it } from "vitest";
import {
  readTrajectories,
  TrajectorySet,
  TrajectorySetBuilder,
  toCsv,
  toGeoJson,
  toGpx,
  ValueError,
  withMotion,
} from "../../src/index.js";

const encode = (text: string) => new TextEncoder().encode(text);
const setOf = (columns: object = {}) =>
  new TrajectorySet({ coordinates: Float64Array.of(1, 2, 3, 4), offsets: Uint32Array.of(0, 2), ...columns });
/** Names that every plain object finds in its prototype. */
const INHERITED = ["toString", "constructor", "__proto__", "hasOwnProperty", "valueOf"];

describe("names that plain objects inherit", () => {
  it.each(INHERITED)("%s is a column like any other, in every text format", async (name) => {
    const pointColumns = Object.fromEntries([[name, Float64Array.of(5, 6)]]);
    const set = setOf({ ids: ["a"], pointColumns });
    for (const [file, text] of [
      ["a.csv", toCsv(set)],
      ["a.geojson", JSON.stringify(toGeoJson(set))],
      ["a.gpx", toGpx(set)],
    ] as const) {
      const back = (await readTrajectories([{ name: file, data: encode(text) }])).set;
      expect(Object.keys(back.pointColumns)).toEqual([name]);
      expect([...back.pointColumnsOf(0)[name]!]).toEqual([5, 6]);
    }
  });

  it.each(INHERITED)("a file or element called %s is of no format and no column", async (name) => {
    await expect(readTrajectories([{ name: `a.${name}`, data: encode("x") }])).rejects.toThrow(
      "a file must be of gpx, kml",
    );
    await expect(readTrajectories([{ name: "a", data: encode(`<${name}/>`) }])).rejects.toThrow(
      "a file must be of gpx, kml",
    );
    const kml = `<kml><Placemark><ExtendedData><Data name="${name}"><value>v</value></Data></ExtendedData><LineString><coordinates>1,2 3,4</coordinates></LineString></Placemark></kml>`;
    const { set } = await readTrajectories([{ name: "a.kml", data: encode(kml) }]);
    expect(set.propertiesOf(0)[name]).toBe("v");
    const tcx = `<TrainingCenterDatabase><Activity><Trackpoint><LatitudeDegrees>1</LatitudeDegrees><LongitudeDegrees>2</LongitudeDegrees><${name}>7</${name}></Trackpoint></Activity></TrainingCenterDatabase>`;
    expect((await readTrajectories([{ name: "a.tcx", data: encode(tcx) }])).set.pointColumns).toEqual({});
  });

  it("an option that names one is told that there is none", async () => {
    const line = {
      type: "LineString",
      coordinates: [
        [1, 2],
        [3, 4],
      ],
    };
    const text = JSON.stringify({ type: "Feature", geometry: line, properties: {} });
    const { set } = await readTrajectories([{ name: "a.geojson", data: encode(text) }]);
    expect(set.ids).toEqual(["a/0"]);
  });
});

describe("ids, names and values that no file could hold", () => {
  it("are refused where sets are made", () => {
    expect(() => setOf({ ids: [""] })).toThrow(
      new ValueError('TrajectorySet: ids[0] must be text that is not empty, got ""'),
    );
    expect(() => setOf({ ids: [5] })).toThrow("TrajectorySet: ids[0] must be text that is not empty, got 5");
    expect(() => setOf({ ids: ["\ud800"] })).toThrow("ids[0] must be text without lone surrogates");
    expect(() => setOf().with({ ids: [""] })).toThrow("TrajectorySet.with: ids[0] must be text");
    expect(() => new TrajectorySetBuilder().begin("")).toThrow(
      'TrajectorySetBuilder.begin: id must be text that is not empty, got ""',
    );
    expect(() => setOf({ properties: { "\udc00": [1] } })).toThrow(
      "TrajectorySet: a column's name must be text without lone surrogates",
    );
    for (const [value, got] of [
      [10n, "a BigInt"],
      [new Date(0), "a Date"],
      [[Number.NaN], "[null]"],
      [{ a: undefined }, "{}"],
      [() => 1, "a Function"],
    ] as const) {
      expect(() => setOf({ properties: { p: [value] } })).toThrow(
        `TrajectorySet: properties.p[0] must be text`,
      );
      expect(() => setOf().with({ properties: { p: [value] } as never })).toThrow(`got ${got}`);
    }
    expect(() => setOf({ pointColumns: { p: ["a", Number.POSITIVE_INFINITY] } })).toThrow(
      "TrajectorySet: pointColumns.p[1] must be text, a finite number",
    );
  });

  it("are refused by writers, of sets that were made without checks", () => {
    const empty = new TrajectorySet({ ...setOf(), ids: [""] }, { validate: false });
    expect(() => toCsv(empty)).toThrow("toCsv: ids[0] must be text that is not empty");
    expect(() => toGpx(empty)).toThrow("toGpx: ids[0] must be text that is not empty");
    expect(() => toGeoJson(empty)).toThrow("toGeoJson: ids[0] must be text that is not empty");
  });

  it("NaN is no value in a column of several kinds too", () => {
    expect(setOf({ pointColumns: { p: ["a", Number.NaN] } }).pointColumns.p).toEqual(["a", null]);
  });

  it("line breaks in ids and names are named by the CSV writer, and kept by the others", async () => {
    const set = setOf({ ids: ["a\r\nb"], properties: { "c\nd": [1] } });
    expect(() => toCsv(set)).toThrow(
      'toCsv: ids[0] must not hold line breaks to be CSV (GeoJSON, GPX and Parquet hold them), got "a\\r\\nb"',
    );
    expect(() => toCsv(set.with({ ids: ["a"] }))).toThrow("a column's name must not hold line breaks");
    const { set: back } = await readTrajectories([{ name: "a.gpx", data: encode(toGpx(set)) }]);
    expect([back.ids, back.properties]).toMatchObject([["a\r\nb"], { "c\nd": [1] }]);
  });

  it("GeoJSON names properties that are its own, wherever they come from", () => {
    for (const name of ["coordTimes", "coordinateProperties"]) {
      const message = `toGeoJson: a property must not be called ${name}`;
      expect(() => toGeoJson(setOf({ properties: { [name]: [1] } }))).toThrow(message);
      expect(() => toGeoJson(setOf(), { properties: [{ [name]: 1 }] })).toThrow(message);
    }
    expect(() =>
      toGeoJson(setOf({ properties: { when: [1] }, timesMs: Float64Array.of(0, 1) }), {
        times: { property: "when" },
      }),
    ).toThrow("a property must not be called when");
  });

  it("infinite speeds, as two places at one time have, are kept or named", async () => {
    const set = withMotion(setOf({ ids: ["a"], timesMs: Float64Array.of(0, 0) }));
    expect([...(set.pointColumns.speedMetersPerSecond as Float64Array)]).toEqual([
      Number.POSITIVE_INFINITY,
      Number.POSITIVE_INFINITY,
    ]);
    for (const [name, text] of [
      ["a.csv", toCsv(set)],
      ["a.csv", toCsv(set, { layout: "trajectories" })],
      ["a.gpx", toGpx(set)],
    ] as const) {
      const back = (await readTrajectories([{ name, data: encode(text) }])).set;
      expect(back.pointColumns).toEqual(set.pointColumns);
    }
    expect(() => toGeoJson(set)).toThrow(
      "toGeoJson: pointColumns.speedMetersPerSecond[0] must be finite to be GeoJSON (CSV and GPX hold it), got Infinity",
    );
  });
});
