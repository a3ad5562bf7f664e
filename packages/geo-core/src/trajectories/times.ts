import { ValueError } from "../foundation/errors.js";

/**
 * The one rule for times, in sets, operations, readers and writers.
 *
 * A time is a number of milliseconds since the Unix epoch (or since a recording's start) of at most
 * {@link MAX_TIME_MS}, in fractions if need be. NaN says that a point has no time. Within a trajectory times may repeat
 * and go back: an operation that cannot live with that throws.
 */
export function isLegalTime(timeMs: number): boolean {
  return Number.isNaN(timeMs) || Math.abs(timeMs) <= MAX_TIME_MS;
}

/** The farthest time from 1970 that a `Date` holds, in milliseconds. */
export const MAX_TIME_MS = 8.64e15;

/**
 * The dates that a reader takes without being told more: 1970 up to, not including, 2100, in milliseconds. A time
 * outside is nearly always one in another unit, or a clock that was never set.
 */
export const USUAL_TIMES_MS: readonly [startMs: number, endMs: number] = [0, Date.UTC(2100, 0, 1)];

/** Whether a time is a date that readers take without being told more. */
export function isUsualDate(timeMs: number): boolean {
  return timeMs >= USUAL_TIMES_MS[0] && timeMs < USUAL_TIMES_MS[1];
}

/** Requires every time to be legal, and names the first that is not. */
export function checkTimes(where: string, timesMs: Float64Array): void {
  for (let i = 0; i < timesMs.length; i++) {
    if (!isLegalTime(timesMs[i]!)) {
      throw new ValueError(
        `${where}: timesMs[${i}] must be within ±${MAX_TIME_MS}, or NaN for a point without time, got ${timesMs[i]}`,
      );
    }
  }
}

/** What keeps times from being sorted: the point at `index` has no time, or an earlier one than the point before. */
export interface Disorder {
  readonly kind: "untimed" | "backward";
  readonly index: number;
}

/** The first point of `timesMs[start … end)` that has no time or goes back; undefined where there is none. */
export function firstDisorder(timesMs: Float64Array, start: number, end: number): Disorder | undefined {
  for (let i = start; i < end; i++) {
    if (Number.isNaN(timesMs[i])) return { kind: "untimed", index: i };
    if (i > start && timesMs[i]! < timesMs[i - 1]!) return { kind: "backward", index: i };
  }
  return undefined;
}

/** A time for a message: ISO 8601 where a date can hold it. */
export function describeTime(timeMs: number): string {
  if (Number.isNaN(timeMs)) return "no time";
  return Math.abs(timeMs) <= MAX_TIME_MS ? new Date(timeMs).toISOString() : String(timeMs);
}
