import Papa from "papaparse";
import type { Draft, Drafts } from "./drafts.js";

/** What a column is about, by the names that people give it. */
const NAMES = {
  lon: ["lon", "lng", "long", "longitude", "x"],
  lat: ["lat", "latitude", "y"],
  name: ["name", "title", "label"],
  text: ["text", "description", "caption", "words", "comment", "notes", "summary", "tags", "keywords"],
  kind: ["kind", "category", "type", "class", "amenity", "tourism"],
  rating: ["rating", "stars", "rated"],
  file: ["file", "filename", "photo", "picture", "image"],
} as const;
type Role = keyof typeof NAMES;
type Columns = Readonly<Partial<Record<Role, string>>>;

/** Which column is about what: by its whole name first (`lon`), then by its end (`stop_lon`). Each is about one thing. */
export function columnsOf(names: readonly string[]): Columns {
  const found: Partial<Record<Role, string>> = {};
  const free = new Set(names);
  const plain = (name: string) => name.trim().toLowerCase();
  for (const fits of [
    (name: string, alias: string) => name === alias,
    (name: string, alias: string) => new RegExp(`[ _.:-]${alias}$`).test(name),
  ]) {
    for (const role of Object.keys(NAMES) as Role[]) {
      if (found[role] !== undefined) continue;
      const name = NAMES[role]
        .map((alias) => names.find((each) => free.has(each) && fits(plain(each), alias)))
        .find((each) => each !== undefined);
      if (name === undefined) continue;
      found[role] = name;
      free.delete(name);
    }
  }
  return found;
}

/** Rows of a table with a header; separated by commas, semicolons or tabs. */
export function readTable(text: string, file: string, drafts: Drafts): void {
  const { data, errors, meta } = Papa.parse<Record<string, string>>(text.replace(/^\ufeff/, ""), {
    header: true,
    skipEmptyLines: "greedy",
  });
  const names = meta.fields ?? [];
  const columns = columnsOf(names);
  const hasPosition = columns.lon !== undefined && columns.lat !== undefined;
  if (!hasPosition && columns.file === undefined) {
    drafts.skip(`table without columns lon and lat (it has ${names.slice(0, 8).join(", ") || "none"})`, file);
    return;
  }
  const broken = new Map(errors.map(({ row, message }) => [row, message]));
  // 13,74 is a number where commas do not separate columns.
  const isDecimalComma = meta.delimiter !== ",";
  for (const [i, row] of data.entries()) {
    const at = `${file}, row ${i + 1}`;
    const problem = broken.get(i);
    if (problem !== undefined) drafts.skip(problem, at);
    else takeRow(row, columns, { at, isDecimalComma }, drafts);
  }
}

function takeRow(
  row: Readonly<Record<string, string>>,
  columns: Columns,
  { at, isDecimalComma }: { readonly at: string; readonly isDecimalComma: boolean },
  drafts: Drafts,
): void {
  const cell = (role: Role) => (columns[role] === undefined ? "" : (row[columns[role]] ?? "").trim());
  const numberIn = (role: Role) => {
    const value = isDecimalComma ? cell(role).replace(",", ".") : cell(role);
    return value === "" ? undefined : Number(value);
  };
  const [lon, lat] = [numberIn("lon"), numberIn("lat")];
  if ([lon, lat].some((value) => value !== undefined && !Number.isFinite(value))) {
    drafts.skip("longitude or latitude is no number", at);
    return;
  }
  const position: Draft["position"] = lon === undefined || lat === undefined ? undefined : [lon, lat];
  drafts.add({ ...described(row, columns, at, drafts, numberIn("rating")), position, at });
}

/** A GeoJSON object, or one a line. */
export function readGeoJson(text: string, file: string, drafts: Drafts): void {
  const lines = text.trimStart().startsWith("{")
    ? text.trim().split(/\r?\n\s*(?=\{\s*"type"\s*:\s*"Feature")/)
    : [];
  const isLines = lines.length > 1 && isJson(lines[0]!);
  for (const [i, part] of (isLines ? lines : [text]).entries()) {
    let value: unknown;
    try {
      value = JSON.parse(part);
    } catch {
      drafts.skip("no JSON", isLines ? `${file}, line ${i + 1}` : file);
      continue;
    }
    for (const [n, feature] of featuresOf(value).entries()) {
      takeFeature(feature, isLines ? `${file}, line ${i + 1}` : `${file}, feature ${n + 1}`, drafts);
    }
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

interface Feature {
  readonly type?: unknown;
  readonly geometry?: { readonly type?: unknown; readonly coordinates?: unknown } | null;
  readonly properties?: Readonly<Record<string, unknown>> | null;
}

function featuresOf(value: unknown): readonly Feature[] {
  if (Array.isArray(value)) return value as Feature[];
  const { type, features } = (value ?? {}) as { type?: unknown; features?: unknown };
  if (type === "FeatureCollection" && Array.isArray(features)) return features as Feature[];
  return [value as Feature];
}

function takeFeature(feature: Feature, at: string, drafts: Drafts): void {
  if (feature === null || typeof feature !== "object" || feature.type !== "Feature") {
    drafts.skip("no GeoJSON feature", at);
    return;
  }
  const ends = endsOf(feature.geometry?.coordinates);
  if (ends === undefined) {
    drafts.skip("has no position", at);
    return;
  }
  const [west, south, east, north] = ends;
  if (west !== east || south !== north) {
    drafts.mend(`${String(feature.geometry?.type)} taken at its middle`, at);
  }
  const cells = Object.entries(feature.properties ?? {}).flatMap(([name, value]) =>
    value === null || typeof value === "object" ? [] : [[name, String(value)] as const],
  );
  const row = Object.fromEntries(cells);
  const columns = columnsOf(Object.keys(row));
  const given = columns.rating === undefined ? undefined : Number(row[columns.rating]);
  drafts.add({
    ...described(row, columns, at, drafts, given),
    position: [(west + east) / 2, (south + north) / 2],
    at,
  });
}

/** West, south, east and north of coordinates nested as deep as may be; undefined where there are none. */
function endsOf(coordinates: unknown): [number, number, number, number] | undefined {
  if (!Array.isArray(coordinates)) return undefined;
  const [x, y] = coordinates as unknown[];
  if (typeof x === "number" && typeof y === "number") return [x, y, x, y];
  let ends: [number, number, number, number] | undefined;
  for (const part of coordinates) {
    const of = endsOf(part);
    if (of === undefined) continue;
    ends =
      ends === undefined
        ? of
        : [
            Math.min(ends[0], of[0]),
            Math.min(ends[1], of[1]),
            Math.max(ends[2], of[2]),
            Math.max(ends[3], of[3]),
          ];
  }
  return ends;
}

/** Name, text, kind, rating and photo; without a column for texts, what the other columns say. */
function described(
  row: Readonly<Record<string, string>>,
  columns: Columns,
  at: string,
  drafts: Drafts,
  rating: number | undefined,
): Pick<Draft, "name" | "text" | "kind" | "rating" | "file"> {
  const cell = (role: Role) => (columns[role] === undefined ? "" : (row[columns[role]] ?? "").trim());
  const used = new Set(Object.values(columns));
  const others = Object.entries(row)
    .filter(([name, value]) => !used.has(name) && /\p{L}/u.test(value))
    .map(([, value]) => value.trim());
  if (rating !== undefined && !Number.isFinite(rating)) drafts.mend("rating that is no number left out", at);
  return {
    name: cell("name"),
    text: cell("text") || others.join(", "),
    kind: cell("kind") || undefined,
    rating: Number.isFinite(rating) ? rating : undefined,
    file: cell("file") || undefined,
  };
}
