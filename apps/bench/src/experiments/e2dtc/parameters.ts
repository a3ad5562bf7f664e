import { centroidFeatures, generateGroundTruth, selectCenters } from "@wayweave/e2dtc";
import { clusterTrips } from "@wayweave/e2dtc/cluster";
import { adjustedRandIndex, nmi, uacc } from "@wayweave/eval";
import { kMeans } from "@wayweave/numeric";
import { z } from "zod";
import { authorsGeoLifeName } from "../../datasets/authors-geolife.js";
import { clusterCountOf, loadTrips, type TripSetName } from "../../datasets/trips.js";
import { rawArrays } from "../../results/raw-arrays.js";
import { defineExperiment, type Row, type RunContext } from "../experiment.js";
import { type ClusteringDataset, imitatedShare, loadDataset, sampleTrips } from "./systems/clustering.js";
import { byNetwork, type NetworkBudget } from "./systems/network-systems.js";

interface ParametersOfStudy {
  /** The network's data. */
  readonly dataset: ClusteringDataset;
  /** Trips that it learns from and clusters. */
  readonly size: number;
  readonly budget: NetworkBudget;
  /** β and γ: one moves, the other stays where the study's standard has it. */
  readonly weights: readonly number[];
  /** Margins of the triplet loss; relative ones count in mean squared distances to negatives. */
  readonly margins: readonly { readonly margin: number; readonly relative: boolean }[];
  /** Algorithm 2's data and grid. */
  readonly labelled: TripSetName;
  readonly sigmas: readonly number[];
  readonly lambdas: readonly number[];
  /** Labelled trips clustered at most. */
  readonly labelledSize: number;
}

const rawSchema = z.object({
  labelsTrue: rawArrays.uint32,
  labelsPredicted: rawArrays.int32,
  imitated: z.number().optional(),
  /** Eq. 13 in the last epoch; 0: the hinge did not act. */
  triplet: z.number().optional(),
});
type ParametersRaw = z.infer<typeof rawSchema>;

/** β, γ and α where another one moves. */
const standard = { clusterWeight: 0.1, tripletWeight: 0.1, margin: 1, relativeMargin: false } as const;

/** β and γ over the paper's range. */
const paperWeights = [0.001, 0.01, 0.1, 1, 10];
const allMargins = [
  { margin: 0.1, relative: false },
  { margin: 10, relative: false },
  { margin: 100, relative: false },
  { margin: 0.5, relative: true },
  { margin: 1, relative: true },
];

export const parameters = defineExperiment<ParametersOfStudy, ParametersRaw>({
  id: "e2dtc/parameters",
  title: "What β, γ and the margin do to E2DTC, and σ and λ to Algorithm 2's labels",
  artefact: "E2DTC, §VII-B and §VII-G (the study whose figures the paper leaves out)",
  notes: [
    "β, γ and α: the paper's method (k-means start, self-training from the first epoch on) at a small size; all go on from one pre-training a seed. β and γ range over 10⁻³ … 10 as in the paper; the paper reports the best by its labels, here every value is a row.",
    "A relative margin counts in the batch's mean squared distance to negatives. “triplet” in the raw outputs is eq. 13 in the last epoch: 0 where the hinge did not act.",
    "σ and λ: Algorithm 2 labels the trips anew for each pair; k-means on mean positions and clusterTrips by places then cluster the trips that it kept.",
    "Labels serve for scoring only.",
  ],
  presets: {
    quick: {
      dataset: authorsGeoLifeName,
      size: 120,
      budget: { pretrainEpochs: 1, minEpochSteps: 4, selfTrainEpochs: 2 },
      weights: [0.01, 10],
      margins: [{ margin: 0.5, relative: true }],
      labelled: "Porto",
      sigmas: [0.6],
      lambdas: [0.5, 0.7],
      labelledSize: 300,
    },
    standard: {
      dataset: authorsGeoLifeName,
      size: 2000,
      budget: { pretrainEpochs: 4, minEpochSteps: 40, selfTrainEpochs: 6 },
      weights: paperWeights,
      margins: allMargins,
      labelled: "Porto",
      sigmas: [0.4, 0.6, 0.8],
      lambdas: [0.5, 0.7, 0.9],
      labelledSize: 2000,
    },
    full: {
      dataset: authorsGeoLifeName,
      size: 20_000,
      budget: { pretrainEpochs: 30, minEpochSteps: 40, selfTrainEpochs: 20 },
      weights: paperWeights,
      margins: allMargins,
      labelled: "Porto",
      sigmas: [0.3, 0.4, 0.5, 0.6, 0.7, 0.8],
      lambdas: [0.5, 0.6, 0.7, 0.8, 0.9],
      labelledSize: 20_000,
    },
  },
  seedCounts: { quick: 1 },
  metrics: ["uacc", "nmi", "ari", "imitated", "trajectories"],
  packages: ["@wayweave/geo-core", "@wayweave/numeric", "@wayweave/nn", "@wayweave/e2dtc"],
  rawSchema,
  rows: ({ parameters: study }) => [...networkRows(study), ...labelRows(study)],
  score: ({ labelsTrue, labelsPredicted, imitated }) => ({
    uacc: uacc(labelsTrue, labelsPredicted),
    nmi: nmi(labelsTrue, labelsPredicted),
    ari: adjustedRandIndex(labelsTrue, labelsPredicted),
    ...(imitated === undefined ? {} : { imitated }),
    trajectories: labelsTrue.length,
  }),
  figures: [{ title: "UACC", kind: "bars", metric: "uacc", x: "system", series: "system", facet: "dataset" }],
});

/** A loss's settings, as `fitE2DTC` takes them. */
type LossSettings = { -readonly [name in keyof typeof standard]: number | boolean };

function networkRows(study: ParametersOfStudy): Row<ParametersRaw>[] {
  const settings: Record<string, Partial<LossSettings>> = { "beta .1, gamma .1, alpha 1": {} };
  for (const weight of study.weights) {
    if (weight === standard.clusterWeight) continue;
    settings[`beta ${weight}`] = { clusterWeight: weight };
    settings[`gamma ${weight}`] = { tripletWeight: weight };
  }
  for (const { margin, relative } of study.margins) {
    settings[`alpha ${margin}${relative ? " relative" : ""}`] = { margin, relativeMargin: relative };
  }
  return Object.entries(settings).map(([system, changed]) => ({
    system,
    dataset: study.dataset,
    paper: null,
    weight: 5,
    run: (context) => runNetwork(context, study, { ...standard, ...changed }),
  }));
}

async function runNetwork(
  context: RunContext,
  { dataset, size, budget }: ParametersOfStudy,
  settings: Partial<LossSettings>,
): Promise<ParametersRaw> {
  const trips = sampleTrips(await loadDataset(context, dataset), size, context.random);
  const pretrained = await context.share(
    `parameters: pre-training ${dataset} ${size} ${context.seed} ${JSON.stringify(budget)}`,
    async () =>
      (await byNetwork(context, trips, { method: "paper", budget, selfTrain: { loss: "L0" } })).pretrained,
  );
  const { labels, history } = await byNetwork(context, trips, {
    method: "paper",
    budget,
    pretrained,
    selfTrain: settings as NonNullable<Parameters<typeof byNetwork>[2]["selfTrain"]>,
  });
  return {
    labelsTrue: trips.labels,
    labelsPredicted: Int32Array.from(labels),
    imitated: imitatedShare(history.selfTrain),
    triplet: history.selfTrain.at(-1)?.triplet ?? 0,
  };
}

function labelRows({ labelled, sigmas, lambdas, labelledSize }: ParametersOfStudy): Row<ParametersRaw>[] {
  return sigmas.flatMap((radiusRatio) =>
    lambdas.flatMap((fallenThreshold) =>
      (["centroid + k-means", "clusterTrips, by places"] as const).map(
        (system): Row<ParametersRaw> => ({
          system,
          dataset: `${labelled}, sigma ${radiusRatio}, lambda ${fallenThreshold}`,
          paper: null,
          async run(context) {
            const { set } = await loadTrips(context, labelled);
            const k = clusterCountOf(labelled);
            const truth = generateGroundTruth(set, {
              centers: selectCenters(set, { k }),
              radiusRatio,
              fallenThreshold,
            });
            const all = { set: set.select(truth.kept), labels: truth.labels, k };
            const provenance = { name: labelled, source: "real", files: [], sha256: [], counts: {} } as const;
            const trips = sampleTrips({ ...all, provenance }, labelledSize, context.random);
            const { seed, signal } = context;
            const found =
              system === "centroid + k-means"
                ? (await kMeans(centroidFeatures(trips.set), { k, seed, restarts: 20, signal })).labels
                : (await clusterTrips(trips.set, { k, clusterBy: "places", seed, signal })).labels;
            return { labelsTrue: trips.labels, labelsPredicted: Int32Array.from(found) };
          },
        }),
      ),
    ),
  );
}
