import { buildVocabulary, type E2DTCConfig } from "@wayweave/e2dtc";
import type { Random, TrajectorySet } from "@wayweave/geo-core";

/** A model with the vocabulary of its data and weights drawn at random. */
export async function untrainedModel(
  set: TrajectorySet,
  config: E2DTCConfig,
  k: number,
  random: Random,
): Promise<Uint8Array> {
  const { exportModel, initParams } = await import("@wayweave/e2dtc/train");
  const { hidden } = config.network;
  const vocabulary = buildVocabulary(set, { cellSizeMeters: config.tokens.cellSizeMeters ?? 300 });
  const normal = (length: number, own: Random) => Float32Array.from({ length }, () => own.normal());
  const vectors = normal(vocabulary.size * hidden, random.split("cells"));
  return exportModel({
    config,
    vocabulary,
    params: initParams(config.network, vocabulary, vectors, random.split("params")),
    centers: normal(k * hidden, random.split("centers")),
    provenance: {
      config,
      seed: 0,
      engine: "none",
      trajectories: 0,
      pretrainEpochs: 0,
      selfTrainEpochs: 0,
    },
  });
}
