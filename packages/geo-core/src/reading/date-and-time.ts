import { parseIsoTime } from "./iso-time.js";
import { usualTimeText } from "./time-text.js";

/** A time of day alone, of 24 hours or of twice twelve. */
const TIME_OF_DAY =
  /^\d{1,2}:\d{2}(?::\d{2}(?:[.,:]\d+)?)?\s?(?:[ap]\.?m\.?|Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?$/i;

/** `071234`, `071234.5` or `071234500`, or 71234 where a number has lost its zero. */
const COMPACT_TIME = /^(\d{5,6})(?:[.,]?(\d{3})|[.,](\d+))?$/;

const COMPACT_DATE = /^(?:19|20)\d{6}$/;

/**
 * What to read as a point's time where its date may stand apart: `2020-05-13 13:00:00` of `2020-05-13` and `1:00 PM`, of `20200513` and
 * `130000`; the time alone where it holds a date itself, or is nothing; both as they stand where they are neither.
 *
 * @param date undefined where the times have none apart
 * @param isPattern whether the option `timePattern` says how both are written, so that nothing may be changed in them
 */
export function timeWithDate(time: unknown, date: unknown, isPattern: boolean): unknown {
  if (isPattern) return isNothing(date) || isNothing(time) ? time : `${date} ${time}`.trim();
  if (isNothing(date) || isNothing(time)) return usualForm(time);
  const [day, clock] = [String(date).trim(), String(time).trim()];
  if (TIME_OF_DAY.test(clock)) return usualForm(`${dayOf(day)} ${clock}`);
  const compact = COMPACT_TIME.exec(clock);
  if (compact !== null && COMPACT_DATE.test(day)) {
    const [, digits, milliseconds, fraction = milliseconds] = compact;
    return `${day}T${digits!.padStart(6, "0")}${fraction === undefined ? "" : `.${fraction}`}`;
  }
  return isMoment(time) ? usualForm(time) : `${day} ${clock}`;
}

/** A time and its date as they stand, for messages. */
export function asWritten(time: unknown, date: unknown): unknown {
  return isNothing(date) ? time : `${date} ${time}`;
}

/** Whether a value says that there is none. */
export function isNothing(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === "string" && NOTHING.test(value));
}

const NOTHING = /^\s*(?:null|na|nan|none|nat)?\s*$/i;

/** A day without separators reads with a time that has some only if it has them too. */
function dayOf(day: string): string {
  return COMPACT_DATE.test(day) ? `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}` : day;
}

/** Whether a time beside a date is a moment itself: a text with a date, or a number so large that it can count from 1970 only. */
function isMoment(time: unknown): boolean {
  const number = Number(time);
  if (Number.isFinite(number)) return number >= 1e9;
  return !Number.isNaN(parseIsoTime(String(usualForm(time))));
}

function usualForm(time: unknown): unknown {
  return typeof time === "string" ? usualTimeText(time) : time;
}
