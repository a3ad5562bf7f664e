import { TxtNet } from "@wayweave/cosmat";
import { recallAtK } from "@wayweave/eval";
import { greatCircleDistanceMeters, type Position } from "@wayweave/geo-core";
import { GmrTree } from "@wayweave/gmr-tree";
import { z } from "zod";
import { loadFlickrDresden, type TaggedPlaces } from "../../datasets/flickr-dresden.js";
import { rawArrays } from "../../results/raw-arrays.js";
import { defineExperiment, type MetricValues, type Row, type RunContext } from "../experiment.js";

interface RelevanceParameters {
  readonly queries: number;
  readonly topics: number;
  readonly mus: readonly number[];
}

const RESULTS = 10;
/** Nearness in the search and in the relevance: exp(−d / scale). */
const SCALE_METERS = 500;

const relevanceSchema = z.object({
  /** Gains of the ten found, best first, `[queries, 10]`; and the ten largest there are, largest first. */
  gains: rawArrays.float64,
  ideal: rawArrays.float64,
  /** Ids found, and by brute force, `[queries, 10]`. */
  found: rawArrays.uint32,
  expected: rawArrays.uint32,
});
type RelevanceRaw = z.infer<typeof relevanceSchema>;

const meanings = ["LDA topics", "tag weights"] as const;
type Meaning = (typeof meanings)[number];

export const relevance = defineExperiment<RelevanceParameters, RelevanceRaw>({
  id: "cosmat/relevance",
  title: "What nearness and meaning are worth together: tagged photos of Dresden",
  artefact: "CoSMat's score (eq. 3) against a judgement that is not its own",
  notes: [
    "Objects are Flickr photos with at least three tags. A query is one of them with one of its tags hidden, at its place; the photo itself is not among its answers. An answer's gain is exp(−distance / 500 m) if it has the hidden tag, else 0. NDCG@10 thus asks for photos that are near and show what the other tags only hint at; labels and hidden tags are read by the score alone.",
    "Meaning: topic proportions of the tags (LDA fitted to all photos' tags, in which a hidden tag is one of some hundred thousand), or tag weights (1 for each tag times ln(photos / photos with it)). Nearness in the search is exponential with the same 500 m. μ = 0 is meaning alone, μ = 1 nearness alone.",
    "recall@10 compares the GMR-Tree's answers with those of brute force over all objects: 1 where they are the same.",
  ],
  presets: {
    quick: { queries: 50, topics: 20, mus: [0, 0.5, 1] },
    standard: { queries: 500, topics: 50, mus: [0, 0.1, 0.25, 0.5, 0.75, 0.9, 1] },
    full: { queries: 2000, topics: 50, mus: [0, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 1] },
  },
  seedCounts: { quick: 1 },
  metrics: ["ndcg10", "recall10"],
  packages: ["@wayweave/cosmat", "@wayweave/gmr-tree"],
  rawSchema: relevanceSchema,
  rows: ({ parameters }) =>
    meanings.flatMap((meaning) => parameters.mus.map((mu) => rowOf(meaning, mu, parameters))),
  score: scoreRelevance,
  figures: [{ title: "NDCG@10 against μ", kind: "lines", metric: "ndcg10", x: "mu", series: "system" }],
});

function rowOf(meaning: Meaning, mu: number, parameters: RelevanceParameters): Row<RelevanceRaw> {
  return {
    system: `GMR-Tree on ${meaning}, μ ${mu}`,
    dataset: "Flickr Dresden",
    parameters: { mu },
    paper: null,
    run: (context) => answer(context, meaning, mu, parameters),
  };
}

function scoreRelevance({ gains, ideal, found, expected }: RelevanceRaw): MetricValues {
  const queries = gains.length / RESULTS;
  let [ndcg10, recall10] = [0, 0];
  for (let q = 0; q < queries; q++) {
    const row = <A extends { subarray(start: number, end: number): A }>(all: A) =>
      all.subarray(q * RESULTS, (q + 1) * RESULTS);
    // eval's `ndcg` takes a whole ranking; here the ten best gains of all are known without one.
    ndcg10 += discounted(row(gains)) / discounted(row(ideal)) / queries;
    recall10 += recallAtK(row(found), row(expected), RESULTS) / queries;
  }
  return { ndcg10, recall10 };
}

/** Σ gain / log₂(rank + 1) */
function discounted(gains: Float64Array): number {
  return gains.reduce((sum, gain, i) => sum + gain / Math.log2(i + 2), 0);
}

async function answer(
  context: RunContext,
  meaning: Meaning,
  mu: number,
  { queries, topics }: RelevanceParameters,
): Promise<RelevanceRaw> {
  const photos = await loadFlickrDresden(context);
  const space = await meaningOf(context, photos, meaning, topics);
  const tree = await context.share(`tree ${meaning} seed ${context.seed}`, async () =>
    GmrTree.build({ dimensions: space.dimensions, positions: photos.positions, vectors: space.vectors }),
  );
  const chosen = drawQueries(context, photos, queries);
  const [found, expected] = [
    new Uint32Array(chosen.length * RESULTS),
    new Uint32Array(chosen.length * RESULTS),
  ];
  const [gains, ideal] = [new Float64Array(found.length), new Float64Array(found.length)];
  for (const [q, { photo, hidden }] of chosen.entries()) {
    context.signal.throwIfAborted();
    const position = placeOf(photos, photo);
    const vector = space.vectorOf(photos.tags[photo]!.filter((tag) => tag !== hidden));
    const query = {
      position,
      vector,
      mu,
      k: RESULTS,
      proximity: { kind: "exponential", scaleMeters: SCALE_METERS } as const,
      filter: (id: number) => id !== photo,
    };
    const gainOf = (id: number) =>
      photos.tags[id]!.includes(hidden)
        ? Math.exp(-greatCircleDistanceMeters(position, placeOf(photos, id)) / SCALE_METERS)
        : 0;
    tree.search(query).forEach(({ id }, i) => {
      found[q * RESULTS + i] = id;
      gains[q * RESULTS + i] = gainOf(id);
    });
    expected.set(bruteForce(photos, space, photo, vector, mu), q * RESULTS);
    const all = photos.tags.map((_, id) => (id === photo ? 0 : gainOf(id))).sort((a, b) => b - a);
    ideal.set(all.slice(0, RESULTS), q * RESULTS);
    context.onProgress({ done: q + 1, total: chosen.length });
  }
  return { gains, ideal, found, expected };
}

interface MeaningSpace {
  readonly dimensions: number;
  /** Of length 1, `[photos, dimensions]` */
  readonly vectors: Float32Array;
  vectorOf(tags: readonly string[]): Float32Array;
}

function meaningOf(
  context: RunContext,
  photos: TaggedPlaces,
  meaning: Meaning,
  topics: number,
): Promise<MeaningSpace> {
  return context.share(`${meaning} seed ${context.seed}`, async () => {
    const texts = photos.tags.map((tags) => tags.join(" "));
    const vectorOf =
      meaning === "LDA topics" ? await topicVectors(context, texts, topics) : tagVectors(photos);
    const rows = photos.tags.map((tags) => vectorOf(tags));
    const dimensions = rows[0]!.length;
    const vectors = new Float32Array(rows.length * dimensions);
    rows.forEach((row, i) => {
      vectors.set(row, i * dimensions);
    });
    return { dimensions, vectors, vectorOf };
  });
}

async function topicVectors({ seed, signal }: RunContext, texts: readonly string[], topics: number) {
  const net = await TxtNet.fit(texts, {
    tokenizer: { stopWords: "none", keepNumbers: true },
    lda: { topics, seed, signal },
  });
  return (tags: readonly string[]) => unit(Float32Array.from(net.transform([tags.join(" ")])));
}

/** ln(photos / photos with the tag) of each tag that at least five photos have. */
function tagVectors({ tags }: TaggedPlaces) {
  const counts = new Map<string, number>();
  for (const tag of tags.flat()) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  const known = [...counts].filter(([, count]) => count >= 5).map(([tag]) => tag);
  const place = new Map(known.map((tag, i) => [tag, i]));
  return (own: readonly string[]) => {
    const vector = new Float32Array(known.length);
    for (const tag of own) {
      const at = place.get(tag);
      if (at !== undefined) vector[at] = Math.log(tags.length / counts.get(tag)!);
    }
    return unit(vector);
  };
}

function unit(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector) || 1;
  return vector.map((value) => value / length);
}

/** Photos drawn at random, each with the tag that is hidden: one that at least ten others have. */
function drawQueries(
  context: RunContext,
  { tags }: TaggedPlaces,
  wanted: number,
): readonly { readonly photo: number; readonly hidden: string }[] {
  const random = context.random.split("relevance queries");
  const counts = new Map<string, number>();
  for (const tag of tags.flat()) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  const queries: { photo: number; hidden: string }[] = [];
  for (const photo of random.permutation(tags.length)) {
    const candidates = tags[photo]!.filter((tag) => {
      const count = counts.get(tag)!;
      return count > RESULTS && count < tags.length / 4;
    });
    if (candidates.length === 0) continue;
    queries.push({ photo, hidden: candidates[random.integer(candidates.length)]! });
    if (queries.length === wanted) break;
  }
  return queries;
}

/** Eq. 3 by the letter, over all objects; equal scores in the order of ids. */
function bruteForce(
  photos: TaggedPlaces,
  { vectors, dimensions }: MeaningSpace,
  photo: number,
  vector: Float32Array,
  mu: number,
): number[] {
  const position = placeOf(photos, photo);
  const scores = photos.tags.map((_, id) => {
    if (id === photo) return Number.NEGATIVE_INFINITY;
    let similarity = 0;
    for (let j = 0; j < dimensions; j++) similarity += vector[j]! * vectors[id * dimensions + j]!;
    const near = Math.exp(-greatCircleDistanceMeters(position, placeOf(photos, id)) / SCALE_METERS);
    return mu * near + (1 - mu) * similarity;
  });
  return scores
    .map((_, id) => id)
    .sort((a, b) => scores[b]! - scores[a]! || a - b)
    .slice(0, RESULTS);
}

function placeOf({ positions }: TaggedPlaces, photo: number): Position {
  return [positions[2 * photo]!, positions[2 * photo + 1]!];
}
