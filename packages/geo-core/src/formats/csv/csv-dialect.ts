import { parseAngle } from "../../reading/angle.js";
import { parseDecimalText } from "../../reading/bytes.js";
import { parseIsoTime } from "../../reading/iso-time.js";
import { isMarked } from "../column-marks.js";
import { findRoles } from "../roles.js";
import { splitRecord } from "./split-record.js";

const DELIMITERS = [",", ";", "\t", "|"] as const;

/**
 * The delimiter of a file by its first lines: the one that cuts them into the same number of fields, of at least two. Of
 * several such the one that makes most fields; with decimal commas (`10,5;50,1`) that is the semicolon all the same.
 */
export function guessDelimiter(lines: readonly string[]): string {
  let best = ",";
  let most = 1;
  for (const delimiter of DELIMITERS) {
    const counts = lines.map((line) => splitRecord(line, delimiter)?.values.length ?? 0);
    const first = counts[0] ?? 0;
    const isEven = counts.every((count) => count === first);
    // A header cut by semicolons is not cut by the commas of the numbers below it.
    const fields = isEven ? first : Math.min(...counts) / 2;
    if (fields > most) {
      best = delimiter;
      most = fields;
    }
  }
  return best;
}

/**
 * Whether a file's first record names columns: it names longitude and latitude, or none of its fields looks like data.
 * Some names may be empty, as that of pandas' index is.
 */
export function looksLikeHeader(fields: readonly string[]): boolean {
  const { x, y } = findRoles(fields);
  if (x !== undefined && y !== undefined) return true;
  return (
    fields.some((field) => field !== "") && !fields.some((field) => !isMarked(field) && looksLikeData(field))
  );
}

/** Whether a field is a number, a time, a position or a line. */
export function looksLikeData(field: string): boolean {
  return (
    !Number.isNaN(parseDecimalText(field)) ||
    !Number.isNaN(parseIsoTime(field)) ||
    !Number.isNaN(parseAngle(field, "longitude")) ||
    !Number.isNaN(parseAngle(field, "latitude")) ||
    /^(SRID=\d+;\s*)?(MULTI)?(LINESTRING|POINT|POLYGON)\b/i.test(field) ||
    field.startsWith("[[")
  );
}

/** A number, with a point or a comma before its decimals. */
export function parseNumber(text: string, decimalComma: boolean): number {
  const value = parseDecimalText(text);
  if (!Number.isNaN(value) || !decimalComma || !text.includes(",")) return value;
  return text.includes(".") ? Number.NaN : parseDecimalText(text.replace(",", "."));
}
