import { describeJson } from "../foundation/describe-json.js";
import { type EncodedPolylines, isEncodedPolyline } from "./encoded-polyline.js";
import { isObject } from "./geojson/json-object.js";
import {
  isWktPoint,
  otherWktType,
  type ParsedLine,
  parseJsonPolyline,
  parseWktLines,
  parseWktPoint,
} from "./polyline.js";
import { parseWkb, type WkbParts } from "./wkb.js";

/** A geometry as text: WKB in hexadecimal digits (as PostGIS prints it), GeoJSON, WKT, or an encoded polyline. */
export function parseTextGeometry(text: string, encoded: EncodedPolylines): WkbParts {
  if (/^(?:[0-9a-f]{2}){5,}$/i.test(text)) return parseWkb(bytesOf(text));
  if (isEncodedPolyline(text)) return encoded.parse(text);
  if (text.startsWith("{")) return parseGeoJsonText(text);
  const other = otherWktType(text);
  if (other === undefined) return parseWktLines(text);
  const [x, y] = parseWktPoint(text);
  return isWktPoint(text) ? { point: { positions: Float64Array.of(x, y) } } : { other };
}

function bytesOf(digits: string): Uint8Array {
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) =>
    Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16),
  );
}

function parseGeoJsonText(text: string): WkbParts {
  let geometry: unknown;
  try {
    geometry = JSON.parse(text);
  } catch (error) {
    return { problem: `a geometry in braces must be GeoJSON: ${(error as Error).message}` };
  }
  const { type, coordinates } = isObject(geometry) ? geometry : {};
  const isOfMany = type === "MultiLineString" && Array.isArray(coordinates);
  if (type === "LineString" || isOfMany) return linesOf(isOfMany ? coordinates : [coordinates]);
  if (type === "Point") {
    const point = linesOf([[coordinates]]);
    return "lines" in point ? { point: point.lines[0]! } : point;
  }
  return typeof type === "string"
    ? { other: type }
    : { problem: `a geometry in braces must be GeoJSON, got ${describeJson(geometry)}` };
}

function linesOf(parts: readonly unknown[]): Extract<WkbParts, { lines: unknown } | { problem: string }> {
  const lines: ParsedLine[] = [];
  for (const part of parts) {
    const parsed = parseJsonPolyline(JSON.stringify(part ?? null));
    if ("problem" in parsed) return parsed;
    lines.push(...parsed.lines);
  }
  return { lines };
}
