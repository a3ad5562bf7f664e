import { GmrTree, kgmcms } from "@wayweave/gmr-tree";
import Flatbush from "flatbush";
import { defineExperiment, type MetricValues, type Row, type RunContext } from "../../experiment.js";
import { loadObjects, nameOf, type ObjectSet, type ObjectSpec, QUERIES } from "./objects.js";
import { queryOf } from "./systems.js";
import { type SearchRaw, scoreSearch, searchRawSchema, timeQueries } from "./timing.js";

interface Figure8Parameters {
  readonly sizes: readonly number[];
  readonly ks: readonly number[];
  readonly queries: number;
}

/** The paper's defaults: 80,000 objects, ten results. */
const DEFAULT_SIZE = 80e3;
const DEFAULT_K = 10;
const MU = 0.5;
const systems = ["GMR-Tree", "GMR-Tree (kGMCMS)", "R-Tree", "brute force"] as const;
type SystemName = (typeof systems)[number];

export const figure8 = defineExperiment<Figure8Parameters, SearchRaw>({
  id: "gmr-tree/figure8",
  title: "Response time against the number of objects and of results",
  artefact: "GMR-Tree, Fig. 8 and 9",
  notes: [
    "As the paper's Flickr set: objects at GeoNames points, Euclidean distances in degrees (eq. 5), μ = .5, relative proximity (eq. 4), 100 queries at objects' places. The vectors are synthetic ten-class posteriors.",
    "GMR-Tree is the exact search; kGMCMS is the paper's Algorithms 1 and 2 with signatures of the two largest entries, any common bit matching, the first k neighbours taken: it ranks by distance, so it misses most of what eq. 3 ranks first.",
    "R-Tree goes through the objects from the nearest on (flatbush), scores each, and stops when no farther object can enter: exact, without any semantic bound. It fetches twice as many each time it must go on, and finds δmax by a pass over all objects.",
    "The paper's figures are read off its text: GMR-Tree under 1 s at k = 5, R-Tree variants near 5 s at N = 200k (Java, 2.6 GHz Xeon).",
  ],
  presets: {
    quick: { sizes: [40e3, DEFAULT_SIZE], ks: [5, 50], queries: 50 },
    standard: { sizes: [40e3, 80e3, 120e3, 160e3, 200e3], ks: [5, 10, 20, 50, 100], queries: 100 },
    paper: { sizes: [40e3, 80e3, 120e3, 160e3, 200e3], ks: [5, 10, 20, 50, 100], queries: 100 },
  },
  seedCounts: { quick: 1, standard: 1 },
  metrics: ["medianMs", "p99Ms", "recall10", "speedup"],
  reference: { system: "brute force", metric: "medianMs" },
  packages: ["@wayweave/gmr-tree"],
  rawSchema: searchRawSchema,
  rows: ({ parameters: { sizes, ks, queries } }) => {
    const points = [
      ...sizes.map((objects) => ({ objects, k: DEFAULT_K })),
      ...ks
        .filter((k) => k !== DEFAULT_K || !sizes.includes(DEFAULT_SIZE))
        .map((k) => ({ objects: DEFAULT_SIZE, k })),
    ];
    return points.flatMap((point) => systems.map((system) => rowOf(system, point, queries)));
  },
  score: (raw) => {
    const { medianMs = 0, p99Ms = 0, recall10 = 0 } = scoreSearch(raw);
    return { medianMs, p99Ms, recall10 };
  },
  figures: [
    {
      title: "Response time against N and k",
      kind: "lines",
      metric: "medianMs",
      x: "objects",
      series: "system",
      facet: "k",
      logY: true,
    },
  ],
});

function rowOf(
  system: SystemName,
  { objects, k }: { objects: number; k: number },
  queries: number,
): Row<SearchRaw> {
  return {
    system,
    dataset: `N ${objects / 1e3}k, k ${k}`,
    parameters: { objects, k },
    paper: printed(system, objects, k),
    weight: objects / 1e5,
    run: (context) => run(context, system, objects, k, queries),
  };
}

/** What the text under Fig. 8 says; null where it says nothing. */
function printed(system: SystemName, objects: number, k: number): MetricValues | null {
  if (system === "GMR-Tree (kGMCMS)" && k === 5) return { medianMs: 1000 };
  return system === "R-Tree" && objects === 200e3 ? { medianMs: 5000 } : null;
}

async function run(
  context: RunContext,
  system: SystemName,
  objects: number,
  k: number,
  queries: number,
): Promise<SearchRaw> {
  const spec: ObjectSpec = { objects, dimensions: 10, meaning: "posteriors", points: "cities" };
  const set = await loadObjects(context, spec);
  const key = `figure8 ${nameOf(spec)} seed ${context.seed}`;
  const tree = await context.share(key, async () => buildTree(set));
  const index = await context.share(`${key} flatbush`, async () => buildFlatbush(set));
  const plane = new PlaneScores(set);
  const search: Record<SystemName, (q: number) => ArrayLike<number>> = {
    "GMR-Tree": (q) => tree.search({ ...queryOf(set, q), k, mu: MU }).map(({ id }) => id),
    "GMR-Tree (kGMCMS)": (q) => kgmcms(tree, { ...queryOf(set, q), k, mu: MU }).hits.map(({ id }) => id),
    "R-Tree": (q) => plane.nearestFirst(index, q, k),
    "brute force": (q) => plane.best(q, k, set.spec.objects, undefined).ids,
  };
  const found = new Uint32Array(queries * k);
  const expected = new Uint32Array(queries * k);
  for (let q = 0; q < queries; q++) expected.set(plane.best(q, k, objects, undefined).ids, q * k);
  const schedule = { available: QUERIES, measured: queries, warmUp: Math.min(50, queries) };
  const durationsMs = await timeQueries(context, schedule, (q) => {
    const ids = search[system](q);
    if (q < queries) for (let i = 0; i < ids.length; i++) found[q * k + i] = ids[i]!;
  });
  return { buildMs: 0, bytesPerObject: 0, durationsMs, k, found, expected };
}

/** Scores of eq. (3) to (6) on the plane, by plain loops. */
class PlaneScores {
  readonly #set: ObjectSet;

  constructor(set: ObjectSet) {
    this.#set = set;
  }

  #farthest(x: number, y: number): number {
    const { positions } = this.#set;
    let squared = 0;
    for (let i = 0; i < positions.length; i += 2) {
      squared = Math.max(squared, (positions[i]! - x) ** 2 + (positions[i + 1]! - y) ** 2);
    }
    return Math.sqrt(squared);
  }

  /** The k best of some candidates, or of the first `count` objects, with the k-th score and δmax. */
  best(q: number, k: number, count: number, candidates: readonly number[] | undefined, known?: number) {
    const { positions, vectors, queryPositions, queryVectors, spec } = this.#set;
    const { dimensions } = spec;
    const [x, y] = [queryPositions[2 * q]!, queryPositions[2 * q + 1]!];
    const farthest = known ?? this.#farthest(x, y);
    const scores = new Float64Array(k).fill(Number.NEGATIVE_INFINITY);
    const ids = new Uint32Array(k);
    for (let c = 0; c < count; c++) {
      const i = candidates === undefined ? c : candidates[c]!;
      let product = 0;
      for (let j = 0; j < dimensions; j++)
        product += queryVectors[q * dimensions + j]! * vectors[i * dimensions + j]!;
      const dx = positions[2 * i]! - x;
      const dy = positions[2 * i + 1]! - y;
      const score = MU * (1 - Math.sqrt(dx * dx + dy * dy) / farthest) + (1 - MU) * product;
      if (score <= scores[k - 1]!) continue;
      let place = k - 1;
      for (; place > 0 && scores[place - 1]! < score; place--) {
        scores[place] = scores[place - 1]!;
        ids[place] = ids[place - 1]!;
      }
      scores[place] = score;
      ids[place] = i;
    }
    return { ids, worst: scores[k - 1]!, farthest };
  }

  /** The R-Tree baseline: objects by distance, until the best that a farther one could score is not enough. */
  nearestFirst(index: Flatbush, q: number, k: number): Uint32Array {
    const { positions, queryPositions, spec } = this.#set;
    const [x, y] = [queryPositions[2 * q]!, queryPositions[2 * q + 1]!];
    const farthest = this.#farthest(x, y);
    for (let fetched = 16 * k; ; fetched *= 2) {
      const candidates = index.neighbors(x, y, fetched);
      const { ids, worst } = this.best(q, k, candidates.length, candidates, farthest);
      const last = candidates.at(-1)!;
      const reached = Math.hypot(positions[2 * last]! - x, positions[2 * last + 1]! - y);
      if (candidates.length === spec.objects || MU * (1 - reached / farthest) + (1 - MU) <= worst) return ids;
    }
  }
}

function buildTree({ spec, positions, vectors }: ObjectSet): GmrTree {
  return GmrTree.build({
    dimensions: spec.dimensions,
    coordinateSystem: "planar",
    positions,
    vectors,
    signature: { kind: "largest", count: 2 },
  });
}

function buildFlatbush({ spec, positions }: ObjectSet): Flatbush {
  const index = new Flatbush(spec.objects);
  for (let i = 0; i < spec.objects; i++) index.add(positions[2 * i]!, positions[2 * i + 1]!);
  index.finish();
  return index;
}
