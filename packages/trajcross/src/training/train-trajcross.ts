import { checkGiven, checkOptions } from "@wayweave/geo-core";
import type { SessionOptions } from "@wayweave/nn";
import type { PairSet } from "../data/pairs.js";
import type { TowerFiles } from "../model/tower-files.js";
import { TrajCross } from "../model/trajcross.js";
import { exportTowers } from "./export-towers.js";
import { type TrainedTowers, type TrainOptions, trainOptionNames, trainTowers } from "./train-towers.js";

/** A trained model, ready to use, and how its training went. */
export interface Trained extends TrainedTowers {
  /** Runs on `files`; call its `dispose` when done. */
  readonly model: TrajCross;
  /** The model's two ONNX files, as `model.save` writes them. */
  readonly files: TowerFiles;
}

/**
 * Trains a model on pairs and hands it over ready to use. Deterministic by seed on one machine and engine.
 *
 * With `train.redraw`, which the presets have, each epoch draws its images anew, as `pairs.rendering` says.
 *
 * @param options.session how the model is run afterwards; on the engine that was asked for unless given
 * @throws {ShapeError} pixels or extents that do not fit each other, an `alikeOrder` of another length
 * @throws {ValueError} options out of range or unknown, pairs that cannot be trained on, a `checkpointDir` of another run
 * @throws {StateError} a loss or a parameter that is no longer finite
 * @example
 * const { model } = await trainTrajCross(pairs, { onProgress: console.log });
 * await model.save("model");
 */
export async function trainTrajCross(
  pairs: PairSet,
  options: TrainOptions & { readonly session?: SessionOptions } = {},
): Promise<Trained> {
  checkGiven("trainTrajCross", "pairs", pairs);
  checkOptions("trainTrajCross", options, [...trainOptionNames, "session"]);
  const { session: given, ...training } = options;
  const towers = await trainTowers(pairs, training);
  const files = await exportTowers(towers);
  const session = given ?? (options.engine === undefined ? {} : { engine: options.engine });
  return { ...towers, files, model: await TrajCross.load(files, session) };
}
