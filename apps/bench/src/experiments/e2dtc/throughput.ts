import { resolveConfig } from "@wayweave/e2dtc";
import { z } from "zod";
import { authorsGeoLifeName } from "../../datasets/authors-geolife.js";
import { defineExperiment, type Row } from "../experiment.js";
import { type ClusteringDataset, loadDataset, sampleTrips } from "./systems/clustering.js";
import { medianCpuMs } from "./systems/cpu-time.js";
import { useModel } from "./systems/trained-models.js";
import { untrainedModel } from "./systems/untrained-model.js";

interface ThroughputParameters {
  readonly datasets: readonly ClusteringDataset[];
  readonly networks: readonly NetworkName[];
  readonly sizes: readonly number[];
  readonly threads: readonly number[];
}

const networkNames = ["small", "large"] as const;
type NetworkName = (typeof networkNames)[number];

const rawSchema = z.object({
  trips: z.int().positive(),
  points: z.int().positive(),
  wallMs: z.number().positive(),
  cpuMs: z.number().positive(),
});
type ThroughputRaw = z.infer<typeof rawSchema>;

export const throughput = defineExperiment<ThroughputParameters, ThroughputRaw>({
  id: "e2dtc/throughput",
  title: "Trips embedded a second, by network, threads and number of trips",
  artefact: "Beyond E2DTC",
  notes: [
    "From longitudes and latitudes to embedding, soft assignment and label, by ONNX Runtime on the CPU, in batches of trips of like length. “small” is 1 layer of width 128, “paper” 3 of 256, both in two directions.",
    "The networks are untrained: weights do not change how long it takes.",
    "Trips a second are by the wall clock, the median of several runs where one is short; on a shared machine other programs weigh in. CPU is the processor time of all threads together.",
    "The authors' trips have 5 points on average, which are cells; Porto's are GPS points.",
  ],
  presets: {
    quick: { datasets: [authorsGeoLifeName], networks: ["small"], sizes: [2000], threads: [1, 2] },
    standard: {
      datasets: [authorsGeoLifeName, "Porto"],
      networks: networkNames,
      sizes: [1000, 10_000, 80_000],
      threads: [1, 2],
    },
    full: {
      datasets: [authorsGeoLifeName, "Porto"],
      networks: networkNames,
      sizes: [1000, 10_000, 80_000],
      threads: [1, 2, 4],
    },
  },
  seedCounts: { quick: 1, standard: 1, full: 1 },
  metrics: ["examplesPerSecond", "cpuMs", "trajectories", "points"],
  packages: ["@wayweave/geo-core", "@wayweave/nn", "@wayweave/e2dtc"],
  rawSchema,
  rows: ({ parameters: { datasets, networks, sizes, threads } }) =>
    datasets.flatMap((dataset) =>
      networks.flatMap((network) =>
        threads.flatMap((count) => sizes.map((size) => rowOf(dataset, network, count, size))),
      ),
    ),
  score: ({ trips, points, wallMs, cpuMs }) => ({
    examplesPerSecond: (1000 * trips) / wallMs,
    cpuMs,
    trajectories: trips,
    points,
  }),
});

function rowOf(
  dataset: ClusteringDataset,
  network: NetworkName,
  threads: number,
  size: number,
): Row<ThroughputRaw> {
  return {
    system: `${network}, ${threads === 1 ? "1 thread" : `${threads} threads`}`,
    dataset: `${dataset}, at most ${size / 1000}k trips`,
    parameters: { network, threads, trips: size },
    paper: null,
    weight: (size * (network === "large" ? 6 : 1)) / 1000,
    async run(context) {
      const trips = await loadDataset(context, dataset);
      const { set } = sampleTrips(trips, size, context.random);
      const config = resolveConfig({ size: network });
      const key = `untrained ${network} for ${dataset}`;
      const model = await context.share(key, () =>
        untrainedModel(trips.set, config, trips.k, context.random),
      );
      const { signal, onProgress } = context;
      const { wallMs, cpuMs } = await useModel(
        model,
        (loaded) => medianCpuMs(set.length, () => loaded.predict(set, { signal, onProgress })),
        threads,
      );
      return { trips: set.length, points: set.pointCount, wallMs, cpuMs };
    },
  };
}
