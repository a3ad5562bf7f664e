import { nmi, uacc } from "@wayweave/eval";
import { z } from "zod";
import { authorsGeoLifeName } from "../../datasets/authors-geolife.js";
import { curvesPicture } from "../../report/pictures/curves.js";
import { scatterPicture } from "../../report/pictures/scatter.js";
import { rawArrays } from "../../results/raw-arrays.js";
import { defineExperiment, type Picture, type Row, type RowOutput, type RunContext } from "../experiment.js";
import { mapRawSchema } from "./figure4.js";
import { loadDataset, sampleTrips } from "./systems/clustering.js";
import { startNote } from "./systems/notes.js";
import { type ModelSettings, modelSettings, trainedModel, useModel } from "./systems/trained-models.js";
import { euclideanLookup, type TsneSettings, tsne } from "./systems/tsne.js";

const seedings = { "from k-means": "kMeans", "from the best start": "best" } as const;
type Start = keyof typeof seedings;

const allEpochs = Array.from({ length: 13 }, (_, epoch) => epoch);

interface Figure5Parameters {
  /** The epochs shown of each start. */
  readonly epochs: Readonly<Record<Start, readonly number[]>>;
  /** The epochs with a map. */
  readonly mappedEpochs: readonly number[];
  /** Trips clustered after each epoch. */
  readonly scoredSize: number;
  /** Those of them on the map. */
  readonly mapSize: number;
  readonly tsne: TsneSettings;
  readonly model: ModelSettings;
}

const rawSchema = z.object({
  /** `[trips]` */
  labelsTrue: rawArrays.uint32,
  /** `[trips]` */
  labelsPredicted: rawArrays.uint32,
  /** A t-SNE map of some of the trips, where the epoch has one. */
  map: mapRawSchema.optional(),
});
type Figure5Raw = z.infer<typeof rawSchema>;

const dataset = authorsGeoLifeName;

export const figure5 = defineExperiment<Figure5Parameters, Figure5Raw>({
  id: "e2dtc/figure5",
  title: "Accuracy and embeddings over the epochs of self-training",
  artefact: "E2DTC, Fig. 5",
  notes: [
    "Epoch 0 is the pre-trained network with its clusters' starting places; each later row is the same training, to the last bit, ended after so many epochs. True labels are compared afterwards with the labels that each row stored; nothing of it goes back into training.",
    "“From k-means” starts the clusters as the paper does, “from the best start” as our default does: see Table III's notes. So that all epochs are seen, Algorithm 1's rule ends training only where not one label changes. From k-means there is no warm-up.",
    startNote,
    "The paper plots Hangzhou's UACC, which rises until epoch 4 and then stays, without printing values; ours are the authors' GeoLife trips.",
  ],
  presets: {
    quick: {
      epochs: { "from k-means": [0, 1], "from the best start": [] },
      mappedEpochs: [0, 1],
      scoredSize: 500,
      mapSize: 100,
      tsne: { iterations: 250, perplexity: 30 },
      model: modelSettings.quick,
    },
    standard: {
      epochs: { "from k-means": [0, 2, 4, 8], "from the best start": [0, 8] },
      mappedEpochs: [0, 4, 8],
      scoredSize: 20_000,
      mapSize: 1000,
      tsne: { iterations: 500, perplexity: 30 },
      model: modelSettings.standard,
    },
    full: {
      epochs: { "from k-means": allEpochs, "from the best start": allEpochs },
      mappedEpochs: [0, 4, 10],
      scoredSize: 100_000,
      mapSize: 1000,
      tsne: { iterations: 1000, perplexity: 30 },
      model: modelSettings.paper,
    },
  },
  seedCounts: { quick: 1, standard: 1, full: 1 },
  metrics: ["uacc", "nmi", "trajectories"],
  packages: ["@wayweave/geo-core", "@wayweave/nn", "@wayweave/e2dtc"],
  rawSchema,
  rows: ({ parameters }) =>
    (Object.keys(seedings) as Start[]).flatMap((start) =>
      parameters.epochs[start].map((epoch) => rowOf(start, epoch, parameters)),
    ),
  score: ({ labelsTrue, labelsPredicted }) => ({
    uacc: uacc(labelsTrue, labelsPredicted),
    nmi: nmi(labelsTrue, labelsPredicted),
    trajectories: labelsTrue.length,
  }),
  pictures: draw,
});

function rowOf(start: Start, epoch: number, parameters: Figure5Parameters): Row<Figure5Raw> {
  return {
    system: `epoch ${epoch}, ${start}`,
    dataset,
    parameters: { epoch, start },
    paper: null,
    weight: parameters.model.pretrainEpochs + epoch,
    run: (context) => clusterAfter(context, start, epoch, parameters),
  };
}

async function clusterAfter(
  context: RunContext,
  start: Start,
  epoch: number,
  { scoredSize, mappedEpochs, mapSize, tsne: settings, model }: Figure5Parameters,
): Promise<Figure5Raw> {
  const trips = await loadDataset(context, dataset);
  const bytes = await trainedModel(context, trips, {
    kind: epoch === 0 ? "L0" : "E2DTC",
    settings: model,
    selfTrain: { epochs: epoch, tolerance: 0, seeding: seedings[start] },
  });
  const { set, labels } = sampleTrips(trips, scoredSize, context.random.split("scored"));
  const { signal } = context;
  const { labels: labelsPredicted, embeddings } = await useModel(bytes, (loaded) =>
    loaded.predict(set, { signal }),
  );
  const clustering = { labelsTrue: labels, labelsPredicted };
  if (!mappedEpochs.includes(epoch)) return clustering;
  const shown = context.random.split("map").sample(set.length, Math.min(mapSize, set.length)).sort();
  const distance = euclideanLookup(embeddings, embeddings.length / set.length);
  const between = (i: number, j: number) => distance(shown[i]!, shown[j]!);
  const positions = await tsne(shown.length, between, settings, context);
  return { ...clustering, map: { positions, labelsTrue: shown.map((i) => labels[i]!) } };
}

function draw(outputs: readonly RowOutput<Figure5Raw>[]): Picture[] {
  const rows = outputs.filter(({ seed }) => seed === 1);
  const starts = [...new Set(rows.map(({ parameters }) => String(parameters?.start)))];
  const curves = starts.map((name) => ({
    name,
    points: rows
      .filter(({ parameters }) => parameters?.start === name)
      .map(({ parameters, raw }) => ({
        x: Number(parameters?.epoch),
        y: uacc(raw.labelsTrue, raw.labelsPredicted),
      })),
  }));
  const panels = rows.flatMap(({ system, raw: { map } }) =>
    map === undefined ? [] : [{ title: system, positions: map.positions, labels: map.labelsTrue }],
  );
  const lineTitle = "UACC over the epochs of self-training";
  const mapTitle = "t-SNE maps over the epochs of self-training, coloured by true label";
  const panel = { title: dataset, xLabel: "epoch", yLabel: "UACC", curves };
  const line = { title: lineTitle, svg: curvesPicture({ title: lineTitle, panels: [panel] }) };
  if (panels.length === 0) return [line];
  return [line, { title: mapTitle, svg: scatterPicture({ title: mapTitle, panels, columns: 3 }) }];
}
