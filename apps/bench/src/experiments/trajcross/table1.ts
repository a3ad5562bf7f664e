import type { UnivName } from "../../datasets/univ.js";
import { defineExperiment, type Row } from "../experiment.js";
import { baselineNotes, baselineRows } from "./systems/baselines.js";
import { examplePictures } from "./systems/examples.js";
import { lossCurves } from "./systems/loss-curves.js";
import {
  printed,
  type RetrievalRaw,
  retrievalNotes,
  retrievalRawSchema,
  scoreRetrieval,
  univNames,
} from "./systems/retrieval.js";
import {
  loadPairs,
  runReranked,
  runTowers,
  runTowersWithExamples,
  type TowerSizes,
  towerPresets,
} from "./systems/towers.js";
import { universalNotes, universalRows } from "./systems/universal.js";

/** Candidates of the embeddings that are compared by drawing. */
const reranked = 50;

/** The paper's own row: on its split, whichever that was. */
const paperRow = printed([69.8, 90.4, 94.3], [70.2, 91.1, 94.5]);

export const table1 = defineExperiment<TowerSizes, RetrievalRaw>({
  id: "trajcross/table1",
  title: "Trajectory–image retrieval",
  artefact: "TrajCross, Table I",
  notes: [
    ...retrievalNotes,
    "TrajCross (paper) is the paper's model, part by part; TrajCross (ours) traces the line: it finds points along it in the image, moves them to their place in the plane, and embeds them as it embeds a trajectory's. Re-ranking draws the trajectory into the image's extent and compares pixels.",
    ...universalNotes,
    ...baselineNotes,
  ],
  presets: towerPresets,
  seedCounts: { quick: 1 },
  metrics: ["t2iTop1", "t2iTop5", "t2iTop10", "i2tTop1", "i2tTop5", "i2tTop10", "trajectories"],
  packages: ["@wayweave/geo-core", "@wayweave/nn", "@wayweave/trajcross"],
  rawSchema: retrievalRawSchema,
  rows: ({ preset, parameters }) =>
    (preset === "quick" ? univNames.slice(0, 1) : univNames).flatMap((dataset) => [
      ...baselineRows(preset, dataset, parameters),
      ...rowsOf(dataset, parameters),
    ]),
  score: scoreRetrieval,
  pictures: (outputs) => [...lossCurves(outputs), ...examplePictures(outputs)],
  figures: [
    {
      title: "top@1, trajectory → image",
      kind: "bars",
      metric: "t2iTop1",
      x: "system",
      series: "system",
      facet: "dataset",
    },
  ],
});

function rowsOf(dataset: UnivName, sizes: TowerSizes): Row<RetrievalRaw>[] {
  return [
    {
      system: "TrajCross (paper)",
      dataset,
      paper: paperRow,
      run: (context) => runTowers(context, dataset, sizes, { preset: "paper" }),
    },
    {
      system: "TrajCross (ours)",
      dataset,
      paper: paperRow,
      run: (context) => runTowersWithExamples(context, dataset, sizes, { preset: "default" }),
    },
    {
      system: "TrajCross (ours) + re-ranking",
      dataset,
      paper: paperRow,
      run: (context) => runReranked(context, dataset, sizes, { preset: "default" }, reranked),
    },
    ...universalRows(dataset, reranked, async (context) => (await loadPairs(context, dataset, sizes)).test),
  ];
}
