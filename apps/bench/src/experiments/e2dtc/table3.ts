import { authorsGeoLifeName } from "../../datasets/authors-geolife.js";
import { tripSetNames } from "../../datasets/trips.js";
import { defineExperiment, type MetricValues, type Row } from "../experiment.js";
import {
  type ClusteringDataset,
  type ClusteringRaw,
  clusteringRawSchema,
  scoreClustering,
} from "./systems/clustering.js";
import { clusteredTrips, deepRowsOf, deepSettings } from "./systems/deep-rows.js";
import type { DeepSettings } from "./systems/deep-systems.js";
import { runCellHistogramKMeans, runCentroidKMeans } from "./systems/k-means-systems.js";
import { type DistanceName, distanceNames, runKMedoids } from "./systems/k-medoids-systems.js";
import { startNote } from "./systems/notes.js";

interface Table3Parameters {
  readonly kMedoids: {
    /** Trips that K-Medoids clusters at most. GeoLife's are the longest: ten times the points of the others. */
    readonly sampleSizes: Readonly<Record<ClusteringDataset, number>>;
    /** Trips that ε is chosen on. */
    readonly tuningSize: number;
    readonly restarts: number;
  };
  /** Starts: cheap in the plane, dear over histograms of thousands of cells. */
  readonly kMeans: { readonly centroidRestarts: number; readonly histogramRestarts: number };
  readonly deep: DeepSettings;
}

const datasets: readonly ClusteringDataset[] = [...tripSetNames, authorsGeoLifeName];

/** Table III's columns for GeoLife as printed. The text we have of it has lost UACC, Porto and Hangzhou. */
const printed: Readonly<Record<DistanceName, MetricValues>> = {
  EDR: { nmi: 0.678, ri: 0.402 },
  LCSS: { nmi: 0.807, ri: 0.554 },
  DTW: { nmi: 0.821, ri: 0.572 },
  Hausdorff: { nmi: 0.796, ri: 0.633 },
};

export const table3 = defineExperiment<Table3Parameters, ClusteringRaw>({
  id: "e2dtc/table3",
  title: "Clustering quality of E2DTC, t2vec, distance-based methods and the simplest features",
  artefact: "E2DTC, Table III",
  notes: [
    "True labels by Algorithm 2 on GeoLife, Porto and San Francisco (see E2DTC, Table II), by the authors on their own set; k is 12, 15, 7 and 12. Labels are used for scoring only.",
    "The paper's GeoLife figures stand beside both GeoLife sets. They were measured on the authors' labels.",
    "What the paper prints as RI cannot be its eq. 17 (with its UACC that would be higher); its code logs ARI, so compare it with our ARI.",
    "K-Medoids is FasterPAM on a sample of the trips, drawn anew by each seed and the same for all four distances; k-means takes all labelled trips: the column trajectories says how many. Where K-Medoids takes all of them too, seeds differ in their starts only. All distances between the authors' 86,112 trips would fill 15 GB, so even the full preset samples them.",
    "EDR is divided by the longer trip's points, LCSS is 1 − LCSS / the shorter trip's. Their ε is the one of 100, 200, 400, 800 and 1600 m whose clustering has the largest silhouette; the paper reports the best of its grid search.",
    "k-means on the trip's mean position and on its 300 m cell histogram are not in the paper: they are what a method has to beat.",
    "E2DTC and t2vec + k-means learn from a sample of the trips and then cluster all of them. centroid + E2DTC's seeding is whichever of k-means, density peaks and farthest-first traversals among mean positions has the largest silhouette there (an earlier start of E2DTC): no network. clusterTrips is its present start, over all trips: no network either.",
    "Both E2DTC rows have one size and budget. The quick preset clusters at most 1,200 trips of a set, the same in every row.",
    startNote,
    "The silhouette is measured in each system's own geometry: it tells how clear-cut a clustering is, and does not compare systems.",
  ],
  presets: {
    quick: {
      kMedoids: {
        sampleSizes: { GeoLife: 150, Porto: 250, "San Francisco": 250, [authorsGeoLifeName]: 250 },
        tuningSize: 80,
        restarts: 5,
      },
      kMeans: { centroidRestarts: 30, histogramRestarts: 3 },
      deep: deepSettings.quick,
    },
    standard: {
      kMedoids: { sampleSizes: { ...all(5000), GeoLife: 1000 }, tuningSize: 300, restarts: 10 },
      kMeans: { centroidRestarts: 50, histogramRestarts: 10 },
      deep: deepSettings.standard,
    },
    full: {
      kMedoids: { sampleSizes: all(20_000), tuningSize: 1000, restarts: 10 },
      kMeans: { centroidRestarts: 50, histogramRestarts: 20 },
      deep: deepSettings.full,
    },
  },
  // Deep systems train for minutes a seed.
  seedCounts: { quick: 1 },
  metrics: ["uacc", "nmi", "ri", "ari", "imitated", "silhouette", "trajectories"],
  packages: ["@wayweave/geo-core", "@wayweave/nn", "@wayweave/e2dtc"],
  rawSchema: clusteringRawSchema,
  rows: ({ parameters }) => datasets.flatMap((dataset) => rowsOf(dataset, parameters)),
  score: scoreClustering,
  figures: [
    { title: "UACC", kind: "bars", metric: "uacc", x: "system", series: "system", facet: "dataset" },
    { title: "NMI", kind: "bars", metric: "nmi", x: "system", series: "system", facet: "dataset" },
  ],
});

function all(size: number): Record<ClusteringDataset, number> {
  return { GeoLife: size, Porto: size, "San Francisco": size, [authorsGeoLifeName]: size };
}

function rowsOf(
  dataset: ClusteringDataset,
  { kMedoids, kMeans, deep }: Table3Parameters,
): Row<ClusteringRaw>[] {
  const isGeoLife = dataset === "GeoLife" || dataset === authorsGeoLifeName;
  const { sampleSizes, tuningSize, restarts } = kMedoids;
  const settings = { sampleSize: sampleSizes[dataset], tuningSize, restarts };
  const distanceRows = distanceNames.map(
    (name): Row<ClusteringRaw> => ({
      system: `${name} + K-Medoids`,
      dataset,
      paper: isGeoLife ? printed[name] : null,
      weight: dataset === "GeoLife" ? 10 : 1,
      run: async (context) =>
        runKMedoids(context, await clusteredTrips(context, dataset, deep), name, settings),
    }),
  );
  return [
    ...distanceRows,
    {
      system: "centroid + k-means",
      dataset,
      paper: null,
      run: async (context) =>
        runCentroidKMeans(context, await clusteredTrips(context, dataset, deep), {
          restarts: kMeans.centroidRestarts,
        }),
    },
    {
      system: "cell histogram + k-means",
      dataset,
      paper: null,
      run: async (context) =>
        runCellHistogramKMeans(context, await clusteredTrips(context, dataset, deep), {
          restarts: kMeans.histogramRestarts,
        }),
    },
    ...deepRowsOf(dataset, deep),
  ];
}
