import { dot } from "../../matrix/products.js";

/** M⁻¹ times a vector, M being near the Hessian. */
export type Preconditioner = (vector: Float64Array) => Float64Array;

/** A convex function of `size` variables. */
export interface NewtonProblem {
  readonly size: number;
  /** Writes the gradient and returns the value. The other two methods speak of the point given here last. */
  evaluate(point: Float64Array, gradient: Float64Array): number;
  hessianTimes(direction: Float64Array): Float64Array;
  /** @param steps of conjugate gradients that the last one led to; undefined before the first */
  preconditioner(steps: number | undefined): Preconditioner;
}

export interface NewtonOptions {
  readonly maxIterations: number;
  /** Whether the gradient is small enough to stop, or this share of what is small enough. */
  readonly isSmall: (gradient: Float64Array, share: number) => boolean;
}

/** How far the search is; the same for many pauses in a row. */
export interface NewtonProgress {
  readonly iterations: number;
  readonly value: number;
}

export interface NewtonResult {
  readonly point: Float64Array;
  readonly iterations: number;
  readonly converged: boolean;
}

const MAX_CG_STEPS = 500;
const SUFFICIENT_DECREASE = 1e-4;
const MAX_HALVINGS = 40;

/**
 * Minimises a convex function by Newton's method, each step solved by preconditioned conjugate gradients no further than
 * it pays (Nocedal and Wright, Numerical Optimization, 2nd ed., algorithm 7.1). It pauses after every piece of work, so that
 * a caller may run it through or let other work in between.
 */
export function* newtonCg(
  problem: NewtonProblem,
  options: NewtonOptions,
): Generator<NewtonProgress, NewtonResult> {
  const { maxIterations, isSmall } = options;
  let point: Float64Array = new Float64Array(problem.size);
  let gradient: Float64Array = new Float64Array(problem.size);
  let value = problem.evaluate(point, gradient);
  let steps: number | undefined;
  for (let iterations = 0; ; iterations++) {
    if (isSmall(gradient, 1)) return { point, iterations, converged: true };
    if (iterations === maxIterations) return { point, iterations, converged: false };
    yield { iterations, value };
    const newton = yield* newtonDirection(problem, gradient, isSmall, steps, { iterations, value });
    const { direction, decrement } = newton;
    steps = newton.steps;
    // Half the decrement is what the minimum lies below the value: less than its rounding error cannot be gained.
    if (!(decrement > 8 * Number.EPSILON * Math.abs(value))) return { point, iterations, converged: true };
    const next = yield* lineSearch(problem, point, direction, -decrement, { iterations, value });
    if (next === undefined) return { point, iterations, converged: false };
    ({ point, gradient, value } = next);
    yield { iterations: iterations + 1, value };
  }
}

/** −H⁻¹·g, roughly, and its slope with the sign turned. */
function* newtonDirection(
  problem: NewtonProblem,
  gradient: Float64Array,
  isSmall: NewtonOptions["isSmall"],
  lastSteps: number | undefined,
  progress: NewtonProgress,
): Generator<NewtonProgress, { direction: Float64Array; decrement: number; steps: number }> {
  const n = problem.size;
  const precondition = problem.preconditioner(lastSteps);
  const direction = new Float64Array(n);
  const residual = gradient.map((entry) => -entry);
  let preconditioned = precondition(residual);
  const search = preconditioned.slice();
  let rho = dot(residual, 0, preconditioned, 0, n);
  const start = rho;
  // The nearer the minimum, the more exactly: that is what makes Newton's method fast there. The residual is the gradient
  // that the step should lead to, and need not be smaller than what ends the search.
  const wanted = start * Math.min(0.01, start);
  let steps = 0;
  for (; steps < MAX_CG_STEPS && rho > wanted && !isSmall(residual, 0.1); steps++) {
    yield progress;
    const product = problem.hessianTimes(search);
    const curvature = dot(search, 0, product, 0, n);
    if (!(curvature > 0)) break;
    const alpha = rho / curvature;
    for (let i = 0; i < n; i++) {
      direction[i]! += alpha * search[i]!;
      residual[i]! -= alpha * product[i]!;
    }
    preconditioned = precondition(residual);
    const next = dot(residual, 0, preconditioned, 0, n);
    const beta = next / rho;
    for (let i = 0; i < n; i++) search[i] = preconditioned[i]! + beta * search[i]!;
    rho = next;
  }
  return { direction, decrement: -dot(gradient, 0, direction, 0, n), steps };
}

/** Halves the step until the value falls as the slope promises. */
function* lineSearch(
  problem: NewtonProblem,
  point: Float64Array,
  direction: Float64Array,
  slope: number,
  progress: NewtonProgress,
): Generator<NewtonProgress, { point: Float64Array; gradient: Float64Array; value: number } | undefined> {
  const { value } = progress;
  const gradient = new Float64Array(point.length);
  const rounding = 8 * Number.EPSILON * Math.abs(value);
  let length = 1;
  for (let halving = 0; halving < MAX_HALVINGS; halving++, length /= 2) {
    yield progress;
    const next = point.map((entry, i) => entry + length * direction[i]!);
    const there = problem.evaluate(next, gradient);
    if (there <= value + SUFFICIENT_DECREASE * length * slope + rounding) {
      return { point: next, gradient, value: there };
    }
  }
  return undefined;
}
