import {
  checkInRange,
  checkOptions,
  checkPositive,
  checkPositiveInteger,
  Random,
  ValueError,
} from "@wayweave/geo-core";
import {
  affineColumns,
  checkMatrix,
  columnMeans,
  type Matrix,
  type Matrix64,
  pivotWhitening,
  selectRows,
  timesLowerTransposed,
  transposed,
  unitRows,
  zeros,
} from "@wayweave/numeric";

/** What is done to one modality's features before anything is learned of them, in this order. */
export interface FeatureOptions {
  /** √x of every entry (then a dot product is the Bhattacharyya coefficient of two histograms). @defaultValue false */
  readonly root?: boolean;
  /** Scales each row to length 1. @defaultValue false */
  readonly unitLength?: boolean;
  /** Subtracts each column's mean and divides by its standard deviation, both of the fitted rows. @defaultValue false */
  readonly standardize?: boolean;
  /** Replaces histograms by coordinates in which a dot product is their exponential χ² kernel. @defaultValue none */
  readonly chiSquared?: ChiSquaredOptions;
}

/** The exponential χ² kernel of histograms, and how many coordinates stand for it. */
export interface ChiSquaredOptions {
  /** γ > 0 of k(x, z) = exp(−γ Σ (x − z)² / (x + z)). @defaultValue 1 */
  readonly gamma?: number;
  /** Fitted rows that span the coordinates (Nyström), drawn at random; at most all are. @defaultValue 450 */
  readonly landmarks?: number;
  /** Decides which rows are drawn. @defaultValue 0 */
  readonly seed?: number;
}

/** As good as 600 in cross-validation on the Wikipedia training pairs, in two thirds of the time; 300 were a little worse. */
const LANDMARKS = 450;

/** @throws {ValueError} an unknown or bad option */
export function checkFeatureOptions(where: string, name: string, options: FeatureOptions): void {
  checkOptions(`${where}: ${name}`, options, ["root", "unitLength", "standardize", "chiSquared"]);
  for (const key of ["root", "unitLength", "standardize"] as const) {
    const value: unknown = options[key];
    if (value !== undefined && typeof value !== "boolean") {
      throw new ValueError(`${where}: ${name}.${key} must be true or false, got ${JSON.stringify(value)}`);
    }
  }
  const { chiSquared, standardize } = options;
  if (chiSquared === undefined) return;
  checkOptions(`${where}: ${name}.chiSquared`, chiSquared, ["gamma", "landmarks", "seed"]);
  checkPositive(where, `${name}.chiSquared.gamma`, chiSquared.gamma ?? 1);
  checkPositiveInteger(where, `${name}.chiSquared.landmarks`, chiSquared.landmarks ?? LANDMARKS);
  const { seed = 0 } = chiSquared;
  checkInRange(where, `${name}.chiSquared.seed`, seed, 0, 2 ** 32 - 1);
  if (!Number.isInteger(seed)) {
    throw new ValueError(`${where}: ${name}.chiSquared.seed must be an integer, got ${seed}`);
  }
  if (standardize) {
    throw new ValueError(
      `${where}: standardize must be false with chiSquared, which needs entries ≥ 0, got true`,
    );
  }
}

/** The kernel's part of a fitted map. */
export interface ChiSquaredBasis {
  readonly gamma: number;
  /** [landmarks, columns] */
  readonly landmarks: Matrix64;
  /** W with W·K(landmarks)·Wᵀ = I, lower triangular, [coordinates, coordinates]. */
  readonly whitening: Matrix64;
}

export interface FeatureMapParameters {
  readonly columns: number;
  readonly root: boolean;
  readonly unitLength: boolean;
  readonly mean?: Float64Array;
  readonly scale?: Float64Array;
  readonly chiSquared?: ChiSquaredBasis;
}

/**
 * One modality's preprocessing, fitted to training rows.
 *
 * Sources: the χ² kernel of histograms, Zhang et al., "Local features and kernels for classification of texture and object
 * categories" (IJCV 2007), eq. 2 and 3; its coordinates, Williams and Seeger, "Using the Nyström method to speed up kernel
 * machines" (NIPS 2000).
 */
export class FeatureMap {
  /** All that `transform` needs, as a model's file holds it. */
  readonly parameters: FeatureMapParameters;

  constructor(parameters: FeatureMapParameters) {
    this.parameters = parameters;
  }

  /** @throws {ValueError} a negative entry where roots or the χ² kernel need none, a bad option */
  static fit(rows: Matrix, options: FeatureOptions = {}): FeatureMap {
    const where = "FeatureMap.fit";
    checkMatrix(where, "rows", rows);
    checkFeatureOptions(where, "options", options);
    const { root = false, unitLength = false, standardize = false, chiSquared } = options;
    const plain = new FeatureMap({ columns: rows.columns, root, unitLength });
    if (standardize) {
      const mean = columnMeans(plain.transform(rows));
      return new FeatureMap({
        ...plain.parameters,
        mean,
        scale: inverseDeviations(plain.transform(rows), mean),
      });
    }
    if (chiSquared === undefined) return plain;
    return new FeatureMap({ ...plain.parameters, chiSquared: fitBasis(plain.transform(rows), chiSquared) });
  }

  /** Features after the map. */
  get dimensions(): number {
    return this.parameters.chiSquared?.whitening.rows ?? this.parameters.columns;
  }

  /**
   * @param rows `[m, columns]`
   * @param where the public function, and `name` what the rows are there, for messages
   * @returns `[m, dimensions]`
   * @throws {ShapeError} another number of columns
   * @throws {ValueError} a negative entry where roots or the χ² kernel need none
   */
  transform(rows: Matrix, where = "FeatureMap.transform", name = "rows"): Matrix64 {
    const { columns, root, unitLength, mean, scale, chiSquared } = this.parameters;
    checkMatrix(where, name, rows, columns);
    checkNonNegative(where, name, rows, { root, chiSquared });
    let result: Matrix64 = { rows: rows.rows, columns, data: Float64Array.from(rows.data) };
    if (root) for (let i = 0; i < result.data.length; i++) result.data[i] = Math.sqrt(result.data[i]!);
    if (unitLength) result = unitRows(result);
    if (mean !== undefined) result = affineColumns(result, mean, scale);
    if (chiSquared === undefined) return result;
    return timesLowerTransposed(
      chiSquaredKernel(result, chiSquared.landmarks, chiSquared.gamma),
      chiSquared.whitening,
    );
  }
}

/**
 * k(x, z) = exp(−γ Σ (x − z)² / (x + z)) of all rows of two matrices; where both entries are 0 they add nothing.
 *
 * @returns `[x.rows, z.rows]`, in (0, 1]
 */
export function chiSquaredKernel(x: Matrix, z: Matrix, gamma: number): Matrix64 {
  const result = zeros(x.rows, z.rows);
  for (let i = 0; i < x.rows; i++) {
    for (let j = 0; j < z.rows; j++) {
      result.data[i * z.rows + j] = Math.exp(-gamma * chiSquaredDistance(x, i, z, j));
    }
  }
  return result;
}

/** {@link chiSquaredKernel} of a matrix's rows among themselves: half of it is computed. */
function ownChiSquaredKernel(x: Matrix, gamma: number): Matrix64 {
  const result = zeros(x.rows, x.rows);
  for (let i = 0; i < x.rows; i++) {
    for (let j = 0; j < i; j++) {
      const kernel = Math.exp(-gamma * chiSquaredDistance(x, i, x, j));
      result.data[i * x.rows + j] = kernel;
      result.data[j * x.rows + i] = kernel;
    }
    result.data[i * x.rows + i] = 1;
  }
  return result;
}

/** Added to every sum of two entries, so that two zeros are no 0/0; two such sums have a product that is no 0. */
const NEARLY_NOTHING = 1e-150;

/** Σ (x − z)² / (x + z) of row i of x and row j of z. Two fractions share a division: divisions are what takes long. */
function chiSquaredDistance({ data: x, columns }: Matrix, i: number, { data: z }: Matrix, j: number): number {
  let p = i * columns;
  let q = j * columns;
  const even = p + columns - (columns % 2);
  let distance = 0;
  for (; p < even; p += 2, q += 2) {
    const sum = x[p]! + z[q]! + NEARLY_NOTHING;
    const nextSum = x[p + 1]! + z[q + 1]! + NEARLY_NOTHING;
    const difference = x[p]! - z[q]!;
    const nextDifference = x[p + 1]! - z[q + 1]!;
    distance += (difference * difference * nextSum + nextDifference * nextDifference * sum) / (sum * nextSum);
  }
  if (columns % 2 === 1) distance += (x[p]! - z[q]!) ** 2 / (x[p]! + z[q]! + NEARLY_NOTHING);
  // Where cubes of large entries overflow, or squares of small ones vanish.
  return distance > 1e-120 && distance < 1e300
    ? distance
    : preciseDistance(x, i * columns, z, j * columns, columns);
}

/** The same, one fraction at a time, the quotient first. */
function preciseDistance(
  x: Matrix["data"],
  xStart: number,
  z: Matrix["data"],
  zStart: number,
  columns: number,
): number {
  let distance = 0;
  for (let k = 0; k < columns; k++) {
    const a = x[xStart + k]!;
    const b = z[zStart + k]!;
    const difference = a - b;
    if (difference !== 0) distance += difference * (difference / (a + b));
  }
  return distance;
}

function fitBasis(rows: Matrix64, options: ChiSquaredOptions): ChiSquaredBasis {
  const { gamma = 1, landmarks: wanted = LANDMARKS, seed = 0 } = options;
  const count = Math.min(wanted, rows.rows);
  const drawn = selectRows(
    rows,
    new Random(seed).split("landmarks").permutation(rows.rows).subarray(0, count),
  );
  // Landmarks that are no pivots add nothing but rounding error.
  const { pivots, whitening } = pivotWhitening(ownChiSquaredKernel(drawn, gamma));
  return { gamma, landmarks: selectRows(drawn, pivots), whitening };
}

/** A column whose deviation is below this share of its largest entry does not vary: what is left is the mean's rounding. */
const CONSTANT_TOLERANCE = 1e-12;

/** 1 / standard deviation (divisor n) of each column; 1 for a column that does not vary. */
function inverseDeviations(rows: Matrix64, mean: Float64Array): Float64Array {
  const columns = transposed(affineColumns(rows, mean));
  const largest = largestEntries(rows);
  return Float64Array.from({ length: rows.columns }, (_, j) => {
    const column = columns.data.subarray(j * rows.rows, (j + 1) * rows.rows);
    // By the largest first: squares of very small deviations would vanish.
    const most = column.reduce((kept, value) => Math.max(kept, Math.abs(value)), 0) || 1;
    const deviation =
      most * Math.sqrt(column.reduce((sum, value) => sum + (value / most) ** 2, 0) / rows.rows);
    return deviation > CONSTANT_TOLERANCE * largest[j]! ? 1 / deviation : 1;
  });
}

/** max |x| of each column. */
function largestEntries({ data, columns }: Matrix64): Float64Array {
  const largest = new Float64Array(columns);
  for (let i = 0; i < data.length; i++) {
    const j = i % columns;
    largest[j] = Math.max(largest[j]!, Math.abs(data[i]!));
  }
  return largest;
}

/**
 * @param present the rows that count
 * @throws {ValueError} a negative entry, where the options ask for roots or the χ² kernel
 */
export function checkNonNegative(
  where: string,
  name: string,
  { rows, columns, data }: Matrix,
  { root, chiSquared }: { readonly root?: boolean; readonly chiSquared?: unknown },
  present: readonly number[] = Array.from({ length: rows }, (_, row) => row),
): void {
  if (!root && chiSquared === undefined) return;
  for (const row of present) {
    for (let j = 0; j < columns; j++) {
      const entry = data[row * columns + j]!;
      if (entry >= 0) continue;
      const asked = chiSquared === undefined ? "root" : "chiSquared";
      throw new ValueError(
        `${where}: ${name} row ${row}, entry [${j}] must be at least 0 for ${asked}, got ${entry}`,
      );
    }
  }
}
