import {
  checkAllFinite,
  checkArray,
  checkOptions,
  checkPositiveInteger,
  Random,
  ValueError,
} from "@wayweave/geo-core";

/** How wide the interval of {@link bootstrapInterval} is, and how it is drawn. */
export interface BootstrapOptions {
  /** The interval's level, in (0, 1). @defaultValue 0.95 */
  readonly confidence?: number;
  /** How many samples are drawn with replacement. @defaultValue 10000 */
  readonly resamples?: number;
  /** Decides what is drawn: the same seed gives the same interval. @defaultValue 0 */
  readonly seed?: number;
}

/** A mean and its confidence interval. */
export interface Interval {
  /** The mean of the values themselves, not of the resamples. */
  readonly mean: number;
  /** The lower end, in the values' unit. */
  readonly low: number;
  /** The upper end, in the values' unit. */
  readonly high: number;
}

/**
 * Percentile bootstrap confidence interval of a mean: over seeds, or over items.
 *
 * Source: Efron & Tibshirani 1993, §13.3: values are drawn with replacement, `resamples` times; the interval holds the
 * middle `confidence` of the means (quantiles interpolated linearly). With few values it is too narrow (three seeds can
 * give no mean outside their range): it says how much the seeds differ, no more.
 *
 * @param values `[n]`; of one value the interval is that value
 * @returns `low ≤ mean ≤ high` for all but freak samples
 * @throws {ValueError} no values, a non-finite one, or an option out of range
 * @example bootstrapInterval([0.71, 0.74, 0.75]) // { mean: 0.7333, low: 0.71, high: 0.75 }
 */
export function bootstrapInterval(values: ArrayLike<number>, options: BootstrapOptions = {}): Interval {
  checkOptions("bootstrapInterval", options, ["confidence", "resamples", "seed"]);
  const { confidence = 0.95, resamples = 10_000, seed = 0 } = options;
  checkArray("bootstrapInterval", "values", values);
  const n = values.length;
  if (n === 0) throw new ValueError("bootstrapInterval: values must hold at least one, got 0");
  checkAllFinite("bootstrapInterval", "values", values);
  checkPositiveInteger("bootstrapInterval", "resamples", resamples);
  if (!(confidence > 0 && confidence < 1)) {
    throw new ValueError(`bootstrapInterval: confidence must be in (0, 1), got ${confidence}`);
  }
  const random = new Random(seed, "bootstrapInterval");
  const means = new Float64Array(resamples);
  for (let r = 0; r < resamples; r++) {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += values[Math.floor(random.next() * n)]!;
    means[r] = sum / n;
  }
  means.sort();
  let total = 0;
  for (let i = 0; i < n; i++) total += values[i]!;
  const tail = (1 - confidence) / 2;
  return { mean: total / n, low: quantile(means, tail), high: quantile(means, 1 - tail) };
}

/** Linear interpolation between the two nearest of ascending values, as numpy does by default. */
function quantile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (at - below) * (sorted[above]! - sorted[below]!);
}
