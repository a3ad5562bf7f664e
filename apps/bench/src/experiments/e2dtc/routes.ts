import { adjustedRandIndex, nmi, uacc } from "@wayweave/eval";
import { z } from "zod";
import { loadRoutes, type RouteSetName, routeSetNames } from "../../datasets/routes.js";
import { rawArrays } from "../../results/raw-arrays.js";
import { defineExperiment, type Row } from "../experiment.js";
import { imitatedShare, sampleTrips } from "./systems/clustering.js";
import { byNetwork, type NetworkBudget } from "./systems/network-systems.js";
import {
  byClusterTrips,
  byDistance,
  byLines,
  distanceClusterings,
  type RouteSystem,
} from "./systems/route-systems.js";

interface RoutesParameters {
  readonly datasets: readonly RouteSetName[];
  /** Trips clustered at most, the same for every system. */
  readonly size: number;
  /** Where the networks run: they take the longest. */
  readonly networkDatasets: readonly RouteSetName[];
  readonly network: NetworkBudget;
}

const rawSchema = z.object({
  labelsTrue: rawArrays.uint32,
  labelsPredicted: rawArrays.int32,
  /** Share of self-training that only imitated the start; networks only. */
  imitated: z.number().optional(),
  cpuMs: z.number(),
});
type RoutesRaw = z.infer<typeof rawSchema>;

export const routes = defineExperiment<RoutesParameters, RoutesRaw>({
  id: "e2dtc/routes",
  title: "Trips whose labels are routes, lanes and directions",
  artefact: "Beyond E2DTC",
  notes: [
    "Labels are routes: LABOMNI, I5SIM and I5SIM3 of CVRR where they are found (I5SIM3's tell speeds apart, too), else scenes like them; motorway, crossing, room and town are scenes of createRoutes. k is the number of labels; labels serve for scoring only.",
    "clusterTrips chooses between average linkage and spectral clustering, on DTW and on LCSS at four scales, by stability; its rule was chosen on these sets among others (decision 18), so that its rows here are no test.",
    "Distances see at most 64 points of a trip. ε of EDR and LCSS is twice the median trip's DTW distance a point to its 10th neighbour.",
    "E2DTC is ours: it learns what clusterTrips found; E2DTC (paper's method) starts from k-means on its embeddings and trains itself from the first epoch on; both have the same size and budget, and cells from the data, since 300 metres mean nothing here.",
    "CPU is the processor time of the whole row, training included.",
  ],
  presets: {
    quick: {
      datasets: ["LABOMNI", "motorway", "town"],
      size: 100,
      networkDatasets: ["motorway"],
      network: { pretrainEpochs: 1, minEpochSteps: 5, selfTrainEpochs: 2 },
    },
    standard: {
      datasets: routeSetNames,
      size: 800,
      networkDatasets: routeSetNames,
      network: { pretrainEpochs: 4, minEpochSteps: 30, selfTrainEpochs: 8 },
    },
    full: {
      datasets: routeSetNames,
      size: 2000,
      networkDatasets: routeSetNames,
      network: { pretrainEpochs: 20, minEpochSteps: 40, selfTrainEpochs: 20 },
    },
  },
  seedCounts: { quick: 1 },
  metrics: ["uacc", "nmi", "ari", "imitated", "cpuMs", "trajectories"],
  packages: ["@wayweave/geo-core", "@wayweave/numeric", "@wayweave/nn", "@wayweave/e2dtc"],
  rawSchema,
  rows: ({ parameters }) => parameters.datasets.flatMap((dataset) => rowsOf(dataset, parameters)),
  score: ({ labelsTrue, labelsPredicted, imitated, cpuMs }) => ({
    uacc: uacc(labelsTrue, labelsPredicted),
    nmi: nmi(labelsTrue, labelsPredicted),
    ari: adjustedRandIndex(labelsTrue, labelsPredicted),
    ...(imitated === undefined ? {} : { imitated }),
    cpuMs,
    trajectories: labelsTrue.length,
  }),
  figures: [{ title: "UACC", kind: "bars", metric: "uacc", x: "system", series: "system", facet: "dataset" }],
});

const classical: Readonly<Record<string, RouteSystem>> = {
  clusterTrips: byClusterTrips("auto"),
  "clusterTrips, by routes": byClusterTrips("auto", "routes"),
  ...Object.fromEntries(
    distanceClusterings.flatMap((clustering) => [
      [`DTW + ${clustering}`, byDistance("dtw", clustering)],
      [`LCSS + ${clustering}`, byDistance("lcss", clustering)],
    ]),
  ),
  "EDR + K-Medoids": byDistance("edr", "K-Medoids"),
  "Hausdorff + K-Medoids": byDistance("hausdorff", "K-Medoids"),
  "Fréchet + K-Medoids": byDistance("frechet", "K-Medoids"),
  "32 points + k-means": byLines,
};

function rowsOf(
  dataset: RouteSetName,
  { size, networkDatasets, network }: RoutesParameters,
): Row<RoutesRaw>[] {
  const rowOf = (system: string, weight: number, run: Row<RoutesRaw>["run"]): Row<RoutesRaw> => ({
    system,
    dataset,
    paper: null,
    weight,
    run,
  });
  const trips = async (context: Parameters<Row<RoutesRaw>["run"]>[0]) =>
    sampleTrips(await loadRoutes(context, dataset), size, context.random);
  const rows = Object.entries(classical).map(([system, cluster]) =>
    rowOf(system, 1, async (context) => {
      const sample = await trips(context);
      const before = process.cpuUsage();
      const labels = await cluster(context, sample);
      return {
        labelsTrue: sample.labels,
        labelsPredicted: Int32Array.from(labels),
        cpuMs: cpuMsSince(before),
      };
    }),
  );
  if (!networkDatasets.includes(dataset)) return rows;
  const networks = (["E2DTC", "E2DTC (paper's method)"] as const).map((system) =>
    rowOf(system, 20, async (context) => {
      const sample = await trips(context);
      const before = process.cpuUsage();
      const method = system === "E2DTC" ? "standard" : "paper";
      const { labels, history } = await byNetwork(context, sample, { method, budget: network });
      return {
        labelsTrue: sample.labels,
        labelsPredicted: Int32Array.from(labels),
        imitated: imitatedShare(history.selfTrain),
        cpuMs: cpuMsSince(before),
      };
    }),
  );
  return [...rows, ...networks];
}

function cpuMsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
