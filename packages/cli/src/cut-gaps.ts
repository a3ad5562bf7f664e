import { segmentByTimeGap, TrajectorySet, ValueError } from "@wayweave/geo-core";

/** A gap in time, and how it was written. */
export interface MaxGap {
  readonly ms: number;
  /** As `--max-gap` has it: `5min`. */
  readonly text: string;
}

/** What {@link cutAtGaps} makes of trips. */
export interface CutTrips {
  readonly set: TrajectorySet;
  /** Trips that had a gap and are several now. */
  readonly cut: number;
  /** Trips that could not be looked at, since a point has no time or times go back; they are whole. */
  readonly whole: number;
}

const UNITS: Readonly<Record<string, number>> = { s: 1000, min: 60_000, h: 3_600_000 };

/** A parser of `90s`, `5min` or `1.5h`. @throws {ValueError} anything else */
export function parseGap(text: string): MaxGap {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(s|min|h)$/.exec(text.trim()) ?? [];
  const ms = Number(number) * (UNITS[unit ?? ""] ?? Number.NaN);
  if (ms > 0) return { ms, text: text.trim() };
  throw new ValueError(
    `--max-gap must be a time with its unit, such as 90s, 5min or 2h, got ${JSON.stringify(text)}`,
  );
}

/**
 * Cuts trips wherever more time than this passed between two points. The parts of trip `a` are `a/0`, `a/1`, …, a trip without a gap keeps its id,
 * and the order stays. No point is lost.
 */
export function cutAtGaps(set: TrajectorySet, { ms }: MaxGap): CutTrips {
  const ordered: number[] = [];
  /** Trips that are not looked at, and those without points, which have nothing to cut. */
  const others: number[] = [];
  let whole = 0;
  for (let i = 0; i < set.length; i++) {
    const isOrdered = hasOrderedTimes(set, i);
    if (!isOrdered) whole++;
    (isOrdered && set.pointCountOf(i) > 0 ? ordered : others).push(i);
  }
  if (ordered.length === 0) return { set, cut: 0, whole };
  const parts = segmentByTimeGap(set.select(ordered), { maxGapMs: ms });
  /** The trip that each part comes from. */
  const origins = [...Array.from(parts.sources, (at) => ordered[at]!), ...others];
  const partsOf = new Uint32Array(set.length);
  for (const origin of origins) partsOf[origin]!++;
  const cut = partsOf.reduce((sum, count) => sum + Number(count > 1), 0);
  if (cut === 0) return { set, cut, whole };
  const all = TrajectorySet.concat([parts.set, set.select(others)]);
  const places = [...origins.keys()].sort((a, b) => origins[a]! - origins[b]! || a - b);
  const ids = places.map((at) => {
    const origin = origins[at]!;
    return partsOf[origin]! > 1 ? parts.set.ids![at]! : (set.ids?.[origin] ?? String(origin));
  });
  return { set: all.select(places).with({ ids }), cut, whole };
}

/** Whether all points of a trip have times, which do not go back. */
function hasOrderedTimes({ timesMs, offsets }: TrajectorySet, trip: number): boolean {
  const [from, to] = [offsets[trip]!, offsets[trip + 1]!];
  if (timesMs === undefined || (from < to && Number.isNaN(timesMs[from]))) return false;
  // NaN is no number of milliseconds either.
  for (let p = from + 1; p < to; p++) if (!(timesMs[p]! - timesMs[p - 1]! >= 0)) return false;
  return true;
}

/** What {@link cutAtGaps} did, as lines of notes. @param from how many trips there were @param to how many there are */
export function cutNotes(
  { text }: MaxGap,
  from: number,
  to: number,
  { cut, whole }: Pick<CutTrips, "cut" | "whole">,
): string {
  const did =
    cut === 0
      ? `note: --max-gap ${text} cuts none of ${from} trips\n`
      : `note: --max-gap ${text} cuts ${cut} of ${from} trips: ${to} now\n`;
  const left = `note: ${whole} trips stay whole, since a point has no time or times go back (--times drop, --order sort)\n`;
  return whole === 0 ? did : did + left;
}
