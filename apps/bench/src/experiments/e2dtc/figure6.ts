import { nmi, uacc } from "@wayweave/eval";
import { pairwiseDistances } from "@wayweave/geo-core/node";
import { chooseK, kMedoids, type Matrix } from "@wayweave/numeric";
import { z } from "zod";
import { authorsGeoLifeName } from "../../datasets/authors-geolife.js";
import { curvesPicture } from "../../report/pictures/curves.js";
import { rawArrays } from "../../results/raw-arrays.js";
import {
  defineExperiment,
  type MetricValues,
  type Picture,
  type Row,
  type RowOutput,
  type RunContext,
} from "../experiment.js";
import { loadDataset, sampleTrips } from "./systems/clustering.js";
import { startNote } from "./systems/notes.js";
import { type ModelSettings, modelSettings, trainedModel, useModel } from "./systems/trained-models.js";

interface Figure6Parameters {
  readonly elbow: { readonly min: number; readonly max: number };
  /** Trips whose embeddings are clustered with each k of the elbow. */
  readonly elbowSize: number;
  /** The numbers of clusters to train with. */
  readonly ks: readonly number[];
  readonly scoredSize: number;
  /** Trips that K-Medoids clusters. */
  readonly kMedoidsSize: number;
  readonly model: ModelSettings;
}

const clusteringSchema = z.object({ labelsTrue: rawArrays.uint32, labelsPredicted: rawArrays.uint32 });
const elbowSchema = z.object({
  /** The numbers of clusters tried. */
  ks: rawArrays.uint32,
  /** Eₖ of each: the summed distance of embeddings to their nearest centre. */
  errors: rawArrays.float64,
  /** Mean silhouette of each. */
  silhouettes: rawArrays.float64,
  /** What the curve's elbow says. */
  chosen: z.int().positive(),
  /** The k of largest silhouette. */
  bestSilhouette: z.int().positive(),
  trips: z.int().positive(),
});
const rawSchema = z.union([clusteringSchema, elbowSchema]);
type Figure6Raw = z.infer<typeof rawSchema>;
type ElbowRaw = z.infer<typeof elbowSchema>;

const dataset = authorsGeoLifeName;
const trueK = 12;

export const figure6 = defineExperiment<Figure6Parameters, Figure6Raw>({
  id: "e2dtc/figure6",
  title: "Choosing the number of clusters, and choosing it wrong",
  artefact: "E2DTC, Fig. 6",
  notes: [
    "Fig. 6a: Eₖ is the summed distance of pre-trained embeddings to their nearest k-means centre; the k chosen stands in the column clusters. Fig. 6b: NMI where E2DTC is trained with another k than the labels have.",
    "The paper's set is Hangzhou with 7 clusters, k from 4 to 9 around it; the authors' GeoLife trips have 12, so k goes on to that. With fewer clusters than labels even a perfect grouping has an NMI below 1.",
    "The paper sets DTW beside it as the best of the distances; ours is K-Medoids on a sample. E2DTC labels some trips that it was trained on: 1,399 of 20,000 at `standard` (seed 1), all of them at `full`.",
    startNote,
  ],
  presets: {
    quick: {
      elbow: { min: 2, max: 22 },
      elbowSize: 200,
      ks: [6, 12],
      scoredSize: 500,
      kMedoidsSize: 200,
      model: modelSettings.quick,
    },
    standard: {
      elbow: { min: 2, max: 22 },
      elbowSize: 3000,
      ks: [4, 5, 6, 7, 8, 9, 12],
      scoredSize: 20_000,
      kMedoidsSize: 3000,
      model: modelSettings.standard,
    },
    full: {
      elbow: { min: 2, max: 22 },
      elbowSize: 20_000,
      ks: [4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
      scoredSize: 100_000,
      kMedoidsSize: 10_000,
      model: modelSettings.paper,
    },
  },
  seedCounts: { quick: 1, standard: 1, full: 1 },
  metrics: ["clusters", "nmi", "uacc", "trajectories"],
  packages: ["@wayweave/geo-core", "@wayweave/nn", "@wayweave/e2dtc", "@wayweave/eval"],
  rawSchema,
  rows: ({ parameters }) => [
    {
      system: "elbow of Eₖ",
      dataset,
      paper: null,
      weight: 2,
      run: (context) => findElbow(context, parameters),
    },
    ...parameters.ks.flatMap((k) => [e2dtcRow(k, parameters), dtwRow(k, parameters)]),
  ],
  score,
  pictures: draw,
});

function score(raw: Figure6Raw): MetricValues {
  if ("errors" in raw) return { clusters: raw.chosen, trajectories: raw.trips };
  const { labelsTrue, labelsPredicted } = raw;
  return {
    clusters: new Set(labelsPredicted).size,
    nmi: nmi(labelsTrue, labelsPredicted),
    uacc: uacc(labelsTrue, labelsPredicted),
    trajectories: labelsTrue.length,
  };
}

async function findElbow(
  context: RunContext,
  { elbow, elbowSize, model }: Figure6Parameters,
): Promise<ElbowRaw> {
  const trips = await loadDataset(context, dataset);
  const bytes = await trainedModel(context, trips, { kind: "L0", settings: model });
  const { set } = sampleTrips(trips, elbowSize, context.random.split("elbow"));
  const { signal, seed, onProgress } = context;
  const embeddings = await useModel(bytes, (loaded) => loaded.embed(set, { signal }));
  const rows: Matrix = { data: embeddings, rows: set.length, columns: embeddings.length / set.length };
  const { k, ks, errors, silhouettes, bestSilhouette } = await chooseK(rows, elbow, {
    seed,
    signal,
    onProgress,
  });
  return {
    ks: Uint32Array.from(ks),
    errors: Float64Array.from(errors),
    silhouettes: Float64Array.from(silhouettes),
    chosen: k,
    bestSilhouette,
    trips: set.length,
  };
}

function e2dtcRow(k: number, { scoredSize, model }: Figure6Parameters): Row<Figure6Raw> {
  return {
    system: "E2DTC",
    dataset: datasetAt(k),
    parameters: { k },
    paper: null,
    weight: 3,
    async run(context) {
      const trips = await loadDataset(context, dataset);
      const bytes = await trainedModel(context, trips, { kind: "E2DTC", settings: model, k });
      const { set, labels } = sampleTrips(trips, scoredSize, context.random.split("scored"));
      const { signal } = context;
      const prediction = await useModel(bytes, (loaded) => loaded.predict(set, { signal }));
      return { labelsTrue: labels, labelsPredicted: prediction.labels };
    },
  };
}

function dtwRow(k: number, { kMedoidsSize }: Figure6Parameters): Row<Figure6Raw> {
  return {
    system: "DTW + K-Medoids",
    dataset: datasetAt(k),
    parameters: { k },
    paper: null,
    async run(context) {
      const trips = await loadDataset(context, dataset);
      const { set, labels } = sampleTrips(trips, kMedoidsSize, context.random.split("scored"));
      const { signal, seed } = context;
      const distances = await context.share(`distances of seed ${seed}`, () =>
        pairwiseDistances(set, { name: "dtw" }, { output: "float32", workers: 0, signal }),
      );
      const { labels: labelsPredicted } = await kMedoids(distances, set.length, { k, seed, signal });
      return { labelsTrue: labels, labelsPredicted };
    },
  };
}

function datasetAt(k: number): string {
  return `${dataset}, k = ${k}`;
}

function draw(outputs: readonly RowOutput<Figure6Raw>[]): Picture[] {
  const rows = outputs.filter(({ seed }) => seed === 1);
  const title = "Choosing k, and choosing it wrong";
  const elbows = rows.flatMap(({ raw }) => ("errors" in raw ? [raw] : [])).map(elbowPanel);
  const clustered = rows.filter(({ raw }) => "labelsTrue" in raw);
  const curves = [...new Set(clustered.map(({ system }) => system))].map((name) => ({
    name,
    points: clustered
      .filter(({ system }) => system === name)
      .map(({ raw, parameters }) => ({ x: Number(parameters?.k), y: score(raw).nmi! })),
  }));
  const wrong = { title: `NMI with another k than ${trueK}`, xLabel: "k", yLabel: "NMI", curves };
  const panels = [...elbows, ...(curves.length === 0 ? [] : [wrong])];
  return panels.length === 0 ? [] : [{ title, svg: curvesPicture({ title, panels }) }];
}

function elbowPanel({ ks, errors, chosen }: ElbowRaw) {
  const points = Array.from(ks, (k, i) => ({ x: k, y: errors[i]! }));
  return {
    title: `Eₖ: elbow at ${chosen}, true k ${trueK}`,
    xLabel: "k",
    yLabel: "Eₖ",
    curves: [{ name: "E2DTC", points }],
  };
}
