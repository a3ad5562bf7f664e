import { type ConfigOverrides, presets } from "@wayweave/trajcross";
import { defineExperiment, type MetricValues, type PresetName } from "../../experiment.js";
import {
  printed,
  type RetrievalRaw,
  retrievalNotes,
  retrievalRawSchema,
  scoreRetrieval,
  univNames,
} from "./retrieval.js";
import { runTowers, type TowerSizes, towerPresets } from "./towers.js";

interface Ablation {
  readonly system: string;
  readonly config: ConfigOverrides;
  readonly paper: MetricValues | null;
}

/** Fig. 3 prints differences to the whole model, for trajectory → image: they are put off its top@1, 5 in Table I. */
const figure3Rows: readonly Ablation[] = [
  {
    system: "TrajCross/nogan",
    config: { preset: "paper", train: { adversarialWeight: 0 } },
    paper: { t2iTop1: 66.9, t2iTop5: 89.4 },
  },
  {
    system: "TrajCross/noxy",
    config: { preset: "paper", model: { locationVector: false } },
    paper: { t2iTop1: 65.8, t2iTop5: 88.0 },
  },
];

const table2Rows: readonly Ablation[] = [
  {
    system: "TrajCross/OnlyTraj",
    config: { preset: "paper", model: { shapeSource: "none" } },
    paper: printed([3.45, 13.3, 20.8], [2.4, 11.1, 20.3]),
  },
  {
    system: "TrajCross/TrajCNN",
    config: { preset: "paper", model: { shapeSource: "points" } },
    paper: printed([0.04, 0.21, 0.42], [0.08, 0.25, 0.42]),
  },
];

/** One change at a time, from the paper's model and from ours. */
const stepRows = changes({
  paper: { preset: "paper" },
  "paper, images drawn once": { preset: "paper", train: { redraw: false } },
  "paper, hard negatives": { preset: "paper", train: { alikeRun: 4 } },
  "paper, trained as ours": { preset: "default", model: presets.paper.model },
  ours: { preset: "default" },
  "ours, images drawn once": { preset: "default", train: { redraw: false } },
  "ours, points not traced": { preset: "default", train: { traceWeight: 0 } },
  "ours, random negatives": { preset: "default", train: { alikeRun: 1 } },
  "ours, no location vector": { preset: "default", model: { locationVector: false } },
});

function changes(configs: Readonly<Record<string, ConfigOverrides>>): readonly Ablation[] {
  return Object.entries(configs).map(([system, config]) => ({ system, config, paper: null }));
}

const wholeModel = "The whole model is the row TrajCross (paper) of Table I.";

export const figure3 = ablation({
  id: "trajcross/figure3",
  title: "Without the modality classifier, without the location vector",
  artefact: "TrajCross, Fig. 3",
  note: wholeModel,
  rows: figure3Rows,
  metrics: ["t2iTop1", "t2iTop5", "t2iTop15", "i2tTop1", "i2tTop5", "i2tTop15"],
});

export const table2 = ablation({
  id: "trajcross/table2",
  title: "Without the trajectory's image",
  artefact: "TrajCross, Table II",
  note: wholeModel,
  rows: table2Rows,
  metrics: ["t2iTop1", "t2iTop5", "t2iTop10", "i2tTop1", "i2tTop5", "i2tTop10"],
});

export const steps = ablation({
  id: "trajcross/steps",
  title: "What each step from the paper's model to ours is worth",
  artefact: "Beyond TrajCross",
  note: "Trained for 8 epochs at the standard preset, a third of Table I's budget.",
  rows: stepRows,
  quickSystems: ["paper", "ours"],
  metrics: ["t2iTop1", "t2iTop5", "t2iTop10", "i2tTop1", "i2tTop5", "i2tTop10"],
  presets: {
    quick: { trainCount: 512, testCount: 200, epochs: 2 },
    standard: { trainCount: 10_000, testCount: 2379, epochs: 8 },
    paper: towerPresets.paper,
  },
  seedCounts: { quick: 1, standard: 1 },
});

interface AblationOptions {
  readonly id: `trajcross/${string}`;
  readonly title: string;
  readonly artefact: string;
  readonly note: string;
  readonly rows: readonly Ablation[];
  /** The rows of the quick preset; all where absent. */
  readonly quickSystems?: readonly string[];
  readonly metrics: readonly (keyof MetricValues)[];
  readonly presets?: Readonly<Record<PresetName, TowerSizes>>;
  readonly seedCounts?: Partial<Record<PresetName, number>>;
}

function ablation({ note, rows, quickSystems, ...described }: AblationOptions) {
  const quickRows = quickSystems ? rows.filter(({ system }) => quickSystems.includes(system)) : rows;
  return defineExperiment<TowerSizes, RetrievalRaw>({
    presets: towerPresets,
    seedCounts: { quick: 1 },
    ...described,
    notes: [...retrievalNotes, note],
    packages: ["@wayweave/geo-core", "@wayweave/nn", "@wayweave/trajcross"],
    rawSchema: retrievalRawSchema,
    rows: ({ preset, parameters }) =>
      (preset === "quick" ? univNames.slice(0, 1) : univNames).flatMap((dataset) =>
        (preset === "quick" ? quickRows : rows).map(({ system, config, paper }) => ({
          system,
          dataset,
          paper,
          run: (context) => runTowers(context, dataset, parameters, config),
        })),
      ),
    score: scoreRetrieval,
  });
}
