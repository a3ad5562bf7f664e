import { ValueError } from "../foundation/errors.js";
import { checkOneOf, checkPositive } from "../foundation/validate.js";
import type { CoordinateSystem } from "../trajectories/trajectory-set.js";
import { CsvPointsParser } from "./internal/csv-points.js";
import { CsvLines } from "./internal/csv-records.js";
import { CsvTrajectoriesParser } from "./internal/csv-trajectories.js";
import { type Format, parseLines, readFormat, streamFormat } from "./internal/read-files.js";
import { TIME_FORMATS, type TimeFormat } from "./internal/times.js";
import type { ReadOptions, ReadReport, StreamOptions, TrajectoryBatch, TrajectoryStream } from "./reading.js";

export type { TimeFormat } from "./internal/times.js";

/** A column by its name in the header, or by its index from 0. */
export type CsvColumn = string | number;

/** One row a point. */
export interface CsvPointColumns {
  readonly layout: "points";
  /** Longitude, or planar x. */
  readonly x: CsvColumn;
  /** Latitude, or planar y. */
  readonly y: CsvColumn;
  /** What rows of one trajectory share; without it a file is one trajectory. */
  readonly id?: CsvColumn;
  readonly time?: CsvColumn;
}

/** One row a trajectory. */
export interface CsvTrajectoryColumns {
  readonly layout: "trajectories";
  readonly polyline: CsvColumn;
  /** `wkt`: `LINESTRING (x y, …)`. `json`: `[[x, y], …]`. */
  readonly polylineFormat: "wkt" | "json";
  readonly id?: CsvColumn;
  /** A JSON array with a time a point, in `timeFormat`. */
  readonly times?: CsvColumn;
  /** The first point's time; the others follow `intervalMs` apart. */
  readonly startTime?: CsvColumn;
  readonly intervalMs?: number;
}

export interface CsvOptions {
  readonly columns: CsvPointColumns | CsvTrajectoryColumns;
  /** More columns to read, as text; of a trajectory's first row where rows are points. @defaultValue [] */
  readonly attributes?: readonly CsvColumn[];
  /** One ASCII character. @defaultValue "," */
  readonly delimiter?: string;
  /** Whether the first row names the columns. @defaultValue true */
  readonly header?: boolean;
  /** Whether quoted fields may hold line breaks; one stray quote then breaks more than its line. @defaultValue false */
  readonly multilineFields?: boolean;
  /** `iso` without a zone is UTC. @defaultValue "iso" */
  readonly timeFormat?: TimeFormat;
  /** @defaultValue "lonlat" */
  readonly coordinateSystem?: CoordinateSystem;
  /**
   * `grouped`: the rows of a trajectory stand together, and are read in bounded memory; an id that comes back is an
   * error. `any`: they may be interleaved (but in order of time), and a whole file is held in memory.
   *
   * @defaultValue "grouped"
   */
  readonly rowOrder?: "grouped" | "any";
}

/** Part of a CSV data set. */
export interface CsvBatch extends TrajectoryBatch {
  /** The columns named in `attributes`, by column, `[trajectories]`. */
  readonly attributes: readonly Readonly<Record<string, string>>[];
}

/**
 * Reads trajectories from CSV (RFC 4180), a row a point or a row a trajectory.
 *
 * A record is a row; a header alone is a sound file without records. Ids are the id column's text; without one, the
 * file's name (rows are points) or `file/row`.
 *
 * @param path a CSV file, or a folder or zip with `.csv`, `.tsv` or `.txt` files; `.gz` too
 * @throws {FormatError} (strict) a broken row, one that is not UTF-8, a position out of range, times out of order, a
 *   column that the header does not name, an empty or damaged file; with file and line
 * @throws {ValueError} nothing at `path`, or an option that makes no sense
 * @example
 * const { trajectories } = await readCsv("trips.csv", {
 *   columns: { layout: "points", id: "trip", x: "lon", y: "lat", time: "at" },
 * });
 */
export function readCsv(
  path: string,
  options: ReadOptions & CsvOptions,
): Promise<CsvBatch & { readonly report: ReadReport }> {
  return readFormat(path, options, csvFormat("readCsv", options));
}

/** {@link readCsv} in batches. */
export function streamCsv(path: string, options: StreamOptions & CsvOptions): TrajectoryStream<CsvBatch> {
  return streamFormat(path, options, csvFormat("streamCsv", options));
}

function csvFormat(where: string, options: CsvOptions): Format<Record<string, string>, CsvBatch> {
  checkOptions(where, options);
  const { columns, delimiter = ",", header = true, multilineFields = false } = options;
  const { coordinateSystem = "lonlat" } = options;
  const dialect = { delimiter, hasHeader: header, multilineFields };
  const hasTimes =
    columns.layout === "points"
      ? columns.time !== undefined
      : columns.times !== undefined || columns.startTime !== undefined;
  return {
    where,
    coordinateSystem,
    withTimes: hasTimes,
    accepts: (name) => /\.(csv|tsv|txt)$/i.test(name),
    async *read(file, reading) {
      const parser =
        columns.layout === "points"
          ? new CsvPointsParser(file.label, reading.collector, columns, options)
          : new CsvTrajectoriesParser(file.label, reading.collector, columns, options);
      const lines = new CsvLines(file.label, reading.ledger, dialect, parser);
      yield* parseLines(file, reading, lines);
      reading.mayBeEmpty = lines.isHeaded;
    },
    toBatch: ({ trajectories, attributes }) => ({ trajectories, attributes }),
  };
}

function checkOptions(where: string, options: CsvOptions): void {
  const { columns, delimiter = ",", header = true, timeFormat = "iso", rowOrder = "grouped" } = options;
  checkOneOf(where, "columns.layout", columns.layout, ["points", "trajectories"]);
  checkOneOf(where, "timeFormat", timeFormat, TIME_FORMATS);
  checkOneOf(where, "rowOrder", rowOrder, ["grouped", "any"]);
  if (!/^[\t\x20-\x7e]$/.test(delimiter) || delimiter === '"') {
    const got = JSON.stringify(delimiter);
    throw new ValueError(`${where}: delimiter must be one ASCII character and no quote, got ${got}`);
  }
  const { layout, ...named } = columns;
  for (const [name, column] of Object.entries(named)) {
    if (name === "polylineFormat" || name === "intervalMs" || column === undefined) continue;
    checkColumn(where, `columns.${name}`, column, header);
  }
  for (const column of options.attributes ?? []) checkColumn(where, "attributes", column, header);
  if (columns.layout === "points") return;
  checkOneOf(where, "columns.polylineFormat", columns.polylineFormat, ["wkt", "json"]);
  if (columns.intervalMs !== undefined) checkPositive(where, "columns.intervalMs", columns.intervalMs);
  if ((columns.startTime === undefined) !== (columns.intervalMs === undefined)) {
    throw new ValueError(`${where}: columns.startTime and columns.intervalMs must come together`);
  }
  if (columns.startTime !== undefined && columns.times !== undefined) {
    throw new ValueError(`${where}: columns must have times or startTime, got both`);
  }
}

function checkColumn(where: string, name: string, column: unknown, header: boolean): void {
  const isIndex = typeof column === "number" && Number.isSafeInteger(column) && column >= 0;
  if (isIndex || (header && typeof column === "string")) return;
  const required = header ? "a column's name or index" : "a column's index (there is no header)";
  throw new ValueError(`${where}: ${name} must be ${required}, got ${JSON.stringify(column)}`);
}
