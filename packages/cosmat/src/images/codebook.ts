import {
  checkArray,
  checkGiven,
  checkOptions,
  checkPositiveInteger,
  ShapeError,
  ValueError,
} from "@wayweave/geo-core";
import { kMeans, type Matrix } from "@wayweave/numeric";

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
  readonly #halfSquares: Float64Array;

  /** @throws {ShapeError} data.length ≠ rows · columns */
  constructor(centers: { readonly rows: number; readonly columns: number; readonly data: Float32Array }) {
    checkGiven("Codebook", "centers", centers);
    checkShape("Codebook", "centers", centers);
    this.centers = centers;
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
    checkGiven(where, "descriptors", descriptors);
    checkShape(where, "descriptors", descriptors);
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
   * @param descriptors `[n, d]`; n may be 0
   */
  histogram(descriptors: Matrix): Float64Array {
    checkShape("Codebook.histogram", "descriptors", descriptors, this.centers.columns);
    const shares = new Float64Array(this.words);
    for (const word of assign(descriptors, this.centers, this.#halfSquares))
      shares[word]! += 1 / descriptors.rows;
    return shares;
  }

  /** The word nearest to each descriptor; of equally near ones the first. */
  nearest(descriptors: Matrix): Uint32Array {
    checkShape("Codebook.nearest", "descriptors", descriptors, this.centers.columns);
    return assign(descriptors, this.centers, this.#halfSquares);
  }
}

type Centers = Codebook["centers"];

function checkShape(where: string, name: string, { rows, columns, data }: Matrix, wanted = columns): void {
  checkArray(where, `${name}.data`, data);
  if (columns !== wanted)
    throw new ShapeError(`${where}: ${name} must have ${wanted} columns, got ${columns}`);
  if (data.length !== rows * columns) {
    throw new ShapeError(`${where}: ${name}.data must have length ${rows * columns}, got ${data.length}`);
  }
}

/** The nearest centre: the largest x·c − ½‖c‖². Four centres at a time, so that a descriptor's entry is read once for four. */
function assign({ rows, columns, data }: Matrix, centers: Centers, halves: Float64Array): Uint32Array {
  const assigned = new Uint32Array(rows);
  const c = centers.data;
  const blocked = centers.rows - (centers.rows % 4);
  for (let i = 0; i < rows; i++) {
    const start = i * columns;
    let best = Number.NEGATIVE_INFINITY;
    let nearest = 0;
    for (let w = 0; w < blocked; w += 4) {
      let q0 = w * columns;
      let q1 = q0 + columns;
      let q2 = q1 + columns;
      let q3 = q2 + columns;
      let s0 = -halves[w]!;
      let s1 = -halves[w + 1]!;
      let s2 = -halves[w + 2]!;
      let s3 = -halves[w + 3]!;
      for (let p = start; p < start + columns; p++) {
        const x = data[p]!;
        s0 += x * c[q0++]!;
        s1 += x * c[q1++]!;
        s2 += x * c[q2++]!;
        s3 += x * c[q3++]!;
      }
      const block = Math.max(s0, s1, s2, s3);
      if (block > best) {
        best = block;
        // Of equals the first.
        nearest = w + (block === s0 ? 0 : block === s1 ? 1 : block === s2 ? 2 : 3);
      }
    }
    for (let w = blocked; w < centers.rows; w++) {
      let score = -halves[w]!;
      for (let j = 0; j < columns; j++) score += data[start + j]! * c[w * columns + j]!;
      if (score > best) {
        best = score;
        nearest = w;
      }
    }
    assigned[i] = nearest;
  }
  return assigned;
}

function halfSquares({ rows, columns, data }: Centers): Float64Array {
  return Float64Array.from({ length: rows }, (_, w) => {
    let sum = 0;
    for (let j = w * columns; j < (w + 1) * columns; j++) sum += data[j]! ** 2;
    return sum / 2;
  });
}
