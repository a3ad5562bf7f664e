import { ValueError } from "@wayweave/geo-core";
import { type Matrix, type Matrix64, unitRows } from "@wayweave/numeric";
import { CoSMat, type CoSMatConfig } from "../model/cosmat.js";
import type { CrossModalModel } from "../model/cross-modal-model.js";

/** What is searched for, and by: photos or texts. */
export type Modality = "image" | "text";

/**
 * The space that items are compared in: a fitted model's, or the encoders' own where they share one or where there is only
 * one kind of item.
 */
export interface CommonSpace {
  readonly model: CrossModalModel | undefined;
  /** Unit vectors of features, `[n, dimensions]`. */
  vectors(modality: Modality, features: Matrix): Matrix64;
}

/** A fitted model's space. */
export function modelSpace(model: CrossModalModel): CommonSpace {
  return {
    model,
    vectors: (modality, features) =>
      model.toIndexVectors(modality === "image" ? model.embedImage(features) : model.embedText(features)),
  };
}

/** The encoders' own space. */
export const encoderSpace: CommonSpace = {
  model: undefined,
  vectors: (_, features) => unitRows(features),
};

/** Features of a whole item. */
export interface FeaturePair {
  readonly image: Float32Array;
  readonly text: Float32Array;
}

/**
 * Fits CoSMat, without labels, to the items that have an image and a text.
 *
 * @throws {ValueError} fewer than two of them
 */
export async function fitSpace(
  where: string,
  pairs: readonly FeaturePair[],
  config: CoSMatConfig,
): Promise<CommonSpace> {
  if (pairs.length < 2) {
    throw new ValueError(
      `${where}: a common space of images and texts needs at least 2 items with both, got ${pairs.length}; or give a fitted model, or sharedSpace: true for encoders that share one; without texts, leave encoders.text out`,
    );
  }
  const images = stacked(pairs.map(({ image }) => image));
  const texts = stacked(pairs.map(({ text }) => text));
  return modelSpace(await CoSMat.fit({ images, texts }, config));
}

/** Rows of equal length as a matrix. */
export function stacked(rows: readonly Float32Array[]): Matrix {
  const columns = rows[0]?.length ?? 0;
  const data = new Float32Array(rows.length * columns);
  rows.forEach((row, i) => {
    data.set(row, i * columns);
  });
  return { rows: rows.length, columns, data };
}
