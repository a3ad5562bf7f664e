import type { Engine } from "@wayweave/nn/train";
import {
  buildPairs,
  type ConfigOverrides,
  type PairSet,
  type RenderOptions,
  type TowerFiles,
  TrajCross,
} from "@wayweave/trajcross";
import { loadUniv, type UnivName, univSplits } from "../../../datasets/univ.js";
import type { RunContext } from "../../experiment.js";

/** What a model is trained on, and how. */
export interface ModelSpec {
  readonly dataset: UnivName;
  readonly trainCount: number;
  readonly testCount: number;
  readonly epochs: number;
  readonly config?: ConfigOverrides;
  /** How training images are drawn, and test images of the same kind. */
  readonly rendering?: RenderOptions;
}

interface TrainedModel {
  readonly files: TowerFiles;
  readonly test: PairSet;
  readonly engine: string;
}

/** Models of this process: several experiments ask for the same, and one shares only among its own rows. */
const trained = new Map<string, Promise<TrainedModel>>();

/**
 * Hands a trained model and its test pairs to `use`. Training is done once a process and seed, by the first row that asks; a
 * run that was stopped goes on from its last epoch.
 */
export async function useModel<T>(
  context: RunContext,
  spec: ModelSpec,
  use: (model: TrajCross, test: PairSet) => Promise<T>,
): Promise<T> {
  const { provenance } = await loadUniv(context);
  const { name, sha256, counts } = provenance;
  const key = JSON.stringify([name, sha256, counts, context.seed, context.engine, spec]);
  const known = trained.get(key) ?? train(context, spec);
  trained.set(key, known);
  // One that failed is tried again by whoever asks next.
  known.catch(() => trained.delete(key));
  const { files, test, engine } = await known;
  context.reportEngine(engine);
  const model = await TrajCross.load(files, { engine: context.engine as Engine });
  try {
    return await use(model, test);
  } finally {
    await model.dispose();
  }
}

async function train(context: RunContext, spec: ModelSpec): Promise<TrainedModel> {
  const { dataset, trainCount, testCount, epochs, config = {}, rendering = {} } = spec;
  const { trainTrajCross } = await import("@wayweave/trajcross/train");
  const { windows } = await loadUniv(context);
  const pairs = buildPairs(windows, {
    seed: context.random.split("pairs").uint32(),
    split: { protocol: univSplits[dataset], trainCount, testCount },
    images: rendering,
  });
  const { model, files, engine } = await trainTrajCross(pairs.train, {
    ...config,
    train: { epochs, ...config.train },
    seed: context.random.split("training").uint32(),
    engine: context.engine as Engine,
    checkpointDir: await context.checkpointDir(`towers ${JSON.stringify(spec)}`),
    signal: context.signal,
    onProgress: context.onProgress,
  });
  await model.dispose();
  return { files, test: pairs.test, engine };
}

/** Embeds trajectories and images that belong together. */
export async function embedPairs(model: TrajCross, test: PairSet, signal: AbortSignal) {
  const trajectories = await model.encodeTrajectories(test.trajectories, { signal });
  const images = await model.encodeImages(test.images, { signal });
  return { test, width: model.config.embeddingSize, trajectories, images };
}
