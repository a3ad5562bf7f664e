import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { makeFolderOf } from "@wayweave/cli";
import { type TrajectorySet, ValueError } from "@wayweave/geo-core";
import {
  type AttributeValue,
  type WriteOptions,
  writeCsv,
  writeGeoJson,
  writeGeoJsonLines,
  writeGpx,
  writeParquet,
} from "@wayweave/geo-core/node";

export type OutFormat = "geojson" | "geojsonl" | "csv" | "parquet" | "gpx";
export type Attributes = Readonly<Record<string, readonly AttributeValue[]>>;

const formats: Readonly<Record<string, OutFormat>> = {
  ".gpx": "gpx",
  ".geojson": "geojson",
  ".json": "geojson",
  ".geojsonl": "geojsonl",
  ".ndjson": "geojsonl",
  ".csv": "csv",
  ".parquet": "parquet",
};

const writers: Readonly<
  Record<OutFormat, (file: string, set: TrajectorySet, options: WriteOptions) => Promise<void>>
> = {
  geojson: writeGeoJson,
  geojsonl: writeGeoJsonLines,
  csv: writeCsv,
  parquet: writeParquet,
  gpx: writeGpx,
};

/** @throws {ValueError} an extension that says nothing of the format, or a gzipped Parquet file */
export function formatOf(option: string, file: string): OutFormat {
  const name = file.toLowerCase();
  const isGzipped = name.endsWith(".gz");
  const format = formats[path.extname(isGzipped ? name.slice(0, -3) : name)];
  if (format === undefined || (isGzipped && format === "parquet")) {
    const known = Object.keys(formats).join(", ");
    throw new ValueError(`${option} must end in ${known} (all but .parquet also with .gz), got ${file}`);
  }
  return format;
}

/** @throws {ValueError} planar trips where the format has degrees only */
export function checkCoordinates(
  option: string,
  file: string,
  { coordinateSystem }: Pick<TrajectorySet, "coordinateSystem">,
): void {
  const format = formatOf(option, file);
  if (coordinateSystem === "planar" && format !== "csv" && format !== "parquet") {
    throw new ValueError(`${option} must end in .csv or .parquet with --planar, got ${file}`);
  }
}

/**
 * Refuses, before any work, what the writer would refuse in the end. The writer itself is asked: with a signal that is aborted it checks
 * all it checks, opens its temporary file, and stops.
 *
 * @throws {ValueError} what the writer throws
 */
export async function checkWritable(
  option: string,
  file: string,
  set: TrajectorySet,
  columns: readonly string[],
): Promise<void> {
  checkCoordinates(option, file, set);
  const attributes = Object.fromEntries(columns.map((name) => [name, new Array<number>(set.length).fill(0)]));
  const enough = new Error("the writer has nothing against it");
  const signal = AbortSignal.abort(enough);
  // A folder that is not there yet is made when there is something to write: a run that fails leaves nothing behind.
  const folder = path.dirname(file);
  const target = existsSync(folder) ? file : path.join(tmpdir(), path.basename(file));
  await writers[formatOf(option, file)](target, set, { attributes, signal }).catch((error: unknown) => {
    if (error !== enough) throw error;
  });
}

/** Writes trips with further columns, in the format that the file's name says; whole or not at all. */
export async function writeTrips(
  file: string,
  set: TrajectorySet,
  attributes: Attributes,
  signal?: AbortSignal,
): Promise<void> {
  const target = await makeFolderOf(file);
  await writers[formatOf("--out", file)](target, set, {
    attributes,
    ...(signal === undefined ? {} : { signal }),
  });
}

/**
 * Tells on stderr which of the columns to be written the trips have already, and lose.
 *
 * @param known those that batches before have lost, which are told once
 */
export function tellReplaced(
  set: TrajectorySet,
  columns: readonly string[],
  known: Set<string> = new Set(),
): void {
  for (const name of replacedColumns(set, columns)) {
    if (!known.has(name)) process.stderr.write(`note: ${name} of the input is replaced\n`);
    known.add(name);
  }
}

/** Which of the columns to be written the trips have already, and lose. */
function replacedColumns(set: TrajectorySet, columns: readonly string[]): string[] {
  return columns.filter(
    (name) => Object.hasOwn(set.properties, name) || Object.hasOwn(set.pointColumns, name),
  );
}
