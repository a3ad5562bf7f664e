import {
  checkAllFinite,
  checkOptions,
  checkPositive,
  checkPositiveInteger,
  Pace,
  ValueError,
} from "@wayweave/geo-core";
import { largestOf } from "../matrix/magnitude.js";
import { dot } from "../matrix/products.js";

/** Writes the gradient at `x` into `gradient` and returns the value. */
export type Objective = (x: Float64Array, gradient: Float64Array) => number;

/** When {@link lbfgs} stops, and how much of its path it remembers. */
export interface LbfgsOptions {
  /** Stop when no entry of the gradient is larger in magnitude. Default 1e-6. */
  readonly tolerance?: number;
  /** Steps before giving up. Default 1,000. */
  readonly maxIterations?: number;
  /** Number of past steps that model the curvature. Default 10. */
  readonly history?: number;
}

/** {@link LbfgsOptions}, and how the search reports and stops. */
export interface LbfgsAsyncOptions extends LbfgsOptions {
  /** Called after each step with the value reached. */
  readonly onProgress?: (progress: { readonly iterations: number; readonly value: number }) => void;
  /** Stops before the next call of the objective; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Where {@link lbfgs} ended. */
export interface LbfgsResult {
  /** The point reached, as long as the start. */
  readonly x: Float64Array;
  /** The objective there. */
  readonly value: number;
  /** Steps taken; one may need several calls of the objective. */
  readonly iterations: number;
  /** Whether the gradient met the tolerance; otherwise the iterations ran out or no step lowers the value. */
  readonly converged: boolean;
}

interface Point {
  readonly x: Float64Array;
  readonly gradient: Float64Array;
  readonly value: number;
}

/** A point whose value and gradient are wanted, and the steps made so far; the answer is the value. */
interface Question {
  readonly x: Float64Array;
  /** To be filled. */
  readonly gradient: Float64Array;
  /** Of the point that the search has come to. */
  readonly reached: { readonly iterations: number; readonly value: number } | undefined;
}

type Search<T> = Generator<Question, T, number>;

const OPTIONS = ["tolerance", "maxIterations", "history"] as const;

interface Correction {
  readonly step: Float64Array;
  readonly change: Float64Array;
  readonly rho: number;
}

/**
 * Minimises a smooth function by limited-memory BFGS (Nocedal and Wright, Numerical Optimization, 2nd ed., algorithms 7.4
 * and 7.5). The line search brackets and bisects until the strong Wolfe conditions hold (c₁ = 10⁻⁴, c₂ = 0.9; there eq.
 * 3.7), and takes the last point of sufficient decrease where they do not after 40 trials.
 *
 * @param start not changed
 * @throws {ValueError} a non-finite start, an objective that is no function, or a bad option
 */
export function lbfgs(objective: Objective, start: Float64Array, options: LbfgsOptions = {}): LbfgsResult {
  checkOptions("lbfgs", options, OPTIONS);
  checkObjective("lbfgs", objective);
  const search = minimise("lbfgs", start, options);
  for (let step = search.next(); ; ) {
    if (step.done) return step.value;
    step = search.next(objective(step.value.x, step.value.gradient));
  }
}

/**
 * {@link lbfgs} that lets other work in between, reports and stops: the same result. The objective may return a promise.
 *
 * @throws as {@link lbfgs}, by rejecting; the signal's reason
 */
export async function lbfgsAsync(
  objective: (x: Float64Array, gradient: Float64Array) => number | Promise<number>,
  start: Float64Array,
  options: LbfgsAsyncOptions = {},
): Promise<LbfgsResult> {
  const where = "lbfgsAsync";
  checkOptions(where, options, [...OPTIONS, "onProgress", "signal"]);
  checkObjective("lbfgsAsync", objective);
  const pace = new Pace(options.signal);
  const search = minimise(where, start, options);
  let seen = 0;
  for (let step = search.next(); ; ) {
    if (step.done) return step.value;
    const { x, gradient, reached } = step.value;
    if (reached !== undefined && reached.iterations > seen) {
      seen = reached.iterations;
      options.onProgress?.(reached);
    }
    await pace.step();
    step = search.next(await objective(x, gradient));
  }
}

function* minimise(where: string, start: Float64Array, options: LbfgsOptions): Search<LbfgsResult> {
  const { tolerance = 1e-6, maxIterations = 1000, history = 10 } = options;
  checkAllFinite(where, "start", start);
  checkPositive(where, "tolerance", tolerance);
  checkPositiveInteger(where, "maxIterations", maxIterations);
  checkPositiveInteger(where, "history", history);
  const corrections: Correction[] = [];
  let point = yield* evaluate(start.slice(), undefined);
  for (let iterations = 0; ; iterations++) {
    const converged = largestOf(point.gradient) <= tolerance;
    if (converged || iterations === maxIterations) {
      return { x: point.x, value: point.value, iterations, converged };
    }
    const direction = descentDirection(point.gradient, corrections);
    const next = yield* lineSearch(iterations, point, direction, corrections.length === 0);
    if (next === undefined) {
      if (corrections.length === 0) return { x: point.x, value: point.value, iterations, converged: false };
      // Rounding has spoilt the model of the curvature: start again from the steepest descent.
      corrections.length = 0;
      continue;
    }
    remember(corrections, point, next, history);
    point = next;
  }
}

function* evaluate(x: Float64Array, reached: Question["reached"]): Search<Point> {
  const gradient = new Float64Array(x.length);
  return { x, value: yield { x, gradient, reached }, gradient };
}

/** −H·g by the two-loop recursion (algorithm 7.4). */
function descentDirection(gradient: Float64Array, corrections: readonly Correction[]): Float64Array {
  const n = gradient.length;
  const direction = gradient.map((value) => -value);
  const alphas: number[] = [];
  for (const { step, change, rho } of [...corrections].reverse()) {
    const alpha = rho * dot(step, 0, direction, 0, n);
    addScaled(direction, change, -alpha);
    alphas.push(alpha);
  }
  const latest = corrections.at(-1);
  if (latest !== undefined) {
    const gamma = 1 / (latest.rho * dot(latest.change, 0, latest.change, 0, n));
    for (let i = 0; i < n; i++) direction[i]! *= gamma;
  }
  for (const { step, change, rho } of corrections) {
    const beta = rho * dot(change, 0, direction, 0, n);
    addScaled(direction, step, alphas.pop()! - beta);
  }
  return direction;
}

function remember(corrections: Correction[], from: Point, to: Point, history: number): void {
  const step = to.x.map((value, i) => value - from.x[i]!);
  const change = to.gradient.map((value, i) => value - from.gradient[i]!);
  const curvature = dot(step, 0, change, 0, step.length);
  // Rounding can spoil the curvature condition near the minimum; such a step says nothing about curvature.
  if (!(curvature > Number.EPSILON * dot(change, 0, change, 0, change.length))) return;
  corrections.push({ step, change, rho: 1 / curvature });
  if (corrections.length > history) corrections.shift();
}

const SUFFICIENT_DECREASE = 1e-4;
const CURVATURE = 0.9;
const MAX_TRIALS = 40;
/** Near the minimum values differ by rounding only, and the slope must decide (Hager and Zhang 2005, §4). */
const ROUNDING = 1e-11;

/** A point along the direction that meets the strong Wolfe conditions, by bracketing and bisection. */
function* lineSearch(
  iterations: number,
  from: Point,
  direction: Float64Array,
  isFirst: boolean,
): Search<Point | undefined> {
  const n = direction.length;
  const slope = dot(from.gradient, 0, direction, 0, n);
  if (!(slope < 0)) return undefined;
  let low = 0;
  let high = Number.POSITIVE_INFINITY;
  let length = isFirst ? Math.min(1, 1 / Math.sqrt(dot(direction, 0, direction, 0, n))) : 1;
  let best: Point | undefined;
  for (let trial = 0; trial < MAX_TRIALS; trial++) {
    const x = from.x.map((value, i) => value + length * direction[i]!);
    const point = yield* evaluate(x, { iterations, value: from.value });
    const slopeThere = dot(point.gradient, 0, direction, 0, n);
    const bound = from.value + SUFFICIENT_DECREASE * length * slope + ROUNDING * Math.abs(from.value);
    if (!(point.value <= bound)) high = length;
    else {
      best = point;
      if (Math.abs(slopeThere) <= -CURVATURE * slope) return point;
      if (slopeThere < 0) low = length;
      else high = length;
    }
    length = high === Number.POSITIVE_INFINITY ? 2 * length : (low + high) / 2;
  }
  return best;
}

function addScaled(y: Float64Array, x: Float64Array, factor: number): void {
  for (let i = 0; i < y.length; i++) y[i]! += factor * x[i]!;
}

function checkObjective(where: string, objective: unknown): void {
  if (typeof objective === "function") return;
  throw new ValueError(
    `${where}: objective must be a function, got ${objective === null ? "null" : typeof objective}`,
  );
}
