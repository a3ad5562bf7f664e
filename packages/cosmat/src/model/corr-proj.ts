import { checkFinite, checkOptions, checkPositiveInteger, ShapeError, ValueError } from "@wayweave/geo-core";
import {
  affineColumns,
  type CcaView,
  ccaTransform,
  checkMatrix,
  columnMeans,
  type Matrix,
  type Matrix64,
  prepareCca,
} from "@wayweave/numeric";

/** The dimension of CorrProj's subspaces, and how far it is regularised. */
export interface CorrProjOptions {
  /** γ, the dimension of both subspaces; at most min(pairs − 1, image features, text features). */
  readonly components: number;
  /**
   * Added to the diagonal of each covariance matrix, as a share of that view's mean variance, ≥ 0: views on different
   * scales are regularised alike. @defaultValue 1e-6
   */
  readonly ridge?: number;
}

/**
 * CorrProj: projections of image and text features onto the γ-dimensional subspaces in which they correlate most.
 *
 * Source: the paper's eq. 8 (canonical correlation analysis), with a ridge.
 */
export class CorrProj {
  /** Θ_I: the mean that is subtracted, and a direction of image features for each component. */
  readonly images: CcaView;
  /** Θ_T: likewise of text features; its k-th direction correlates with the images' k-th. */
  readonly texts: CcaView;
  /** Canonical correlations, largest first; `[components]`. */
  readonly correlations: Float64Array;

  private constructor(images: CcaView, texts: CcaView, correlations: Float64Array) {
    this.images = images;
    this.texts = texts;
    this.correlations = correlations;
  }

  /**
   * @param images `[n, image features]`
   * @param texts `[n, text features]`, row i belonging to image i
   * @throws {ShapeError} the views differ in rows
   * @throws {ValueError} too many components, a negative ridge, a view in which nothing varies
   */
  static fit(images: Matrix, texts: Matrix, options: CorrProjOptions): CorrProj {
    checkCorrProj("CorrProj.fit", options);
    return CorrProj.#prepare("CorrProj.fit", images, texts)(options);
  }

  /**
   * As {@link fit}, of the same pairs with several options: what does not depend on them is made once.
   *
   * @returns a function of the options
   */
  static prepare(images: Matrix, texts: Matrix): (options: CorrProjOptions) => CorrProj {
    return CorrProj.#prepare("CorrProj.prepare", images, texts);
  }

  static #prepare(where: string, images: Matrix, texts: Matrix): (options: CorrProjOptions) => CorrProj {
    checkMatrix(where, "images", images);
    checkMatrix(where, "texts", texts);
    if (texts.rows !== images.rows) {
      throw new ShapeError(`${where}: texts must have ${images.rows} rows, got ${texts.rows}`);
    }
    // With both views at a mean variance of 1, one absolute ridge is the same share of each.
    const imageScale = meanDeviation(where, "images", images);
    const textScale = meanDeviation(where, "texts", texts);
    const fit = prepareCca(scaled(images, 1 / imageScale), scaled(texts, 1 / textScale));
    return (options) => {
      checkCorrProj(where, options);
      const { components, ridge = 1e-6 } = options;
      const { x, y, correlations } = fit({ components, ridge });
      return new CorrProj(unscaled(x, imageScale), unscaled(y, textScale), correlations);
    };
  }

  /** γ, the dimension of both subspaces. */
  get components(): number {
    return this.correlations.length;
  }

  /** Θ_I: `[m, image features]` → `[m, components]` */
  projectImages(images: Matrix): Matrix64 {
    return ccaTransform(this.images, images);
  }

  /** Θ_T: `[m, text features]` → `[m, components]` */
  projectTexts(texts: Matrix): Matrix64 {
    return ccaTransform(this.texts, texts);
  }
}

function checkCorrProj(where: string, options: CorrProjOptions): void {
  checkOptions(where, options, ["components", "ridge"]);
  checkPositiveInteger(where, "components", options?.components);
  const { ridge = 1e-6 } = options;
  checkFinite(where, "ridge", ridge);
  if (ridge < 0) throw new ValueError(`${where}: ridge must be ≥ 0, got ${ridge}`);
}

/** What is divided by less overflows. */
const SMALLEST_DEVIATION = 1e-300;

const unvaryingErrors = new WeakSet<object>();

function unvarying(message: string): ValueError {
  const error = new ValueError(message);
  unvaryingErrors.add(error);
  return error;
}

/** Whether an error says that a view, or what was made of it, does not vary: there is nothing to correlate. */
export function saysUnvarying(error: unknown): boolean {
  return typeof error === "object" && error !== null && unvaryingErrors.has(error);
}

/** Root of the mean over columns of the variance. */
function meanDeviation(where: string, name: string, matrix: Matrix): number {
  const { rows, columns, data } = matrix;
  // Not by the variance: rounding gives equal entries a mean that is not quite theirs.
  if (data.every((value, i) => value === data[i % columns])) {
    throw unvarying(`${where}: ${name} must vary, got ${rows} equal rows`);
  }
  const deviations = affineColumns(matrix, columnMeans(matrix));
  // By the largest first: the squares of very small ones would vanish.
  const largest = deviations.data.reduce((kept, value) => Math.max(kept, Math.abs(value)), 0);
  if (largest < SMALLEST_DEVIATION) {
    throw unvarying(
      `${where}: ${name} must vary by more than ${SMALLEST_DEVIATION}, got ${largest}; multiply the features`,
    );
  }
  const total = deviations.data.reduce((sum, value) => sum + (value / largest) ** 2, 0);
  return largest * Math.sqrt(total / ((rows - 1) * columns));
}

function scaled({ rows, columns, data }: Matrix, factor: number): Matrix64 {
  const result = new Float64Array(data);
  for (let i = 0; i < result.length; i++) result[i]! *= factor;
  return { rows, columns, data: result };
}

/** A view of scaled columns, for the columns as they were. */
function unscaled({ mean, weights }: CcaView, scale: number): CcaView {
  return { mean: mean.map((value) => value * scale), weights: scaled(weights, 1 / scale) };
}
