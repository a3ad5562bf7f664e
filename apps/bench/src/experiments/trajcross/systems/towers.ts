import type { Engine } from "@wayweave/nn/train";
import { buildPairs, type ConfigOverrides } from "@wayweave/trajcross";
import { type Trained, trainTrajCross } from "@wayweave/trajcross/train";
import { loadUniv, type UnivName, univSplits } from "../../../datasets/univ.js";
import type { PresetName, RunContext } from "../../experiment.js";
import { developmentSplit } from "./development.js";
import { takeExamples } from "./examples.js";
import { type EmbeddedPairs, ranksOf, rerankedRanks } from "./ranking.js";
import type { RetrievalRaw } from "./retrieval.js";

/** How much a preset trains on, and with. */
export interface TowerSizes {
  readonly trainCount: number;
  readonly testCount: number;
  /** Where absent, as many as the model's own configuration says. */
  readonly epochs?: number;
  /** What is tested: the seed's test windows, or windows that no table is tested on, to choose settings with. `test` where absent. */
  readonly side?: "test" | "development";
}

export const towerPresets: Readonly<Record<PresetName, TowerSizes>> = {
  quick: { trainCount: 640, testCount: 200, epochs: 3 },
  standard: { trainCount: 10_000, testCount: 2379 },
  full: { trainCount: 10_000, testCount: 2379, epochs: 100 },
};

/** The seed's training and test pairs of a split, the same for every system. */
export async function loadPairs(context: RunContext, dataset: UnivName, sizes: TowerSizes) {
  const { windows } = await loadUniv(context);
  const { trainCount, testCount } = sizes;
  const seed = context.random.split("pairs").uint32();
  if (sizes.side === "development") {
    const split = developmentSplit(windows.sources, univSplits[dataset], sizes, context.random);
    return buildPairs(windows, { seed, split });
  }
  return buildPairs(windows, { seed, split: { protocol: univSplits[dataset], trainCount, testCount } });
}

/** Trains a configuration and embeds the test pairs; once a run and seed, however many rows look at them. */
function embed(
  context: RunContext,
  dataset: UnivName,
  sizes: TowerSizes,
  config: ConfigOverrides,
): Promise<EmbeddedPairs> {
  const name = `towers ${JSON.stringify([dataset, sizes, config])}`;
  return context.share(`seed ${context.seed}: ${name}`, () =>
    trainAndEmbed(context, dataset, sizes, config, name),
  );
}

async function trainAndEmbed(
  context: RunContext,
  dataset: UnivName,
  sizes: TowerSizes,
  config: ConfigOverrides,
  name: string,
): Promise<EmbeddedPairs> {
  const { train, test } = await loadPairs(context, dataset, sizes);
  const { epochs } = sizes;
  const trained: Trained = await trainTrajCross(train, {
    ...config,
    train: { ...(epochs === undefined ? {} : { epochs }), ...config.train },
    seed: context.random.split("training").uint32(),
    engine: context.engine as Engine,
    checkpointDir: await context.checkpointDir(name),
    signal: context.signal,
    onProgress: context.onProgress,
  });
  context.reportEngine(trained.engine);
  const { model } = trained;
  try {
    const trajectories = await model.encodeTrajectories(test.trajectories);
    const images = await model.encodeImages(test.images);
    return { test, width: model.config.embeddingSize, trajectories, images };
  } finally {
    await model.dispose();
  }
}

/** Ranks by the embeddings alone. */
export async function runTowers(
  context: RunContext,
  dataset: UnivName,
  sizes: TowerSizes,
  config: ConfigOverrides,
): Promise<RetrievalRaw> {
  return ranksOf(await embed(context, dataset, sizes, config));
}

/** {@link runTowers}, with the answers to some queries for a contact sheet. */
export async function runTowersWithExamples(
  context: RunContext,
  dataset: UnivName,
  sizes: TowerSizes,
  config: ConfigOverrides,
): Promise<RetrievalRaw> {
  const embedded = await embed(context, dataset, sizes, config);
  const ranks = ranksOf(embedded);
  return { ...ranks, examples: takeExamples(embedded, ranks) };
}

/** Ranks by the embeddings, the first candidates in the order of comparison by drawing. */
export async function runReranked(
  context: RunContext,
  dataset: UnivName,
  sizes: TowerSizes,
  config: ConfigOverrides,
  candidates: number,
): Promise<RetrievalRaw> {
  const embedded = await embed(context, dataset, sizes, config);
  return rerankedRanks(embedded, candidates, context.signal);
}
