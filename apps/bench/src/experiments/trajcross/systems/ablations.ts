import type { ConfigOverrides } from "@wayweave/trajcross";
import { defineExperiment, type MetricValues, type PresetName } from "../../experiment.js";
import {
  type RetrievalRaw,
  retrievalNotes,
  retrievalRawSchema,
  scoreRetrieval,
  univNames,
} from "./retrieval.js";
import { runTowers, type TowerSizes, towerPresets } from "./towers.js";

/** One variant of the model, as a row. */
export interface Ablation {
  readonly system: string;
  readonly config: ConfigOverrides;
  readonly paper: MetricValues | null;
}

/** Where the whole model stands. */
export const wholeModel = "The whole model is the row TrajCross (paper) of Table I.";

export interface AblationOptions {
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

/** An experiment whose rows are variants of the model. */
export function ablation({ note, rows, quickSystems, ...described }: AblationOptions) {
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
