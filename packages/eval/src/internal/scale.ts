/** Squares and sums of numbers in this range neither overflow nor vanish. */
const LEAST = 1e-100;
const MOST = 1e100;

/** The largest absolute value. */
export function largestOf(values: ArrayLike<number>, from = 0, to = values.length): number {
  let largest = 0;
  for (let i = from; i < to; i++) largest = Math.max(largest, Math.abs(values[i]!));
  return largest;
}

/**
 * A factor that brings numbers with this largest absolute value to about 1: 1 where they need none, so that nothing changes, else a power
 * of two, which rounds nothing.
 */
export function scaleFor(largest: number): number {
  if (largest === 0 || (largest >= LEAST && largest <= MOST)) return 1;
  return 2 ** Math.min(1023, -Math.floor(Math.log2(largest)));
}
