import type { TrajectoryCollector } from "../../reading/collector.js";
import { dateMs } from "../../reading/iso-time.js";
import type { PointBuffer } from "../../reading/point-buffer.js";
import { stemOf } from "../../reading/source.js";

const RECORDER_DAY_MS = 86_400_000;

/** Moments of a recorder that tells the time of day with every point, and the date only now and then. */
export class RecorderClock {
  /** The day under way, in milliseconds since 1970; NaN before the first date. */
  dayMs = Number.NaN;
  #lastClockMs = Number.NaN;

  /** A day, told at a time of day in milliseconds; NaN where it was told at none. */
  startDay(dayMs: number, clockMs: number): void {
    this.dayMs = dayMs;
    this.#lastClockMs = clockMs;
  }

  /** A time of day in milliseconds; one far before the last is of the next day. */
  tick(clockMs: number): void {
    if (clockMs < this.#lastClockMs - RECORDER_DAY_MS / 2) this.dayMs += RECORDER_DAY_MS;
    this.#lastClockMs = clockMs;
  }
}

/** Milliseconds of a date in digits; NaN where it is none. Two digits of a year are of 1980 to 2079, since there has been GPS. */
export function recordedDay(year: string, month: string, day: string): number {
  const number = Number.parseInt(year, 10);
  const full = year.length > 2 ? number : number + (number < 80 ? 2000 : 1900);
  return dateMs(full, Number.parseInt(month, 10), Number.parseInt(day, 10));
}

/** Adds all of a file's points as one trajectory; nothing where there are none. */
export function addRecording(
  collector: TrajectoryCollector<undefined>,
  file: string,
  points: PointBuffer,
  properties: Readonly<Record<string, string>> = {},
): void {
  if (points.length === 0) return;
  collector.add(
    {
      id: stemOf(file),
      positions: points.positions(),
      timesMs: points.timesMs(),
      columns: points.columns(),
      properties,
      lines: points.lines(),
      records: "points",
    },
    undefined,
  );
  points.clear();
}
