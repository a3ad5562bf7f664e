import type { Engine, HostTensor } from "@wayweave/nn/train";
import { type CcaView, cca, type Matrix } from "@wayweave/numeric";
import { dense, unitLength } from "../model/layers.js";
import type { CcaConfig } from "./config.js";
import type { BaselineTowers, TrainingData } from "./deep-baseline.js";
import { encodeAll } from "./encode.js";
import { featureSizes, fitFeatures, imageFeatures, trajectoryFeatures } from "./features.js";

/** Both views' canonical variates as towers, and how well they correlate. */
export interface FittedCca {
  readonly towers: BaselineTowers;
  /** Canonical correlations on the training side, largest first. */
  readonly correlations: Float64Array;
}

/**
 * Canonical correlation analysis with ridge (Hardoon, Szedmak, Shawe-Taylor, Neural Computation 16(12), 2004) of the
 * features of images and trajectories, compared by cosine.
 *
 * Each variate is scaled by the root of its correlation: the posterior mean of what the two views share (Bach and Jordan, A
 * Probabilistic Interpretation of Canonical Correlation Analysis, 2005, theorem 2). A closed form, so there is no loss curve.
 */
export async function fitCca(
  config: CcaConfig,
  data: TrainingData,
  options: { readonly engine?: Engine; readonly threads?: number; readonly signal?: AbortSignal },
): Promise<FittedCca> {
  const { normalization } = data;
  const features: BaselineTowers = {
    params: fitFeatures(data.images, data.trajectories.drawings, config, data.random.split("features")),
    encodeTrajectories: (params, view) => trajectoryFeatures(params, view, normalization),
    encodeImages: (params, view) => imageFeatures(params, view, normalization),
  };
  options.signal?.throwIfAborted();
  const { image, trajectory } = await encodeAll(features, data.trajectories, data.images, options);
  const sizes = featureSizes(config);
  const matrix = (rows: Float32Array, columns: number): Matrix => ({
    rows: data.pairs,
    columns,
    data: rows,
  });
  const fitted = cca(matrix(trajectory, sizes.trajectory), matrix(image, sizes.image), {
    components: config.embeddingSize,
    ridge: config.ridge,
  });
  return {
    correlations: fitted.correlations,
    towers: {
      params: {
        ...features.params,
        ...variates("trajectory", fitted.x, fitted.correlations),
        ...variates("image", fitted.y, fitted.correlations),
      },
      encodeTrajectories: (params, view) =>
        unitLength(dense(params, "trajectory", trajectoryFeatures(params, view, normalization))),
      encodeImages: (params, view) =>
        unitLength(dense(params, "image", imageFeatures(params, view, normalization))),
    },
  };
}

/** √ρ·(x − mean)·weightsᵀ as a fully connected layer. */
function variates(
  name: string,
  { mean, weights }: CcaView,
  correlations: Float64Array,
): Record<string, HostTensor> {
  const { rows: components, columns } = weights;
  const weight = new Float32Array(columns * components);
  const bias = new Float32Array(components);
  for (let k = 0; k < components; k++) {
    const root = Math.sqrt(correlations[k]!);
    let offset = 0;
    for (let j = 0; j < columns; j++) {
      const value = root * weights.data[k * columns + j]!;
      weight[j * components + k] = value;
      offset -= value * mean[j]!;
    }
    bias[k] = offset;
  }
  return {
    [`${name}/weight`]: { type: "float32", shape: [columns, components], data: weight },
    [`${name}/bias`]: { type: "float32", shape: [components], data: bias },
  };
}
