import { authorsGeoLifeName } from "../../datasets/authors-geolife.js";
import { defineExperiment, type MetricValues, type Row } from "../experiment.js";
import {
  type ClusteringDataset,
  type ClusteringRaw,
  clusteringRawSchema,
  scoreClustering,
} from "./systems/clustering.js";
import { deepRow, deepSettings, runsOn } from "./systems/deep-rows.js";
import { type DeepSettings, e2dtcSystem } from "./systems/deep-systems.js";
import { startNote } from "./systems/notes.js";

const losses = ["L0", "L1", "L2"] as const;
type Loss = (typeof losses)[number];

const datasets = [
  "Porto",
  "San Francisco",
  authorsGeoLifeName,
] as const satisfies readonly ClusteringDataset[];

/** As printed; `ri` is what the paper calls so. */
const printed: Partial<Record<ClusteringDataset, Readonly<Record<Loss, MetricValues>>>> = {
  [authorsGeoLifeName]: {
    L0: { uacc: 0.784, nmi: 0.742, ri: 0.601 },
    L1: { uacc: 0.835, nmi: 0.745, ri: 0.753 },
    L2: { uacc: 0.915, nmi: 0.858, ri: 0.812 },
  },
  Porto: {
    L0: { uacc: 0.675, nmi: 0.792, ri: 0.621 },
    L1: { uacc: 0.853, nmi: 0.861, ri: 0.818 },
    L2: { uacc: 0.871, nmi: 0.908, ri: 0.877 },
  },
};

export const table4 = defineExperiment<DeepSettings, ClusteringRaw>({
  id: "e2dtc/table4",
  title: "What each loss of E2DTC is worth",
  artefact: "E2DTC, Table IV",
  notes: [
    "L0 is pre-training, and each trip to the nearest centre of its start; L1 adds the clustering loss (eq. 12), L2 the triplet loss (eq. 14). All three start from the same clusters, chosen without labels.",
    "L0 (ours) is not the paper's L0: its centres are the mean embeddings of the start's clusters, not those of k-means on the embeddings. What L1 gains over it is in part the warm-up's imitation of the start. The rows of the paper's method have neither.",
    startNote,
    "The model learns from a sample of the trips and clusters all of them: the column trajectories says how many. The epoch shown is the last; the paper shows the one that its labels like best.",
    "Porto's trips and labels are ours (Algorithm 2 on the trips that are at hand), San Francisco stands where Hangzhou does in the paper.",
    "The quick preset leaves out Porto and San Francisco, to save time.",
    "What the paper prints as RI cannot be its eq. 17; compare it with our ARI.",
  ],
  presets: deepSettings,
  seedCounts: { quick: 1 },
  metrics: ["uacc", "nmi", "ri", "ari", "imitated", "silhouette", "trajectories"],
  packages: ["@wayweave/geo-core", "@wayweave/nn", "@wayweave/e2dtc"],
  rawSchema: clusteringRawSchema,
  rows: ({ parameters }) =>
    datasets
      .filter((dataset) => runsOn(dataset, parameters))
      .flatMap((dataset) =>
        losses
          .map(
            (loss): Row<ClusteringRaw> =>
              deepRow(loss, dataset, e2dtcSystem(loss), parameters, printed[dataset]?.[loss] ?? null),
          )
          .concat(
            losses.map((loss) =>
              deepRow(
                `${loss} (paper's method)`,
                dataset,
                e2dtcSystem(loss, "paper"),
                parameters,
                printed[dataset]?.[loss] ?? null,
              ),
            ),
          ),
      ),
  score: scoreClustering,
  figures: [{ title: "UACC", kind: "bars", metric: "uacc", x: "system", series: "system", facet: "dataset" }],
});
