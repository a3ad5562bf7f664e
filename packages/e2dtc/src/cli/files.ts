import { createReadStream } from "node:fs";
import { access, constants, mkdir, stat } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";
import { type TrajectorySet, ValueError } from "@wayweave/geo-core";
import {
  type AttributeValue,
  type GeoJsonProperties,
  readCsv,
  readGeoJson,
  readGeoJsonLines,
  readParquet,
  writeCsv,
  writeGeoJson,
  writeGeoJsonLines,
  writeParquet,
} from "@wayweave/geo-core/node";

export interface ReadTripsOptions {
  /** Columns of CSV points: id, x, y and perhaps time. */
  readonly columns: readonly string[];
  readonly coordinateSystem: "lonlat" | "planar";
  readonly signal: AbortSignal;
}

export type Format = "geojson" | "geojsonl" | "csv" | "parquet";

const formats: Readonly<Record<string, Format>> = {
  ".geojson": "geojson",
  ".json": "geojson",
  ".geojsonl": "geojsonl",
  ".ndjson": "geojsonl",
  ".csv": "csv",
  ".parquet": "parquet",
};

/** @throws {ValueError} an extension that says nothing of the format */
export function formatOf(file: string): Format {
  const name = file.toLowerCase().replace(/\.gz$/, "");
  const extension = name.slice(name.lastIndexOf("."));
  const format = formats[extension];
  if (format === undefined) {
    throw new ValueError(`${file} must end in ${Object.keys(formats).join(", ")} (or one with .gz)`);
  }
  return format;
}

/** Trajectories, and what stood beside them. */
export interface Trips {
  readonly set: TrajectorySet;
  /** GeoJSON's, `[trajectories]`; none of the other formats. */
  readonly properties: readonly GeoJsonProperties[];
  /** What was not read. */
  readonly leftOut: readonly string[];
}

/** Reads trajectories in the format that the file's name says. @throws {FormatError} a broken file, with its place */
export async function readTrips(file: string, options: ReadTripsOptions): Promise<Trips> {
  const { columns, coordinateSystem, signal } = options;
  const format = formatOf(file);
  switch (format) {
    case "geojson":
    case "geojsonl": {
      const read = format === "geojson" ? readGeoJson : readGeoJsonLines;
      const { trajectories, properties } = await read(file, { coordinateSystem, signal });
      return { set: trajectories, properties, leftOut: [] };
    }
    case "parquet": {
      const { trajectories } = await readParquet(file, { coordinateSystem, signal });
      return { set: trajectories, properties: [], leftOut: ["every column but the geometry"] };
    }
    case "csv": {
      const [id, x, y, time] = columns;
      if (id === undefined || x === undefined || y === undefined || columns.length > 4) {
        throw new ValueError(`--columns must be id,x,y or id,x,y,time, got ${columns.join(",")}`);
      }
      const points = { layout: "points", id, x, y, ...(time === undefined ? {} : { time }) } as const;
      const { trajectories } = await readCsv(file, { columns: points, coordinateSystem, signal });
      // Their values are points', of which a trajectory has many.
      const leftOut = (await headerOf(file)).filter((name) => !columns.includes(name));
      return { set: trajectories, properties: [], leftOut };
    }
  }
}

/** The names in a CSV file's first line. */
async function headerOf(file: string): Promise<string[]> {
  const bytes = createReadStream(file);
  const text = file.toLowerCase().endsWith(".gz") ? bytes.pipe(createGunzip()) : bytes;
  try {
    for await (const line of createInterface({ input: text })) {
      return line
        .replace(/^\uFEFF/, "")
        .split(",")
        .map((name) => name.replace(/^"(.*)"$/, "$1"));
    }
    return [];
  } finally {
    bytes.destroy();
  }
}

/**
 * Makes the folder that a file is to be written in, before any work.
 *
 * @throws {ValueError} a folder that cannot be made or written, or a file that is a folder
 */
export async function prepareFile(option: string, file: string): Promise<void> {
  const folder = path.dirname(path.resolve(file));
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
  } catch (cause) {
    const why = (cause as Error).message;
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

/**
 * Refuses, before any work, what could not be written in the end.
 *
 * @throws {ValueError} lines of fewer than two points, or planar trajectories, where the format has none
 */
export function checkWritable(file: string, set: TrajectorySet): void {
  const format = formatOf(file);
  if (format === "csv") return;
  if (format !== "parquet" && set.coordinateSystem === "planar") {
    throw new ValueError(`${file} must be CSV or Parquet: GeoJSON holds longitude and latitude only`);
  }
  for (let i = 0; i < set.length; i++) {
    if (set.pointCountOf(i) < 2) {
      throw new ValueError(`${file} must be CSV: trajectory ${i} has one point, which is no line`);
    }
  }
}

/** Writes trajectories with further columns, in the format that the file's name says. */
export async function writeTrips(
  file: string,
  set: TrajectorySet,
  attributes: Readonly<Record<string, readonly AttributeValue[]>>,
): Promise<void> {
  const writers = {
    geojson: writeGeoJson,
    geojsonl: writeGeoJsonLines,
    csv: writeCsv,
    parquet: writeParquet,
  };
  await writers[formatOf(file)](file, set, { attributes });
}
