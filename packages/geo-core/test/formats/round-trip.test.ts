import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runs } from "../../../../vitest.runs.js";
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
    .join("") || "\n";

/** JSON as GeoJSON is has no infinite numbers. */
const infiniteIn = (name: string) =>
  /GeoJSON/.test(name) ? [] : [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

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

/** What a writer says of a set that its format cannot hold; undefined where it holds it. */
function refusal(format: string, set: TrajectorySet): RegExp | undefined {
  const names = [...Object.keys(set.pointColumns), ...Object.keys(set.properties)];
  if (format.startsWith("CSV")) {
    return [...(set.ids ?? []), ...names].some((text) => /[\r\n]/.test(text))
      ? /must not hold line breaks to be CSV/
      : undefined;
  }
  if (!format.includes("GeoJSON")) return undefined;
  const hasOddDates = set.timesMs?.some(
    (time) => time < 0 || time >= Date.UTC(2100, 0, 1) || (time > 0 && time < 1e-6),
  );
  const taken = ["coordTimes", "coordinateProperties", ...(hasOddDates ? ["timesMs"] : [])];
  return taken.some((name) => Object.hasOwn(set.properties, name))
    ? /a property must not be called/
    : undefined;
}

describe("read(write(x)) = x, or write refuses", () => {
  it.each(FORMATS)("%s: any set", async (name, write, file) => {
    await fc.assert(
      fc.asyncProperty(anySet("lonlat", { infinite: infiniteIn(name) }), async (set) => {
        const problem = refusal(name, set);
        if (problem === undefined) expect(saidBy(await readBack(write(set), file))).toEqual(saidBy(set));
        else expect(() => write(set)).toThrow(problem);
      }),
      { numRuns: runs(100) },
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
        const once = await readBack(write(set), file);
        expect(saidBy(once)).toEqual(saidBy(set));
        expect(saidBy(await readBack(write(once), file))).toEqual(saidBy(once));
      }),
      { numRuns: runs(40) },
    );
  });

  it.each(FORMATS.filter(([name]) => !/4th|GPX/.test(name)))("%s: planar sets", async (name, write, file) => {
    await fc.assert(
      fc.asyncProperty(anySet("planar", { infinite: infiniteIn(name) }), async (set) => {
        const problem = refusal(name, set);
        if (problem !== undefined) {
          expect(() => write(set)).toThrow(problem);
          return;
        }
        const back = await readBack(write(set), file, { coordinateSystem: "planar" });
        expect(saidBy(back)).toEqual(saidBy(set));
      }),
      { numRuns: 50 },
    );
  });
});
