import {
  checkAllFinite,
  checkGiven,
  checkLength,
  checkOneOf,
  checkPositiveInteger,
  ShapeError,
} from "@wayweave/geo-core";
import { largestOf, scaleFor } from "./scale.js";

/** One embedding a row, row-major `[rows × columns]`. */
export interface Embeddings {
  /** The entries, row by row, `[rows · columns]`; finite. */
  readonly data: Float32Array | Float64Array;
  /** How many embeddings, a positive integer. */
  readonly rows: number;
  /** The length of each, a positive integer. */
  readonly columns: number;
}

const similarities = ["cosine", "dot"] as const;

/** `cosine`: the dot product of rows scaled to length 1, 0 with a row of zeros. `dot`: the dot product of the rows as they are. */
export type Similarity = (typeof similarities)[number];

/** Scores of some queries against some of the gallery. */
export interface ScoreBlock {
  readonly queryStart: number;
  readonly queryEnd: number;
  readonly galleryStart: number;
  readonly galleryEnd: number;
  /** The score of query q and gallery item g is `scores[(q − queryStart) · stride + g − galleryStart]`. */
  readonly scores: Float64Array;
  readonly stride: number;
}

/** How much float32, and float64, round the cosine of two rows at most: what differs by less is a tie. */
const FLOAT32_TIES = 2 ** -22;
const FLOAT64_TIES = 2 ** -40;
const QUERY_ROWS = 64;
const GALLERY_ROWS = 128;
/** The kernel computes this many rows by this many columns at once; blocks are padded to it with zeros. */
const TILE = 4;

/** @throws {ShapeError} lengths or widths that do not fit; @throws {ValueError} a non-finite entry, an unknown similarity */
export function checkEmbeddings(
  where: string,
  queries: Embeddings,
  gallery: Embeddings,
  similarity: Similarity,
): void {
  checkOneOf(where, "similarity", similarity, similarities);
  for (const [name, embeddings] of [
    ["queries", queries],
    ["gallery", gallery],
  ] as const) {
    checkGiven(where, name, embeddings);
    const { data, rows, columns } = embeddings;
    checkPositiveInteger(where, `${name}.rows`, rows);
    checkPositiveInteger(where, `${name}.columns`, columns);
    checkLength(where, `${name}.data`, data, rows * columns);
    checkAllFinite(where, `${name}.data`, data);
  }
  if (queries.columns !== gallery.columns) {
    throw new ShapeError(
      `${where}: gallery.columns must be ${queries.columns} as queries.columns, got ${gallery.columns}`,
    );
  }
}

/**
 * Scores that differ by no more are ties: rows in one direction, whose lengths differ, have cosines that differ by rounding only, and
 * a model that has collapsed onto one direction must not look like chance. Dot products tell lengths apart, and tie when equal.
 */
export function tieTolerance(queries: Embeddings, gallery: Embeddings, similarity: Similarity): number {
  if (similarity === "dot") return 0;
  return [queries, gallery].some(({ data }) => data.BYTES_PER_ELEMENT === 4) ? FLOAT32_TIES : FLOAT64_TIES;
}

/**
 * All scores, a block at a time: never more than 64 × 128 of them exist. The block's array is reused.
 *
 * Every score is summed in the order of the columns, whatever its place in a block, so equal rows get equal scores to
 * the last bit.
 */
export function* scoreBlocks(
  queries: Embeddings,
  gallery: Embeddings,
  similarity: Similarity,
): Generator<ScoreBlock> {
  const { columns } = queries;
  const queryRows = new Float64Array(QUERY_ROWS * columns);
  const galleryRows = new Float64Array(GALLERY_ROWS * columns);
  const scores = new Float64Array(QUERY_ROWS * GALLERY_ROWS);
  const queryScale = commonScale(queries, similarity);
  const galleryScale = commonScale(gallery, similarity);
  for (let galleryStart = 0; galleryStart < gallery.rows; galleryStart += GALLERY_ROWS) {
    const galleryEnd = Math.min(galleryStart + GALLERY_ROWS, gallery.rows);
    loadRows(gallery, galleryStart, galleryEnd, galleryScale, galleryRows);
    for (let queryStart = 0; queryStart < queries.rows; queryStart += QUERY_ROWS) {
      const queryEnd = Math.min(queryStart + QUERY_ROWS, queries.rows);
      loadRows(queries, queryStart, queryEnd, queryScale, queryRows);
      for (let q = 0; q < queryEnd - queryStart; q += TILE) {
        for (let g = 0; g < galleryEnd - galleryStart; g += TILE) {
          scoreTile(queryRows, q, galleryRows, g, columns, scores, GALLERY_ROWS);
        }
      }
      yield { queryStart, queryEnd, galleryStart, galleryEnd, scores, stride: GALLERY_ROWS };
    }
  }
}

/** The score of each query with one gallery item, bit for bit as {@link scoreBlocks} computes it. */
export function targetScores(
  queries: Embeddings,
  gallery: Embeddings,
  targets: ArrayLike<number>,
  similarity: Similarity,
): Float64Array {
  const { columns } = queries;
  const query = new Float64Array(columns);
  const target = new Float64Array(columns);
  const scores = new Float64Array(queries.rows);
  const queryScale = commonScale(queries, similarity);
  const galleryScale = commonScale(gallery, similarity);
  for (let q = 0; q < queries.rows; q++) {
    loadRows(queries, q, q + 1, queryScale, query);
    loadRows(gallery, targets[q]!, targets[q]! + 1, galleryScale, target);
    let sum = 0;
    for (let c = 0; c < columns; c++) sum += query[c]! * target[c]!;
    scores[q] = sum;
  }
  return scores;
}

/** What every row is multiplied with for dot products, so that none overflows or vanishes; undefined for cosine: each row has its own. */
function commonScale({ data }: Embeddings, similarity: Similarity): number | undefined {
  return similarity === "dot" ? scaleFor(largestOf(data)) : undefined;
}

/** Rows from `start` to `end`, scaled, to length 1 where there is no common scale; zeros after them. */
function loadRows(
  { data, columns }: Embeddings,
  start: number,
  end: number,
  commonly: number | undefined,
  target: Float64Array,
): void {
  target.fill(0);
  for (let row = start; row < end; row++) {
    const from = row * columns;
    const to = (row - start) * columns;
    let scale = commonly ?? 1;
    let length = 1;
    if (commonly === undefined) {
      let squared = 0;
      for (let c = 0; c < columns; c++) squared += data[from + c]! * data[from + c]!;
      if (!(squared > 1e-280 && squared < 1e280)) {
        scale = scaleFor(largestOf(data, from, from + columns));
        squared = 0;
        for (let c = 0; c < columns; c++) squared += (data[from + c]! * scale) ** 2;
      }
      length = Math.sqrt(squared);
      if (length === 0) continue;
    }
    for (let c = 0; c < columns; c++) target[to + c] = (data[from + c]! * scale) / length;
  }
}

/** 4 × 4 dot products: every number loaded is used four times. */
function scoreTile(
  a: Float64Array,
  q: number,
  b: Float64Array,
  g: number,
  columns: number,
  scores: Float64Array,
  stride: number,
): void {
  const a0 = q * columns;
  const a1 = a0 + columns;
  const a2 = a1 + columns;
  const a3 = a2 + columns;
  for (let half = 0; half < TILE; half += 2) {
    const b0 = (g + half) * columns;
    const b1 = b0 + columns;
    let s00 = 0;
    let s01 = 0;
    let s10 = 0;
    let s11 = 0;
    let s20 = 0;
    let s21 = 0;
    let s30 = 0;
    let s31 = 0;
    for (let c = 0; c < columns; c++) {
      const y0 = b[b0 + c]!;
      const y1 = b[b1 + c]!;
      const x0 = a[a0 + c]!;
      const x1 = a[a1 + c]!;
      const x2 = a[a2 + c]!;
      const x3 = a[a3 + c]!;
      s00 += x0 * y0;
      s01 += x0 * y1;
      s10 += x1 * y0;
      s11 += x1 * y1;
      s20 += x2 * y0;
      s21 += x2 * y1;
      s30 += x3 * y0;
      s31 += x3 * y1;
    }
    const at = q * stride + g + half;
    scores[at] = s00;
    scores[at + 1] = s01;
    scores[at + stride] = s10;
    scores[at + stride + 1] = s11;
    scores[at + 2 * stride] = s20;
    scores[at + 2 * stride + 1] = s21;
    scores[at + 3 * stride] = s30;
    scores[at + 3 * stride + 1] = s31;
  }
}
