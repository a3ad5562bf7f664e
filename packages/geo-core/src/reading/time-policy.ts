import { describeTime, USUAL_TIMES_MS } from "../trajectories/times.js";
import type { TimeOptions } from "./options.js";

/** {@link TimeOptions} with every default filled in. */
export type TimePolicy = Required<TimeOptions>;

export function timePolicy({ times, duplicates, order, timeRange }: TimeOptions): TimePolicy {
  return {
    times: times ?? "keep",
    duplicates: duplicates ?? "keep",
    order: order ?? "keep",
    timeRange: timeRange ?? USUAL_TIMES_MS,
  };
}

/** What the policy says of points, in the order in which they stay. */
export interface TimeVerdict {
  /** Indices of the points that stay, in their new order; undefined where all stay as they are. */
  readonly order: Uint32Array | undefined;
  /** Points that go, with what is wrong with them. */
  readonly dropped: readonly {
    readonly point: number;
    readonly reason: "untimed" | "repeated" | "required" | "backward";
  }[];
  /** Whether points changed places. */
  readonly isSorted: boolean;
}

const ALL_STAY: TimeVerdict = { order: undefined, dropped: [], isSorted: false };

/** Applies the options `times`, `duplicates` and `order` to one trajectory's times (NaN for none). */
export function judgeTimes(timesMs: Float64Array, { times, duplicates, order }: TimePolicy): TimeVerdict {
  if (times === "keep" && duplicates === "keep" && order === "keep") return ALL_STAY;
  const dropped: { point: number; reason: TimeVerdict["dropped"][number]["reason"] }[] = [];
  let kept: number[] = [];
  for (let point = 0; point < timesMs.length; point++) {
    const isUntimed = Number.isNaN(timesMs[point]);
    if (isUntimed && times !== "keep")
      dropped.push({ point, reason: times === "require" ? "required" : "untimed" });
    else kept.push(point);
  }
  const inOrder = order === "sort" ? sorted(kept, timesMs) : kept;
  const isSorted = inOrder !== kept;
  kept = duplicates === "keep" && order !== "error" ? inOrder : [];
  if (kept !== inOrder) {
    let last = -1;
    let latestMs = Number.NEGATIVE_INFINITY;
    for (const point of inOrder) {
      const time = timesMs[point]!;
      if (order === "error" && time < latestMs) {
        dropped.push({ point, reason: "backward" });
        continue;
      }
      if (duplicates !== "keep" && last !== -1 && time === timesMs[last]) {
        const goes = duplicates === "first" ? point : last;
        dropped.push({ point: goes, reason: "repeated" });
        if (duplicates === "last") kept[kept.length - 1] = point;
      } else {
        kept.push(point);
      }
      if (!(duplicates === "first" && time === timesMs[last])) last = point;
      if (!Number.isNaN(time)) latestMs = Math.max(latestMs, time);
    }
  }
  if (dropped.length === 0 && !isSorted) return ALL_STAY;
  return { order: Uint32Array.from(kept), dropped, isSorted };
}

/** The points by time, stable; those without stay behind the one they follow. The same array where nothing moves. */
function sorted(points: number[], timesMs: Float64Array): number[] {
  const keys = new Map<number, number>();
  let latest = Number.NEGATIVE_INFINITY;
  let isInOrder = true;
  for (const point of points) {
    const time = timesMs[point]!;
    const key = Number.isNaN(time) ? latest : time;
    if (key < latest) isInOrder = false;
    keys.set(point, key);
    latest = key;
  }
  return isInOrder ? points : [...points].sort((a, b) => keys.get(a)! - keys.get(b)! || a - b);
}

/** Whether a date is believed. */
export function isUsual(timeMs: number, { timeRange }: TimePolicy): boolean {
  return timeMs >= timeRange[0] && timeMs < timeRange[1];
}

/** What is wrong with a date that is not believed, and what helps. */
export function unusualTime(timeMs: number, { timeRange }: TimePolicy): string {
  const [start, end] = timeRange;
  return `a time must be from ${describeTime(start).slice(0, 10)} up to ${describeTime(end).slice(0, 10)} (timeUnit and timePattern say how times are written, timeRange which are believed), got ${describeTime(timeMs)}`;
}
