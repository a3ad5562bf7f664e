import {
  checkAllFinite,
  checkLength,
  checkPositiveInteger,
  ShapeError,
  ValueError,
} from "@wayweave/geo-core";
import type { Matrix } from "@wayweave/numeric";

/** The label of a pair whose class is not known. */
export const UNLABELED = -1;

/** Images and texts that belong together, row by row. */
export interface Pairs {
  /** Image features, `[n, image features]`. */
  readonly images: Matrix;
  /** Text features, `[n, text features]`. */
  readonly texts: Matrix;
  /** Class numbers from 0, or {@link UNLABELED}; `[n]`. */
  readonly labels: ArrayLike<number>;
  /** Whether pair i has an image; the row of one without is not read. `[n]` @defaultValue all have */
  readonly hasImage?: ArrayLike<boolean | number>;
  /** Whether pair i has a text; the row of one without is not read. `[n]` @defaultValue all have */
  readonly hasText?: ArrayLike<boolean | number>;
}

/** Which rows serve for what. */
export interface CheckedPairs {
  /** Rows with an image and a text. */
  readonly paired: readonly number[];
  /** Rows with an image. */
  readonly images: readonly number[];
  readonly texts: readonly number[];
  /** Rows with an image and a class. */
  readonly labeledImages: readonly number[];
  readonly labeledTexts: readonly number[];
  readonly classes: number;
}

/**
 * @throws {ShapeError} rows or lengths that differ
 * @throws {ValueError} an entry that is not finite, a label that is no class, fewer than two classes, a class without a
 *   labelled image or text, fewer than two whole pairs
 */
export function checkPairs(where: string, pairs: Pairs): CheckedPairs {
  const { images, texts, labels, hasImage, hasText } = pairs;
  checkDimensions(where, "images", images);
  checkDimensions(where, "texts", texts);
  const n = images.rows;
  if (texts.rows !== n) throw new ShapeError(`${where}: texts must have ${n} rows, got ${texts.rows}`);
  checkLength(where, "labels", labels, n);
  if (hasImage !== undefined) checkLength(where, "hasImage", hasImage, n);
  if (hasText !== undefined) checkLength(where, "hasText", hasText, n);
  const rows = Array.from({ length: n }, (_, i) => i);
  const withImage = rows.filter((i) => hasImage === undefined || Boolean(hasImage[i]));
  const withText = rows.filter((i) => hasText === undefined || Boolean(hasText[i]));
  checkRows(where, "images", images, withImage);
  checkRows(where, "texts", texts, withText);
  const classes = countClasses(where, labels);
  const textual = new Set(withText);
  const paired = withImage.filter((i) => textual.has(i));
  if (paired.length < 2) {
    throw new ValueError(
      `${where}: at least 2 pairs must have an image and a text, got ${paired.length} of ${n}`,
    );
  }
  const labeled = (i: number) => labels[i] !== UNLABELED;
  const labeledImages = withImage.filter(labeled);
  const labeledTexts = withText.filter(labeled);
  checkClasses(where, "image", labels, labeledImages, classes);
  checkClasses(where, "text", labels, labeledTexts, classes);
  return { paired, images: withImage, texts: withText, labeledImages, labeledTexts, classes };
}

function checkDimensions(where: string, name: string, { rows, columns, data }: Matrix): void {
  checkPositiveInteger(where, `${name}.rows`, rows);
  checkPositiveInteger(where, `${name}.columns`, columns);
  checkLength(where, `${name}.data`, data, rows * columns);
}

function checkRows(where: string, name: string, { columns, data }: Matrix, rows: readonly number[]): void {
  for (const i of rows) {
    checkAllFinite(where, `${name} row ${i}, entry `, data.subarray(i * columns, (i + 1) * columns));
  }
}

function countClasses(where: string, labels: ArrayLike<number>): number {
  let classes = 0;
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    if (!Number.isSafeInteger(label) || label < UNLABELED) {
      throw new ValueError(
        `${where}: labels[${i}] must be a class number from 0, or ${UNLABELED}, got ${label}`,
      );
    }
    classes = Math.max(classes, label + 1);
  }
  if (classes < 2) throw new ValueError(`${where}: labels must name at least 2 classes, got ${classes}`);
  return classes;
}

/** A class without an example would get a probability that tends to 0 with every iteration: no fit exists. */
function checkClasses(
  where: string,
  modality: string,
  labels: ArrayLike<number>,
  rows: readonly number[],
  classes: number,
): void {
  const seen = new Set(rows.map((i) => labels[i]!));
  for (let c = 0; c < classes; c++) {
    if (!seen.has(c))
      throw new ValueError(`${where}: class ${c} must have at least one ${modality}, got none`);
  }
}
