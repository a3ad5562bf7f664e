import { type PropertyColumn, TrajectorySet, ValueError } from "@wayweave/geo-core";

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
  const { timesMs, offsets } = set;
  const starts: number[] = [0];
  const ids: string[] = [];
  /** The trip that each part comes from. */
  const origins: number[] = [];
  let [cut, whole] = [0, 0];
  for (let i = 0; i < set.length; i++) {
    const [from, to] = [offsets[i]!, offsets[i + 1]!];
    const gaps = gapsOf(timesMs, from, to, ms);
    if (gaps === undefined) whole++;
    const ends = [...(gaps ?? []), to];
    if (ends.length > 1) cut++;
    const id = set.ids?.[i] ?? String(i);
    for (const [part, end] of ends.entries()) {
      starts.push(end);
      origins.push(i);
      ids.push(ends.length > 1 ? `${id}/${part}` : id);
    }
  }
  if (cut === 0) return { set, cut, whole };
  const properties: Record<string, PropertyColumn> = {};
  for (const [name, column] of Object.entries(set.properties)) {
    properties[name] = origins.map((origin) => column[origin]!);
  }
  const { coordinates, coordinateSystem, pointColumns } = set;
  const columns = { coordinates, timesMs, coordinateSystem, pointColumns, ids, properties };
  return { set: new TrajectorySet({ ...columns, offsets: Uint32Array.from(starts) }), cut, whole };
}

/** Points before which more than `ms` passed; undefined where a point has no time or times go back. */
function gapsOf(
  timesMs: Float64Array | undefined,
  from: number,
  to: number,
  ms: number,
): number[] | undefined {
  if (timesMs === undefined || (from < to && Number.isNaN(timesMs[from]))) return undefined;
  const gaps: number[] = [];
  for (let p = from + 1; p < to; p++) {
    const passed = timesMs[p]! - timesMs[p - 1]!;
    // NaN is no number of milliseconds either.
    if (!(passed >= 0)) return undefined;
    if (passed > ms) gaps.push(p);
  }
  return gaps;
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
