import {
  checkAllFinite,
  checkLength,
  checkOptions,
  checkPositiveInteger,
  ShapeError,
  ValueError,
} from "@wayweave/geo-core";
import { checkDimensions, type Matrix } from "@wayweave/numeric";

/** The label of a pair whose class is not known. */
export const UNLABELED = -1;

/** Images and texts that belong together, row by row. */
export interface Pairs {
  /** Image features, `[n, image features]`. */
  readonly images: Matrix;
  /** Text features, `[n, text features]`. */
  readonly texts: Matrix;
  /**
   * Class numbers from 0, or {@link UNLABELED}; `[n]`. CCA does without, and so does CoSMat, which then stops after its
   * projections. @defaultValue no pair has a class
   */
  readonly labels?: ArrayLike<number>;
  /** Whether pair i has an image; the row of one without is not read. `[n]` @defaultValue all have */
  readonly hasImage?: ArrayLike<boolean | number>;
  /** Whether pair i has a text; the row of one without is not read. `[n]` @defaultValue all have */
  readonly hasText?: ArrayLike<boolean | number>;
}

/** Pairs whose classes are known. */
export interface LabeledPairs extends Pairs {
  /** Class numbers from 0, or {@link UNLABELED}; `[n]`. */
  readonly labels: ArrayLike<number>;
}

/** Which rows serve for what. */
export interface PairRows {
  /** Rows with an image and a text. */
  readonly paired: readonly number[];
  /** Rows with an image. */
  readonly images: readonly number[];
  readonly texts: readonly number[];
  /** Rows with an image and a class. */
  readonly labeledImages: readonly number[];
  readonly labeledTexts: readonly number[];
  /** 0 where no pair has a class. */
  readonly classes: number;
}

/** Whether classes must be there, and of how many examples. */
export interface PairNeeds {
  readonly labels: "required" | "optional";
}

/**
 * @throws {ShapeError} rows or lengths that differ
 * @throws {ValueError} a missing or unknown field, an entry that is not finite, a label that is no class, one class only, a
 *   class without a labelled image or text, fewer than two whole pairs
 */
export function checkPairs(where: string, pairs: Pairs, needs: PairNeeds): PairRows {
  if (typeof pairs !== "object" || pairs === null) {
    const got = pairs === null ? "null" : typeof pairs;
    throw new ValueError(`${where}: pairs must be an object with images and texts, got ${got}`);
  }
  checkOptions(`${where}: pairs`, pairs, ["images", "texts", "labels", "hasImage", "hasText"]);
  const { images, texts, hasImage, hasText } = pairs;
  checkFeatures(where, "images", images);
  checkFeatures(where, "texts", texts);
  const n = images.rows;
  if (texts.rows !== n) throw new ShapeError(`${where}: texts must have ${n} rows, got ${texts.rows}`);
  const labels = labelsOf(where, pairs, n, needs);
  if (hasImage !== undefined) checkLength(where, "hasImage", hasImage, n);
  if (hasText !== undefined) checkLength(where, "hasText", hasText, n);
  const rows = Array.from({ length: n }, (_, i) => i);
  const withImage = rows.filter((i) => hasImage === undefined || Boolean(hasImage[i]));
  const withText = rows.filter((i) => hasText === undefined || Boolean(hasText[i]));
  checkRows(where, "images", images, withImage);
  checkRows(where, "texts", texts, withText);
  const classes = countClasses(where, labels, needs);
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

/** A field that is missing, or no matrix. */
function checkFeatures(where: string, name: string, matrix: Matrix | undefined): void {
  if (typeof matrix !== "object" || matrix === null || !ArrayBuffer.isView(matrix.data)) {
    const got = matrix === undefined ? "undefined" : matrix === null ? "null" : typeof matrix;
    throw new ValueError(
      `${where}: pairs.${name} must be a matrix { rows, columns, data } with data in a typed array, got ${got}`,
    );
  }
  checkPositiveInteger(where, `${name}.rows`, matrix.rows);
  checkDimensions(where, name, matrix);
}

function labelsOf(where: string, { labels }: Pairs, n: number, needs: PairNeeds): ArrayLike<number> {
  if (labels !== undefined) {
    checkLength(where, "labels", labels, n);
    return labels;
  }
  if (needs.labels === "required") {
    throw new ValueError(
      `${where}: pairs.labels must be given, got undefined; CanonicalCorrelation and CoSMat take pairs without classes`,
    );
  }
  return new Int32Array(n).fill(UNLABELED);
}

function checkRows(where: string, name: string, { columns, data }: Matrix, rows: readonly number[]): void {
  for (const i of rows) {
    const row = data.subarray(i * columns, (i + 1) * columns);
    checkAllFinite(where, `${name} row ${i}, entry `, row);
    const large = row.findIndex((value) => Math.abs(value) > LARGEST_ENTRY);
    if (large >= 0) {
      throw new ValueError(
        `${where}: ${name} row ${i}, entry [${large}] must be at most ${LARGEST_ENTRY} in size, got ${row[large]}; divide the features`,
      );
    }
  }
}

/** Sums of products of larger entries may overflow. */
const LARGEST_ENTRY = 1e100;

/** @throws {ValueError} a modality whose rows are all the same: nothing correlates with it */
export function checkVaries(
  where: string,
  name: string,
  { columns, data }: Matrix,
  rows: readonly number[],
): void {
  const first = data.subarray(rows[0]! * columns, (rows[0]! + 1) * columns);
  const isSame = (row: number) => first.every((value, j) => value === data[row * columns + j]);
  if (rows.every(isSame)) {
    throw new ValueError(`${where}: ${name} must vary, got ${rows.length} equal rows`);
  }
}

function countClasses(where: string, labels: ArrayLike<number>, needs: PairNeeds): number {
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
  if (classes === 0 && needs.labels === "optional") return 0;
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
