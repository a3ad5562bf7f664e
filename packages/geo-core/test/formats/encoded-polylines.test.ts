import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ReadTrajectoriesOptions, readTrajectories, type TrajectorySet } from "../../src/index.js";

/** Google's own example, https://developers.google.com/maps/documentation/utilities/polylinealgorithm */
const EXAMPLE = "_p~iF~ps|U_ulLnnqC_mqNvxq`@";
const EXAMPLE_LINE = [
  [-120.2, 38.5],
  [-120.95, 40.7],
  [-126.453, 43.252],
];
/** A square in Dresden. */
const TOWN = [
  [13.737, 51.053],
  [13.738, 51.053],
  [13.738, 51.054],
];

/** The encoding, written after Google's description of it. */
function encode(line: readonly (readonly number[])[], precision = 5): string {
  let [text, latitude, longitude] = ["", 0, 0];
  const append = (step: number) => {
    let bits = BigInt(step) << 1n;
    if (step < 0) bits = ~bits;
    for (; bits >= 0x20n; bits >>= 5n) text += String.fromCharCode(Number((0x20n | (bits & 0x1fn)) + 63n));
    text += String.fromCharCode(Number(bits + 63n));
  };
  for (const [x, y] of line) {
    const next = [Math.round(y! * 10 ** precision), Math.round(x! * 10 ** precision)];
    append(next[0]! - latitude);
    append(next[1]! - longitude);
    [latitude, longitude] = next as [number, number];
  }
  return text;
}

const linesOf = (set: TrajectorySet) => [...set].map(({ coordinates }) => pairsOf(coordinates));
const pairsOf = (flat: Float64Array) =>
  Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i], flat[2 * i + 1]]);
const readFile = (name: string, text: string, options: ReadTrajectoriesOptions = {}) =>
  readTrajectories([{ name, data: new TextEncoder().encode(text) }], options);
const read = (value: unknown, options?: ReadTrajectoriesOptions) =>
  readFile("tracks.json", JSON.stringify(value), options);
const readCsv = (text: string, options?: ReadTrajectoriesOptions) => readFile("tracks.csv", text, options);

describe("encoded polylines", () => {
  it("are read from a table's column by its name, also where the first row has none", async () => {
    expect(encode(EXAMPLE_LINE)).toBe(EXAMPLE);
    const csv = `id,name,summary_polyline\n1,Treadmill,\n2,Tour,${EXAMPLE}\n`;
    const { set, report } = await readCsv(csv);
    expect(linesOf(set)).toEqual([EXAMPLE_LINE]);
    expect([set.ids, report.kept, report.skipped]).toMatchObject([
      ["2"],
      1,
      [{ reason: "no line", count: 1 }],
    ]);
    expect(set.properties?.name).toEqual(["Tour"]);
  });

  it("stand in columns that hold WKT or JSON elsewhere, row by row", async () => {
    const csv = `id;geometry\n1;${EXAMPLE}\n2;LINESTRING (1 2, 3 4)\n3;[[5,6],[7,8]]\n`;
    const { set } = await readCsv(csv);
    expect(linesOf(set)[0]).toEqual(EXAMPLE_LINE);
    expect(linesOf(set)[2]).toEqual([
      [5, 6],
      [7, 8],
    ]);
  });

  it("of six decimals are told by leaving the earth at five, else by the option", async () => {
    const csv = (line: readonly number[][]) => `trip,polyline\na,${encode(line, 6)}\n`;
    const far = await readCsv(csv(TOWN));
    expect(linesOf(far.set)).toEqual([TOWN]);
    const nearNull = [
      [3.38, 6.52],
      [3.39, 6.53],
    ];
    expect(linesOf((await readCsv(csv(nearNull))).set)[0]![0]).toEqual([33.8, 65.2]);
    const columns = (polylineFormat: "encoded5" | "encoded6") => ({
      columns: { polyline: "polyline", polylineFormat, id: "trip" },
    });
    expect(linesOf((await readCsv(csv(nearNull), columns("encoded6"))).set)).toEqual([nearNull]);
    const named = csv(nearNull).replace("polyline", "polyline6");
    expect(linesOf((await readCsv(named)).set)).toEqual([nearNull]);
    await expect(readCsv(csv(TOWN), columns("encoded5"))).rejects.toThrow(/polyline must stay within ±90°/);
  });

  it("that are broken are named with their line", async () => {
    const csv = `id,polyline\na,${EXAMPLE}\nb,${EXAMPLE.slice(0, -1)}\n`;
    const columns = { polyline: "polyline", polylineFormat: "encoded5", id: "id" } as const;
    await expect(readCsv(csv, { columns })).rejects.toThrow(
      /:3: a line must be an encoded polyline of two points or more, got/,
    );
    const { report } = await readCsv(csv, { columns, lenient: true });
    expect([report.kept, report.skipped]).toMatchObject([1, [{ reason: "broken polyline", count: 1 }]]);
  });

  it("of Strava's activities are tracks; those of a treadmill have none", async () => {
    const activities = [
      {
        id: 11,
        name: "Lunch Run",
        type: "Run",
        start_latlng: [51.053, 13.737],
        map: { id: "a11", summary_polyline: encode(TOWN) },
      },
      { id: 12, name: "Treadmill", type: "Run", start_latlng: [], map: { id: "a12", summary_polyline: "" } },
    ];
    const { set, report } = await read(activities);
    expect(linesOf(set)).toEqual([TOWN]);
    expect([set.ids, report.records, report.kept]).toEqual([["11"], 2, 1]);
    expect(set.properties).toMatchObject({ name: ["Lunch Run"], type: ["Run"], "map.id": ["a11"] });
    // As collected by programs that keep their own journal.
    const journal = [
      { run_id: 5, distance: 100.5, type: "Ride", summary_polyline: encode(TOWN), average_speed: 3 },
    ];
    expect((await read(journal)).set.ids).toEqual(["5"]);
    const detailed = {
      ...activities[0],
      map: { polyline: encode(TOWN), summary_polyline: encode(TOWN.slice(1)) },
      laps: [{ id: 1, start_index: 0 }],
    };
    expect(linesOf((await read(detailed)).set)).toEqual([TOWN]);
  });

  it("of routing services are their ways, not the places between which they lead", async () => {
    const line = encode(TOWN);
    const six = encode(TOWN, 6);
    const place = { lat: 51, lon: 13 };
    const answers: Record<string, unknown> = {
      osrm: {
        code: "Ok",
        routes: [{ geometry: line, legs: [{ steps: [{ geometry: line }] }], distance: 9 }],
        waypoints: [{ location: [13, 51], name: "a" }],
      },
      google: {
        geocoded_waypoints: [{ place_id: "x" }],
        routes: [
          {
            bounds: { northeast: { lat: 51.06, lng: 13.74 }, southwest: { lat: 51.05, lng: 13.73 } },
            legs: [{ start_location: { lat: 51, lng: 13 }, steps: [] }],
            overview_polyline: { points: line },
          },
        ],
      },
      "google, new": { routes: [{ distanceMeters: 9, polyline: { encodedPolyline: line } }] },
      valhalla: {
        trip: {
          locations: [place, place],
          legs: [{ summary: { length: 1 }, shape: six }],
          units: "kilometers",
        },
      },
      graphhopper: {
        hints: {},
        paths: [{ distance: 1, points_encoded: true, points: line, snapped_waypoints: line }],
      },
      opentripplanner: {
        plan: {
          date: 1,
          itineraries: [
            { duration: 9, legs: [{ from: place, to: place, legGeometry: { points: line, length: 3 } }] },
          ],
        },
      },
    };
    for (const [name, answer] of Object.entries(answers)) {
      expect([name, linesOf((await read(answer)).set)]).toEqual([name, [TOWN]]);
    }
    const far = {
      trip: {
        legs: [
          {
            shape: encode(
              [
                [130, 80],
                [135, 89],
              ].map((pair) => pair.map((value) => value * 10)),
              6,
            ),
          },
        ],
      },
    };
    await expect(read(far)).rejects.toThrow(/feature 0: an encoded polyline must stay/);
  });

  it("may have heights, and six decimals anywhere, where it is known where they lie", async () => {
    // Four points of openrouteservice's, at 120 m and more.
    const geometry = "ouqvH_rzrA_mVo}@o}@g^o}@_|Bg^o}@o}@nK";
    const bbox = [13.73, 51.04, 119, 13.78, 51.09, 131];
    const { set } = await read({ routes: [{ summary: { distance: 9 }, bbox, geometry }] });
    expect(linesOf(set)[0]).toHaveLength(4);
    expect(linesOf(set)[0]![0]).toEqual([13.74, 51.05]);
    expect(set.pointColumns.elevationMeters?.[0]).toBe(120);
    const lagos = [
      [3.38, 6.52],
      [3.39, 6.53],
    ];
    const six = encode(lagos, 6);
    const box = { min_lon: 3.38, min_lat: 6.52, max_lon: 3.39, max_lat: 6.53 };
    for (const way of [
      { points: six, points_encoded: true, points_encoded_multiplier: 1_000_000 },
      { geometry: six, bbox: [3.38, 6.52, 3.39, 6.53] },
      { shape: encode(lagos), summary: box },
    ]) {
      expect(linesOf((await read({ paths: [way] })).set)).toEqual([lagos]);
    }
    const elsewhere = { routes: [{ geometry: encode(TOWN), bbox: [3, 6, 4, 7] }] };
    await expect(read(elsewhere)).rejects.toThrow(/feature 0: an encoded polyline must lie within the box/);
  });

  it("of one column have one precision", async () => {
    const near = (latitude: number) =>
      encode(
        [
          [7.4, latitude],
          [7.5, latitude],
        ],
        6,
      );
    const lines = `id,polyline\na,${near(9.2)}\nb,${near(8.9)}\n`;
    expect(linesOf((await readCsv(lines)).set)[1]![0]).toEqual([7.4, 8.9]);
    const other = `id,polyline\na,${near(8.9)}\nb,${near(9.2)}\n`;
    await expect(readCsv(other)).rejects.toThrow(
      /:3: an encoded polyline must keep 5 decimals, as those before it .*encoded6/,
    );
  });

  it("do not hide where their row was", async () => {
    const fix = (second: number) => ({ vehicle: "7", lat: 51 + second, lng: 13, ts: 1_714_557_600 + second });
    for (const polyline of [null, "", encode(TOWN)]) {
      const { set } = await read([0, 1].map((second) => ({ ...fix(second), polyline })));
      expect(linesOf(set)).toEqual([
        [
          [13, 51],
          [13, 52],
        ],
      ]);
      const trip = await read({ id: "a", polyline, points: [0, 1].map(fix) });
      expect(trip.set.timesMs).toHaveLength(2);
    }
  });

  it("are no lines where they stand elsewhere, nor are words", async () => {
    await expect(readCsv("id,shape\n1,LINE\n")).rejects.toThrow(/must be WKT LINESTRING .* got "LINE"/);
    const shaped = [1, 2].map((ts) => ({
      id: "a",
      lat: 51,
      lon: 13 + ts,
      ts: 1_700_000_000 + ts,
      shape: "ROAD",
    }));
    expect(linesOf((await read(shaped)).set)).toEqual([
      [
        [14, 51],
        [15, 51],
      ],
    ]);
    const rows = [
      { vehicle: "a", lat: 51, lon: 13, ts: 1_700_000_000, points: "OKOK" },
      { vehicle: "a", lat: 52, lon: 13, ts: 1_700_000_060, points: 5 },
    ];
    // A row with a place of its own whose further member happens to be spelt as a line would be: two rows, one trip.
    expect((await read(rows.map(({ points: _, ...row }) => ({ ...row, note: EXAMPLE })))).set.length).toBe(1);
    const feature = {
      type: "Feature",
      geometry: { type: "LineString", coordinates: TOWN },
      properties: { polyline: EXAMPLE },
    };
    const { set } = await read({ type: "FeatureCollection", features: [feature] });
    expect(linesOf(set)).toEqual([TOWN]);
  });

  it("give back any line to the last decimal", async () => {
    const position = fc.tuple(
      fc.integer({ min: -18_000_000, max: 18_000_000 }),
      fc.integer({ min: -9_000_000, max: 9_000_000 }),
    );
    const line = fc
      .array(position, { minLength: 2, maxLength: 30 })
      .map((all) => all.map(([x, y]) => [x / 1e5, y / 1e5]));
    await fc.assert(
      fc.asyncProperty(line, async (expected) => {
        const { set } = await readCsv(`id,polyline\na,${encode(expected)}\n`, {
          columns: { polyline: "polyline", polylineFormat: "encoded5", id: "id" },
        });
        const wanted = expected.map((pair) => pair.map((value) => value || 0));
        expect(linesOf(set)).toEqual([wanted]);
      }),
      { numRuns: 60 },
    );
  });
});
