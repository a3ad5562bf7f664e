import type { Random } from "@wayweave/geo-core";
import { authorsGeoLifeName } from "../../datasets/authors-geolife.js";
import type { LabelledTrips } from "../../datasets/trips.js";
import { defineExperiment, type Row, type RunContext } from "../experiment.js";
import {
  type ClusteringRaw,
  clusteringRawSchema,
  loadDataset,
  sampledSilhouettes,
  scoreClustering,
} from "./systems/clustering.js";
import { runCentroidKMeans } from "./systems/k-means-systems.js";
import { distanceNames, runKMedoids } from "./systems/k-medoids-systems.js";
import { startNote } from "./systems/notes.js";
import { type ModelSettings, modelSettings, trainedModel, useModel } from "./systems/trained-models.js";

interface Figure7Parameters {
  readonly subsets: readonly SubsetName[];
  /** Trips of a subset, about. */
  readonly subsetSize: number;
  /** Trips that K-Medoids clusters and that ε is chosen on. */
  readonly kMedoids: { readonly sampleSize: number; readonly tuningSize: number; readonly restarts: number };
  readonly centroidRestarts: number;
  readonly model: ModelSettings;
}

const subsetNames = ["balanced", "imbalanced"] as const;
type SubsetName = (typeof subsetNames)[number];

/** How many times as many trips the largest cluster of the imbalanced subset has as the smallest. */
const IMBALANCE = 20;

const dataset = authorsGeoLifeName;

export const figure7 = defineExperiment<Figure7Parameters, ClusteringRaw>({
  id: "e2dtc/figure7",
  title: "Balanced and imbalanced clusters",
  artefact: "E2DTC, Fig. 7",
  notes: [
    `Two subsets of the authors' trips of about the same size: one with as many trips of every label, one where sizes fall geometrically from label to label, the largest having ${IMBALANCE} times as many as the smallest. Which label is large is drawn by the seed. The paper's subsets are of Hangzhou and its Table V's sizes are lost in the text we have.`,
    "The deep systems are trained on the subset itself and cluster it. K-Medoids clusters a sample of it: see the column trajectories.",
    startNote,
    "The paper plots without printing values; it says that E2DTC stays stable and K-Medoids drops.",
  ],
  presets: {
    quick: {
      subsets: ["imbalanced"],
      subsetSize: 400,
      kMedoids: { sampleSize: 200, tuningSize: 60, restarts: 2 },
      centroidRestarts: 10,
      model: modelSettings.quick,
    },
    standard: {
      subsets: subsetNames,
      subsetSize: 6000,
      kMedoids: { sampleSize: 3000, tuningSize: 500, restarts: 10 },
      centroidRestarts: 50,
      model: modelSettings.standard,
    },
    full: {
      subsets: subsetNames,
      subsetSize: 40_000,
      kMedoids: { sampleSize: 10_000, tuningSize: 1000, restarts: 10 },
      centroidRestarts: 50,
      model: modelSettings.paper,
    },
  },
  seedCounts: { quick: 1 },
  metrics: ["uacc", "nmi", "ri", "ari", "silhouette", "trajectories"],
  packages: ["@wayweave/geo-core", "@wayweave/nn", "@wayweave/e2dtc"],
  rawSchema: clusteringRawSchema,
  rows: ({ parameters }) => parameters.subsets.flatMap((subset) => rowsOf(subset, parameters)),
  score: scoreClustering,
  figures: [
    { title: "UACC", kind: "bars", metric: "uacc", x: "system", series: "system", facet: "dataset" },
    { title: "NMI", kind: "bars", metric: "nmi", x: "system", series: "system", facet: "dataset" },
  ],
});

function rowsOf(subset: SubsetName, parameters: Figure7Parameters): Row<ClusteringRaw>[] {
  const { kMedoids, centroidRestarts, model } = parameters;
  const rowOf = (
    system: string,
    weight: number,
    cluster: (context: RunContext, trips: LabelledTrips) => Promise<ClusteringRaw>,
  ): Row<ClusteringRaw> => ({
    system,
    dataset: `${dataset}, ${subset}`,
    paper: null,
    weight,
    run: async (context) => cluster(context, await subsetOf(context, subset, parameters.subsetSize)),
  });
  return [
    ...distanceNames.map((name) =>
      rowOf(`${name} + K-Medoids`, 1, (context, trips) => runKMedoids(context, trips, name, kMedoids)),
    ),
    rowOf("centroid + k-means", 1, (context, trips) =>
      runCentroidKMeans(context, trips, { restarts: centroidRestarts }),
    ),
    rowOf("t2vec + k-means", 5, (context, trips) => clusterDeep(context, trips, "t2vec", model)),
    rowOf("E2DTC", 5, (context, trips) => clusterDeep(context, trips, "E2DTC", model)),
  ];
}

async function clusterDeep(
  context: RunContext,
  trips: LabelledTrips,
  kind: "E2DTC" | "t2vec",
  settings: ModelSettings,
): Promise<ClusteringRaw> {
  const bytes = await trainedModel(context, trips, { kind, settings });
  const { set, labels: labelsTrue } = trips;
  const { labels, embeddings } = await useModel(bytes, (model) =>
    model.predict(set, { signal: context.signal }),
  );
  const rows = { data: embeddings, rows: set.length, columns: embeddings.length / set.length };
  return {
    labelsTrue,
    labelsPredicted: labels,
    silhouettes: sampledSilhouettes(rows, labels, context.seed),
  };
}

/** Drawn by true label, which the systems do not get to see. */
async function subsetOf(context: RunContext, subset: SubsetName, size: number): Promise<LabelledTrips> {
  const trips = await loadDataset(context, dataset);
  const random = context.random.split("subset");
  const wanted = clusterSizes(subset, trips.k, size, random);
  const chosen = Array.from(wanted, (count, label) => {
    const members = Uint32Array.from(trips.labels.keys()).filter((i) => trips.labels[i] === label);
    const drawn = random.split(label).sample(members.length, Math.min(count, members.length));
    return Array.from(drawn, (i) => members[i]!);
  }).flat();
  chosen.sort((a, b) => a - b);
  return {
    ...trips,
    provenance: { ...trips.provenance, name: `${trips.provenance.name}, ${subset}` },
    set: trips.set.select(chosen),
    labels: Uint32Array.from(chosen, (i) => trips.labels[i]!),
  };
}

/** Trips of each label, about `size` in all. */
export function clusterSizes(subset: SubsetName, k: number, size: number, random: Random): number[] {
  if (subset === "balanced") return Array.from({ length: k }, () => Math.round(size / k));
  const shares = Array.from({ length: k }, (_, rank) => IMBALANCE ** -(rank / Math.max(1, k - 1)));
  const total = shares.reduce((sum, share) => sum + share, 0);
  return random.shuffle(shares.map((share) => Math.max(1, Math.round((share / total) * size))));
}
