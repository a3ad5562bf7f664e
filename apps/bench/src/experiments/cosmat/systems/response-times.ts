import { kgmcms } from "@wayweave/gmr-tree";
import type { RawCorpus } from "../../../datasets/raw-pairs.js";
import {
  type AnyExperiment,
  defineExperiment,
  type ExperimentId,
  type Figure,
  type MetricValues,
  type PresetName,
  type Row,
  type RunContext,
} from "../../experiment.js";
import type { SearchObjects } from "../../gmr-tree/systems/objects.js";
import { buildFlatbush, buildPlaneTree, PlaneScores } from "../../gmr-tree/systems/plane-systems.js";
import { buildHnsw, queryOf } from "../../gmr-tree/systems/systems.js";
import { type SearchRaw, scoreSearch, searchRawSchema, timeQueries } from "../../gmr-tree/systems/timing.js";
import { declareDrawn } from "./drawn.js";
import type { FeatureSettings } from "./features.js";
import { baselines, deCoSReS, fitPipeline, modern, type Pipeline } from "./pipelines.js";

/** What Fig. 8 and 9 vary, and what the models are fitted to. */
interface ResponseTimeParameters extends FeatureSettings {
  readonly train: number;
  readonly test: number;
  /** Numbers of objects, at ten results; and the number at which `ks` are measured. */
  readonly sizes: readonly number[];
  readonly size: number;
  readonly ks: readonly number[];
  readonly queries: number;
}

type Sizes = Pick<ResponseTimeParameters, "sizes" | "size" | "ks" | "queries">;

/** N, k and queries as in the paper, where k varies at N = 80k. */
const paperSizes: Sizes = {
  sizes: [40e3, 80e3, 120e3, 160e3, 200e3],
  size: 80e3,
  ks: [5, 10, 20, 50, 100],
  queries: 100,
};

/** `standard` has the paper's sizes; it fits the models to fewer pairs. */
const responseTimeSizes = {
  quick: { sizes: [5e3, 10e3], size: 10e3, ks: [5, 50], queries: 20 },
  standard: paperSizes,
  full: paperSizes,
} as const satisfies Record<string, Sizes>;

/** The figure's data: raw pairs for the models, and positions for the objects. */
interface ResponseTimeSource {
  /** The text encoder for the pairs' language. */
  readonly texts: "bge-small-zh" | "MiniLM";
  corpus(context: RunContext, size: { readonly train: number; readonly test: number }): Promise<RawCorpus>;
  /** `[count, 2]`, lon/lat */
  positions(context: RunContext, count: number): Promise<Float64Array>;
  /** What the paper's text says of a point; null where it says nothing. */
  printed(system: string, objects: number, k: number): MetricValues | null;
}

type Search = (query: number) => ArrayLike<number>;
type Index = "GMR-Tree" | "kGMCMS" | "R-Tree" | "brute force" | "two-sided";

/** The paper's default. */
const DEFAULT_K = 10;
const MU = 0.5;
/** Length of the noise on a vector of length 1. */
const NOISE = 0.1;
/** How many candidates the two-sided search takes from each side, for each of the k results. */
const FETCHED_PER_RESULT = 50;

const responseTimeReference = { system: "DeCoSReS + brute force", metric: "medianMs" } as const;
const responseTimeMetrics = ["medianMs", "p99Ms", "recallAtK", "speedup"] as const;

interface System {
  readonly name: string;
  readonly pipeline: Pipeline;
  readonly index: Index;
}

/** CoSMat on encoders of today: its vectors are searched by the tree and by brute force. */
function modernSystems(texts: "bge-small-zh" | "MiniLM"): System[] {
  const pipeline = modern(texts).find(({ system }) => system === "CoSMat")!;
  const name = `CoSMat on ${pipeline.features} × ${texts}`;
  return [
    { name: `${name} + GMR-Tree`, pipeline, index: "GMR-Tree" },
    { name: `${name} + brute force`, pipeline, index: "brute force" },
  ];
}

const systems: readonly System[] = [
  { name: "DeCoSReS + GMR-Tree", pipeline: deCoSReS, index: "GMR-Tree" },
  { name: "DeCoSReS + GMR-Tree (kGMCMS)", pipeline: deCoSReS, index: "kGMCMS" },
  ...[deCoSReS, ...baselines].map((pipeline) => ({
    name: `${pipeline.system} + R-Tree`,
    pipeline,
    index: "R-Tree" as const,
  })),
  { name: "DeCoSReS + two-sided over-fetch", pipeline: deCoSReS, index: "two-sided" },
  { name: responseTimeReference.system, pipeline: deCoSReS, index: "brute force" },
];

/** What both figures must say of themselves. */
const responseTimeNotes = [
  "Objects are more than photos: each takes an output of the fitted model for one of the photos, with a little noise (length .1 on vectors of length 1), and a place at random. 100 queries: test texts at objects' places. Euclidean distances in degrees (eq. 5), μ = .5, relative proximity (eq. 4).",
  "recall@k: the share of the k best by brute force with the same model. GMR-Tree is the exact search; kGMCMS is the paper's Algorithms 1 and 2 with signatures of the two largest entries: it ranks by distance, so it misses most of what eq. 3 ranks first.",
  "R-Tree goes through the objects from the nearest on (a flatbush, best first, never anew), scores each, and stops when no farther object can enter. Two-sided over-fetch scores 50·k nearest (flatbush) and 50·k most similar (HNSW by usearch) objects. All of these, brute force too, find δmax among the corners of the objects' convex hull, made once.",
  "What a query costs before the search, its text's way to a vector, is in cosmat/kt2iq. The paper's figures are read off its text (Java, 2.6 GHz Xeon).",
] as const;

const responseTimeFigures: readonly Figure[] = [
  {
    title: "Response time against N and k",
    kind: "lines",
    metric: "medianMs",
    x: "objects",
    series: "system",
    facet: "k",
    logY: true,
  },
];

/** What tells Fig. 8 and Fig. 9 apart: the data. */
interface ResponseTimeFigure extends ResponseTimeSource {
  readonly id: ExperimentId;
  readonly title: string;
  readonly artefact: string;
  /** Of the data and of what the paper prints. */
  readonly notes: readonly string[];
  /** What the models are fitted to. */
  readonly fitted: Readonly<
    Record<PresetName, FeatureSettings & { readonly train: number; readonly test: number }>
  >;
}

/** Fig. 8 or 9: response time against N and k of all systems, on the figure's data. */
export function responseTimeFigure(figure: ResponseTimeFigure): AnyExperiment {
  const { id, title, artefact, notes, fitted } = figure;
  const presetOf = (name: PresetName) => ({ ...fitted[name], ...responseTimeSizes[name] });
  return defineExperiment<ResponseTimeParameters, SearchRaw>({
    id,
    title,
    artefact,
    notes: [...notes, ...responseTimeNotes],
    presets: { quick: presetOf("quick"), standard: presetOf("standard"), full: presetOf("full") },
    seedCounts: { quick: 1, standard: 1 },
    metrics: responseTimeMetrics,
    reference: responseTimeReference,
    packages: ["@wayweave/cosmat", "@wayweave/nn", "@wayweave/gmr-tree"],
    rawSchema: searchRawSchema,
    rows: ({ parameters }) => responseTimeRows(parameters, figure),
    score: scoreResponseTime,
    figures: responseTimeFigures,
  });
}

function responseTimeRows(parameters: ResponseTimeParameters, source: ResponseTimeSource): Row<SearchRaw>[] {
  const { sizes, size, ks } = parameters;
  const points = [
    ...sizes.map((objects) => ({ objects, k: DEFAULT_K })),
    ...ks.filter((k) => k !== DEFAULT_K || !sizes.includes(size)).map((k) => ({ objects: size, k })),
  ];
  return points.flatMap(({ objects, k }) =>
    [...systems, ...modernSystems(source.texts)].map(({ name, pipeline, index }) => ({
      system: name,
      dataset: `N ${objects / 1e3}k, k ${k}`,
      parameters: { objects, k },
      paper: source.printed(name, objects, k),
      weight: objects / 1e5,
      run: async (context) => {
        const made = await makeObjects(context, pipeline, parameters, source, objects);
        return measure(context, made, index, k, parameters.queries);
      },
    })),
  );
}

function scoreResponseTime(raw: SearchRaw): MetricValues {
  const { medianMs = 0, p99Ms = 0, recall10 = 0 } = scoreSearch(raw);
  return { medianMs, p99Ms, recallAtK: recall10 };
}

interface NamedObjects extends SearchObjects {
  readonly name: string;
  readonly queries: number;
}

/** Photos' vectors at places, and test texts' vectors at objects' places. */
async function makeObjects(
  context: RunContext,
  pipeline: Pipeline,
  parameters: ResponseTimeParameters,
  source: ResponseTimeSource,
  objects: number,
): Promise<NamedObjects> {
  const corpus = await source.corpus(context, parameters);
  const positions = await source.positions(context, objects);
  await declareDrawn(context, corpus);
  const { model, images, texts } = await fitPipeline(context, corpus, pipeline, parameters);
  const name = `${pipeline.system} on ${pipeline.features}, ${objects} objects, seed ${context.seed}`;
  return context.share(`objects ${name}`, async () => {
    const random = context.random.split(`objects ${objects}`);
    const photos = model.toIndexVectors(model.embedImage(images.train)).data;
    const sentences = model.toIndexVectors(model.embedText(texts.test)).data;
    const { dimensions } = model;
    const queries = 2 * parameters.queries;
    const draw = random.split("queries");
    const queryPositions = new Float64Array(2 * queries);
    const queryVectors = new Float32Array(queries * dimensions);
    for (let q = 0; q < queries; q++) {
      const place = 2 * draw.integer(objects);
      queryPositions.set(positions.subarray(place, place + 2), 2 * q);
      const text = dimensions * draw.integer(texts.test.rows);
      queryVectors.set(sentences.subarray(text, text + dimensions), q * dimensions);
    }
    const vectors = noisyCopies(random.split("vectors"), photos, dimensions, objects);
    return { name, queries, spec: { objects, dimensions }, positions, vectors, queryPositions, queryVectors };
  });
}

/** Rows drawn at random, moved by noise, and scaled to length 1 again. */
function noisyCopies(
  random: RunContext["random"],
  rows: Float64Array,
  dimensions: number,
  count: number,
): Float32Array {
  const deviation = NOISE / Math.sqrt(dimensions);
  const copies = new Float32Array(count * dimensions);
  for (let i = 0; i < count; i++) {
    const from = dimensions * random.integer(rows.length / dimensions);
    const at = i * dimensions;
    let squares = 0;
    for (let j = 0; j < dimensions; j++) {
      const entry = rows[from + j]! + deviation * random.normal();
      copies[at + j] = entry;
      squares += entry * entry;
    }
    for (let j = 0; j < dimensions; j++) copies[at + j]! /= Math.sqrt(squares);
  }
  return copies;
}

async function measure(
  context: RunContext,
  objects: NamedObjects,
  index: Index,
  k: number,
  measured: number,
): Promise<SearchRaw> {
  const plane = new PlaneScores(objects, MU);
  const search = await searchBy(context, objects, plane, index, k);
  const expected = await context.share(`truth ${objects.name}, k ${k}`, async () => {
    const ids = new Uint32Array(measured * k);
    for (let q = 0; q < measured; q++) ids.set(plane.best(q, k, objects.spec.objects, undefined).ids, q * k);
    return ids;
  });
  const found = new Uint32Array(measured * k);
  const schedule = { available: objects.queries, measured, warmUp: Math.min(50, measured) };
  const durationsMs = await timeQueries(context, schedule, (q) => {
    const ids = search(q);
    if (q < measured) for (let i = 0; i < ids.length; i++) found[q * k + i] = ids[i]!;
  });
  return { buildMs: 0, bytesPerObject: 0, durationsMs, k, found, expected };
}

async function searchBy(
  context: RunContext,
  objects: NamedObjects,
  plane: PlaneScores,
  index: Index,
  k: number,
): Promise<Search> {
  const { name, spec, queryPositions, queryVectors } = objects;
  const { dimensions } = spec;
  if (index === "brute force") return (q) => plane.best(q, k, spec.objects, undefined).ids;
  if (index === "GMR-Tree" || index === "kGMCMS") {
    const tree = await context.share(`GMR-Tree ${name}`, async () => buildPlaneTree(objects));
    return (q) => {
      const query = { ...queryOf(objects, q), k, mu: MU };
      return (index === "GMR-Tree" ? tree.search(query) : kgmcms(tree, query).hits).map(({ id }) => id);
    };
  }
  const spatial = await context.share(`flatbush ${name}`, async () => buildFlatbush(objects));
  if (index === "R-Tree") return (q) => plane.nearestFirst(spatial, q, k);
  const semantic = await context.share(`usearch ${name}`, () => buildHnsw(objects));
  return (q) => {
    const near = spatial.neighbors(
      queryPositions[2 * q]!,
      queryPositions[2 * q + 1]!,
      FETCHED_PER_RESULT * k,
    );
    const vector = queryVectors.subarray(q * dimensions, (q + 1) * dimensions);
    const alike = semantic.index.search(vector, FETCHED_PER_RESULT * k);
    const candidates = [...new Set([...near, ...alike])];
    return plane.best(q, k, candidates.length, candidates).ids;
  };
}
