import { pairedRanks } from "@wayweave/eval";
import type { Engine } from "@wayweave/nn/train";
import { type BaselineConfigs, type BaselineName, trainBaseline } from "@wayweave/trajcross/train";
import type { UnivName } from "../../../datasets/univ.js";
import type { MetricValues, PresetName, Row, RunContext } from "../../experiment.js";
import { printed, type RetrievalRaw } from "./retrieval.js";
import { loadPairs, type TowerSizes } from "./towers.js";

interface BaselineSystem {
  readonly name: BaselineName;
  readonly system: string;
  readonly paper: MetricValues;
  /** Expected cost relative to the quickest. */
  readonly weight: number;
}

/** Table I, in its order. */
const systems: readonly BaselineSystem[] = [
  { name: "cca", system: "CCA", paper: printed([0.509, 1.32, 2.12], [0.04, 1.296, 2.509]), weight: 1 },
  { name: "moco", system: "MOCO", paper: printed([4.29, 14.29, 22.78], [2.82, 13.87, 21.94]), weight: 4 },
  { name: "acmr", system: "ACMR", paper: printed([0.42, 0.21, 1.32], [0.38, 0.32, 1.44]), weight: 3 },
  { name: "corr-ae", system: "Corr-AE", paper: printed([0.04, 0.31, 0.42], [0.08, 0.25, 0.34]), weight: 2 },
  {
    name: "corr-cross-ae",
    system: "Corr-Cross-AE",
    paper: printed([0.04, 0.21, 0.46], [0.04, 0.21, 0.46]),
    weight: 2,
  },
  { name: "dbrlm", system: "DBRLM", paper: printed([0.04, 0.21, 0.41], [0.12, 0.71, 1.43]), weight: 3 },
];

type Changes = { readonly [Name in BaselineName]?: Partial<BaselineConfigs[Name]> };

/** `standard` trains each by its own preset, until its loss is flat; `quick` shows that everything runs. */
const changes: Readonly<Record<PresetName, Changes>> = {
  quick: {
    cca: { componentSample: 320 },
    moco: { epochs: 3, queueSize: 256 },
    acmr: { epochs: 8, componentSample: 320 },
    "corr-ae": { epochs: 8, componentSample: 320 },
    "corr-cross-ae": { epochs: 8, componentSample: 320 },
    dbrlm: { epochs: 4 },
  },
  standard: {},
  full: {},
};

/** What a reader of the baselines' rows must know. */
export const baselineNotes: readonly string[] = [
  "Every baseline gets the location vectors: an image's extent, and the box that a trajectory's own drawing shows. Training images are drawn anew each epoch, as for TrajCross. Learning rates fall to 0 over the epochs; the loss curves are below.",
  "CCA, ACMR and the correspondence autoencoders learn on fixed features, as in their papers: principal components of the pixels, the points, the location vectors. MOCO and DBRLM learn from pixels. MOCO compares pictures with pictures: a trajectory is drawn first.",
  "ACMR's label predictor needs classes, which pairs do not have: each training pair is a class of its own.",
];

/** The baselines' rows on one dataset. */
export function baselineRows(
  preset: PresetName,
  dataset: UnivName,
  sizes: TowerSizes,
): readonly Row<RetrievalRaw>[] {
  return systems.map(({ name, system, paper, weight }) => ({
    system,
    dataset,
    paper,
    weight: weight / 4,
    run: (context) => runBaseline(context, dataset, sizes, name, changes[preset][name] ?? {}),
  }));
}

async function runBaseline(
  context: RunContext,
  dataset: UnivName,
  sizes: TowerSizes,
  name: BaselineName,
  config: Partial<BaselineConfigs[BaselineName]>,
): Promise<RetrievalRaw> {
  const { train, test } = await loadPairs(context, dataset, sizes);
  const baseline = await trainBaseline(name, train, {
    config,
    seed: context.random.split("training").uint32(),
    engine: context.engine as Engine,
    signal: context.signal,
    onProgress: context.onProgress,
  });
  context.reportEngine(baseline.engine);
  try {
    const trajectories = await baseline.encodeTrajectories(test.trajectories);
    const images = await baseline.encodeImages(test.images);
    const rows = test.trajectories.length;
    const { queryToGallery, galleryToQuery } = pairedRanks(
      { data: trajectories, rows, columns: trajectories.length / rows },
      { data: images, rows, columns: images.length / rows },
      { similarity: "dot" },
    );
    return {
      trajectoryToImage: queryToGallery,
      imageToTrajectory: galleryToQuery,
      losses: Float64Array.from(baseline.history, ({ loss }) => loss),
    };
  } finally {
    await baseline.dispose();
  }
}
