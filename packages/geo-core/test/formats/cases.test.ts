import { describe, expect, it } from "vitest";
import { type ReadTrajectoriesOptions, readTrajectories } from "../../src/index.js";

/** What people bring, and what must come of it; the files are written here. */
const read = (name: string, text: string, options: ReadTrajectoriesOptions = {}) =>
  readTrajectories([{ name, data: new TextEncoder().encode(text) }], options);

const noon = Date.UTC(2024, 5, 1, 12);
const clock = (seconds: number) => new Date(noon + 1000 * seconds).toISOString();
const trkpt = (lat: number | string, lon: number | string, inside = "") =>
  `<trkpt lat="${lat}" lon="${lon}">${inside}</trkpt>`;
const time = (seconds: number) => `<time>${clock(seconds)}</time>`;
const gpx = (inside: string, namespace = 'xmlns="http://www.topografix.com/GPX/1/1"') =>
  `<?xml version="1.0"?><gpx version="1.1" creator="t" ${namespace}>${inside}</gpx>`;
const segment = (...points: string[]) => `<trk><trkseg>${points.join("")}</trkseg></trk>`;
const line = (coordinates: unknown, properties: unknown = {}, more: object = {}) => ({
  type: "Feature",
  geometry: { type: "LineString", coordinates },
  properties,
  ...more,
});
const collection = (features: unknown[], more: object = {}) =>
  JSON.stringify({ type: "FeatureCollection", ...more, features });

describe("GPX as devices write it", () => {
  const halfTimed = gpx(segment(trkpt(1, 1), trkpt(1, 2, time(1)), trkpt(1, 3, time(2)), trkpt(1, 4)));

  it("keeps points without time, drops or refuses them, as the option says", async () => {
    const { set, report } = await read("a.gpx", halfTimed);
    expect([...set.timesMs!]).toEqual([Number.NaN, noon + 1000, noon + 2000, Number.NaN]);
    expect(report).toMatchObject({ points: 4, times: { untimed: 2 } });
    const timed = await read("a.gpx", halfTimed, { times: "drop" });
    expect([...timed.set.timesMs!]).toEqual([noon + 1000, noon + 2000]);
    expect(timed.report).toMatchObject({ records: 4, kept: 2, skipped: [{ reason: "untimed", count: 2 }] });
    await expect(read("a.gpx", halfTimed, { times: "require" })).rejects.toThrow(
      'a point must have a time (times: "require")',
    );
    const sound = await read("a.gpx", halfTimed, { times: "require", lenient: true });
    expect(sound.report).toMatchObject({ kept: 2, skipped: [{ reason: "no time", count: 2 }] });
  });

  it("does not let one odd date condemn the points behind it", async () => {
    const odd = gpx(
      segment(
        trkpt(1, 1, time(0)),
        trkpt(1, 2, "<time>2043-10-14T10:00:03Z</time>"),
        trkpt(1, 3, time(2)),
        trkpt(1, 4, time(3)),
      ),
    );
    expect((await read("a.gpx", odd)).report).toMatchObject({ kept: 4, times: { backward: 1 } });
    const sorted = await read("a.gpx", odd, { order: "sort" });
    expect(sorted.set.coordinates.filter((_, i) => i % 2 === 0)).toEqual(Float64Array.of(1, 3, 4, 2));
    expect(sorted.report.mended).toMatchObject([{ reason: "sorted", count: 1 }]);
    const checked = await read("a.gpx", odd, { order: "error", lenient: true });
    expect(checked.report).toMatchObject({ kept: 2, skipped: [{ reason: "time goes back", count: 2 }] });
  });

  it("keeps equal times, or the first or last of them", async () => {
    const twice = gpx(segment(...[0, 0, 1, 1].map((seconds, i) => trkpt(1, i, time(seconds)))));
    const longitudes = async (duplicates?: "keep" | "first" | "last") => {
      const { set } = await read("a.gpx", twice, duplicates === undefined ? {} : { duplicates });
      return [...set.coordinates].filter((_, i) => i % 2 === 0);
    };
    expect(await longitudes()).toEqual([0, 1, 2, 3]);
    expect(await longitudes("first")).toEqual([0, 2]);
    expect(await longitudes("last")).toEqual([1, 3]);
  });

  it("reads untimed routes and segments beside timed tracks", async () => {
    const text = gpx(
      `<rte><name>plan</name><rtept lat="1" lon="1"/></rte>${segment(trkpt(2, 2))}${segment(trkpt(3, 3, time(0)))}`,
    );
    const { set } = await read("day.gpx", text);
    expect(set.ids).toEqual(["day/r0", "day/0/0", "day/1/0"]);
    expect([...set.timesMs!]).toEqual([Number.NaN, Number.NaN, noon]);
    expect(set.properties.name).toEqual(["plan", null, null]);
  });

  it("honours namespaces: prefixes, foreign elements, and prefixes that nothing declares", async () => {
    const prefixed =
      '<?xml version="1.0"?><p:gpx version="1.1" xmlns:p="http://www.topografix.com/GPX/1/1" xmlns:f="http://f"><p:trk><f:name>no</f:name><p:name><![CDATA[you & me]]></p:name><p:trkseg><p:trkpt lat="1" lon="2"><f:time>nonsense</f:time><p:time>' +
      `${clock(0)}</p:time><p:extensions><f:trkpt lat="8" lon="8"/><f:hr>120</f:hr></p:extensions></p:trkpt></p:trkseg></p:trk></p:gpx>`;
    const { set } = await read("a.gpx", prefixed);
    expect([set.pointCount, set.timesMs![0], set.properties.name]).toEqual([1, noon, ["you & me"]]);
    expect(set.pointColumns.heartRate).toEqual(Float64Array.of(120));
    const undeclared = gpx(segment(trkpt(1, 2, "<extensions><ns3:hr>99</ns3:hr></extensions>")), "");
    expect((await read("a.gpx", undeclared)).set.pointColumns.heartRate).toEqual(Float64Array.of(99));
  });

  it("reads numbers in every form, an empty time, and a file without tracks", async () => {
    const forms = gpx(segment(trkpt("5.0E-5", " +1.5 ", "<time/>"), trkpt("-1.2e-4", "3.", "<time></time>")));
    const { set } = await read("a.gpx", forms);
    expect([...set.coordinates]).toEqual([1.5, 5e-5, 3, -1.2e-4]);
    expect(set.timesMs).toBeUndefined();
    expect((await read("a.gpx", '<gpx version="1.0" creator="dump"/>')).report).toMatchObject({
      records: 0,
      trajectories: 0,
    });
  });

  it("wraps longitudes a little beyond 180, and names those far beyond", async () => {
    const { set, report } = await read("a.gpx", gpx(segment(trkpt(66, -180.0964), trkpt(66, -179.9038))));
    expect(set.coordinates[0]).toBeCloseTo(179.9036, 10);
    expect(report.mended).toMatchObject([{ reason: "longitude wrapped", count: 1 }]);
    await expect(read("a.gpx", gpx(segment(trkpt(66, 250))))).rejects.toThrow("got [250, 66]");
  });

  it("gives a clock that was never set no time in lenient reading, and names the option else", async () => {
    const unset = gpx(segment(trkpt(1, 1, "<time>0001-01-01T00:00:00Z</time>"), trkpt(1, 2, time(0))));
    await expect(read("a.gpx", unset)).rejects.toThrow("timeRange");
    const { set, report } = await read("a.gpx", unset, { lenient: true });
    expect([...set.timesMs!]).toEqual([Number.NaN, noon]);
    expect(report.mended).toMatchObject([{ reason: "time not read", count: 1 }]);
  });
});

describe("GeoJSON as others write it", () => {
  it("finds seconds in 4th coordinates, and times as text", async () => {
    const seconds = collection([
      line([
        [1, 2, 0, 1564184363],
        [3, 4, 0, 1564184396],
      ]),
    ]);
    expect((await read("a.geojson", seconds)).set.timesMs![0]).toBe(Date.UTC(2019, 6, 26, 23, 39, 23));
    const text = collection([
      line([
        [1, 2, 0, clock(0)],
        [3, 4, 0, clock(5)],
      ]),
    ]);
    expect([...(await read("a.geojson", text)).set.timesMs!]).toEqual([noon, noon + 5000]);
    const micros = collection([
      line(
        [
          [1, 2],
          [3, 4],
        ],
        { times: [noon * 1000, noon * 1000 + 1e6] },
      ),
    ]);
    expect([...(await read("a.geojson", micros)).set.timesMs!]).toEqual([noon, noon + 1000]);
    const mistaken = read("a.geojson", micros, { timeUnit: "milliseconds" });
    await expect(mistaken).rejects.toThrow("timeUnit and timePattern say how times are written");
  });

  it("wraps, keeps a point without time, and leaves a property that is only called times", async () => {
    const unwrapped = await read(
      "a.geojson",
      collection([
        line([
          [179.9, 1],
          [180.1, 1],
        ]),
      ]),
    );
    expect(unwrapped.set.coordinates[2]).toBeCloseTo(-179.9, 10);
    const gap = await read(
      "a.geojson",
      collection([
        line(
          [
            [1, 1],
            [2, 2],
            [3, 3],
          ],
          { coordTimes: [clock(0), null, clock(1)] },
        ),
      ]),
    );
    expect([...gap.set.timesMs!]).toEqual([noon, Number.NaN, noon + 1000]);
    const named = await read(
      "a.geojson",
      collection([
        line(
          [
            [1, 1],
            [2, 2],
          ],
          { times: 3 },
        ),
      ]),
    );
    expect([named.set.timesMs, named.set.properties.times]).toEqual([undefined, [3]]);
  });

  it("reads trips of deck.gl, moving features, and layers of points", async () => {
    const trips = [
      {
        vendor: 4,
        path: [
          [1, 2],
          [3, 4],
        ],
        timestamps: [1647, 1666.982],
      },
    ];
    const deck = (await read("trips.json", JSON.stringify(trips))).set;
    expect([[...deck.timesMs!], deck.properties.vendor]).toEqual([[1_647_000, 1_666_982], [4]]);
    const moving = {
      type: "MovingPoint",
      coordinates: [
        [1, 2],
        [3, 4],
      ],
      datetimes: ["2024-06-01T12:00:00+00", "2024-06-01T14:00:01+02"],
    };
    expect([...(await read("m.json", JSON.stringify(moving))).set.timesMs!]).toEqual([noon, noon + 1000]);
    const feature = {
      type: "Feature",
      temporalGeometry: moving,
      temporalProperties: [{ datetimes: moving.datetimes, speed: { values: [7, 8] } }],
      properties: { name: "car" },
    };
    const car = (await read("m.json", collection([feature]))).set;
    expect([car.pointColumns.speed, car.properties.name]).toEqual([Float64Array.of(7, 8), ["car"]]);
    const point = (id: number, x: number, seconds: number) => ({
      type: "Feature",
      geometry: { type: "Point", coordinates: [x, 2] },
      properties: { trajectory_id: id, t: clock(seconds).replace("Z", ""), wind: x },
    });
    const layer = (await read("p.geojson", collection([point(1, 1, 0), point(2, 9, 0), point(1, 2, 5)]))).set;
    expect([layer.ids, [...layer.coordinates], [...layer.timesMs!]]).toEqual([
      ["1", "2"],
      [1, 2, 2, 2, 9, 2],
      [noon, noon + 5000, noon],
    ]);
    expect(layer.pointColumns.wind).toEqual(Float64Array.of(1, 2, 9));
  });

  it("keeps ids beyond 2⁵³ apart", async () => {
    const text = collection([
      line(
        [
          [1, 2],
          [3, 4],
        ],
        null,
        { id: "@1" },
      ),
      line(
        [
          [1, 2],
          [3, 4],
        ],
        null,
        { id: "@2" },
      ),
    ])
      .replace('"@1"', "1372636858620000589")
      .replace('"@2"', "1372636858620000590");
    expect((await read("a.geojson", text)).set.ids).toEqual(["1372636858620000589", "1372636858620000590"]);
  });

  it("never ignores a coordinate system: of the collection, a feature or a geometry", async () => {
    const belgian = { type: "name", properties: { name: "urn:ogc:def:crs:EPSG::31370" } };
    const onFeature = line(
      [
        [100, 50],
        [120, 60],
      ],
      {},
      { crs: belgian },
    );
    const onGeometry = { type: "Feature", properties: {}, geometry: { ...onFeature.geometry, crs: belgian } };
    for (const text of [
      JSON.stringify(onFeature),
      JSON.stringify(onGeometry),
      collection(
        [
          line([
            [1, 2],
            [3, 4],
          ]),
        ],
        { crs: belgian },
      ),
    ]) {
      await expect(read("a.geojson", text)).rejects.toThrow("got EPSG:31370");
      const { set, report } = await read("a.geojson", text, { lenient: true });
      expect(set.length).toBe(0);
      expect([...report.skipped, ...report.damagedFiles]).toMatchObject([
        { reason: "other coordinate system" },
      ]);
    }
    const mercator = { type: "name", properties: { name: "EPSG:3857" } };
    const text = collection(
      [
        line([
          [0, 0],
          [111319.49079327357, 0],
        ]),
      ],
      { crs: mercator },
    );
    expect((await read("a.geojson", text, { crs: "file" })).set.coordinates[2]).toBeCloseTo(1, 9);
    const nad83 = collection(
      [
        line([
          [1, 2],
          [3, 4],
        ]),
      ],
      { crs: { type: "name", properties: { name: "urn:ogc:def:crs:EPSG::4269" } } },
    );
    await expect(read("a.geojson", nad83)).rejects.toThrow(
      'got EPSG:4269; crs: "EPSG:4269" reads its degrees as they are',
    );
    expect([...(await read("a.geojson", nad83, { crs: "EPSG:4269" })).set.coordinates]).toEqual([1, 2, 3, 4]);
  });
});

describe("CSV as others write it", () => {
  it("reads a header behind #, days before months, interleaved vessels, and counts what is wrong", async () => {
    const text = `# Timestamp,Class,MMSI,Latitude,Longitude
01/03/2024 00:00:00,A,219,57.0,10.0
01/03/2024 00:00:00,A,220,56.0,11.0
01/03/2024 00:00:10,A,219,57.001,10.0
01/03/2024 00:00:12,A,220,91.0,0.0
`;
    await expect(read("ais.csv", text)).rejects.toThrow("timePattern says how it is written");
    const { set, report } = await read("ais.csv", text, {
      timePattern: "dd/MM/yyyy HH:mm:ss",
      lenient: true,
    });
    expect([set.ids, [...set.timesMs!]]).toEqual([
      ["219", "220"],
      [Date.UTC(2024, 2, 1), Date.UTC(2024, 2, 1, 0, 0, 10), Date.UTC(2024, 2, 1)],
    ]);
    expect(report).toMatchObject({
      records: 4,
      kept: 3,
      skipped: [{ reason: "position out of range", count: 1 }],
    });
    expect(set.properties.Class).toEqual(["A", "A"]);
  });

  it.each([
    ["semicolons and decimal commas", "id;lon;lat;zeit\na;10,5;50,25;2024-06-01 12:00:00\n", {}],
    ["blanks behind commas", "id, lon, lat, time\na, 10.5, 50.25, 2024-06-01 12:00:00\n", {}],
    ["tabs", "id\tlon\tlat\ttime\na\t10.5\t50.25\t2024-06-01T12:00:00Z\n", {}],
    ["times ending in UTC", "id,lon,lat,time\na,10.5,50.25,2024-06-01 12:00:00 UTC\n", {}],
    ["seconds", `id,lon,lat,time\na,10.5,50.25,${noon / 1000}\n`, {}],
    ["milliseconds", `id,lon,lat,time\na,10.5,50.25,${noon}\n`, {}],
    ["nanoseconds", `id,lon,lat,time\na,10.5,50.25,${noon}000000\n`, {}],
    ["a unit in the name", `id,lon,lat,time_ms\na,10.5,50.25,${noon}\n`, {}],
    ["a zone", "id,lon,lat,time\na,10.5,50.25,2024-06-01 14:00\n", { timeZone: "Europe/Copenhagen" }],
    [
      "an American time",
      "id,lon,lat,time\na,10.5,50.25,6/1/2024 12:00 PM\n",
      { timePattern: "M/d/yyyy h:mm a" },
    ],
    ["date and time apart", "id,lon,lat,date,time\na,10.5,50.25,2024-06-01,12:00:00\n", {}],
    [
      "lines before the header",
      "exported by x\n\nid,lon,lat,time\na,10.5,50.25,2024-06-01T12:00Z\n",
      { skipLines: 1 },
    ],
    [
      "no header",
      "a,10.5,50.25,2024-06-01T12:00Z\n",
      { columns: { layout: "points", id: 0, x: 1, y: 2, time: 3 } },
    ],
  ] as const)("reads %s", async (_, text, options) => {
    const { set } = await read("a.csv", text, options);
    expect([set.ids, [...set.coordinates], [...set.timesMs!]]).toEqual([["a"], [10.5, 50.25], [noon]]);
  });

  it("finds a header with empty names: an index without one, a delimiter at its end", async () => {
    const { set } = await read("pandas.csv", ",lon,lat\n0,1,2\n1,3,4\n");
    expect([[...set.coordinates], set.pointColumns.column0]).toEqual([[1, 2, 3, 4], Float64Array.of(0, 1)]);
    for (const rows of ["1,2\n3,4\n", "1,2,\n3,4,\n"])
      expect([...(await read("a.csv", `lon,lat,\n${rows}`)).set.coordinates]).toEqual([1, 2, 3, 4]);
    await expect(read("a.csv", "lon,lat,\n1,2,3\n")).rejects.toThrow("a row must have 2 fields, got 3");
  });

  it("takes the line below # for the header where it is one, and numbers for names", async () => {
    const logger = "#Model, log\n#yyyy-mm-dd, degrees, degrees\nday, Latitude, Longitude\n2024-06-01, 2, 1\n";
    expect([...(await read("log.csv", logger)).set.coordinates]).toEqual([1, 2]);
    expect([...(await read("a.csv", "lon,lat,0\n1,2,3\n")).set.coordinates]).toEqual([1, 2]);
  });

  it("finds lines by what they are, where no name tells", async () => {
    const trips = "trip;leg\na;LINESTRING (1 2, 3 4)\n";
    expect([...(await read("a.csv", trips)).set.coordinates]).toEqual([1, 2, 3, 4]);
    await expect(read("a.csv", "a;b\nPOINT (1 2);POINT (3 4)\n")).rejects.toThrow(
      "the option columns says which",
    );
  });

  it("keeps a stray quote, refuses an empty id, and gives an odd date no power over the rest", async () => {
    const inches = await read("a.csv", "id,lon,lat,note\na,1,2,6'5\"\na,2,3,2'8\"\n");
    expect(inches.set.pointColumns.note).toEqual(["6'5\"", "2'8\""]);
    await expect(read("a.csv", "id,lon,lat\n,1,2\n")).rejects.toThrow("id must name the point's trajectory");
    const spike = `id,lon,lat,time\na,1,1,${clock(0)}\na,1,2,2043-10-14T00:00:00Z\na,1,3,${clock(2)}\n`;
    expect((await read("a.csv", spike)).report).toMatchObject({ kept: 3, times: { backward: 1 } });
  });

  it("reads WKT points of interleaved users", async () => {
    const text = `id,user_id,tracked_at,geom\n0,1,${clock(0)},POINT (8.5 47.1)\n1,2,${clock(0)},POINT (7 46)\n2,1,${clock(9)},POINT (8.6 47.2)\n`;
    const { set } = await read("p.csv", text);
    expect([set.ids, [...set.coordinates]]).toEqual([
      ["1", "2"],
      [8.5, 47.1, 8.6, 47.2, 7, 46],
    ]);
    expect(set.pointColumns.id).toEqual(Float64Array.of(0, 2, 1));
  });

  it("reads every WKT of lines as WKB is read", async () => {
    const text = `id,wkt
1,"LINESTRING Z (1 2 3,4 5 6)"
2,"MULTILINESTRING ((1 2,3 4),(5 6,7 8))"
3,"LINESTRING ZM (1 2 3 4,5 6 7 8)"
4,"LINESTRING M (1 2 3,5 6 7)"
5,LINESTRING EMPTY
6,"LINESTRING ((1 2),(3 4))"
`;
    await expect(read("w.csv", text)).rejects.toThrow('w.csv:7: position 0 must be two numbers, got "(1 2)"');
    const { set } = await read("w.csv", text, { lenient: true });
    expect(set.ids).toEqual(["1", "2/0", "2/1", "3", "4", "5"]);
    expect([...(set.pointColumns.elevationMeters as Float64Array)].slice(0, 8)).toEqual([
      3,
      6,
      Number.NaN,
      Number.NaN,
      Number.NaN,
      Number.NaN,
      3,
      7,
    ]);
  });
});
