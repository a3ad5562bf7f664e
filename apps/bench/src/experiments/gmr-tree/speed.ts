import type { Proximity } from "@wayweave/gmr-tree";
import { defineExperiment, type Row } from "../experiment.js";
import type { QuerySettings } from "./systems/exhaustive.js";
import { type MeaningName, nameOf, type ObjectSpec, type PointsName } from "./systems/objects.js";
import {
  type Effort,
  runExhaustive,
  runFlatbush,
  runGmrTree,
  runGrowth,
  runTwoSided,
} from "./systems/systems.js";
import { type SearchRaw, scoreSearch, searchRawSchema } from "./systems/timing.js";

const EXHAUSTIVE = "brute force";

/** One table block: objects, a query's settings, and which systems answer. */
interface Case {
  readonly spec: ObjectSpec;
  readonly settings: QuerySettings;
  /** Sizes of a spatial over-fetch by flatbush. */
  readonly overFetch?: readonly number[];
  /** Sizes of a two-sided over-fetch by flatbush and an HNSW graph. */
  readonly twoSided?: readonly number[];
}

interface SpeedParameters {
  readonly cases: readonly Case[];
  /** Sizes over which the growth of the query time is fitted; empty for none. */
  readonly growth: readonly number[];
  readonly effort: Effort;
}

const relative: Proximity = { kind: "relative" };
const proximities: readonly Proximity[] = [
  relative,
  { kind: "linear", scaleMeters: 1e6 },
  { kind: "exponential", scaleMeters: 2e4 },
  { kind: "gaussian", scaleMeters: 5e4 },
];
const half: QuerySettings = { mu: 0.5, proximity: relative, k: 10 };
const kilometres: QuerySettings = { ...half, proximity: proximities[2]! };

function spec(objects: number, dimensions: number, meaning: MeaningName, points: PointsName): ObjectSpec {
  return { objects, dimensions, meaning, points };
}

const million = spec(1e6, 10, "posteriors", "cities");
const millionMixtures = spec(1e6, 10, "mixtures", "uniform");

const quickCases: readonly Case[] = [
  { spec: million, settings: half, overFetch: [100, 1000, 10_000] },
  { spec: million, settings: kilometres },
  { spec: millionMixtures, settings: half, overFetch: [1000] },
];

const standardCases: readonly Case[] = [
  ...[40e3, 80e3, 120e3, 160e3, 200e3].map(
    (objects): Case => ({
      spec: spec(objects, 10, "posteriors", "cities"),
      settings: half,
      overFetch: [100, 1000],
      // Building an HNSW graph of more objects takes minutes.
      ...(objects === 40e3 ? { twoSided: [100, 1000, 5000] } : {}),
    }),
  ),
  { spec: spec(40e3, 10, "posteriors", "cities"), settings: kilometres, twoSided: [100, 1000, 5000] },
  ...[million, millionMixtures].flatMap((objects) =>
    [0.2, 0.5, 0.8].flatMap((mu) =>
      proximities.map((proximity): Case => {
        const settings = { mu, proximity, k: 10 };
        return { spec: objects, settings, ...(mu === 0.5 ? { overFetch: [1000, 10_000] } : {}) };
      }),
    ),
  ),
  { spec: spec(200e3, 64, "posteriors", "cities"), settings: half },
  { spec: spec(200e3, 64, "mixtures", "cities"), settings: kilometres },
  { spec: spec(200e3, 512, "mixtures", "cities"), settings: half },
  { spec: spec(200e3, 512, "mixtures", "cities"), settings: kilometres, overFetch: [1000] },
  { spec: spec(200e3, 512, "posteriors", "uniform"), settings: kilometres },
  { spec: spec(5e6, 10, "posteriors", "cities"), settings: half },
];

export const speed = defineExperiment<SpeedParameters, SearchRaw>({
  id: "gmr-tree/speed",
  title: "Exact blended top-10: the GMR-Tree, brute force, and over-fetching from two indexes",
  artefact: "DESIGN, GMR-Tree",
  notes: [
    "Every query lies at an object's place and has a new vector of the objects' distribution. Each is timed once, after others as a warm-up: caches are as cold as in use. From 1 ms on the CPU time counts, so that other programs on the machine do not weigh in.",
    "brute force is one pass over typed arrays that skips the arcsine of objects that cannot make the list (two passes where the proximity is relative: the first finds δmax). The GMR-Tree finds δmax itself, too; the others are given it.",
    "recall@10 is against brute force, for as many queries as brute force answers.",
    "flatbush takes the ten nearest in degrees: the speed of a purely spatial index. over-fetch N scores the N nearest; two-sided also the N most similar of an HNSW graph (usearch, native code, M 16, efConstruction 128, built with two threads; its memory is estimated from M).",
    "Bytes per object include the vectors, except for flatbush alone. posteriors are peaked class probabilities, mixtures 50 clusters on the sphere; cities are GeoNames points moved by about 10 km, uniform is a box of the United States' size.",
    "The growth row fits time ∝ objectsᵇ to the medians of the same case at several sizes.",
  ],
  presets: {
    quick: { cases: quickCases, growth: [], effort: { queries: 100, exhaustiveQueries: 10 } },
    standard: {
      cases: standardCases,
      growth: [200e3, 1e6, 5e6],
      effort: { queries: 300, exhaustiveQueries: 20 },
    },
    full: {
      cases: standardCases,
      growth: [200e3, 1e6, 5e6],
      effort: { queries: 500, exhaustiveQueries: 50 },
    },
  },
  seedCounts: { quick: 1, standard: 1 },
  metrics: ["buildMs", "bytesPerObject", "medianMs", "p99Ms", "recall10", "speedup", "growthExponent"],
  reference: { system: EXHAUSTIVE, metric: "medianMs" },
  packages: ["@wayweave/gmr-tree"],
  rawSchema: searchRawSchema,
  rows: ({ parameters: { cases, growth, effort } }) => [
    ...cases.flatMap((entry) => rowsOf(entry, effort)),
    ...(growth.length === 0 ? [] : [growthRow(growth, effort)]),
  ],
  score: scoreSearch,
  figures: [
    {
      title: "Median query time by size",
      kind: "lines",
      metric: "medianMs",
      x: "objects",
      series: "system",
      facet: "case",
      logX: true,
      logY: true,
    },
  ],
});

function rowsOf(
  { spec: objects, settings, overFetch = [], twoSided = [] }: Case,
  effort: Effort,
): Row<SearchRaw>[] {
  const row = (system: string, run: Row<SearchRaw>["run"], weight = 1): Row<SearchRaw> => ({
    system,
    dataset: `${nameOf(objects)}, ${describe(settings)}`,
    parameters: {
      objects: objects.objects,
      case: `d${objects.dimensions}, ${objects.meaning} at ${objects.points}, ${describe(settings)}`,
    },
    paper: null,
    weight: (weight * objects.objects * objects.dimensions) / 1e7,
    run,
  });
  return [
    row(EXHAUSTIVE, (context) => runExhaustive(context, objects, settings, effort), 3),
    row("GMR-Tree", (context) => runGmrTree(context, objects, settings, effort), 2),
    row("flatbush", (context) => runFlatbush(context, objects, settings, effort)),
    ...overFetch.map((fetched) =>
      row(`over-fetch ${fetched}`, (context) => runFlatbush(context, objects, settings, effort, fetched)),
    ),
    ...twoSided.map((fetched) =>
      row(`two-sided ${fetched}`, (context) => runTwoSided(context, objects, settings, effort, fetched), 20),
    ),
  ];
}

function growthRow(sizes: readonly number[], effort: Effort): Row<SearchRaw> {
  const specs = sizes.map((objects) => spec(objects, 10, "posteriors", "cities"));
  return {
    system: "GMR-Tree",
    dataset: `growth ${nameOf(specs[0]!)} … ${nameOf(specs.at(-1)!)}, ${describe(half)}`,
    paper: null,
    weight: 3,
    run: (context) => runGrowth(context, specs, half, effort),
  };
}

/** `μ .5, exponential 20 km`. */
function describe({ mu, proximity }: QuerySettings): string {
  const scale = proximity.kind === "relative" ? "" : ` ${proximity.scaleMeters / 1000} km`;
  return `μ ${String(mu).replace("0.", ".")}, ${proximity.kind}${scale}`;
}
