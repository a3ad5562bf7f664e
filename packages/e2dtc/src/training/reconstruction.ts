import type { Random } from "@wayweave/geo-core";
import type { Tensor, TensorMap, TensorSpec } from "@wayweave/nn/train";
import type { PretrainConfig } from "../model/config.js";
import { type CellNeighbors, FIRST_CELL_TOKEN, nearestCells, type Vocabulary } from "../tokens/vocabulary.js";
import { reconstructionLoss, sampledReconstructionLoss } from "./loss.js";

/** The reconstruction loss (eq. 8) as a batch needs it. */
export interface ReconstructionOfBatch {
  /** Entries of a batch besides the sequences: the drawn negatives, where the vocabulary is large. */
  readonly spec: Readonly<Record<string, TensorSpec>>;
  /** The entries' values; the same name gives the same ones. */
  draw(name: string): Record<string, { data: Int32Array | Float32Array; shape: number[] }>;
  /** @param states of the decoder, `[tokens, hidden]`; `batch` holds targets, weights and the drawn entries */
  loss(params: TensorMap, states: Tensor, batch: TensorMap): Tensor;
}

/** Over the whole vocabulary where it is small, else with `sampledNegatives` drawn cells. */
export function reconstructionOf(
  vocabulary: Vocabulary,
  config: PretrainConfig,
  random: Random,
): ReconstructionOfBatch {
  const { sampledNegatives: count } = config;
  const neighbors = nearestCells(vocabulary, { count: config.neighbors, scaleCells: config.scaleCells });
  return vocabulary.size <= count ? full(neighbors) : sampled(neighbors, vocabulary, count, random);
}

function full(neighbors: CellNeighbors): ReconstructionOfBatch {
  return {
    spec: {},
    draw: () => ({}),
    loss: (params, states, { targets, weights }) =>
      reconstructionLoss(params, states, targets!, weights!, neighbors),
  };
}

function sampled(
  neighbors: CellNeighbors,
  vocabulary: Vocabulary,
  count: number,
  random: Random,
): ReconstructionOfBatch {
  return {
    spec: {
      negatives: { type: "int32", shape: [count] },
      timesDrawn: { type: "float32", shape: [vocabulary.size] },
    },
    draw(name) {
      const own = random.split(name);
      const cells = vocabulary.size - FIRST_CELL_TOKEN;
      const drawn = Int32Array.from({ length: count }, () => FIRST_CELL_TOKEN + own.integer(cells));
      const times = new Float32Array(vocabulary.size);
      for (const cell of drawn) times[cell]!++;
      return {
        negatives: { data: drawn, shape: [count] },
        timesDrawn: { data: times, shape: [vocabulary.size] },
      };
    },
    loss: (params, states, { targets, weights, negatives, timesDrawn }) =>
      sampledReconstructionLoss(params, states, targets!, weights!, neighbors, {
        tokens: negatives!,
        times: timesDrawn!,
      }),
  };
}
