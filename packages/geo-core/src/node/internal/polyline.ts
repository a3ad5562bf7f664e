import { describeJson } from "../../foundation/describe-json.js";
import { parseDecimalText, quoted } from "./bytes.js";

/** Interleaved x, y; or what is wrong with the text. */
export type Polyline = { readonly positions: Float64Array } | { readonly problem: string };

/** A JSON polyline, `[[x, y], …]`; further numbers of a position are left out. */
export function parseJsonPolyline(text: string): Polyline {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { problem: `a polyline must be JSON, got ${quoted(text)}` };
  }
  if (!Array.isArray(value)) return { problem: `a polyline must be [[x, y], …], got ${quoted(text)}` };
  const positions = new Float64Array(2 * value.length);
  for (let i = 0; i < value.length; i++) {
    const position: unknown = value[i];
    const [x, y]: unknown[] = Array.isArray(position) ? position : [];
    if (typeof x !== "number" || typeof y !== "number") {
      return { problem: `position ${i} must be [x, y], got ${describeJson(position)}` };
    }
    positions[2 * i] = x;
    positions[2 * i + 1] = y;
  }
  return { positions };
}

const WKT_LINE = /^\s*(?:SRID=\d+;\s*)?LINESTRING\s*(?:Z|M|ZM)?\s*\((.*)\)\s*$/is;
const WKT_EMPTY = /^\s*(?:SRID=\d+;\s*)?LINESTRING\s*(?:Z|M|ZM)?\s+EMPTY\s*$/i;

/** A WKT line, `LINESTRING (x y, …)`; further numbers of a position are left out. */
export function parseWktLine(text: string): Polyline {
  if (WKT_EMPTY.test(text)) return { positions: new Float64Array(0) };
  const inside = WKT_LINE.exec(text)?.[1];
  if (inside === undefined) return { problem: `a line must be WKT LINESTRING (x y, …), got ${quoted(text)}` };
  const parts = inside.split(",");
  const positions = new Float64Array(2 * parts.length);
  for (let i = 0; i < parts.length; i++) {
    const numbers = parts[i]!.trim().split(/\s+/);
    const x = parseDecimalText(numbers[0]!);
    const y = parseDecimalText(numbers[1] ?? "");
    if (Number.isNaN(x) || Number.isNaN(y) || numbers.length > 4) {
      return { problem: `position ${i} must be two numbers, got ${quoted(parts[i]!)}` };
    }
    positions[2 * i] = x;
    positions[2 * i + 1] = y;
  }
  return { positions };
}
