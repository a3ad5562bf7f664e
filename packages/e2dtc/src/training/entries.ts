import type { TensorMap, TensorSpec } from "@wayweave/nn/train";
import type { E2DTCConfig, NetworkConfig } from "../model/config.js";
import type { EncoderTensors } from "../model/forward.js";
import { type Batch, decoderInput, encoderInput, rowWeights } from "../tokens/batches.js";
import type { TokenSequences } from "../tokens/tokens.js";

/** What {@link encoderEntries} gives: time and rows are open, each batch size being compiled on its own. */
export function encoderSpec({ offsets, timeOfDay }: NetworkConfig): Record<"tokens" | "lengths", TensorSpec> {
  return {
    tokens: { type: "int32", shape: [null, null] },
    ...(offsets ? { within: { type: "float32", shape: [null, null, 2] } } : {}),
    ...(timeOfDay ? { timeOfDay: { type: "float32", shape: [null, null] } } : {}),
    lengths: { type: "int32", shape: [null] },
  };
}

/** The encoder's entries of a batch. */
export function encoderTensors({ tokens, lengths, within, timeOfDay }: TensorMap): EncoderTensors {
  return {
    tokens: tokens!,
    lengths: lengths!,
    ...(within === undefined ? {} : { within }),
    ...(timeOfDay === undefined ? {} : { timeOfDay }),
  };
}

/** What {@link decoderEntries} gives. */
export const decoderSpec = {
  before: { type: "int32", shape: [null, null] },
  targets: { type: "int32", shape: [null] },
  weights: { type: "float32", shape: [null] },
} as const satisfies Record<string, TensorSpec>;

export function encoderEntries(sequences: TokenSequences, batch: Batch, network: NetworkConfig) {
  const { tokens, within, timeOfDay, lengths } = encoderInput(sequences, batch);
  const { time, rows } = batch;
  return {
    tokens: { data: tokens, shape: [time, rows] },
    ...(network.offsets ? { within: { data: within, shape: [time, rows, 2] } } : {}),
    ...(network.timeOfDay ? { timeOfDay: { data: timeOfDay!, shape: [time, rows] } } : {}),
    lengths: { data: lengths, shape: [rows] },
  };
}

export function decoderEntries(sequences: TokenSequences, batch: Batch) {
  const { before, targets, weights } = decoderInput(sequences, batch);
  const { time, rows } = batch;
  return {
    before: { data: before, shape: [time, rows] },
    targets: { data: targets, shape: [time * rows] },
    weights: { data: weights, shape: [time * rows] },
  };
}

/** How many trajectories a batch has, as a share of a full one of short trajectories: every trajectory is to count alike. */
export const shareSpec = { type: "float32", shape: [] } as const satisfies TensorSpec;

export function shareEntry({ indices }: Batch, { batchSize }: Pick<E2DTCConfig, "batchSize">) {
  return { data: Float32Array.of(indices.length / batchSize), shape: [] };
}

/** Which rows of a batch count, as an entry. */
export function rowEntries(batch: Batch) {
  return { data: rowWeights(batch), shape: [batch.rows] };
}
