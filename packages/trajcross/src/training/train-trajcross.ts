import type { SessionOptions } from "@wayweave/nn";
import type { PairSet } from "../data/pairs.js";
import { TrajCross } from "../model/trajcross.js";
import { exportTowers } from "./export-towers.js";
import { type TrainedTowers, type TrainOptions, trainTowers } from "./train-towers.js";

/** A trained model, ready to use, and how its training went. */
export interface Trained extends TrainedTowers {
  readonly model: TrajCross;
}

/**
 * Trains a model on pairs and hands it over ready to use.
 *
 * @param options.session how the model is run afterwards; on the engine that was asked for unless given
 * @throws {ValueError} fewer pairs than a batch, images of another size than the configuration's, options out of range
 * @example
 * const { model } = await trainTrajCross(pairs, { rendering: {}, onProgress: console.log });
 * await model.save("model");
 */
export async function trainTrajCross(
  pairs: PairSet,
  options: TrainOptions & { readonly session?: SessionOptions } = {},
): Promise<Trained> {
  const towers = await trainTowers(pairs, options);
  const session = options.session ?? (options.engine === undefined ? {} : { engine: options.engine });
  return { ...towers, model: await TrajCross.load(await exportTowers(towers), session) };
}
