import { lookup } from "../foundation/lookup.js";
import { textOf } from "../reading/bytes.js";

/** The formats that {@link readTrajectories} knows. */
export const TRACK_FORMATS = [
  "gpx",
  "kml",
  "tcx",
  "fit",
  "plt",
  "nmea",
  "igc",
  "geojson",
  "geojsonl",
  "csv",
  "parquet",
  "zip",
] as const;

/**
 * A format that {@link readTrajectories} can be told to expect; `geojsonl` is newline-delimited GeoJSON, `zip` also
 * KMZ.
 */
export type TrackFormat = (typeof TRACK_FORMATS)[number];

/** What a file is told to be: a format, or one that is known and not read, with what helps. */
export type Detected =
  | { readonly format: TrackFormat }
  | { readonly unsupported: string; readonly hint: string }
  | undefined;

const EXTENSIONS: Readonly<Record<string, TrackFormat>> = {
  gpx: "gpx",
  kml: "kml",
  kmz: "zip",
  tcx: "tcx",
  fit: "fit",
  plt: "plt",
  nmea: "nmea",
  igc: "igc",
  geojson: "geojson",
  json: "geojson",
  mfjson: "geojson",
  geojsonl: "geojsonl",
  geojsons: "geojsonl",
  ndjson: "geojsonl",
  jsonl: "geojsonl",
  ldjson: "geojsonl",
  csv: "csv",
  tsv: "csv",
  txt: "csv",
  parquet: "parquet",
  geoparquet: "parquet",
  zip: "zip",
};

const CONVERT = "ogr2ogr converts it to GeoJSON or CSV";

/** Extensions of formats that hold tracks and are not read. */
const UNSUPPORTED: Readonly<Record<string, string>> = {
  shp: "a shapefile",
  gpkg: "a GeoPackage",
  fgb: "FlatGeobuf",
};

/** The format that a name's extension tells (without `.gz`); undefined for a name that tells nothing. */
export function formatByName(name: string): TrackFormat | undefined {
  return lookup(EXTENSIONS, extensionOf(name));
}

/** Whether a file of a folder or zip is to be looked at. */
export function isTrackName(name: string): boolean {
  const extension = extensionOf(name);
  return Object.hasOwn(EXTENSIONS, extension) || Object.hasOwn(UNSUPPORTED, extension);
}

/**
 * What a file is, by its first bytes where they tell, else by its name.
 *
 * @param head some thousand bytes, unpacked
 */
export function detectFormat(name: string, head: Uint8Array): Detected {
  const ascii = String.fromCharCode(...head.subarray(0, 16));
  if (ascii.startsWith("PAR1")) return { format: "parquet" };
  if (ascii.startsWith("PK\u0003\u0004") || ascii.startsWith("PK\u0005\u0006")) return { format: "zip" };
  if (ascii.slice(8, 12) === ".FIT") return { format: "fit" };
  if (ascii.startsWith("SQLite format 3")) return { unsupported: "a GeoPackage", hint: CONVERT };
  if (ascii.startsWith("fgb")) return { unsupported: "FlatGeobuf", hint: CONVERT };
  if (ascii.startsWith("\u0000\u0000\u0027\u000a")) return { unsupported: "a shapefile", hint: CONVERT };
  const byText = formatByText(decoded(head));
  if (byText !== undefined) return { format: byText };
  const unsupported = lookup(UNSUPPORTED, extensionOf(name));
  if (unsupported !== undefined) return { unsupported, hint: CONVERT };
  const byName = formatByName(name);
  if (byName !== undefined) return { format: byName };
  return /^[^\n,;\t|]*[,;\t|][^\n]*\n/.test(decoded(head)) ? { format: "csv" } : undefined;
}

/** The formats of XML by their root element. */
const ROOTS: Readonly<Record<string, TrackFormat>> = {
  gpx: "gpx",
  kml: "kml",
  TrainingCenterDatabase: "tcx",
};

/** UTF-16 with a byte order mark is text too. */
function decoded(head: Uint8Array): string {
  const [a, b] = head;
  if (a === 0xff && b === 0xfe) return new TextDecoder("utf-16le").decode(head);
  if (a === 0xfe && b === 0xff) return new TextDecoder("utf-16be").decode(head);
  return textOf(head).replace(/^\ufeff/, "");
}

function formatByText(text: string): TrackFormat | undefined {
  const start = text.trimStart();
  if (start.startsWith("<")) {
    const root = /<(?:[\w.-]+:)?([A-Za-z][\w.-]*)[\s>/]/.exec(start.replace(/<!--[\s\S]*?-->/g, ""))?.[1];
    return root === undefined ? undefined : lookup(ROOTS, root);
  }
  if (/^(OziExplorer Track Point File|GeoLife trajectory)/i.test(start)) return "plt";
  if (NMEA.test(start)) return "nmea";
  if (IGC.test(start)) return "igc";
  if (start.startsWith(RECORD_SEPARATOR)) return "geojsonl";
  if (!start.startsWith("{") && !/^\[\s*[{\]]/.test(start)) return undefined;
  return isLineDelimited(start) ? "geojsonl" : "geojson";
}

/** A sentence of a receiver, behind what a logger may write before it. */
const NMEA = /^[^,\n]{0,80}\$(?:G[ABLNPQ]|BD|QZ|II|IN)(?:RMC|GGA|GNS|GLL|GSA|GSV|VTG|ZDA|TXT),/m;
/** The recorder's name in the first line, and the date or a fix below. */
const IGC = /^A[A-Z0-9]{3}[^\n]*\n(?:[^\n]*\n)*?(?:H[FOP]DTE|B\d{13}[NS]\d{8}[EW][AV])/;

/** What may stand before each text of a sequence (RFC 8142). */
const RECORD_SEPARATOR = String.fromCharCode(0x1e);

/** Whether the first line is a whole JSON object, and another begins behind it. */
function isLineDelimited(text: string): boolean {
  const end = text.indexOf("\n");
  if (
    end === -1 ||
    !text
      .slice(end + 1)
      .replace(RECORD_SEPARATOR, "")
      .trimStart()
      .startsWith("{")
  )
    return false;
  try {
    JSON.parse(text.slice(0, end));
    return true;
  } catch {
    return false;
  }
}

function extensionOf(name: string): string {
  return /\.([a-z0-9]+)$/i.exec(name.replace(/\.gz$/i, ""))?.[1]?.toLowerCase() ?? "";
}
