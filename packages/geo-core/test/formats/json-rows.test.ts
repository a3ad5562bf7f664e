import { describe, expect, it } from "vitest";
import { readTrajectories } from "../../src/index.js";

const read = (value: unknown, options = {}, name = "answer.json") =>
  readTrajectories(
    [{ name, data: new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value)) }],
    options,
  );

describe("JSON as programs answer each other in", () => {
  const rows = [
    { tripId: "a", lat: 51.05, lng: 13.7, ts: 1_700_000_000, speed: 5 },
    { tripId: "b", lat: 51.1, lng: 13.8, ts: 1_700_000_010, speed: 6 },
    { tripId: "a", lat: 51.06, lng: 13.71, ts: 1_700_000_020, speed: 7 },
  ];

  it("reads an array of rows by the names of their members", async () => {
    const { set, report } = await read(rows);
    expect(set.ids).toEqual(["a", "b"]);
    expect([...set.coordinates]).toEqual([13.7, 51.05, 13.71, 51.06, 13.8, 51.1]);
    expect([...set.timesMs!]).toEqual([1_700_000_000_000, 1_700_000_020_000, 1_700_000_010_000]);
    expect([...(set.pointColumns.speed as Float64Array)]).toEqual([5, 7, 6]);
    expect([report.kept, report.skipped]).toEqual([3, []]);
  });

  it("reads the same a line each, with positions as text or in an object of their own", async () => {
    const lines = rows.map(({ lat, lng, ...rest }) =>
      JSON.stringify({ ...rest, lat: `${lat}`, lng: `${lng}` }),
    );
    expect((await read(lines.join("\n"), {}, "answer.jsonl")).set).toEqual((await read(rows)).set);
    const nested = rows.map(({ lat, lng, ...rest }) => ({ ...rest, location: { lat, lng } }));
    expect((await read(nested)).set).toEqual((await read(rows)).set);
  });

  it("takes rows without ids for one trajectory, and a member named type for what it is", async () => {
    const { set } = await read([
      { type: "bus", lat: 1, lon: 2 },
      { type: "bus", lat: 3, lon: 4 },
    ]);
    expect([set.ids, ...set.coordinates]).toEqual([["answer"], 2, 1, 4, 3]);
    expect(set.timesMs).toBeUndefined();
    const plane = [{ id: 7, x: 1000, y: -2000 }];
    expect([...(await read(plane, { coordinateSystem: "planar" })).set.coordinates]).toEqual([1000, -2000]);
  });

  it("reads trips whose points are rows, and rows within an answer", async () => {
    const points = (id: string) =>
      rows.filter(({ tripId }) => tripId === id).map(({ tripId: _, ...point }) => point);
    const trips = ["a", "b"].map((id) => ({ id, driver: `of ${id}`, points: points(id) }));
    for (const value of [trips, trips.map((trip) => JSON.stringify(trip)).join("\n")]) {
      const { set } = await read(value);
      const flat = (await read(rows)).set;
      expect([set.ids, set.coordinates, set.timesMs, set.offsets]).toEqual([
        ["a", "b"],
        flat.coordinates,
        flat.timesMs,
        flat.offsets,
      ]);
      expect([...(set.pointColumns.speed as Float64Array)]).toEqual([5, 7, 6]);
      expect(set.properties.driver).toEqual(["of a", "of b"]);
    }
    expect((await read({ trips })).set).toEqual((await read(trips)).set);
    expect((await read({ data: rows })).set).toEqual((await read(rows)).set);
    expect((await read({ points: points("a") })).set.pointCount).toBe(2);
    const holed = [{ id: "a", points: [{ lat: 1, lng: 2 }, { lat: 1 }, { lat: 3, lng: 4 }] }];
    await expect(read(holed)).rejects.toThrow(/^answer\.json:1: feature 0: /);
  });

  it("says what is wrong with a row, and leaves it out where asked", async () => {
    const broken = [
      ...rows,
      { tripId: "a", lat: null, lng: 13.7, ts: 1 },
      { tripId: null, lat: 1, lng: 1, ts: 1 },
    ];
    await expect(read(broken)).rejects.toThrow(/^answer\.json:1: feature 3: /);
    const { set, report } = await read(broken, { lenient: true });
    expect(set.length).toBe(2);
    expect(report.skipped.reduce((sum, { count }) => sum + count, 0)).toBe(2);
  });

  it("tells GeoJSON's faults as GeoJSON's, and JSON without positions as what it is", async () => {
    await expect(read([{ type: "Point", lat: 1, lon: 2 }])).rejects.toThrow(
      "feature 0: a position must hold",
    );
    await expect(read([{ name: "a", value: 1 }])).rejects.toThrow(
      "feature 0: must be of GeoJSON, or a row with a longitude and a latitude by their names (lon, lat), got name, value",
    );
  });
});

describe("answers, and objects within rows", () => {
  const point = (i: number, more: object = {}) => ({
    ...more,
    lat: 50 + i,
    lng: 10 + i,
    ts: 1_700_000_000 + i,
  });
  const coordinates = (...points: number[]) => points.flatMap((i) => [10 + i, 50 + i]);

  it.each([
    ["of a trip with an id", { id: "A", points: [point(0, { id: 1 }), point(1, { id: 2 })] }],
    [
      "of a list that is none of points by its name",
      { id: "A", data: [point(0, { id: 1 }), point(1, { id: 2 })] },
    ],
    ["within an object", { id: "A", path: { points: [point(0, { id: 1 }), point(1, { id: 2 })] } }],
  ])("points' own ids are a column of points: %s", async (_, trip) => {
    const { set, report } = await read(trip);
    expect([set.ids, [...set.coordinates], report.records]).toEqual([["A"], coordinates(0, 1), 1]);
    expect(set.pointColumns).toEqual({ id: Float64Array.of(1, 2) });
    expect([...set.timesMs!]).toEqual([1_700_000_000_000, 1_700_000_001_000]);
    expect((await read([trip])).set).toEqual(set);
  });

  it("a trip is named by its own id where all its points repeat another, and by its file without one", async () => {
    const repeated = { trip: "A", points: [point(0, { id: 5 }), point(1, { id: 5 })] };
    expect((await read(repeated)).set.ids).toEqual(["A"]);
    const unnamed = { name: "walk", points: [point(0, { id: 1 }), point(1, { id: 2 })] };
    const { set } = await read(unnamed);
    expect([set.ids, set.properties.name]).toEqual([["answer/0"], ["walk"]]);
  });

  it("rows of things that move are theirs, whatever id the answer has", async () => {
    const vehicles = [point(0, { id: "a" }), point(1, { id: "b" })];
    expect((await read({ id: "now", vehicles })).set.ids).toEqual(["a", "b"]);
    const data = [point(0, { vehicle: "a" }), point(1, { vehicle: "b" })];
    expect((await read({ id: "now", data })).set.ids).toEqual(["a", "b"]);
    const mixed = [point(0, { id: "a" }), point(1, { id: "b" }), point(2, { id: "a" })];
    expect((await read({ id: "now", data: mixed })).set.ids).toEqual(["a", "b"]);
  });

  it("what stands beside rows, trips or features is a property of each trajectory", async () => {
    const rows = [
      point(0, { trip: "a" }),
      point(1, { trip: "a" }),
      point(2, { trip: "b" }),
      point(3, { trip: "b" }),
    ];
    const beside = { vehicle: "A7", count: 4, paging: { next: null } };
    const expected = { vehicle: ["A7", "A7"], count: [4, 4], paging: [{ next: null }, { next: null }] };
    const { set } = await read({ ...beside, data: rows });
    expect([set.ids, set.properties, set.pointColumns]).toEqual([["a", "b"], expected, {}]);
    const trips = [{ id: "a", points: [point(0), point(1)] }, { id: "b", points: [point(2), point(3)] }]; // biome-ignore format: two trips
    expect((await read({ ...beside, trips })).set.properties).toMatchObject(expected);
    expect((await read({ status: "ok", result: { ...beside, trips } })).set.properties).toMatchObject({
      ...expected,
      status: ["ok", "ok"],
    });
    const features = [
      [0, 1],
      [2, 3],
    ].map((ends) => ({
      type: "Feature",
      geometry: { type: "LineString", coordinates: ends.map((i) => coordinates(i)) },
      properties: {},
    }));
    expect((await read({ ...beside, data: features })).set.properties).toEqual(expected);
    const paths = [[0, 1], [2, 3]].map((ends) => ({ path: ends.map((i) => coordinates(i)), timestamps: ends })); // biome-ignore format: two trips
    expect((await read({ ...beside, trips: paths })).set.properties).toEqual(expected);
  });

  it("a name that a row has itself stays the row's; the other has a number behind it", async () => {
    const rows = [point(0, { id: "a", speed: 1 }), point(1, { id: "a", speed: 2 })];
    const { set } = await read({ status: "ok", id: "answer 9", speed: "km/h", vehicles: rows });
    expect(set.ids).toEqual(["a"]);
    expect(set.properties).toEqual({ status: ["ok"], "id 2": ["answer 9"], "speed 2": ["km/h"] });
    expect(set.pointColumns.speed).toEqual(Float64Array.of(1, 2));
  });

  it("a member of an inner object keeps its value where an outer one has its name", async () => {
    const rows = [0, 1].map((i) => {
      const { ts, ...location } = point(i, { id: `fix ${i}`, accuracy: i });
      return { id: "A", accuracy: "good", ts, location };
    });
    const { set } = await read(rows);
    expect([set.ids, set.properties]).toEqual([["A"], { accuracy: ["good"] }]);
    expect(set.pointColumns).toEqual({
      "location.id": ["fix 0", "fix 1"],
      "location.accuracy": Float64Array.of(0, 1),
    });
  });

  it("positions deeper in a row, as GeoJSON points, and in 10⁻⁷ degrees", async () => {
    const entity = [0, 1].map((i) => ({
      id: `${i}`,
      vehicle: {
        trip: { tripId: "t", routeId: "r" },
        position: { latitude: 50 + i, longitude: 10 + i, speed: i },
        timestamp: `${1_700_000_000 + i}`,
        vehicle: { id: "bus 7", label: "7" },
      },
    }));
    const feed = (await read({ header: { gtfsRealtimeVersion: "2.0" }, entity })).set;
    expect([feed.ids, [...feed.coordinates]]).toEqual([["bus 7"], coordinates(0, 1)]);
    expect([...feed.timesMs!]).toEqual([1_700_000_000_000, 1_700_000_001_000]);
    expect(feed.properties).toEqual({
      "trip.tripId": ["t"],
      "trip.routeId": ["r"],
      "vehicle.label": ["7"],
      header: [{ gtfsRealtimeVersion: "2.0" }],
    });
    const documents = [0, 1].map((i) => ({
      device: "d",
      loc: { type: "Point", coordinates: [10 + i, 50 + i] },
      at: new Date(0),
    }));
    const stored = (await read(documents)).set;
    expect([stored.ids, [...stored.coordinates]]).toEqual([["d"], coordinates(0, 1)]);
    const locations = [
      { latitudeE7: 501_234_567, longitudeE7: 4_194_967_296, timestampMs: "1700000000000", accuracy: 20 },
      { latitudeE7: 501_234_568, longitudeE7: -99_999_999, timestampMs: "1700000001000", accuracy: 21 },
    ];
    const records = (await read({ locations }, {}, "Records.json")).set;
    expect([records.ids, [...records.coordinates]]).toEqual([
      ["Records/0"],
      [-10, 50.1234567, -9.9999999, 50.1234568],
    ]);
    expect([...records.timesMs!]).toEqual([1_700_000_000_000, 1_700_000_001_000]);
  });
});
