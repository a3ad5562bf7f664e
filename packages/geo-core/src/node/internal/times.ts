import { parseIsoTime } from "../../formats/iso-time.js";
import { parseDecimalText } from "./bytes.js";

export { parseIsoTime };

/** How a text or table column writes times. */
export type TimeFormat = "iso" | "seconds" | "milliseconds";

export const TIME_FORMATS: readonly TimeFormat[] = ["iso", "seconds", "milliseconds"];

/** Milliseconds since 1970 of a time in `format`; NaN where the text is not one. */
export function parseTime(text: string, format: TimeFormat): number {
  if (format === "iso") return parseIsoTime(text);
  const value = parseDecimalText(text);
  return format === "seconds" ? 1000 * value : value;
}
