import { silhouetteSamples } from "@wayweave/eval";
import { pairwiseDistances } from "@wayweave/geo-core/node";
import { z } from "zod";
import { authorsGeoLifeName } from "../../datasets/authors-geolife.js";
import { scatterPicture } from "../../report/pictures/scatter.js";
import { rawArrays } from "../../results/raw-arrays.js";
import {
  defineExperiment,
  type MetricValues,
  type Picture,
  type RowOutput,
  type RunContext,
} from "../experiment.js";
import { loadDataset, sampleTrips } from "./systems/clustering.js";
import { chooseEpsilon, type DistanceName, distanceNames, metricOf } from "./systems/k-medoids-systems.js";
import {
  type ModelKind,
  type ModelSettings,
  modelSettings,
  trainedModel,
  useModel,
} from "./systems/trained-models.js";
import { condensedLookup, euclideanLookup, type TsneSettings, tsne } from "./systems/tsne.js";

interface Figure4Parameters {
  /** Only these of the eight representations, where given. */
  readonly only?: readonly string[];
  /** Trips on the map. */
  readonly mapSize: number;
  /** Trips that ε is chosen on. */
  readonly tuningSize: number;
  readonly tsne: TsneSettings;
  readonly model: ModelSettings;
}

/** What a t-SNE map leaves behind. */
export const mapRawSchema = z.object({
  /** x and y by turns, `[trips × 2]` */
  positions: rawArrays.float64,
  /** `[trips]` */
  labelsTrue: rawArrays.uint32,
});
type MapRaw = z.infer<typeof mapRawSchema>;

/** The paper's order and names. */
const representations: readonly (readonly [string, DistanceName | ModelKind])[] = [
  ["DTW", "DTW"],
  ["Hausdorff", "Hausdorff"],
  ["EDR", "EDR"],
  ["LCSS", "LCSS"],
  ["t2vec", "t2vec"],
  ["E2DTC, L0", "L0"],
  ["E2DTC, L1", "L1"],
  ["E2DTC, L2", "E2DTC"],
];

const dataset = authorsGeoLifeName;

export const figure4 = defineExperiment<Figure4Parameters, MapRaw>({
  id: "e2dtc/figure4",
  title: "t-SNE maps of eight representations",
  artefact: "E2DTC, Fig. 4",
  notes: [
    "The same trips in every map, drawn anew by each seed, from their distances or their embeddings by t-SNE (druidjs, exact, perplexity 30). Colours are the true labels, which neither the representations nor the maps know.",
    "The paper maps 1,000 trips of Hangzhou, which are not public; ours are the authors' GeoLife trips.",
    "The silhouette is that of the true labels in the map: how well colours are apart in the picture. t-SNE does not keep distances, so it says less than Table III.",
    "EDR's and LCSS's ε is chosen as in Table III.",
  ],
  presets: {
    quick: {
      only: ["DTW", "LCSS", "t2vec", "E2DTC, L2"],
      mapSize: 120,
      tuningSize: 60,
      tsne: { iterations: 250, perplexity: 30 },
      model: modelSettings.quick,
    },
    standard: {
      mapSize: 1000,
      tuningSize: 500,
      tsne: { iterations: 500, perplexity: 30 },
      model: modelSettings.standard,
    },
    full: {
      mapSize: 1000,
      tuningSize: 1000,
      tsne: { iterations: 1000, perplexity: 30 },
      model: modelSettings.paper,
    },
  },
  seedCounts: { quick: 1, standard: 1, full: 1 },
  metrics: ["silhouette", "trajectories"],
  packages: ["@wayweave/geo-core", "@wayweave/nn", "@wayweave/e2dtc"],
  rawSchema: mapRawSchema,
  rows: ({ parameters }) =>
    representations
      .filter(([system]) => parameters.only === undefined || parameters.only.includes(system))
      .map(([system, source]) => ({
        system,
        dataset,
        paper: null,
        weight: isDistance(source) ? 1 : 5,
        run: (context) => mapOf(context, source, parameters),
      })),
  score: scoreMap,
  pictures: drawMaps,
});

/** How well the true labels are apart in a map. */
export function scoreMap({ positions, labelsTrue }: MapRaw): MetricValues {
  const rows = { data: positions, rows: labelsTrue.length, columns: 2 };
  const { values } = silhouetteSamples(rows, labelsTrue);
  return {
    silhouette: values.reduce((sum, value) => sum + value, 0) / values.length,
    trajectories: labelsTrue.length,
  };
}

function isDistance(source: DistanceName | ModelKind): source is DistanceName {
  return (distanceNames as readonly string[]).includes(source);
}

async function mapOf(
  context: RunContext,
  source: DistanceName | ModelKind,
  { mapSize, tuningSize, tsne: settings, model }: Figure4Parameters,
): Promise<MapRaw> {
  const trips = await loadDataset(context, dataset);
  const { set, labels, k } = sampleTrips(trips, mapSize, context.random.split("map"));
  const { signal } = context;
  if (isDistance(source)) {
    const shown = { ...trips, set, labels, k };
    const epsilon = await chooseEpsilon(context, shown, source, { tuningSize, restarts: 5 });
    const options = { output: "float32", workers: 0, signal } as const;
    const distances = await pairwiseDistances(set, metricOf(source, epsilon), options);
    const positions = await tsne(set.length, condensedLookup(distances, set.length), settings, context);
    return { positions, labelsTrue: labels };
  }
  const bytes = await trainedModel(context, trips, { kind: source, settings: model });
  const embeddings = await useModel(bytes, (loaded) => loaded.embed(set, { signal }));
  const distance = euclideanLookup(embeddings, embeddings.length / set.length);
  return { positions: await tsne(set.length, distance, settings, context), labelsTrue: labels };
}

function drawMaps(outputs: readonly RowOutput<MapRaw>[]): Picture[] {
  const title = "t-SNE maps, coloured by true label";
  const panels = outputs
    .filter(({ seed }) => seed === 1)
    .map(({ system, raw }) => ({
      title: `${system} (silhouette ${scoreMap(raw).silhouette!.toFixed(2)})`,
      positions: raw.positions,
      labels: raw.labelsTrue,
    }));
  return panels.length === 0 ? [] : [{ title, svg: scatterPicture({ title, panels }) }];
}
