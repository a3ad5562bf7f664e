import {
  checkGiven,
  checkLength,
  checkOptions,
  checkPositiveInteger,
  ShapeError,
  ValueError,
} from "@wayweave/geo-core";
import { checkMatrix, kMeans, type Matrix, type Matrix64, timesTransposed } from "@wayweave/numeric";

/** How many visual words {@link Codebook.fit} finds, and how. */
export interface CodebookOptions {
  /** Number of visual words; at most the number of descriptors. @defaultValue 128 */
  readonly words?: number;
  /** Rounds of k-means, at most. @defaultValue 20 */
  readonly iterations?: number;
  /** Decides the descriptors that k-means starts from. @defaultValue 0 */
  readonly seed?: number;
  /** Called once, when the words are found. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
  /** Stops between two rounds of k-means; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * Visual words: the centres that k-means finds among descriptors, and histograms of the words nearest to an image's.
 *
 * Sources: Sivic and Zisserman, "Video Google" (ICCV 2003); k-means is `@wayweave/numeric`'s.
 */
export class Codebook {
  /** [words, d] */
  readonly centers: { readonly rows: number; readonly columns: number; readonly data: Float32Array };
  readonly #doubles: Matrix64;
  readonly #halfSquares: Float64Array;

  /** @throws {ShapeError} data.length ≠ rows · columns */
  constructor(centers: { readonly rows: number; readonly columns: number; readonly data: Float32Array }) {
    checkRows("Codebook", "centers", centers, 1);
    this.centers = centers;
    this.#doubles = { ...centers, data: new Float64Array(centers.data) };
    this.#halfSquares = halfSquares(centers);
  }

  /**
   * @param descriptors `[n, d]`, a sample of many images'
   * @throws {ValueError} more words than descriptors, options out of range or unknown
   * @throws the signal's reason
   */
  static async fit(descriptors: Matrix, options: CodebookOptions = {}): Promise<Codebook> {
    const where = "Codebook.fit";
    checkOptions(where, options, ["words", "iterations", "seed", "onProgress", "signal"]);
    const { words = 128, iterations = 20, seed = 0, onProgress, signal } = options;
    checkPositiveInteger(where, "words", words);
    checkPositiveInteger(where, "iterations", iterations);
    checkRows(where, "descriptors", descriptors, 0);
    if (descriptors.rows < words) {
      throw new ValueError(
        `${where}: words must be at most the descriptors' number (${descriptors.rows}), got ${words}`,
      );
    }
    const { centers } = await kMeans(descriptors, {
      k: words,
      restarts: 1,
      maxIterations: iterations,
      seed,
      ...(signal === undefined ? {} : { signal }),
    });
    onProgress?.({ done: 1, total: 1 });
    return new Codebook({ rows: words, columns: descriptors.columns, data: Float32Array.from(centers) });
  }

  /** How many words there are: the length of a histogram. */
  get words(): number {
    return this.centers.rows;
  }

  /**
   * Shares of the words: adds up to 1, or is zero where there is no descriptor.
   *
   * @param descriptors `[n, d]`, finite; n may be 0
   * @throws {ShapeError} another number of columns
   * @throws {ValueError} an entry that is not finite, or no matrix
   */
  histogram(descriptors: Matrix): Float64Array {
    checkRows("Codebook.histogram", "descriptors", descriptors, 0, this.centers.columns);
    const shares = new Float64Array(this.words);
    for (const word of assign(descriptors, this.#doubles, this.#halfSquares))
      shares[word]! += 1 / descriptors.rows;
    return shares;
  }

  /** The word nearest to each descriptor; of equally near ones the first. Throws what {@link histogram} throws. */
  nearest(descriptors: Matrix): Uint32Array {
    checkRows("Codebook.nearest", "descriptors", descriptors, 0, this.centers.columns);
    return assign(descriptors, this.#doubles, this.#halfSquares);
  }
}

type Centers = Codebook["centers"];

/** @param fewest rows, 0 or 1 */
function checkRows(where: string, name: string, matrix: Matrix, fewest: number, wanted?: number): void {
  checkGiven(where, name, matrix);
  const { rows, columns, data } = matrix;
  if (wanted !== undefined && columns !== wanted) {
    throw new ShapeError(`${where}: ${name} must have ${wanted} columns, got ${columns}`);
  }
  if (rows === 0 && fewest === 0) checkLength(where, `${name}.data`, data, 0);
  else checkMatrix(where, name, matrix);
}

/** Descriptors that are compared with all centres at a time. */
const BLOCK = 64;

/** The nearest centre: the largest x·c − ½‖c‖². */
function assign({ rows, columns, data }: Matrix, centers: Matrix64, halves: Float64Array): Uint32Array {
  const assigned = new Uint32Array(rows);
  for (let start = 0; start < rows; start += BLOCK) {
    const count = Math.min(BLOCK, rows - start);
    const block = new Float64Array(data.subarray(start * columns, (start + count) * columns));
    const products = timesTransposed({ rows: count, columns, data: block }, centers);
    for (let i = 0; i < count; i++) assigned[start + i] = largest(products, i, halves);
  }
  return assigned;
}

/** The word with the largest product less its half square in row i; of equals the first. */
function largest({ columns, data }: Matrix64, i: number, halves: Float64Array): number {
  let best = Number.NEGATIVE_INFINITY;
  let word = 0;
  for (let w = 0; w < columns; w++) {
    const score = data[i * columns + w]! - halves[w]!;
    if (score > best) {
      best = score;
      word = w;
    }
  }
  return word;
}

function halfSquares({ rows, columns, data }: Centers): Float64Array {
  return Float64Array.from({ length: rows }, (_, w) => {
    let sum = 0;
    for (let j = w * columns; j < (w + 1) * columns; j++) sum += data[j]! ** 2;
    return sum / 2;
  });
}
