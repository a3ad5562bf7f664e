import { authorsGeoLifeName } from "../../../datasets/authors-geolife.js";
import type { LabelledTrips } from "../../../datasets/trips.js";
import type { MetricValues, Row, RunContext } from "../../experiment.js";
import { type ClusteringDataset, type ClusteringRaw, loadDataset, sampleTrips } from "./clustering.js";
import {
  type DeepSettings,
  type DeepSystem,
  e2dtcSystem,
  runClusterTrips,
  runDeep,
  runSeededCentroids,
  t2vecSystem,
} from "./deep-systems.js";

/** Table III's columns for GeoLife as printed. */
const printed: Readonly<Record<string, MetricValues>> = {
  "t2vec + k-means": { nmi: 0.81, ri: 0.72 },
  E2DTC: { uacc: 0.915, nmi: 0.857, ri: 0.812 },
};

/** What the deep systems add to Table III. */
export const deepSettings = {
  quick: {
    clusteredSize: 1200,
    trainSize: 200,
    shortTripsOnly: true,
    size: "small",
    pretrainEpochs: 2,
    selfTrainEpochs: 1,
    pretrain: { minEpochSteps: 10, learningRate: 4e-3 },
    selfTrain: { minEpochSteps: 8 },
    silhouetteSample: 200,
  },
  standard: {
    trainSize: 10_000,
    shortTripsOnly: false,
    size: "small",
    pretrainEpochs: 8,
    selfTrainEpochs: 8,
    pretrain: { minEpochSteps: 40, learningRate: 4e-3 },
    threads: 1,
  },
  full: {
    trainSize: 100_000,
    shortTripsOnly: false,
    size: "large",
    pretrainEpochs: 60,
    selfTrainEpochs: 30,
  },
} as const satisfies Record<string, DeepSettings>;

/** A row of a deep system on a dataset. */
export function deepRow(
  system: string,
  dataset: ClusteringDataset,
  run: DeepSystem,
  settings: DeepSettings,
  paper: MetricValues | null,
): Row<ClusteringRaw> {
  return {
    system,
    dataset,
    paper,
    weight: 10,
    run: async (context) => runDeep(context, await clusteredTrips(context, dataset, settings), run, settings),
  };
}

/** The trips that every row of a table clusters. */
export async function clusteredTrips(
  context: RunContext,
  dataset: ClusteringDataset,
  { clusteredSize = Number.POSITIVE_INFINITY }: Pick<DeepSettings, "clusteredSize">,
): Promise<LabelledTrips> {
  return sampleTrips(await loadDataset(context, dataset), clusteredSize, context.random.split("clustered"));
}

/** Whether deep systems run on a dataset: the authors' trips have 4 tokens in the median. */
export function runsOn(dataset: ClusteringDataset, { shortTripsOnly }: DeepSettings): boolean {
  return !shortTripsOnly || dataset === authorsGeoLifeName;
}

/** E2DTC, ours and the paper's, t2vec + k-means, and what a careful seeding alone reaches. */
export function deepRowsOf(dataset: ClusteringDataset, settings: DeepSettings): Row<ClusteringRaw>[] {
  const isGeoLife = dataset === "GeoLife" || dataset === authorsGeoLifeName;
  const paperOf = (system: string) => (isGeoLife ? printed[system]! : null);
  const centroidRow: Row<ClusteringRaw> = {
    system: "centroid + E2DTC's seeding",
    dataset,
    paper: null,
    run: async (context) => runSeededCentroids(context, await clusteredTrips(context, dataset, settings)),
  };
  const startRow: Row<ClusteringRaw> = {
    system: "clusterTrips",
    dataset,
    paper: null,
    run: async (context) => runClusterTrips(context, await clusteredTrips(context, dataset, settings)),
  };
  if (!runsOn(dataset, settings)) return [centroidRow, startRow];
  return [
    centroidRow,
    startRow,
    deepRow("t2vec + k-means", dataset, t2vecSystem, settings, paperOf("t2vec + k-means")),
    deepRow("E2DTC", dataset, e2dtcSystem("L2"), settings, paperOf("E2DTC")),
    deepRow("E2DTC (paper's method)", dataset, e2dtcSystem("L2", "paper"), settings, paperOf("E2DTC")),
  ];
}
