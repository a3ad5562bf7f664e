const LARGEST_SAMPLE = 128;
const SMALLEST_SAMPLE = 24;
const ITERATIONS = 3;
/** Of the sampled rows, the share that at least lies on either side. */
const LEAST_SHARE = 1 / 16;
/** Of the projections' variance, the share that lies between the sides where there are clusters; ¾ if evenly spread. */
const LEAST_SEPARATION = 0.8;

/**
 * Divides rows in two by what their keys mean: 2-means on a sample, so that the cut runs between clusters rather than
 * through them, as a median does.
 *
 * The means a and b of the two sides are told apart by the projection on b − a: a row x is nearer to b where
 * (b − a)·x ≥ (b − a)·(a + b)/2. After a few rounds of Lloyd's algorithm, begun with two rows far from each other, the limit is
 * moved, if need be, so that a sixteenth of the sample lies on either side: trees stay shallow.
 */
export class TwoMeans {
  readonly #length: number;
  readonly #rows: Float32Array;
  /** b − a; the first four entries, those of space, stay 0. */
  readonly #direction: Float64Array;
  readonly #lowSums: Float64Array;
  readonly #highSums: Float64Array;
  /** Where the sampled rows begin. */
  readonly #sample = new Uint32Array(LARGEST_SAMPLE);
  readonly #projections = new Float64Array(LARGEST_SAMPLE);
  #sampled = 0;
  #limit = 0;

  /** @param rows [count, length]: four floats of space, then the key */
  constructor(rows: Float32Array, length: number) {
    this.#rows = rows;
    this.#length = length;
    this.#direction = new Float64Array(length);
    this.#lowSums = new Float64Array(length);
    this.#highSums = new Float64Array(length);
  }

  /** Finds the cut of rows [begin, end). Returns whether there is one, with sides clearly apart. */
  fit(begin: number, end: number): boolean {
    this.#takeSample(begin, end);
    const sample = this.#sample;
    const first = this.#farthestFrom(sample[0]!);
    const second = this.#farthestFrom(first);
    for (let j = 4; j < this.#length; j++) {
      this.#lowSums[j] = this.#rows[first + j]!;
      this.#highSums[j] = this.#rows[second + j]!;
    }
    this.#separate(1, 1);
    for (let iteration = 0; iteration < ITERATIONS; iteration++) {
      if (!this.#iterate()) return false;
    }
    const projections = this.#projections.subarray(0, this.#sampled);
    for (let s = 0; s < this.#sampled; s++) projections[s] = this.#project(sample[s]!);
    if (!this.#isSeparated(projections)) return false;
    projections.sort();
    const least = Math.ceil(this.#sampled * LEAST_SHARE);
    const lowest = projections[least]!;
    const highest = projections[this.#sampled - least]!;
    this.#limit = Math.max(lowest, Math.min(highest, this.#limit));
    return true;
  }

  /** Whether a row lies on the side that comes first. */
  isLow(row: number): boolean {
    return this.#project(row * this.#length) < this.#limit;
  }

  #takeSample(begin: number, end: number): void {
    const count = end - begin;
    this.#sampled = Math.min(count, LARGEST_SAMPLE, Math.max(SMALLEST_SAMPLE, count >> 3));
    const step = count / this.#sampled;
    for (let s = 0; s < this.#sampled; s++) {
      this.#sample[s] = Math.floor(begin + s * step) * this.#length;
    }
  }

  #farthestFrom(from: number): number {
    const rows = this.#rows;
    let farthest = from;
    let most = 0;
    for (let s = 0; s < this.#sampled; s++) {
      const row = this.#sample[s]!;
      let squares = 0;
      for (let j = 4; j < this.#length; j++) squares += (rows[row + j]! - rows[from + j]!) ** 2;
      if (squares > most) {
        most = squares;
        farthest = row;
      }
    }
    return farthest;
  }

  /** One round of Lloyd's algorithm. Returns whether both sides have rows. */
  #iterate(): boolean {
    const rows = this.#rows;
    const low = this.#lowSums.fill(0);
    const high = this.#highSums.fill(0);
    let lowCount = 0;
    for (let s = 0; s < this.#sampled; s++) {
      const row = this.#sample[s]!;
      const isLow = this.#project(row) < this.#limit;
      const sums = isLow ? low : high;
      if (isLow) lowCount++;
      for (let j = 4; j < this.#length; j++) sums[j]! += rows[row + j]!;
    }
    if (lowCount === 0 || lowCount === this.#sampled) return false;
    this.#separate(lowCount, this.#sampled - lowCount);
    return true;
  }

  /** Whether the sides are further apart than the halves of an even or a normal distribution. */
  #isSeparated(projections: Float64Array): boolean {
    let lowCount = 0;
    let lowSum = 0;
    let sum = 0;
    let squares = 0;
    for (const x of projections) {
      if (x < this.#limit) {
        lowCount++;
        lowSum += x;
      }
      sum += x;
      squares += x * x;
    }
    const highCount = projections.length - lowCount;
    if (lowCount === 0 || highCount === 0) return false;
    // n²·variance between the sides is n₀n₁(m₁ − m₀)².
    const between = lowCount * highCount * ((sum - lowSum) / highCount - lowSum / lowCount) ** 2;
    return between >= LEAST_SEPARATION * (projections.length * squares - sum * sum);
  }

  /** Puts the cut halfway between the means of the two sums. */
  #separate(lowCount: number, highCount: number): void {
    let limit = 0;
    for (let j = 4; j < this.#length; j++) {
      const low = this.#lowSums[j]! / lowCount;
      const high = this.#highSums[j]! / highCount;
      const difference = high - low;
      this.#direction[j] = difference;
      limit += (difference * (low + high)) / 2;
    }
    this.#limit = limit;
  }

  #project(row: number): number {
    const rows = this.#rows;
    const direction = this.#direction;
    let even = 0;
    let odd = 0;
    // Rows are a multiple of four floats long.
    for (let j = 4, at = row + 4; j < direction.length; j += 2, at += 2) {
      even += direction[j]! * rows[at]!;
      odd += direction[j + 1]! * rows[at + 1]!;
    }
    return even + odd;
  }
}
