import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  downsample,
  Random,
  type ReadTrajectoriesOptions,
  readTrajectories,
  resampleToCount,
  segmentByTimeGap,
  simplify,
  slidingWindows,
  type TrajectorySet,
  toCsv,
  toGeoJson,
  toGpx,
} from "../../src/index.js";
import { trajectorySets } from "../support/arbitraries.js";
import { anySet, saidBy } from "../support/arbitrary-set.js";

type Write = (set: TrajectorySet) => string;

const lines = (set: TrajectorySet) =>
  toGeoJson(set, { allowPlanar: true })
    .features.map((feature) => `${JSON.stringify(feature)}\n`)
    .join("");

const FORMATS: readonly [name: string, write: Write, file: string][] = [
  ["CSV", (set) => toCsv(set), "a.csv"],
  ["CSV, a row a trajectory", (set) => toCsv(set, { layout: "trajectories" }), "a.csv"],
  ["GeoJSON", (set) => JSON.stringify(toGeoJson(set, { allowPlanar: true })), "a.geojson"],
  [
    "GeoJSON, times as 4th coordinates",
    (set) => JSON.stringify(toGeoJson(set, { times: "fourthCoordinate" })),
    "a.geojson",
  ],
  ["newline-delimited GeoJSON", lines, "a.ndjson"],
  ["GPX", (set) => toGpx(set), "a.gpx"],
];

async function readBack(
  text: string,
  name: string,
  options: ReadTrajectoriesOptions = {},
): Promise<TrajectorySet> {
  const data = new TextEncoder().encode(text);
  return (await readTrajectories([{ name, data }], options)).set;
}

describe("read(write(x)) = x", () => {
  it.each(FORMATS)("%s: any set", async (name, write, file) => {
    await fc.assert(
      fc.asyncProperty(anySet(), async (set) => {
        // JSON Lines without a line is an empty file, which no reader can tell from a broken one.
        fc.pre(set.length > 0 || !name.startsWith("newline"));
        const known = name.includes("4th") ? withoutHeights(set) : set; // where the filler is a height of 0
        expect(saidBy(await readBack(write(known), file))).toEqual(saidBy(known));
      }),
      { numRuns: 200 },
    );
  });

  it.each(FORMATS)("%s: what operations return, twice", async (_, write, file) => {
    const operations = fc.constantFrom<(set: TrajectorySet) => TrajectorySet>(
      (set) => resampleToCount(set, { count: 3 }),
      (set) => segmentByTimeGap(set, { maxGapMs: 20_000 }).set,
      (set) => slidingWindows(set, { length: 2 }).set,
      (set) => simplify(set, { toleranceMeters: 1e6 }),
      (set) => downsample(set, { rate: 0.5, random: new Random(1), keepEndpoints: false }),
      (set) => set.slice(Math.min(1, set.length)),
    );
    await fc.assert(
      fc.asyncProperty(trajectorySets("lonlat"), operations, async (given, operation) => {
        const set = operation(given);
        fc.pre(set.length > 0);
        const once = await readBack(write(set), file);
        expect(saidBy(once)).toEqual(saidBy(withoutMinusZero(set)));
        expect(saidBy(await readBack(write(once), file))).toEqual(saidBy(once));
      }),
      { numRuns: 100 },
    );
  });

  it.each(FORMATS.filter(([name]) => !/4th|GPX/.test(name)))("%s: planar sets", async (name, write, file) => {
    await fc.assert(
      fc.asyncProperty(anySet("planar"), async (set) => {
        fc.pre(set.length > 0 || !name.startsWith("newline"));
        const back = await readBack(write(set), file, { coordinateSystem: "planar" });
        expect(saidBy(back)).toEqual(saidBy(set));
      }),
      { numRuns: 50 },
    );
  });
});

function withoutMinusZero(set: TrajectorySet): TrajectorySet {
  for (let i = 0; i < set.coordinates.length; i++) set.coordinates[i]! += 0;
  return set;
}

function withoutHeights(set: TrajectorySet): TrajectorySet {
  return set.with({ pointColumns: { elevationMeters: undefined } });
}
