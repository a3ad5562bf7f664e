import type { Proximity } from "@wayweave/gmr-tree";
import { defineExperiment, type Row } from "../experiment.js";
import { type Extra, GROUPS, RECENCY_SCALE_DAYS, RECENCY_WEIGHT } from "./systems/attributes.js";
import type { QuerySettings } from "./systems/exhaustive.js";
import { type MeaningName, nameOf, type ObjectSpec, type PointsName } from "./systems/objects.js";
import {
  type AttributeSystem,
  type Effort,
  runExhaustive,
  runFlatbush,
  runGmrTree,
  runGrowth,
  runNativeScan,
  runTwoSided,
  runWithAttributes,
} from "./systems/systems.js";
import { type SearchRaw, scoreSearch, searchRawSchema } from "./systems/timing.js";

const EXHAUSTIVE = "brute force";
const extraNames: Readonly<Record<Extra, string>> = {
  filter: `one in ${GROUPS.toLocaleString("en-US")}`,
  recency: "with recency",
};

/** One table block: objects, a query's settings, and which systems answer. */
interface Case {
  readonly spec: ObjectSpec;
  readonly settings: QuerySettings;
  /** Sizes of a spatial over-fetch by flatbush. */
  readonly overFetch?: readonly number[];
  /** Sizes of a two-sided over-fetch by flatbush and an HNSW graph. */
  readonly twoSided?: readonly number[];
  /** Attributes that queries ask for, too; then only brute force and the GMR-Tree answer. */
  readonly extra?: Extra;
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

const posteriors = (objects: number): ObjectSpec => spec(objects, 10, "posteriors", "cities");
const mixtures = (objects: number): ObjectSpec => spec(objects, 10, "mixtures", "uniform");
const mostMeaning: QuerySettings = { ...kilometres, mu: 0.2 };
/** Building an HNSW graph of more than this takes minutes. */
const SMALL = 40e3;

const quickCases: readonly Case[] = [
  { spec: posteriors(SMALL), settings: half, overFetch: [100, 1000], twoSided: [100] },
  { spec: posteriors(200e3), settings: kilometres, overFetch: [1000] },
  { spec: posteriors(200e3), settings: kilometres, extra: "filter" },
  { spec: posteriors(200e3), settings: kilometres, extra: "recency" },
  { spec: mixtures(200e3), settings: half },
];

const standardCases: readonly Case[] = [
  { spec: posteriors(SMALL), settings: half, overFetch: [100, 1000], twoSided: [100, 1000, 5000] },
  { spec: posteriors(SMALL), settings: kilometres, twoSided: [100, 1000, 5000] },
  { spec: posteriors(200e3), settings: half, overFetch: [1000] },
  { spec: posteriors(1e6), settings: half, overFetch: [1000, 10_000] },
  { spec: posteriors(1e6), settings: kilometres, overFetch: [1000, 10_000] },
  { spec: posteriors(1e6), settings: kilometres, extra: "filter" },
  { spec: posteriors(1e6), settings: kilometres, extra: "recency" },
  { spec: mixtures(1e6), settings: half, overFetch: [1000, 10_000] },
  { spec: mixtures(1e6), settings: kilometres, overFetch: [1000] },
  { spec: mixtures(1e6), settings: mostMeaning, overFetch: [1000] },
  { spec: spec(200e3, 64, "posteriors", "cities"), settings: half },
  { spec: spec(200e3, 64, "mixtures", "cities"), settings: kilometres, overFetch: [1000] },
];

const fullCases: readonly Case[] = [
  ...standardCases,
  ...[posteriors(1e6), mixtures(1e6)].flatMap((objects) =>
    [0.2, 0.8].flatMap((mu) =>
      proximities
        .map((proximity): Case => ({ spec: objects, settings: { mu, proximity, k: 10 } }))
        .filter(
          ({ settings }) =>
            !(
              mu === mostMeaning.mu &&
              settings.proximity === mostMeaning.proximity &&
              objects.meaning === "mixtures"
            ),
        ),
    ),
  ),
  { spec: spec(200e3, 512, "mixtures", "cities"), settings: half },
  { spec: spec(200e3, 512, "mixtures", "cities"), settings: kilometres, overFetch: [1000] },
  { spec: spec(200e3, 512, "posteriors", "uniform"), settings: kilometres },
  { spec: posteriors(5e6), settings: half },
];

export const speed = defineExperiment<SpeedParameters, SearchRaw>({
  id: "gmr-tree/speed",
  title: "Exact blended top-10: the GMR-Tree, brute force, and over-fetching from two indexes",
  artefact: "DESIGN, GMR-Tree",
  notes: [
    "Every query lies at an object's place and has a new vector of the objects' distribution. After others as a warm-up all are run three times in turn, and the median of the three is a query's time: caches are as cold as in use, and other programs weigh in little. From 1 ms on the CPU time counts, so that other programs on the machine do not weigh in.",
    "brute force is one pass over typed arrays that skips the arcsine of objects that cannot make the list (two passes where the proximity is relative: the first finds δmax). The GMR-Tree finds δmax itself, too; the others are given it.",
    "brute force, SIMD is the same scan at native speed: WebAssembly SIMD bounds every score in float32, four objects at a time, and only objects that may enter the list are scored in float64, so that it is exact.",
    `one in ${GROUPS.toLocaleString("en-US")}: each query asks for one of as many groups of objects. brute force tests every object; those passing goes through a list of them that is there beforehand.`,
    `with recency: a third term exp(−age / ${RECENCY_SCALE_DAYS} days) weighs ${RECENCY_WEIGHT}, the two others ${1 - RECENCY_WEIGHT} together.`,
    "recall@10 is against brute force, for as many queries as brute force answers.",
    "flatbush takes the ten nearest in degrees: the speed of a purely spatial index. over-fetch N scores the N nearest; two-sided also the N most similar of an HNSW graph (usearch, native code, M 16, efConstruction 128, built with two threads; its memory is estimated from M).",
    "Bytes per object include the vectors, except for flatbush alone. posteriors are peaked class probabilities, mixtures 50 clusters on the sphere; cities are GeoNames points moved by about 10 km, uniform is a box of the United States' size.",
    "The growth row fits time ∝ objectsᵇ to the medians of the same case at several sizes.",
  ],
  presets: {
    quick: { cases: quickCases, growth: [], effort: { queries: 100, exhaustiveQueries: 10 } },
    standard: {
      cases: standardCases,
      growth: [SMALL, 200e3, 1e6],
      effort: { queries: 300, exhaustiveQueries: 20 },
    },
    full: {
      cases: fullCases,
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

function rowsOf(entry: Case, effort: Effort): Row<SearchRaw>[] {
  const { spec: objects, settings, overFetch = [], twoSided = [], extra } = entry;
  const query = `${describe(settings)}${extra === undefined ? "" : `, ${extraNames[extra]}`}`;
  const row = (system: string, run: Row<SearchRaw>["run"], weight = 1): Row<SearchRaw> => ({
    system,
    dataset: `${nameOf(objects)}, ${query}`,
    parameters: {
      objects: objects.objects,
      case: `d${objects.dimensions}, ${objects.meaning} at ${objects.points}, ${query}`,
    },
    paper: null,
    weight: (weight * objects.objects * objects.dimensions) / 1e7,
    run,
  });
  if (extra !== undefined) {
    const systems: AttributeSystem[] = [EXHAUSTIVE, "GMR-Tree"];
    if (extra === "filter") systems.push("brute force, those passing");
    return systems.map((system) =>
      row(system, (context) => runWithAttributes(context, objects, settings, effort, extra, system), 2),
    );
  }
  return [
    row(EXHAUSTIVE, (context) => runExhaustive(context, objects, settings, effort), 3),
    row("brute force, SIMD", (context) => runNativeScan(context, objects, settings, effort), 3),
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
  const specs = sizes.map(posteriors);
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
