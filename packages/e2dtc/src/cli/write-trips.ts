import { access, constants, mkdir, stat } from "node:fs/promises";
import path from "node:path";
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

/**
 * Checks, before any work, that a file can be written: its folder, or the nearest one above that is there. Nothing is made yet, so that a
 * run that fails leaves nothing behind; {@link makeFolderOf} does it.
 *
 * @throws {ValueError} a folder that cannot be made or written, or a file that is a folder
 */
export async function prepareFile(option: string, file: string | undefined): Promise<void> {
  if (file === undefined) return;
  try {
    const folder = await nearestThere(path.dirname(path.resolve(file)));
    if (!(await stat(folder)).isDirectory()) throw new Error(`${folder} is no folder`);
    await access(folder, constants.W_OK);
  } catch (cause) {
    const why = (cause as { message?: string }).message ?? "";
    throw new ValueError(`${option} must be in a folder that can be written, got ${file} (${why})`, {
      cause,
    });
  }
  const isFolder = await stat(file).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isFolder) throw new ValueError(`${option} must be a file, got the folder ${file}`);
}

/** The folder, or the nearest one above it that is there. */
async function nearestThere(folder: string): Promise<string> {
  const isThere = await stat(folder).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return false;
      throw error;
    },
  );
  const above = path.dirname(folder);
  return isThere || above === folder ? folder : nearestThere(above);
}

/** Makes the folder that a file is about to be written in. */
export async function makeFolderOf(file: string): Promise<void> {
  await mkdir(path.dirname(path.resolve(file)), { recursive: true });
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
  await makeFolderOf(file);
  await writers[formatOf(option, file)](file, set, { attributes, signal }).catch((error: unknown) => {
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
  await makeFolderOf(file);
  await writers[formatOf("--out", file)](file, set, {
    attributes,
    ...(signal === undefined ? {} : { signal }),
  });
}

/** Which of the columns to be written the trips have already, and lose. */
export function replacedColumns(set: TrajectorySet, columns: readonly string[]): string[] {
  return columns.filter(
    (name) => Object.hasOwn(set.properties, name) || Object.hasOwn(set.pointColumns, name),
  );
}
