import { centroidFeatures, resolveConfig } from "@wayweave/e2dtc";
import { TrajectorySet, webMercator } from "@wayweave/geo-core";
import { kMeans, type Matrix } from "@wayweave/numeric";
import { authorsGeoLifeName } from "../../datasets/authors-geolife.js";
import { type TripSetName, tripSetNames } from "../../datasets/trips.js";
import { defineExperiment, type Row, type RunContext } from "../experiment.js";
import {
  type ClusteringRaw,
  clusteringRawSchema,
  loadDataset,
  sampledSilhouettes,
  sampleTrips,
  scoreClustering,
} from "./systems/clustering.js";
import { type ModelSettings, modelSettings, trainedModel, useModel } from "./systems/trained-models.js";
import { untrainedModel } from "./systems/untrained-model.js";

interface TransferParameters {
  readonly targets: readonly TripSetName[];
  /** Trips clustered at most. */
  readonly size: number;
  readonly restarts: number;
  /** Whether a model is trained in the target city too, to compare with. */
  readonly withHome: boolean;
  readonly model: ModelSettings;
}

const source = authorsGeoLifeName;

export const transfer = defineExperiment<TransferParameters, ClusteringRaw>({
  id: "e2dtc/transfer",
  title: "A model of one city in another",
  artefact: "Beyond E2DTC",
  notes: [
    "A model trained on the authors' GeoLife trips (Beijing) embeds trips of another city without any training there. The trips are laid over Beijing so that the middles of both sets coincide: the model's cells are Beijing's. Then k-means clusters the embeddings, with the other city's k.",
    "“Untrained” is the same network with random weights and cells: what is left without any learning. “Trained here” learns in the city itself and clusters with its own centres; longer trips are learnt from as some positions along their way.",
    "Labels are Algorithm 2's. They serve for scoring only.",
  ],
  presets: {
    quick: { targets: ["Porto"], size: 400, restarts: 5, withHome: false, model: modelSettings.quick },
    standard: {
      targets: ["Porto", "San Francisco"],
      size: 20_000,
      restarts: 20,
      withHome: true,
      model: modelSettings.standard,
    },
    full: {
      targets: tripSetNames.filter((name) => name !== "GeoLife"),
      size: 100_000,
      restarts: 20,
      withHome: true,
      model: modelSettings.paper,
    },
  },
  seedCounts: { quick: 1 },
  metrics: ["uacc", "nmi", "ri", "ari", "silhouette", "trajectories"],
  packages: ["@wayweave/geo-core", "@wayweave/nn", "@wayweave/e2dtc"],
  rawSchema: clusteringRawSchema,
  rows: ({ parameters }) => parameters.targets.flatMap((target) => rowsOf(target, parameters)),
  score: scoreClustering,
  figures: [{ title: "UACC", kind: "bars", metric: "uacc", x: "system", series: "system", facet: "dataset" }],
});

function rowsOf(target: TripSetName, parameters: TransferParameters): Row<ClusteringRaw>[] {
  const { size, restarts, withHome, model: settings } = parameters;
  const embeddedBy = (
    system: string,
    weight: number,
    modelOf: (context: RunContext) => Promise<Uint8Array>,
  ) => ({
    system,
    dataset: target,
    paper: null,
    weight,
    run: async (context: RunContext): Promise<ClusteringRaw> => {
      const bytes = await modelOf(context);
      const { set, labels, k } = sampleTrips(await loadDataset(context, target), size, context.random);
      const { signal } = context;
      const moved = movedOnto(set, (await loadDataset(context, source)).set);
      const data = await useModel(bytes, (model) => model.embed(moved, { signal }));
      const rows: Matrix = { data, rows: set.length, columns: data.length / set.length };
      return clusterRows(context, rows, labels, k, restarts);
    },
  });
  const rows: Row<ClusteringRaw>[] = [
    embeddedBy("E2DTC, trained in Beijing", 3, async (context) =>
      trainedModel(context, await loadDataset(context, source), { kind: "E2DTC", settings }),
    ),
    embeddedBy("t2vec, trained in Beijing", 3, async (context) =>
      trainedModel(context, await loadDataset(context, source), { kind: "t2vec", settings }),
    ),
    embeddedBy("untrained", 1, async (context) => {
      const { set, k } = await loadDataset(context, source);
      return untrainedModel(set, resolveConfig({ size: settings.size }), k, context.random);
    }),
    {
      system: "centroid + k-means",
      dataset: target,
      paper: null,
      async run(context) {
        const { set, labels, k } = sampleTrips(await loadDataset(context, target), size, context.random);
        return clusterRows(context, centroidFeatures(set), labels, k, restarts);
      },
    },
  ];
  return withHome ? [...rows, homeRow(target, parameters)] : rows;
}

function homeRow(target: TripSetName, { size, model: settings }: TransferParameters): Row<ClusteringRaw> {
  return {
    system: "E2DTC, trained here",
    dataset: target,
    paper: null,
    weight: 6,
    async run(context) {
      const trips = await loadDataset(context, target);
      const bytes = await trainedModel(context, trips, { kind: "E2DTC", settings });
      const { set, labels: labelsTrue } = sampleTrips(trips, size, context.random);
      const { signal, seed } = context;
      const { labels, embeddings } = await useModel(bytes, (model) => model.predict(set, { signal }));
      const rows = { data: embeddings, rows: set.length, columns: embeddings.length / set.length };
      return { labelsTrue, labelsPredicted: labels, silhouettes: sampledSilhouettes(rows, labels, seed) };
    },
  };
}

async function clusterRows(
  { seed, signal, onProgress }: RunContext,
  rows: Matrix,
  labelsTrue: Uint32Array,
  k: number,
  restarts: number,
): Promise<ClusteringRaw> {
  const { labels } = await kMeans(rows, { k, seed, restarts, signal, onProgress });
  return { labelsTrue, labelsPredicted: labels, silhouettes: sampledSilhouettes(rows, labels, seed) };
}

/** Trips moved in Web Mercator, where cells are, so that the mean of their points is the other set's. */
export function movedOnto(set: TrajectorySet, other: TrajectorySet): TrajectorySet {
  const [fromX, fromY] = meanPlace(set);
  const [toX, toY] = meanPlace(other);
  const { offsets, coordinateSystem } = set;
  const coordinates = new Float64Array(set.coordinates.length);
  for (let p = 0; p < coordinates.length; p += 2) {
    const [x, y] = webMercator.forward([set.coordinates[p]!, set.coordinates[p + 1]!]);
    const [lon, lat] = webMercator.inverse([x - fromX + toX, y - fromY + toY]);
    coordinates[p] = lon;
    coordinates[p + 1] = lat;
  }
  return new TrajectorySet({ coordinates, offsets, coordinateSystem });
}

function meanPlace({ coordinates }: TrajectorySet): [x: number, y: number] {
  let [sumX, sumY] = [0, 0];
  for (let p = 0; p < coordinates.length; p += 2) {
    const [x, y] = webMercator.forward([coordinates[p]!, coordinates[p + 1]!]);
    sumX += x;
    sumY += y;
  }
  const count = coordinates.length / 2;
  return [sumX / count, sumY / count];
}
