import { z } from "zod";
import type { MetricValues, RunContext } from "../../experiment.js";

/** What a row keeps: durations, and what was found beside what should have been. */
export interface SearchRaw extends Record<string, unknown> {
  readonly buildMs: number;
  readonly bytesPerObject: number;
  /** One a query, in the order of the queries. */
  readonly durationsMs: Float64Array;
  readonly k: number;
  /** [checked queries, k] */
  readonly found: Uint32Array;
  /** [checked queries, k], by exhaustive search */
  readonly expected: Uint32Array;
  /** Where a row measures several sizes: their objects, and their median durations. */
  readonly growth?: { readonly objects: Float64Array; readonly mediansMs: Float64Array } | undefined;
}

export const searchRawSchema: z.ZodType<SearchRaw> = z.object({
  buildMs: z.number(),
  bytesPerObject: z.number(),
  durationsMs: z.instanceof(Float64Array),
  k: z.number(),
  found: z.instanceof(Uint32Array),
  expected: z.instanceof(Uint32Array),
  growth: z.object({ objects: z.instanceof(Float64Array), mediansMs: z.instanceof(Float64Array) }).optional(),
});

export function scoreSearch(raw: SearchRaw): MetricValues {
  return {
    buildMs: raw.buildMs,
    bytesPerObject: raw.bytesPerObject,
    medianMs: quantile(raw.durationsMs, 0.5),
    p99Ms: quantile(raw.durationsMs, 0.99),
    recall10: recall(raw),
    ...(raw.growth === undefined ? {} : { growthExponent: slope(raw.growth.objects, raw.growth.mediansMs) }),
  };
}

/** The share of the true k best that was found, over all checked queries. */
function recall({ found, expected, k }: SearchRaw): number {
  let common = 0;
  for (let start = 0; start < expected.length; start += k) {
    const truth = new Set(expected.subarray(start, start + k));
    for (const id of new Set(found.subarray(start, start + k))) if (truth.has(id)) common++;
  }
  return expected.length === 0 ? 1 : common / expected.length;
}

export function quantile(values: Float64Array, share: number): number {
  return values.slice().sort()[Math.min(values.length - 1, Math.floor(share * values.length))]!;
}

/** The exponent b of time ∝ objectsᵇ, by least squares of the logarithms. */
function slope(objects: Float64Array, medians: Float64Array): number {
  const x = objects.map(Math.log);
  const y = medians.map(Math.log);
  const meanX = x.reduce((sum, value) => sum + value, 0) / x.length;
  const meanY = y.reduce((sum, value) => sum + value, 0) / y.length;
  const covariance = x.reduce((sum, value, i) => sum + (value - meanX) * (y[i]! - meanY), 0);
  return covariance / x.reduce((sum, value) => sum + (value - meanX) ** 2, 0);
}

/**
 * How long a call takes. From a millisecond on it is the process's CPU time, so that other programs on the machine do not
 * weigh in; below, where no other program usually gets a turn, the clock's.
 */
export function timeMs(run: () => void): number {
  const before = process.cpuUsage();
  const start = performance.now();
  run();
  const elapsed = performance.now() - start;
  if (elapsed < 1) return elapsed;
  const { user, system } = process.cpuUsage(before);
  return Math.min(elapsed, (user + system) / 1000);
}

/** Which queries are run. */
export interface Schedule {
  /** How many there are. */
  readonly available: number;
  readonly measured: number;
  /** How many to run first, taken from the end of `available`. */
  readonly warmUp: number;
  /** How often to go through all of them; a query's time is the median. Odd. Default 1. */
  readonly passes?: number;
}

/** Times queries 0 … measured − 1 one by one, after the last ones as a warm-up. */
export async function timeQueries(
  context: RunContext,
  { available, measured, warmUp, passes = 1 }: Schedule,
  search: (query: number) => void,
): Promise<Float64Array> {
  for (let w = 0; w < warmUp; w++) search(available - 1 - w);
  const times = Array.from({ length: measured }, () => new Float64Array(passes));
  const total = passes * measured;
  for (let run = 0; run < total; run++) {
    const q = run % measured;
    times[q]![Math.floor(run / measured)] = timeMs(() => search(q));
    if (run % 16 === 15) {
      context.onProgress({ done: run + 1, total });
      await new Promise((resolve) => setImmediate(resolve));
      context.signal.throwIfAborted();
    }
  }
  return Float64Array.from(times, (each) => each.sort()[passes >> 1]!);
}
