import { type TrajectorySet, ValueError } from "@wayweave/geo-core";
import {
  type AttributeValue,
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

type Format = "geojson" | "geojsonl" | "csv" | "parquet";

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

/** Reads trajectories in the format that the file's name says. @throws {FormatError} a broken file, with its place */
export async function readTrips(file: string, options: ReadTripsOptions): Promise<TrajectorySet> {
  const { columns, coordinateSystem, signal } = options;
  switch (formatOf(file)) {
    case "geojson":
      return (await readGeoJson(file, { signal })).trajectories;
    case "geojsonl":
      return (await readGeoJsonLines(file, { signal })).trajectories;
    case "parquet":
      return (await readParquet(file, { coordinateSystem, signal })).trajectories;
    case "csv": {
      const [id, x, y, time] = columns;
      if (id === undefined || x === undefined || y === undefined || columns.length > 4) {
        throw new ValueError(`--columns must be id,x,y or id,x,y,time, got ${columns.join(",")}`);
      }
      const points = { layout: "points", id, x, y, ...(time === undefined ? {} : { time }) } as const;
      return (await readCsv(file, { columns: points, coordinateSystem, signal })).trajectories;
    }
  }
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
