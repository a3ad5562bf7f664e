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
    expect((await read({ count: 2, trips })).set).toEqual((await read(trips)).set);
    expect((await read({ count: 3, data: rows })).set).toEqual((await read(rows)).set);
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
