import { describeJson } from "../foundation/describe-json.js";

/** Coordinate systems whose positions are WGS84 longitude and latitude (and perhaps height). */
const WGS84 = new Set(["EPSG:4326", "EPSG:4979", "OGC:CRS84", "OGC:CRS84H"]);

/** Others in degrees, which lie within a few metres of WGS84's. */
const OTHER_DEGREES = new Set([
  "EPSG:4258", // ETRS89
  "EPSG:4937",
  "EPSG:4269", // NAD83
  "OGC:CRS83",
  "EPSG:6318", // NAD83(2011)
  "EPSG:4617", // NAD83(CSRS)
  "EPSG:4283", // GDA94
  "EPSG:7844", // GDA2020
  "EPSG:4167", // NZGD2000
  "EPSG:4490", // CGCS2000
  "EPSG:4612", // JGD2000
  "EPSG:6668", // JGD2011
  "EPSG:4674", // SIRGAS 2000
  "EPSG:4148", // Hartebeesthoek94
]);

export function isWgs84Name(name: string): boolean {
  return WGS84.has(name);
}

/** Whether a coordinate system of this name holds longitude and latitude that may be read as WGS84's. */
export function isDegreesName(name: string): boolean {
  return WGS84.has(name) || OTHER_DEGREES.has(name);
}

/**
 * `EPSG:4326`, `OGC:CRS84` and the like out of a URN, a URL, PROJJSON, WKT or the name itself; undefined where the value
 * names no authority.
 */
export function crsName(crs: unknown): string | undefined {
  if (typeof crs === "string") return nameInText(crs.trim());
  if (typeof crs !== "object" || crs === null) return undefined;
  const { id, ids, properties, base_crs: _ } = crs as Record<string, unknown>;
  const first = id ?? (Array.isArray(ids) ? ids[0] : undefined);
  if (typeof first === "object" && first !== null) {
    const { authority, code } = first as { authority?: unknown; code?: unknown };
    if (authority !== undefined && code !== undefined)
      return `${String(authority)}:${String(code)}`.toUpperCase();
  }
  // GeoJSON of 2008: { type: "name", properties: { name } } or { type: "EPSG", properties: { code } }.
  if (typeof properties === "object" && properties !== null) {
    const { name, code } = properties as { name?: unknown; code?: unknown };
    if (typeof name === "string") return nameInText(name.trim());
    if (typeof code === "string" || typeof code === "number") return nameInText(`EPSG:${code}`);
  }
  return undefined;
}

function nameInText(text: string): string | undefined {
  const patterns = [
    /^(EPSG|OGC|ESRI|IGNF):{1,2}([\w.-]+)$/i,
    /^urn:(?:x-)?ogc:def:crs:(\w+):[\w.]*:([\w.-]+)$/i,
    /^https?:\/\/www\.opengis\.net\/def\/crs\/(\w+)\/[\w.]+\/([\w.-]+)\/?$/i,
    /^https?:\/\/www\.opengis\.net\/gml\/srs\/(epsg)\.xml#(\d+)$/i,
    /(?:AUTHORITY|ID)\["(\w+)",\s*"?([\w.-]+)"?(?:\])?\]\s*\]?$/i,
  ];
  for (const pattern of patterns) {
    const match = pattern.exec(text);
    if (match !== null) return `${match[1]}:${match[2]}`.toUpperCase();
  }
  if (/^(?:urn:ogc:def:crs:OGC::?)?CRS84H?$/i.test(text))
    return `OGC:${text.slice(text.search(/CRS84/i))}`.toUpperCase();
  return /^WGS ?84$/i.test(text) ? "EPSG:4326" : undefined;
}

/** A coordinate system for a message. */
export function describeCrs(crs: unknown): string {
  const name = crsName(crs);
  const title = typeof crs === "object" && crs !== null ? (crs as { name?: unknown }).name : undefined;
  if (name !== undefined) return typeof title === "string" ? `${name} (${title})` : name;
  return typeof title === "string" ? title : describeJson(crs);
}
