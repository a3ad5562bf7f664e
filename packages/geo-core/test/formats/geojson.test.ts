import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FormatError, fromGeoJson, GeoJsonCollector, TrajectorySet, toGeoJson } from "../../src/index.js";
import { contents, trajectorySets } from "../support/arbitraries.js";

const line = [
  [116.3, 39.9],
  [116.4, 40],
];
const feature = (geometry: unknown, properties: unknown = {}, id?: unknown) => ({
  type: "Feature",
  geometry,
  properties,
  ...(id === undefined ? {} : { id }),
});
const collection = (...features: unknown[]) => ({ type: "FeatureCollection", features });
const lineString = (coordinates: unknown) => ({ type: "LineString", coordinates });

describe("fromGeoJson, geometries", () => {
  it("reads a bare LineString", () => {
    const { set } = fromGeoJson(lineString(line));
    expect(contents(set)).toEqual([{ id: "0", coordinates: [116.3, 39.9, 116.4, 40], timesMs: undefined }]);
  });

  it("makes each part of a MultiLineString a trajectory, and tells where it came from", () => {
    const multi = {
      type: "MultiLineString",
      coordinates: [
        line,
        [
          [1, 1],
          [2, 2],
        ],
      ],
    };
    const read = fromGeoJson(
      collection(feature(lineString(line), { name: "x" }, 7), feature(multi, null, "m")),
    );
    expect(read.set.ids).toEqual(["7", "m/0", "m/1"]);
    expect([...read.featureIndices]).toEqual([0, 1, 1]);
    expect(read.properties).toEqual([{ name: "x" }, null, null]);
  });

  it("reads the lines of a GeometryCollection", () => {
    const geometries = [lineString(line), { type: "MultiLineString", coordinates: [line] }];
    expect(fromGeoJson(feature({ type: "GeometryCollection", geometries })).set.length).toBe(2);
  });

  it("keeps elevations beside the set", () => {
    const { elevationsMeters } = fromGeoJson(
      lineString([
        [0, 0, 12],
        [1, 1],
      ]),
    );
    expect([...elevationsMeters!]).toEqual([12, Number.NaN]);
  });

  it("does not let an empty MultiLineString vanish", () => {
    const empty = collection(feature({ type: "MultiLineString", coordinates: [] }));
    expect(() => fromGeoJson(empty)).toThrow(
      "feature 0: geometry must hold a line, got MultiLineString without lines",
    );
    expect(fromGeoJson(empty, { otherGeometries: "skip" }).skipped).toEqual({
      "MultiLineString without lines": 1,
    });
  });

  it("refuses a point, or counts it when asked to skip", () => {
    const mixed = collection(
      feature({ type: "Point", coordinates: [0, 0] }),
      feature(null),
      feature(lineString(line)),
    );
    expect(() => fromGeoJson(mixed)).toThrow("feature 0: geometry must hold a line, got Point");
    const read = fromGeoJson(mixed, { otherGeometries: "skip" });
    expect(read.set.length).toBe(1);
    expect([...read.featureIndices]).toEqual([2]);
    expect(read.skipped).toEqual({ Point: 1, null: 1 });
  });
});

describe("fromGeoJson, times", () => {
  const t0 = Date.parse("2008-10-23T02:53:04Z");
  const iso = ["2008-10-23T02:53:04Z", "2008-10-23T02:53:09.500Z"];
  const expected = [t0, t0 + 5500];
  const timesOf = (value: unknown, options = {}) => [...fromGeoJson(value, options).set.timesMs!];

  it("reads coordTimes, as text and as numbers", () => {
    expect(timesOf(feature(lineString(line), { coordTimes: iso }))).toEqual(expected);
    expect(timesOf(feature(lineString(line), { coordTimes: expected }))).toEqual(expected);
  });

  it("reads coordinateProperties.times", () => {
    expect(timesOf(feature(lineString(line), { coordinateProperties: { times: iso } }))).toEqual(expected);
  });

  it("reads a parallel array of a given name, in seconds", () => {
    const value = feature(lineString(line), { t: expected.map((ms) => ms / 1000) });
    expect(timesOf(value, { timesFrom: { property: "t" }, timeUnit: "seconds" })).toEqual(expected);
  });

  it("reads the 4th coordinate", () => {
    const value = lineString(line.map((position, i) => [...position, 50, expected[i]]));
    expect(timesOf(value)).toEqual(expected);
    expect([...fromGeoJson(value).elevationsMeters!]).toEqual([50, 50]);
  });

  it("reads nested times of a MultiLineString", () => {
    const multi = { type: "MultiLineString", coordinates: [line, line] };
    expect(timesOf(feature(multi, { coordTimes: [iso, iso] }))).toEqual([...expected, ...expected]);
  });

  it("takes text without a zone as UTC, and refuses what is not ISO 8601", () => {
    const of = (time: string) => feature(lineString(line), { coordTimes: [time, time] });
    expect(timesOf(of("2008-10-23T02:53:04"))).toEqual([t0, t0]);
    expect(timesOf(of("2008-10-23T04:53:04+02:00"))).toEqual([t0, t0]);
    expect(timesOf(of("1224730384"))).toEqual([t0, t0]);
    expect(() => timesOf(of("1/2"))).toThrow('coordTimes[0] must be a number or an ISO 8601 time, got "1/2"');
    expect(() => timesOf(of("2008-02-30T00:00:00Z"))).toThrow("must be a number or an ISO 8601 time");
  });

  it("ignores all times when asked to", () => {
    const { set } = fromGeoJson(feature(lineString(line), { coordTimes: iso }), { timesFrom: "none" });
    expect(set.timesMs).toBeUndefined();
  });
});

describe("fromGeoJson, errors name the feature", () => {
  const good = feature(lineString(line));
  it.each([
    [feature(lineString([[0, 0]])), "feature 1: line must hold two or more positions, got 1"],
    [
      feature(
        lineString([
          [0, 0],
          [0, null],
        ]),
      ),
      "feature 1: line, position 1 must hold 2 to 4 finite numbers, got [0,null]",
    ],
    [
      feature(
        lineString([
          [0, 0],
          [0, 91],
        ]),
      ),
      "feature 1: line, position 1: a position must be a longitude in [-180, 180] and a latitude in [-90, 90], got [0, 91]",
    ],
    [
      feature(lineString(line), { coordTimes: [1] }),
      "feature 1: line: coordTimes must hold one time a position (2), got 1",
    ],
    [
      feature(lineString(line), { coordTimes: ["noon", 2] }),
      'feature 1: line: coordTimes[0] must be a number or an ISO 8601 time, got "noon"',
    ],
    [feature({ type: "Lines" }), 'feature 1: geometry type must be one of GeoJSON\'s, got "Lines"'],
    [feature(lineString(line), {}, {}), "feature 1: id must be a string or number, got {}"],
    [7, "feature 1: must be a JSON object, got 7"],
  ])("%j", (bad, message) => {
    expect(() => fromGeoJson(collection(good, bad))).toThrow(new FormatError(message));
  });

  it("refuses coordinates that are not degrees, and endless nesting", () => {
    const crs = { type: "name", properties: { name: "urn:ogc:def:crs:EPSG::3857" } };
    expect(() => fromGeoJson({ ...collection(), crs })).toThrow("crs must be absent, CRS84 or EPSG:4326");
    expect(
      fromGeoJson({ ...collection(), crs: { properties: { name: "urn:ogc:def:crs:OGC:1.3:CRS84" } } }).set
        .length,
    ).toBe(0);
    let deep: unknown = lineString(line);
    for (let i = 0; i < 10_000; i++) deep = { type: "GeometryCollection", geometries: [deep] };
    expect(() => fromGeoJson(deep)).toThrow("feature 0: collections must nest at most 32 deep");
  });

  it("never throws anything but a FormatError, whatever JSON comes", () => {
    const geometry = fc.record({
      type: fc.constantFrom("LineString", "MultiLineString", "GeometryCollection", "Point"),
      coordinates: fc.jsonValue(),
      geometries: fc.jsonValue(),
    });
    const anything = fc.oneof(
      fc.jsonValue(),
      fc.record({ type: fc.constant("Feature"), geometry, properties: fc.jsonValue() }),
    );
    fc.assert(
      fc.property(anything, (value) => {
        try {
          fromGeoJson(value);
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("GeoJsonCollector", () => {
  it("goes on after a feature that failed, as if it had never come", () => {
    const collector = new GeoJsonCollector();
    collector.add(feature(lineString(line)), { file: "a.ndjson", line: 1 });
    expect(() => collector.add(feature(lineString([])), { file: "a.ndjson", line: 2 })).toThrow(
      "a.ndjson:2: feature 1: line must hold two or more positions, got 0",
    );
    collector.add(feature(lineString(line)), { file: "a.ndjson", line: 3 });
    expect(collector.finish().set.length).toBe(2);
  });
});

describe("toGeoJson", () => {
  it("writes what fromGeoJson reads back equal, in every form of times", () => {
    const forms = fc.constantFrom(
      { times: "coordTimes" } as const,
      { times: "fourthCoordinate" } as const,
      { times: { property: "when" }, timeFormat: "milliseconds" } as const,
    );
    fc.assert(
      fc.property(trajectorySets("lonlat", 2), forms, (set, form) => {
        fc.pre(set.length > 0);
        const text = JSON.stringify(toGeoJson(set, form));
        const { set: back } = fromGeoJson(JSON.parse(text), { timesFrom: form.times });
        // JSON has no negative zero.
        const plain = (value: TrajectorySet) => JSON.parse(JSON.stringify(contents(value)));
        expect(plain(back)).toEqual(plain(set));
      }),
    );
  });

  it("keeps properties and elevations", () => {
    const set = TrajectorySet.fromArrays([line], { ids: ["a"] });
    const written = toGeoJson(set, {
      properties: [{ name: "x" }],
      elevationsMeters: Float64Array.of(5, Number.NaN),
    });
    expect(written.features[0]).toEqual({
      type: "Feature",
      id: "a",
      geometry: {
        type: "LineString",
        coordinates: [
          [116.3, 39.9, 5],
          [116.4, 40],
        ],
      },
      properties: { name: "x" },
    });
  });

  it("names what is wrong", () => {
    const short = TrajectorySet.fromArrays([[[0, 0]]]);
    expect(toGeoJson(short).features[0]!.geometry).toEqual({ type: "MultiPoint", coordinates: [[0, 0]] });
    const planar = TrajectorySet.fromArrays([line], { coordinateSystem: "planar" });
    expect(() => toGeoJson(planar)).toThrow(
      "toGeoJson: set must be lonlat (RFC 7946), got planar without allowPlanar",
    );
    expect(toGeoJson(planar, { allowPlanar: true }).features.length).toBe(1);
    const fine = TrajectorySet.fromArrays(
      [
        [
          [0, 0, 0.5],
          [1, 1, 1],
        ],
      ],
      { withTimes: true },
    );
    expect(toGeoJson(fine).features[0]!.properties.coordTimes).toEqual([
      "1970-01-01T00:00:00.0005Z",
      "1970-01-01T00:00:00.001Z",
    ]);
  });
});
