/** The end of a time of twice twelve hours. */
const TWELVE_HOURS = /\b(0?[1-9]|1[0-2]):(\d{2})(?::(\d{2})([.,]\d+)?)?\s?([ap])\.?m\.?$/i;

const DOTTED_DATE = /^(\d{1,2})\.(\d{1,2})\.(\d{4})(?!\d)/;

/** `13 May 2020, 13:05:09`, `13-May-2020 13:05`, `Wed, 13 May 2020 13:05:09 GMT` */
const DAY_FIRST = /^(?:[a-z]+\.?,?\s+)?(\d{1,2})[\s.-]+([a-z]{3,9})\.?[\s,-]+(\d{4})(?!\d)(.*)$/i;
/** `May 13, 2020, 1:05:09 PM`, `Wednesday, May 13th 2020` */
const MONTH_FIRST = /^(?:[a-z]+\.?,?\s+)?([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})(?!\d)(.*)$/i;
/** `Wed May 13 13:05:09 GMT+02:00 2020`, as C and Java print it */
const YEAR_LAST =
  /^(?:[a-z]+\.?,?\s+)?([a-z]{3,9})\.?\s+(\d{1,2})\s+(\d{1,2}:\d{2}:\d{2}(?:\.\d+)?)\s+(?:(\S+)\s+)?(\d{4})$/i;

/**
 * A time that people or programs write otherwise, as ISO 8601; any other text as it is: `2020-05-13 1:05:09 PM`, `13.5.2020`, whose dots say
 * that the day comes first, `May 13, 2020`. A zone must be an offset, `GMT` or `UTC`: other names, such as `CST`, are several zones'.
 */
export function usualTimeText(text: string): string {
  // Most times are of digits at both ends, and need no more than these looks at them.
  const dated = text[1] === "." || text[2] === "." ? text.replace(DOTTED_DATE, "$3-$2-$1") : text;
  const written = /[a-z]{3}/i.test(dated) ? withMonth(dated.trim()) : dated;
  return inTwentyFourHours(written ?? dated);
}

/** Undefined where no month is written out. */
function withMonth(text: string): string | undefined {
  const last = YEAR_LAST.exec(text);
  if (last !== null) return isoOf(last[5]!, last[1]!, last[2]!, ` ${last[3]}${offsetOf(last[4])}`);
  const dayFirst = DAY_FIRST.exec(text);
  if (dayFirst !== null) return isoOf(dayFirst[3]!, dayFirst[2]!, dayFirst[1]!, clockBehind(dayFirst[4]!));
  const monthFirst = MONTH_FIRST.exec(text);
  if (monthFirst === null) return undefined;
  return isoOf(monthFirst[3]!, monthFirst[1]!, monthFirst[2]!, clockBehind(monthFirst[4]!));
}

function isoOf(year: string, month: string, day: string, clock: string): string | undefined {
  const lower = month.toLowerCase();
  const index = MONTHS.findIndex((name) => name.startsWith(lower));
  return index === -1 ? undefined : `${year}-${index + 1}-${day}${clock}`;
}

const MONTHS = [
  "january",
  "february",
  "march",
  "april",
  "may",
  "june",
  "july",
  "august",
  "september",
  "october",
  "november",
  "december",
];

/** What stands behind a date: nothing, or a time after a blank, a comma, `at`; what is neither stays, so that it is no time. */
function clockBehind(rest: string): string {
  const clock = rest.replace(/^(?:\s*,?\s+(?:at\s+)?|\s*,\s*)/i, "");
  const [, time = clock, zone] = /^([\d:.]+(?:\s?[ap]\.?m\.?)?)\s+(\S+)$/i.exec(clock) ?? [];
  return clock === "" ? "" : ` ${inTwentyFourHours(time)}${offsetOf(zone)}`;
}

/** `GMT+02:00` is an offset itself. */
function offsetOf(zone = ""): string {
  return zone.replace(/^(?:GMT|UTC)(?=[+-])/i, "");
}

/** `1:05:09 PM` as `13:05:09`. */
function inTwentyFourHours(text: string): string {
  if (!/[Mm.]$/.test(text)) return text;
  return text.replace(
    TWELVE_HOURS,
    (_, hour: string, minute: string, second = "00", fraction = "", half = "") => {
      const hours = (Number(hour) % 12) + (half.toLowerCase() === "p" ? 12 : 0);
      return `${String(hours).padStart(2, "0")}:${minute}:${second}${fraction}`;
    },
  );
}
