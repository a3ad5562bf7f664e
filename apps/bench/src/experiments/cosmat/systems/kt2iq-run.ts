import { type CrossModalModel, TxtNet } from "@wayweave/cosmat";
import type { ImageBackbone } from "@wayweave/cosmat/images";
import { GmrTree } from "@wayweave/gmr-tree";
import type { RawCorpus } from "../../../datasets/raw-pairs.js";
import { loadSqueezeNet } from "../../../datasets/squeezenet.js";
import type { RunContext } from "../../experiment.js";
import { declareDrawn } from "./drawn.js";
import type { FeatureMatrix } from "./features.js";
import { deCoSReS, fitOptions } from "./pipelines.js";
import { loadCities } from "./places.js";

export interface Kt2iqParameters {
  readonly train: number;
  /** Test pairs: their photos and texts are the queries, and the objects or what objects are drawn from. */
  readonly test: number;
  /** Objects in the tree: the test pairs, and beyond them noisy copies of them at other places. */
  readonly objects: number;
  readonly topics: number;
  readonly queries: number;
}

/** `kT2IQ`: a text and a place in, photos out. `kI2TQ`: a photo and a place in, texts out. */
export type QueryKind = "kT2IQ" | "kI2TQ";

export const MU = 0.5;
export const RESULTS = 10;
/** East Asia: west, south, east, north. */
const REGION = [73, 18, 135, 54] as const;

/** The parts that are fitted once, and how long that took. */
export interface Fitted {
  readonly txtNet: TxtNet;
  readonly model: CrossModalModel;
  readonly txtNetMs: number;
  /** One a training photo. */
  readonly photoMs: Float64Array;
  readonly modelMs: number;
}

/** What queries of a kind found, and how long each took. */
export interface Answered {
  readonly buildMs: number;
  readonly embedMs: Float64Array;
  readonly searchMs: Float64Array;
  /** `[queries, 2]`, lon/lat; query q is test pair q. */
  readonly queryPositions: Float64Array;
  /** `[objects, 2]` */
  readonly positions: Float64Array;
  /** Objects, best first: `[queries, RESULTS]`. */
  readonly ids: Uint32Array;
  /** The test pair that an object is, or was drawn from, `[objects]`. */
  readonly origins: Uint32Array;
}

/** Fits TxtNet and CoSMat to the training pairs; once a run and seed. */
export function fitted(context: RunContext, corpus: RawCorpus, parameters: Kt2iqParameters): Promise<Fitted> {
  const { seed, signal } = context;
  return context.share(`fitted, seed ${seed}`, async () => {
    const { texts, images, labels } = corpus.train;
    const startMs = performance.now();
    const txtNet = await TxtNet.fit(texts, {
      tokenizer: { locale: corpus.locale },
      lda: { topics: parameters.topics, seed, signal },
    });
    const txtNetMs = performance.now() - startMs;
    const topics = topicsOf(txtNet, texts);
    const photos = await withVisNet(context, (visNet) => embedOneByOne(context, visNet, images));
    const fitMs = performance.now();
    const pairs = { images: photos.features, texts: topics, labels };
    const model = await deCoSReS.fit(pairs, fitOptions(context));
    return { txtNet, model, txtNetMs, photoMs: photos.durationsMs, modelMs: performance.now() - fitMs };
  });
}

/** Indexes the test pairs' other side and answers queries of a kind one by one; once a run and seed. */
export function answered(
  context: RunContext,
  corpus: RawCorpus,
  parameters: Kt2iqParameters,
  kind: QueryKind,
): Promise<Answered> {
  return context.share(`${kind}, seed ${context.seed}`, async () => {
    const { txtNet, model } = await fitted(context, corpus, parameters);
    const { texts, images } = corpus.test;
    if (parameters.objects > texts.length) await declareDrawn(context, corpus);
    const count = Math.max(parameters.objects, texts.length);
    const positions = await drawPlaces(context, `${kind} objects`, count);
    const queries = Math.min(parameters.queries, texts.length);
    const queryPositions = await drawPlaces(context, `${kind} queries`, queries);
    return withVisNet(context, async (visNet) => {
      const vectorOf = {
        text: async (items: readonly string[]) =>
          model.toIndexVectors(model.embedText(topicsOf(txtNet, items))),
        photo: async (items: readonly Uint8Array[]) =>
          model.toIndexVectors(model.embedImage(await visNet.features(items))),
      };
      const own = kind === "kT2IQ" ? await vectorOf.photo(images) : await vectorOf.text(texts);
      const { vectors, origins } = drawObjects(context.random.split(`${kind} copies`), own, count);
      const buildStartMs = performance.now();
      const tree = GmrTree.build({ dimensions: model.dimensions, positions, vectors });
      const buildMs = performance.now() - buildStartMs;
      const [embedMs, searchMs] = [new Float64Array(queries), new Float64Array(queries)];
      const ids = new Uint32Array(queries * RESULTS);
      for (let q = 0; q < queries; q++) {
        context.signal.throwIfAborted();
        const startMs = performance.now();
        const { data: vector } =
          kind === "kT2IQ" ? await vectorOf.text([texts[q]!]) : await vectorOf.photo([images[q]!]);
        const embeddedMs = performance.now();
        const position = [queryPositions[2 * q]!, queryPositions[2 * q + 1]!] as const;
        const hits = tree.search({ position, vector, k: RESULTS, mu: MU });
        searchMs[q] = performance.now() - embeddedMs;
        embedMs[q] = embeddedMs - startMs;
        hits.forEach(({ id }, i) => {
          ids[q * RESULTS + i] = id;
        });
        context.onProgress({ done: q + 1, total: queries });
      }
      return { buildMs, embedMs, searchMs, queryPositions, positions, ids, origins };
    });
  });
}

/** Length of the noise on a vector of length 1. */
const NOISE = 0.1;

/** The pairs' vectors, then copies of vectors drawn at random, moved by a little noise. */
function drawObjects(
  random: RunContext["random"],
  { rows, columns, data }: FeatureMatrix,
  count: number,
): { readonly vectors: Float32Array; readonly origins: Uint32Array } {
  const origins = Uint32Array.from({ length: count }, (_, i) => (i < rows ? i : random.integer(rows)));
  const vectors = new Float32Array(count * columns);
  const deviation = NOISE / Math.sqrt(columns);
  origins.forEach((pair, i) => {
    for (let j = 0; j < columns; j++) {
      vectors[i * columns + j] = data[pair * columns + j]! + (i < rows ? 0 : deviation * random.normal());
    }
  });
  return { vectors, origins };
}

/** Cities of the region: `[cities, 2]`, lon/lat. */
export async function regionalCities(context: RunContext): Promise<Float64Array> {
  const { positions } = await loadCities(context);
  const [west, south, east, north] = REGION;
  const kept: number[] = [];
  for (let i = 0; i < positions.length; i += 2) {
    const [lon, lat] = [positions[i]!, positions[i + 1]!];
    if (lon >= west && lon <= east && lat >= south && lat <= north) kept.push(lon, lat);
  }
  return Float64Array.from(kept);
}

async function drawPlaces(context: RunContext, name: string, count: number): Promise<Float64Array> {
  const cities = await regionalCities(context);
  const random = context.random.split(name);
  const positions = new Float64Array(2 * count);
  for (let i = 0; i < count; i++) {
    const city = 2 * random.integer(cities.length / 2);
    positions.set(cities.subarray(city, city + 2), 2 * i);
  }
  return positions;
}

async function withVisNet<T>(context: RunContext, use: (visNet: ImageBackbone) => Promise<T>): Promise<T> {
  const { ImageBackbone, squeezeNetOnnx } = await import("@wayweave/cosmat/images");
  const { weights } = await loadSqueezeNet(context);
  const visNet = await ImageBackbone.load(squeezeNetOnnx(weights), { output: "features" });
  try {
    return await use(visNet);
  } finally {
    await visNet.dispose();
  }
}

async function embedOneByOne(
  { signal, onProgress }: RunContext,
  visNet: ImageBackbone,
  images: readonly Uint8Array[],
): Promise<{ readonly features: FeatureMatrix; readonly durationsMs: Float64Array }> {
  const durationsMs = new Float64Array(images.length);
  const rows: Float64Array[] = [];
  for (const [i, image] of images.entries()) {
    signal.throwIfAborted();
    const startMs = performance.now();
    rows.push(Float64Array.from((await visNet.features([image])).data));
    durationsMs[i] = performance.now() - startMs;
    onProgress({ done: i + 1, total: images.length });
  }
  const columns = rows[0]!.length;
  const data = new Float64Array(rows.length * columns);
  rows.forEach((row, i) => {
    data.set(row, i * columns);
  });
  return { features: { rows: rows.length, columns, data }, durationsMs };
}

function topicsOf(txtNet: TxtNet, texts: readonly string[]): FeatureMatrix {
  const data = txtNet.transform(texts);
  return { rows: texts.length, columns: data.length / texts.length, data };
}
