import { checkGiven } from "@wayweave/geo-core";
import { planBatches } from "./batching.js";
import { checkInputs } from "./check-inputs.js";
import {
  checkRunOptions,
  type Inputs,
  type InputTensor,
  type Outputs,
  type Predictor,
  type RunOptions,
} from "./predictor.js";

/** The outputs of rows `start … start + count − 1`. */
export interface PredictedBatch {
  /** The first of its rows in the inputs. */
  readonly start: number;
  /** How many rows it has: `batchSize`, but for the last batch. */
  readonly count: number;
  /** What the model gives for these rows. */
  readonly outputs: Outputs;
}

/** How {@link predictInBatches} cuts the inputs and runs the model. */
export interface BatchPredictionOptions extends RunOptions {
  /** Rows of the batch axis computed at once, a positive integer. */
  readonly batchSize: number;
}

/**
 * Runs a model over long inputs and yields the outputs batch by batch, in order, so that they need never be in
 * memory together. `model.run(inputs, { batchSize })` joins them instead.
 *
 * @param model an OnnxModel or OnnxModelPool
 * @param options batchSize is required
 * @throws what the model's `run` throws
 * @example
 * for await (const { start, outputs } of predictInBatches(model, inputs, { batchSize: 256 })) store(start, outputs);
 */
export async function* predictInBatches(
  model: Predictor,
  inputs: Inputs,
  options: BatchPredictionOptions,
): AsyncGenerator<PredictedBatch, void, undefined> {
  const where = "predictInBatches";
  checkGiven(where, "model", model);
  checkGiven(where, "options", options);
  checkRunOptions(where, options);
  const { batchSize, onProgress, ...runOptions } = options;
  const plan = planBatches(where, checkInputs(where, model.inputs, inputs), batchSize);
  for (const batch of plan.batches) {
    options.signal?.throwIfAborted();
    const part: Record<string, InputTensor> = {};
    for (const { spec, data, shape } of batch.inputs) part[spec.name] = { data, shape };
    const outputs = await model.run(part, runOptions);
    onProgress?.({ done: batch.start + batch.count, total: plan.rows });
    yield { start: batch.start, count: batch.count, outputs };
  }
}
