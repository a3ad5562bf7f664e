import { slidingWindows } from "@wayweave/geo-core";
import type { BaselineConfigs, BaselineName } from "../../src/baselines/config.js";
import { buildPairs, type PairSet } from "../../src/data/pairs.js";
import { walks } from "../walks.js";

export const rendering = { size: 32 };

/** 320 training and 60 test pairs of windows of straight walks, 32 pixels wide. */
export const { train, test } = buildPairs(slidingWindows(walks(80), { length: 20 }), {
  split: { trainCount: 320, testCount: 60 },
  images: rendering,
});

/** The first 128 training pairs: enough for what does not depend on how well a method learns. */
export const few: PairSet = {
  rendering,
  trajectories: train.trajectories.slice(0, 128),
  images: {
    ...train.images,
    pixels: train.images.pixels.slice(0, 128 * 32 * 32),
    extents: train.images.extents.slice(0, 128 * 4),
  },
};

const features = { imageComponents: 48, drawingComponents: 16, componentSample: 256 };
const training = { batchSize: 64, embeddingSize: 32 };

/** Every method small enough to train in seconds. */
export const small: { readonly [Name in BaselineName]: Partial<BaselineConfigs[Name]> } = {
  cca: { ...features, embeddingSize: 24 },
  moco: { ...training, epochs: 8, queueSize: 128, momentum: 0.9 },
  acmr: { ...features, ...training, epochs: 30, hidden: [128, 64] },
  "corr-ae": { ...features, ...training, epochs: 50, hidden: 128, learningRate: 3e-3 },
  "corr-cross-ae": { ...features, ...training, epochs: 50, hidden: 128, learningRate: 3e-3 },
  dbrlm: { ...training, epochs: 15, learningRate: 2e-3 },
};
