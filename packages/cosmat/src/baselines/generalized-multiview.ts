import { checkOneOf, checkOptions, checkPositive } from "@wayweave/geo-core";
import {
  affineColumns,
  type CcaView,
  columnMeans,
  type Matrix,
  type Matrix64,
  selectRows,
  symmetricEigen,
  timesTransposed,
  transposed,
  zeros,
} from "@wayweave/numeric";
import { CrossModalModel } from "../model/cross-modal-model.js";
import { fitSystem, type SystemDefinition } from "../model/fit-system.js";
import type { PreprocessingOptions } from "../model/mapped-pairs.js";
import { type LabeledPairs, UNLABELED } from "../model/pairs.js";
import { mapPairs } from "../model/projections.js";
import { type SemanticSimilarity, semanticSimilarities } from "../model/similarity.js";
import { Tower } from "../model/tower.js";
import { type FitOptions, fitOptionNames } from "../model/tuning/options.js";

/** The settings of {@link GeneralizedMultiview}; those left out are chosen by cross-validation. */
export interface GeneralizedMultiviewConfig extends FitOptions {
  /** What is done to the features first. With `tune: false`: nothing. */
  readonly features?: PreprocessingOptions;
  /**
   * Dimension of the common space. With `tune: false`: classes − 1, the rank of the between-class scatter, or as many as fit.
   */
  readonly components?: number;
  /** α > 0: weight of what ties the two views together, against each view's own classes. @defaultValue 1 */
  readonly coupling?: number;
  /** Added to the diagonal of each within-class scatter, as a share of its mean, > 0. With `tune: false`: 0.01. */
  readonly ridge?: number;
  /** How representations are compared. @defaultValue "cosine" */
  readonly similarity?: SemanticSimilarity;
}

/**
 * GMA, generalised multiview analysis, in its discriminant form (GMLDA): directions of both views that separate the
 * classes within each and bring the views of one pair together.
 *
 * Maximises w₁ᵀB₁w₁ + μ·w₂ᵀB₂w₂ + 2α·w₁ᵀX₁ᵀX₂w₂ under w₁ᵀW₁w₁ + w₂ᵀW₂w₂ = 1, with between-class scatters B, within-class
 * scatters W and paired features X, each view whitened by its own (ridged) W: then one symmetric eigenproblem is left.
 * μ gives both whitened between-class terms one trace, and the cross term is scaled to it, so that α = 1 weighs them alike.
 *
 * Source: Sharma et al., "Generalized multiview analysis: a discriminative latent space" (CVPR 2012), eq. 3 and 6.
 */
export class GeneralizedMultiview extends CrossModalModel {
  /** Throws what `CoSMat.fit` throws; a `ValueError` without labels. */
  static async fit(
    pairs: LabeledPairs,
    config: GeneralizedMultiviewConfig = {},
  ): Promise<GeneralizedMultiview> {
    const where = "GeneralizedMultiview.fit";
    checkOptions(where, config, [
      "features",
      "components",
      "coupling",
      "ridge",
      "similarity",
      ...fitOptionNames,
    ]);
    checkOptions(`${where}: features`, config.features, ["images", "texts"]);
    const { features, components, coupling = 1, ridge, similarity = "cosine" } = config;
    checkOneOf(where, "similarity", similarity, semanticSimilarities);
    checkPositive(where, "coupling", coupling);
    if (ridge !== undefined) checkPositive(where, "ridge", ridge);
    const given = { ...features, components, ridge };
    return new GeneralizedMultiview(
      await fitSystem(definition(where, coupling, similarity), pairs, given, config),
    );
  }
}

function definition(where: string, coupling: number, similarity: SemanticSimilarity): SystemDefinition {
  return {
    where,
    needs: { labels: "required" },
    uses: () => ["images", "texts", "ridge", "components"],
    defaults: ({ rows, images, texts }) => ({
      images: {},
      texts: {},
      components: Math.min(rows.classes - 1, images.columns, texts.columns),
      ridge: 0.01,
      imageRidge: 1,
      textRidge: 1,
      power: 0,
    }),
    build(data, settings, memo) {
      const { labels, rows } = data;
      const mapped = mapPairs(data, settings, memo);
      const { image, text } = mapped;
      const key = JSON.stringify([settings.images, settings.texts, settings.ridge]);
      const whitened = memo.of("pairs", key, () => ({
        image: whitenView(image.features, rows.labeledImages, labels, rows.classes, settings.ridge),
        text: whitenView(text.features, rows.labeledTexts, labels, rows.classes, settings.ridge),
      }));
      const labeledPairs = rows.paired.filter((i) => labels[i] !== UNLABELED);
      const weights = memo.of("GMA", `${key} ${settings.components}`, () => {
        const cross = crossTerm(whitened.image, whitened.text, image.features, text.features, labeledPairs);
        const fitting = Math.min(settings.components, image.features.columns, text.features.columns);
        return solve(whitened.image, whitened.text, cross, coupling, fitting);
      });
      return {
        system: "GMA",
        similarity,
        image: new Tower({ features: image.map, projection: weights.image }),
        text: new Tower({ features: text.map, projection: weights.text }),
      };
    },
  };
}

/** A view in coordinates in which its within-class scatter is the identity. */
interface WhitenedView {
  readonly mean: Float64Array;
  /** W^−½, [d, d], symmetric. */
  readonly whitening: Matrix64;
  /** Whitened between-class scatter, [d, d]. */
  readonly between: Matrix64;
}

function whitenView(
  matrix: Matrix,
  labeled: readonly number[],
  labels: ArrayLike<number>,
  classes: number,
  ridge: number,
): WhitenedView {
  const own = selectRows(matrix, labeled);
  const mean = columnMeans(own);
  const { columns } = own;
  const centers = zeros(classes, columns);
  const counts = new Float64Array(classes);
  for (const i of labeled) counts[labels[i]!]! += 1;
  labeled.forEach((row, i) => {
    const label = labels[row]!;
    for (let j = 0; j < columns; j++) {
      centers.data[label * columns + j]! += (own.data[i * columns + j]! - mean[j]!) / counts[label]!;
    }
  });
  const residuals = affineColumns(own, mean);
  labeled.forEach((row, i) => {
    for (let j = 0; j < columns; j++) {
      residuals.data[i * columns + j]! -= centers.data[labels[row]! * columns + j]!;
    }
  });
  const whitening = inverseRoot(scatter(residuals), ridge);
  // B = Σ countᵢ·centreᵢ·centreᵢᵀ, whitened: its rows √countᵢ·centreᵢᵀ are.
  for (let i = 0; i < centers.data.length; i++) {
    centers.data[i]! *= Math.sqrt(counts[Math.floor(i / columns)]!);
  }
  return { mean, whitening, between: scatter(timesTransposed(centers, whitening)) };
}

/** Xᵀ·X */
function scatter(rows: Matrix64): Matrix64 {
  const columns = transposed(rows);
  return timesTransposed(columns, columns);
}

/** (S + r·I)^−½ with r the given share of the mean of S's diagonal. */
function inverseRoot(matrix: Matrix64, ridge: number): Matrix64 {
  const n = matrix.rows;
  const { values, vectors } = symmetricEigen(matrix);
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  // A view without any scatter within its classes is whitened by the identity.
  const added = mean > 0 ? ridge * mean : 1;
  const halves = zeros(n, n);
  for (let k = 0; k < n; k++) {
    const factor = (Math.max(0, values[k]!) + added) ** -0.25;
    for (let j = 0; j < n; j++) halves.data[k * n + j] = vectors.data[k * n + j]! * factor;
  }
  return scatter(halves);
}

/** Whitened X₁ᵀX₂ of the labelled pairs, `[image features, text features]`. */
function crossTerm(
  image: WhitenedView,
  text: WhitenedView,
  images: Matrix,
  texts: Matrix,
  rows: readonly number[],
): Matrix64 {
  if (rows.length === 0) return zeros(images.columns, texts.columns);
  const x = timesTransposed(affineColumns(selectRows(images, rows), image.mean), image.whitening);
  const y = timesTransposed(affineColumns(selectRows(texts, rows), text.mean), text.whitening);
  return timesTransposed(transposed(x), transposed(y));
}

/** The leading eigenvectors of [[B₁, αC], [αCᵀ, μB₂]], taken back to each view's own features. */
function solve(
  image: WhitenedView,
  text: WhitenedView,
  cross: Matrix64,
  coupling: number,
  components: number,
): { image: CcaView; text: CcaView } {
  const d1 = image.between.rows;
  const d2 = text.between.rows;
  const n = d1 + d2;
  // μ balances the views: both between-class terms have the same trace.
  const trace1 = trace(image.between);
  const balance = trace(text.between) > 0 ? trace1 / trace(text.between) : 1;
  const size = Math.sqrt(cross.data.reduce((sum, value) => sum + value * value, 0));
  const factor = size > 0 ? (coupling * Math.max(trace1, Number.MIN_VALUE)) / size : 0;
  const system = zeros(n, n);
  for (let i = 0; i < d1; i++) {
    for (let j = 0; j < d1; j++) system.data[i * n + j] = image.between.data[i * d1 + j]!;
    for (let j = 0; j < d2; j++) {
      const value = factor * cross.data[i * d2 + j]!;
      system.data[i * n + d1 + j] = value;
      system.data[(d1 + j) * n + i] = value;
    }
  }
  for (let i = 0; i < d2; i++) {
    for (let j = 0; j < d2; j++) {
      system.data[(d1 + i) * n + d1 + j] = balance * text.between.data[i * d2 + j]!;
    }
  }
  const { vectors } = symmetricEigen(system, components);
  return {
    image: { mean: image.mean, weights: timesTransposed(columnsOf(vectors, 0, d1), image.whitening) },
    text: { mean: text.mean, weights: timesTransposed(columnsOf(vectors, d1, d2), text.whitening) },
  };
}

function trace({ rows, data }: Matrix64): number {
  let sum = 0;
  for (let i = 0; i < rows; i++) sum += data[i * rows + i]!;
  return sum;
}

function columnsOf({ rows, columns, data }: Matrix64, start: number, count: number): Matrix64 {
  const result = zeros(rows, count);
  for (let i = 0; i < rows; i++) {
    result.data.set(data.subarray(i * columns + start, i * columns + start + count), i * count);
  }
  return result;
}
