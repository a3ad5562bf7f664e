import { GmrTree } from "@wayweave/gmr-tree";
import Flatbush from "flatbush";
import type { RunContext } from "../../experiment.js";
import {
  drawAttributes,
  ExhaustiveWithAttributes,
  type Extra,
  groupOf,
  RECENCY_SCALE_DAYS,
  RECENCY_WEIGHT,
  weightsBesideRecency,
} from "./attributes.js";
import { ExhaustiveSearch, type QuerySettings } from "./exhaustive.js";
import { NativeScan } from "./native-scan.js";
import {
  loadObjects,
  nameOf,
  type ObjectSet,
  type ObjectSpec,
  QUERIES,
  type SearchObjects,
} from "./objects.js";
import { type SearchRaw, timeMs, timeQueries } from "./timing.js";

/** How many queries are timed, and how many are compared with exhaustive search. */
export interface Effort {
  readonly queries: number;
  readonly exhaustiveQueries: number;
}

/** Other programs get their turn in one pass over the queries, hardly in two at the same query. */
const PASSES = 3;

/** An index and what building it took. */
export interface Built<T> {
  readonly index: T;
  readonly buildMs: number;
  readonly bytes: number;
}

/** Everything that rows on the same objects share. */
async function setUp(context: RunContext, spec: ObjectSpec, settings: QuerySettings, effort: Effort) {
  const set = await loadObjects(context, spec);
  const name = `${nameOf(spec)} seed ${context.seed}`;
  const exhaustive = await context.share(`exhaustive ${name}`, async () => new ExhaustiveSearch(set));
  const expected = await context.share(`truth ${name} ${JSON.stringify([settings, effort])}`, async () => {
    const ids = new Uint32Array(effort.exhaustiveQueries * settings.k);
    for (let q = 0; q < effort.exhaustiveQueries; q++)
      ids.set(exhaustive.search(q, settings), q * settings.k);
    return ids;
  });
  return { set, name, exhaustive, expected };
}

/** Runs the queries for their durations, and keeps what the first ones found. */
async function measure(
  context: RunContext,
  spec: ObjectSpec,
  effort: Effort,
  { buildMs, bytes }: { buildMs: number; bytes: number },
  expected: Uint32Array,
  k: number,
  search: (query: number) => ArrayLike<number>,
): Promise<SearchRaw> {
  const checked = expected.length / k;
  const found = new Uint32Array(expected.length);
  const warmUp = Math.min(100, effort.queries);
  const schedule = { available: QUERIES, measured: effort.queries, warmUp, passes: PASSES };
  const durationsMs = await timeQueries(context, schedule, (query) => {
    const ids = search(query);
    if (query < checked) for (let i = 0; i < ids.length; i++) found[query * k + i] = ids[i]!;
  });
  return { buildMs, bytesPerObject: bytes / spec.objects, durationsMs, k, found, expected };
}

export async function runExhaustive(
  context: RunContext,
  spec: ObjectSpec,
  settings: QuerySettings,
  effort: Effort,
): Promise<SearchRaw> {
  const { exhaustive, expected } = await setUp(context, spec, settings, effort);
  const own = { ...effort, queries: effort.exhaustiveQueries };
  const built = { buildMs: 0, bytes: exhaustive.bytes };
  return measure(context, spec, own, built, expected, settings.k, (q) => exhaustive.search(q, settings));
}

/** The same scan by WebAssembly SIMD. */
export async function runNativeScan(
  context: RunContext,
  spec: ObjectSpec,
  settings: QuerySettings,
  effort: Effort,
): Promise<SearchRaw> {
  const { set, name, exhaustive, expected } = await setUp(context, spec, settings, effort);
  const scan = await context.share(`native scan ${name}`, () => NativeScan.of(set, exhaustive));
  const own = { ...effort, queries: effort.exhaustiveQueries };
  const built = { buildMs: 0, bytes: scan.bytes };
  return measure(context, spec, own, built, expected, settings.k, (q) => scan.search(q, settings));
}

/** Systems that search objects with attributes, as their rows are called. */
export type AttributeSystem = "GMR-Tree" | "brute force" | "brute force, those passing";

/** A query that a condition narrows down, or in which the recency weighs, too. */
export async function runWithAttributes(
  context: RunContext,
  spec: ObjectSpec,
  settings: QuerySettings,
  effort: Effort,
  extra: Extra,
  system: AttributeSystem,
): Promise<SearchRaw> {
  const { set, name, exhaustive } = await setUp(context, spec, settings, { ...effort, exhaustiveQueries: 0 });
  const attributes = await context.share(`attributes ${name}`, async () => drawAttributes(context, set));
  const scan = new ExhaustiveWithAttributes(set, exhaustive, attributes);
  const { k, mu, proximity } = settings;
  const truth = `truth ${name} ${extra} ${JSON.stringify([settings, effort])}`;
  const expected = await context.share(truth, async () => {
    const ids = new Uint32Array(effort.exhaustiveQueries * k);
    for (let q = 0; q < effort.exhaustiveQueries; q++) ids.set(scan.search(q, settings, extra), q * k);
    return ids;
  });
  if (system === "brute force") {
    const own = { ...effort, queries: effort.exhaustiveQueries };
    const built = { buildMs: 0, bytes: exhaustive.bytes };
    return measure(context, spec, own, built, expected, k, (q) => scan.search(q, settings, extra));
  }
  if (system === "brute force, those passing") {
    const lists = await context.share(`lists ${name}`, async () =>
      Array.from({ length: QUERIES }, (_, q) => scan.passing(q)),
    );
    const built = { buildMs: 0, bytes: exhaustive.bytes };
    return measure(context, spec, effort, built, expected, k, (q) =>
      scan.search(q, settings, extra, lists[q]),
    );
  }
  const built = await context.share(`GMR-Tree with attributes ${name}`, async () => {
    const { positions, vectors } = set;
    return timed(() =>
      GmrTree.build({ dimensions: spec.dimensions, positions, vectors, attributes: { ...attributes } }),
    );
  });
  const signal = { attribute: "age", kind: "exponential", origin: 0, scale: RECENCY_SCALE_DAYS } as const;
  return measure(context, spec, effort, built, expected, k, (q) => {
    const target = { ...queryOf(set, q), k, proximity };
    const hits =
      extra === "filter"
        ? built.index.search({ ...target, mu, where: { group: groupOf(q) } })
        : built.index.search({
            ...target,
            weights: weightsBesideRecency(mu),
            signals: [{ ...signal, weight: RECENCY_WEIGHT }],
          });
    return hits.map(({ id }) => id);
  });
}

export async function runGmrTree(
  context: RunContext,
  spec: ObjectSpec,
  settings: QuerySettings,
  effort: Effort,
): Promise<SearchRaw> {
  const { set, name, expected } = await setUp(context, spec, settings, effort);
  const built = await context.share(`GMR-Tree ${name}`, async () => buildGmrTree(set));
  return measure(context, spec, effort, built, expected, settings.k, (q) =>
    built.index.search({ ...queryOf(set, q), ...settings }).map(({ id }) => id),
  );
}

/** How the query time grows with the number of objects: a row of its own, its figures those of the largest size. */
export async function runGrowth(
  context: RunContext,
  sizes: readonly ObjectSpec[],
  settings: QuerySettings,
  effort: Effort,
): Promise<SearchRaw> {
  const runs: SearchRaw[] = [];
  for (const spec of sizes) runs.push(await runGmrTree(context, spec, settings, effort));
  const median = (raw: SearchRaw): number => raw.durationsMs.slice().sort()[raw.durationsMs.length >> 1]!;
  return {
    ...runs.at(-1)!,
    growth: {
      objects: Float64Array.from(sizes, ({ objects }) => objects),
      mediansMs: Float64Array.from(runs, median),
    },
  };
}

/**
 * flatbush, spatial only. With `fetched` the nearest that many are scored and the k best kept; without, its k nearest are
 * taken as they are. It measures degrees, and gets δmax for nothing.
 */
export async function runFlatbush(
  context: RunContext,
  spec: ObjectSpec,
  settings: QuerySettings,
  effort: Effort,
  fetched?: number,
): Promise<SearchRaw> {
  const { set, name, exhaustive, expected } = await setUp(context, spec, settings, effort);
  const built = await context.share(`flatbush ${name}`, async () => buildFlatbush(set));
  const farthest = fetched === undefined ? undefined : await farthestOf(context, name, set, exhaustive);
  const nearest = (q: number, count: number): number[] =>
    built.index.neighbors(set.queryPositions[2 * q]!, set.queryPositions[2 * q + 1]!, count);
  return measure(context, spec, effort, built, expected, settings.k, (q) => {
    if (fetched === undefined || farthest === undefined) return nearest(q, settings.k);
    const candidates = nearest(q, fetched);
    return exhaustive.best(q, settings, farthest[q]!, candidates.length, candidates);
  });
}

/** Two-sided over-fetch: the nearest by flatbush and the most similar by an HNSW graph, as many of each, all scored. */
export async function runTwoSided(
  context: RunContext,
  spec: ObjectSpec,
  settings: QuerySettings,
  effort: Effort,
  fetched: number,
): Promise<SearchRaw> {
  const { set, name, exhaustive, expected } = await setUp(context, spec, settings, effort);
  const spatial = await context.share(`flatbush ${name}`, async () => buildFlatbush(set));
  const semantic = await context.share(`usearch ${name}`, () => buildHnsw(set));
  const farthest = await farthestOf(context, name, set, exhaustive);
  const { dimensions } = spec;
  const built = { buildMs: spatial.buildMs + semantic.buildMs, bytes: spatial.bytes + semantic.bytes };
  return measure(context, spec, effort, built, expected, settings.k, (q) => {
    const near = spatial.index.neighbors(set.queryPositions[2 * q]!, set.queryPositions[2 * q + 1]!, fetched);
    const vector = set.queryVectors.subarray(q * dimensions, (q + 1) * dimensions);
    const alike = semantic.index.search(vector, fetched);
    const candidates = [...new Set([...near, ...alike])];
    return exhaustive.best(q, settings, farthest[q]!, candidates.length, candidates);
  });
}

/** Every query's δmax, worked out beforehand: the over-fetching systems get it for nothing. */
function farthestOf(context: RunContext, name: string, set: ObjectSet, exhaustive: ExhaustiveSearch) {
  return context.share(`farthest ${name}`, async () =>
    Float64Array.from({ length: QUERIES }, (_, q) =>
      exhaustive.farthest(set.queryPositions[2 * q]!, set.queryPositions[2 * q + 1]!),
    ),
  );
}

export function queryOf({ queryPositions, queryVectors, spec }: SearchObjects, q: number) {
  return {
    position: [queryPositions[2 * q]!, queryPositions[2 * q + 1]!] as const,
    vector: queryVectors.subarray(q * spec.dimensions, (q + 1) * spec.dimensions),
  };
}

function buildGmrTree({ spec, positions, vectors }: ObjectSet): Built<GmrTree> {
  return timed(() => GmrTree.build({ dimensions: spec.dimensions, positions, vectors }));
}

function timed<T extends Pick<GmrTree, "toBuffer">>(build: () => T): Built<T> {
  let index: T | undefined;
  const buildMs = timeMs(() => {
    index = build();
  });
  return { index: index!, buildMs, bytes: index!.toBuffer().byteLength };
}

function buildFlatbush({ spec, positions }: ObjectSet): Built<Flatbush> {
  const index = new Flatbush(spec.objects);
  const buildMs = timeMs(() => {
    for (let i = 0; i < spec.objects; i++) index.add(positions[2 * i]!, positions[2 * i + 1]!);
    index.finish();
  });
  return { index, buildMs, bytes: index.data.byteLength };
}

/** What is used of usearch's index. */
export interface SemanticIndex {
  search(vector: Float32Array, count: number): number[];
}

/** An HNSW graph by usearch: M = 16, efConstruction and efSearch its defaults, 128 and 64. */
export async function buildHnsw({ spec, vectors }: SearchObjects): Promise<Built<SemanticIndex>> {
  const { Index, MetricKind, ScalarKind } = await import("usearch");
  const start = performance.now();
  const index = new Index({
    dimensions: spec.dimensions,
    metric: MetricKind.Cos,
    quantization: ScalarKind.F32,
    connectivity: 16,
    expansion_add: 128,
    expansion_search: 64,
    multi: false,
  });
  index.add(
    BigUint64Array.from({ length: spec.objects }, (_, i) => BigInt(i)),
    vectors,
    2,
  );
  const buildMs = performance.now() - start;
  // Vectors and, on average, 2M links on the ground level: usearch does not tell its size.
  const bytes = vectors.byteLength + spec.objects * 4 * 32;
  return {
    index: { search: (vector, count) => Array.from(index.search(vector, count, 1).keys, Number) },
    buildMs,
    bytes,
  };
}
