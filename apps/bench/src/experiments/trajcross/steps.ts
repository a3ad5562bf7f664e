import { type ConfigOverrides, presets } from "@wayweave/trajcross";
import { type Ablation, ablation } from "./systems/ablations.js";
import { towerPresets } from "./systems/towers.js";

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

export const steps = ablation({
  id: "trajcross/steps",
  title: "What each step from the paper's model to ours is worth",
  artefact: "Beyond TrajCross",
  note: "Trained for 8 epochs at the standard preset, a third of Table I's budget, and tested on windows that no other table is tested on, whatever its seed, since settings are chosen by this one. They leave fewer windows to train on than Table I has.",
  rows: stepRows,
  quickSystems: ["paper", "ours"],
  metrics: ["t2iTop1", "t2iTop5", "t2iTop10", "i2tTop1", "i2tTop5", "i2tTop10"],
  presets: {
    quick: { trainCount: 384, testCount: 150, epochs: 2, side: "development" },
    standard: { trainCount: 10_000, testCount: 2379, epochs: 8, side: "development" },
    full: { ...towerPresets.full, side: "development" },
  },
  seedCounts: { quick: 1, standard: 1 },
});
