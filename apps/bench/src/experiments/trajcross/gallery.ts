import { topK } from "@wayweave/eval";
import { createCrowd, slidingWindows, TrajectorySet } from "@wayweave/geo-core";
import {
  type ImageSet,
  imageCount,
  type PairSet,
  renderImages,
  sceneExtent,
  type TrajCross,
  TrajCrossIndex,
} from "@wayweave/trajcross";
import { z } from "zod";
import { rawArrays } from "../../results/raw-arrays.js";
import { defineExperiment, type Row, type RunContext } from "../experiment.js";
import { type ModelSpec, useModel } from "./systems/models.js";

interface GalleryParameters {
  readonly model: ModelSpec;
  readonly sizes: readonly number[];
  readonly queries: number;
  readonly reranked: number;
}

const rawSchema = z.object({
  /** Encoding the images and adding them. */
  buildMs: z.number(),
  /** One search each, encoding the query included: `[queries]`. */
  queryMs: rawArrays.float64,
  /** The ten best of each query: `[queries × 10]`. */
  found: rawArrays.uint32,
  /** The ten best by comparing embeddings with every image's, where the row promises them: `[queries × 10]`. */
  exact: rawArrays.uint32.optional(),
});
type GalleryRaw = z.infer<typeof rawSchema>;

const k = 10;
const windowLength = 20;
/** Images are added in parts of this many. */
const part = 5000;

export const gallery = defineExperiment<GalleryParameters, GalleryRaw>({
  id: "trajcross/gallery",
  title: "Galleries of up to 100,000 images",
  artefact: "Beyond TrajCross",
  notes: [
    "The gallery: UNIV's test images, filled up with images of a synthetic crowd that walks in the same square. Queries are test trajectories, one at a time, encoding included.",
    "The index compares with every image, so it finds what sorting all of them finds (recall@10), whatever the size; what falls with the size is the share of queries whose own image comes first (top@1), since there is more to mistake it for.",
    "Build: encoding the images and adding them. Query: encoding one trajectory and searching; with re-ranking, drawing the first candidates too. A machine busy with other work makes all of them longer.",
    "Trained for 8 epochs at the standard preset, a third of Table I's budget: times and recall do not depend on that, top@1 does.",
  ],
  presets: {
    quick: {
      model: { dataset: "UNIV windows", trainCount: 512, testCount: 120, epochs: 3 },
      sizes: [1000, 3000],
      queries: 50,
      reranked: 20,
    },
    standard: {
      model: { dataset: "UNIV windows", trainCount: 10_000, testCount: 2379, epochs: 8 },
      sizes: [2379, 10_000, 100_000],
      queries: 300,
      reranked: 50,
    },
    full: {
      model: { dataset: "UNIV windows", trainCount: 10_000, testCount: 2379, epochs: 100 },
      sizes: [2379, 10_000, 100_000],
      queries: 1000,
      reranked: 50,
    },
  },
  seedCounts: { quick: 1, standard: 1 },
  metrics: ["t2iTop1", "t2iTop5", "recall10", "medianMs", "p99Ms", "buildMs"],
  packages: ["@wayweave/geo-core", "@wayweave/nn", "@wayweave/trajcross"],
  rawSchema,
  rows: ({ parameters }) =>
    parameters.sizes.flatMap((images) => [
      rowOf(images, parameters, 0),
      rowOf(images, parameters, parameters.reranked),
    ]),
  score: ({ buildMs, queryMs, found, exact }) => {
    const ranks = ownRanks(found);
    return {
      t2iTop1: 100 * topK(ranks, 1),
      t2iTop5: 100 * topK(ranks, 5),
      ...(exact === undefined ? {} : { recall10: recall(found, exact) }),
      medianMs: quantile(queryMs, 0.5),
      p99Ms: quantile(queryMs, 0.99),
      buildMs,
    };
  },
  figures: [
    {
      title: "Query time",
      kind: "lines",
      metric: "medianMs",
      x: "images",
      series: "system",
      logX: true,
      logY: true,
    },
    {
      title: "top@1, trajectory → image",
      kind: "lines",
      metric: "t2iTop1",
      x: "images",
      series: "system",
      logX: true,
    },
  ],
});

function rowOf(images: number, parameters: GalleryParameters, rerank: number): Row<GalleryRaw> {
  return {
    system: rerank === 0 ? "TrajCross (ours)" : "TrajCross (ours) + re-ranking",
    dataset: `${images.toLocaleString("en")} images`,
    parameters: { images },
    paper: null,
    weight: images / 1000,
    run: async (context) => {
      const measured = await context.share(`gallery of ${images}, seed ${context.seed}`, () =>
        measure(context, parameters, images),
      );
      return rerank === 0 ? measured.plain : measured.reranked;
    },
  };
}

/** Builds a gallery once and searches it both ways. */
function measure(
  context: RunContext,
  { model: spec, queries: count, reranked }: GalleryParameters,
  images: number,
): Promise<{ plain: GalleryRaw; reranked: GalleryRaw }> {
  return useModel(context, spec, async (model, test) => {
    const { index, embeddings, buildMs } = await buildGallery(context, model, test, images);
    const queries = test.trajectories.slice(0, count);
    const plain = await search(context, index, queries, 0);
    const exact = exhaustive(await model.encodeTrajectories(queries), embeddings, model.config.embeddingSize);
    return {
      plain: { buildMs, ...plain, exact },
      reranked: { buildMs, ...(await search(context, index, queries, reranked)) },
    };
  });
}

/** Searches for one query at a time, after one to warm up. */
async function search(context: RunContext, index: TrajCrossIndex, queries: TrajectorySet, rerank: number) {
  const found = new Uint32Array(k * queries.length);
  const queryMs = new Float64Array(queries.length);
  await index.findImages(queries.slice(0, 1), { k, rerank });
  for (let i = 0; i < queries.length; i++) {
    context.signal.throwIfAborted();
    const startMs = performance.now();
    const [hits] = await index.findImages(queries.slice(i, i + 1), { k, rerank });
    queryMs[i] = performance.now() - startMs;
    found.set(
      hits!.map((hit) => hit.index),
      k * i,
    );
    context.onProgress({ done: i + 1, total: queries.length });
  }
  return { queryMs, found };
}

/** The test images, then a crowd's, in an index; the embeddings apart, to check it with. */
async function buildGallery(context: RunContext, model: TrajCross, test: PairSet, count: number) {
  const distractors = await crowdWindows(context, test.trajectories, count - imageCount(test.images));
  const random = context.random.split("distractors");
  const index = new TrajCrossIndex(model);
  const embeddings = new Float32Array(count * model.config.embeddingSize);
  let buildMs = 0;
  const add = async (images: ImageSet) => {
    const first = index.imageCount;
    const startMs = performance.now();
    await index.addImages(images, undefined, { signal: context.signal });
    buildMs += performance.now() - startMs;
    embeddings.set(await model.encodeImages(images), first * model.config.embeddingSize);
    context.onProgress({ done: index.imageCount, total: count });
  };
  await add(test.images);
  for (let start = 0; start < distractors.length; start += part) {
    await add(
      renderImages(distractors.slice(start, Math.min(start + part, distractors.length)), random.split(start)),
    );
  }
  return { index, embeddings, buildMs };
}

/** Windows of people who walk in the square around the test trajectories. */
function crowdWindows(context: RunContext, around: TrajectorySet, count: number): Promise<TrajectorySet> {
  return context.share(`crowd of ${count}`, async () => {
    const [minX, minY, maxX, maxY] = sceneExtent(around);
    // Some 40 people are in the scene at a time, each with a window a frame but for the first 19.
    const crowd = createCrowd({
      seed: 1,
      frames: 200 + Math.ceil(count / 15),
      widthMeters: maxX - minX,
      heightMeters: maxY - minY,
    });
    const { set } = slidingWindows(crowd, { length: windowLength });
    const chosen = set.select(context.random.split("crowd").sample(set.length, count));
    const coordinates = chosen.coordinates.map((value, i) => value + (i % 2 === 0 ? minX : minY));
    return new TrajectorySet({ coordinates, offsets: chosen.offsets, coordinateSystem: "planar" });
  });
}

/** The ten rows with the largest cosine, by sorting all: what the index has to find. */
function exhaustive(queries: Float32Array, gallery: Float32Array, width: number): Uint32Array {
  const rows = gallery.length / width;
  const best = new Uint32Array((k * queries.length) / width);
  const scores = new Float64Array(rows);
  for (let query = 0; query < queries.length / width; query++) {
    for (let row = 0; row < rows; row++) {
      let score = 0;
      for (let i = 0; i < width; i++) score += queries[query * width + i]! * gallery[row * width + i]!;
      scores[row] = score;
    }
    const order = Uint32Array.from({ length: rows }, (_, i) => i).sort(
      (a, b) => scores[b]! - scores[a]! || a - b,
    );
    best.set(order.subarray(0, k), k * query);
  }
  return best;
}

/** Where each query's own image came among the ten, from 1; 11 where it did not. */
function ownRanks(found: Uint32Array): Uint32Array {
  return Uint32Array.from({ length: found.length / k }, (_, query) => {
    const place = found.subarray(k * query, k * (query + 1)).indexOf(query);
    return place < 0 ? k + 1 : place + 1;
  });
}

/** The share of the exact ten that were found. */
function recall(found: Uint32Array, exact: Uint32Array): number {
  let hits = 0;
  for (let start = 0; start < found.length; start += k) {
    const own = new Set(found.subarray(start, start + k));
    for (const item of exact.subarray(start, start + k)) hits += Number(own.has(item));
  }
  return hits / exact.length;
}

function quantile(values: Float64Array, q: number): number {
  return values.toSorted()[Math.min(values.length - 1, Math.floor(q * values.length))]!;
}
