import { checkPositiveInteger, Random, ShapeError, ValueError } from "@wayweave/geo-core";
import type { Matrix } from "@wayweave/numeric";

export interface CodebookOptions {
  /** Number of visual words; at most the number of descriptors. @defaultValue 128 */
  readonly words?: number;
  /** Rounds of k-means, at most. @defaultValue 20 */
  readonly iterations?: number;
  /** @defaultValue 0 */
  readonly seed?: number;
  readonly signal?: AbortSignal;
}

/**
 * Visual words: the centres that k-means finds among descriptors, and histograms of the words nearest to an image's.
 *
 * Sources: Sivic and Zisserman, "Video Google" (ICCV 2003); seeds by k-means++ (Arthur and Vassilvitskii, SODA 2007).
 */
export class Codebook {
  /** [words, d] */
  readonly centers: { readonly rows: number; readonly columns: number; readonly data: Float32Array };
  readonly #halfSquares: Float64Array;

  /** @throws {ShapeError} data.length ≠ rows · columns */
  constructor(centers: { readonly rows: number; readonly columns: number; readonly data: Float32Array }) {
    checkShape("Codebook", "centers", centers);
    this.centers = centers;
    this.#halfSquares = halfSquares(centers);
  }

  /**
   * @param descriptors `[n, d]`, a sample of many images'
   * @throws {ValueError} more words than descriptors
   */
  static fit(descriptors: Matrix, options: CodebookOptions = {}): Codebook {
    const where = "Codebook.fit";
    const { words = 128, iterations = 20, seed = 0, signal } = options;
    checkPositiveInteger(where, "words", words);
    checkPositiveInteger(where, "iterations", iterations);
    checkShape(where, "descriptors", descriptors);
    if (descriptors.rows < words) {
      throw new ValueError(
        `${where}: words must be at most the descriptors' number (${descriptors.rows}), got ${words}`,
      );
    }
    const random = new Random(seed).split("codebook");
    let centers = seeds(descriptors, words, random);
    let previous: Uint32Array = new Uint32Array(0);
    for (let i = 0; i < iterations; i++) {
      signal?.throwIfAborted();
      const assigned = assign(descriptors, centers, halfSquares(centers));
      if (previous.length > 0 && assigned.every((word, k) => word === previous[k])) break;
      previous = assigned;
      centers = means(descriptors, assigned, centers);
    }
    return new Codebook(centers);
  }

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
  if (columns !== wanted)
    throw new ShapeError(`${where}: ${name} must have ${wanted} columns, got ${columns}`);
  if (data.length !== rows * columns) {
    throw new ShapeError(`${where}: ${name}.data must have length ${rows * columns}, got ${data.length}`);
  }
}

/** k-means++: each next seed is drawn with a probability proportional to its squared distance from those before. */
function seeds(descriptors: Matrix, words: number, random: Random): Centers {
  const { rows, columns, data } = descriptors;
  const centers = new Float32Array(words * columns);
  const distances = new Float64Array(rows).fill(Number.POSITIVE_INFINITY);
  let chosen = random.integer(rows);
  for (let w = 0; w < words; w++) {
    centers.set(data.subarray(chosen * columns, (chosen + 1) * columns), w * columns);
    let total = 0;
    for (let i = 0; i < rows; i++) {
      let squared = 0;
      for (let j = 0; j < columns; j++) {
        const difference = data[i * columns + j]! - centers[w * columns + j]!;
        squared += difference * difference;
      }
      distances[i] = Math.min(distances[i]!, squared);
      total += distances[i]!;
    }
    chosen = draw(distances, random.next() * total);
  }
  return { rows: words, columns, data: centers };
}

/** The first index at which the running sum passes the mark. */
function draw(weights: Float64Array, mark: number): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) {
    sum += weights[i]!;
    if (sum > mark) return i;
  }
  return weights.length - 1;
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

/** Means of the assigned descriptors; a centre that has none stays where it was. */
function means({ columns, data }: Matrix, assigned: Uint32Array, centers: Centers): Centers {
  const sums = new Float64Array(centers.data.length);
  const counts = new Uint32Array(centers.rows);
  assigned.forEach((word, i) => {
    counts[word]! += 1;
    for (let j = 0; j < columns; j++) sums[word * columns + j]! += data[i * columns + j]!;
  });
  const moved = centers.data.map((value, i) => {
    const count = counts[Math.floor(i / columns)]!;
    return count === 0 ? value : sums[i]! / count;
  });
  return { ...centers, data: moved };
}

function halfSquares({ rows, columns, data }: Centers): Float64Array {
  return Float64Array.from({ length: rows }, (_, w) => {
    let sum = 0;
    for (let j = w * columns; j < (w + 1) * columns; j++) sum += data[j]! ** 2;
    return sum / 2;
  });
}
