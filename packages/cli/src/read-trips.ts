import { mkdir, stat } from "node:fs/promises";
import path from "node:path";
import {
  FormatError,
  isError,
  type ReadReport,
  type ReadTrajectoriesOptions,
  type TrajectorySet,
  ValueError,
} from "@wayweave/geo-core";
import { readTrajectories, writeAtomically } from "@wayweave/geo-core/node";
import { type Command, Option } from "commander";

/** What {@link addReadingOptions} adds. */
export interface ReadingFlags {
  readonly lenient?: true;
  readonly skipReport?: string;
  readonly columns?: ReadTrajectoriesOptions["columns"];
  readonly crs?: string;
  readonly format?: string;
  readonly planar?: true;
  readonly timeUnit?: string;
  readonly timePattern?: string;
  readonly timeZone?: string;
  readonly times?: string;
  readonly duplicates?: string;
  readonly order?: string;
  readonly timeRange?: ReadTrajectoriesOptions["timeRange"];
  readonly longitudes?: string;
}

const FORMATS = ["gpx", "kml", "tcx", "fit", "plt", "geojson", "geojsonl", "csv", "parquet", "zip"];

/** The options of every command that reads trips. */
export function addReadingOptions(command: Command): Command {
  const choice = (flags: string, text: string, values: readonly string[]) =>
    new Option(flags, text).choices(values);
  return command
    .optionsGroup("How the trips are read:")
    .option("--lenient", "keep all that is sound; without it the first broken record is an error")
    .option("--skip-report <file>", "where a JSON file goes that says what was left out, and why")
    .option(
      "--columns <names>",
      "of a table: id,lon,lat,time in this order, or by role: id=trip,lon=x,lat=y,time=when (default: found by their names)",
      parseColumns,
    )
    .addOption(choice("--format <name>", "of the files (default: found by name and content)", FORMATS))
    .option("--planar", "positions are x and y in metres or pixels, not longitude and latitude")
    .option(
      "--crs <name>",
      "of the positions: EPSG:3857, a UTM zone, a PROJ definition, or file: what the file says",
    )
    .addOption(
      choice("--time-unit <unit>", "of times that are numbers (default: auto, by their size)", [
        "auto",
        "seconds",
        "milliseconds",
        "microseconds",
        "nanoseconds",
      ]),
    )
    .option("--time-pattern <pattern>", "of times that are no ISO 8601: dd/MM/yyyy HH:mm:ss")
    .option("--time-zone <name>", "of times that name none: Europe/Copenhagen (default: UTC)")
    .addOption(choice("--times <how>", "points without time", ["keep", "drop", "require", "ignore"]))
    .addOption(choice("--duplicates <how>", "points of one time in a row", ["keep", "first", "last"]))
    .addOption(choice("--order <how>", "times that go back", ["keep", "sort", "error"]))
    .option(
      "--time-range <start/end>",
      "dates that are believed, as ISO 8601: 1950-01-01/2100-01-01 (default: 1970 to 2100)",
      parseTimeRange,
    )
    .addOption(
      choice("--longitudes <how>", "counted to 180 or to 360 (default: auto)", ["auto", "180", "360"]),
    )
    .optionsGroup("Options:");
}

/** The flags as `readTrajectories` and `streamTrajectories` take them. */
export function readingOptions(flags: ReadingFlags): ReadTrajectoriesOptions {
  const { lenient, skipReport: _, planar, columns, format, crs, ...times } = flags;
  const given = Object.entries({ columns, format, crs, ...pick(times) }).filter(
    ([, value]) => value !== undefined,
  );
  return {
    ...(Object.fromEntries(given) as ReadTrajectoriesOptions),
    lenient: lenient === true,
    coordinateSystem: planar ? "planar" : "lonlat",
  };
}

/** Other flags of a command stand in the same object. */
function pick({
  timeUnit,
  timePattern,
  timeZone,
  times,
  duplicates,
  order,
  timeRange,
  longitudes,
}: ReadingFlags): ReadingFlags {
  return {
    timeUnit,
    timePattern,
    timeZone,
    times,
    duplicates,
    order,
    timeRange,
    longitudes,
  } as ReadingFlags;
}

/** What {@link readTrips} read. */
export interface ReadTrips {
  /** The trips, at least one. */
  readonly set: TrajectorySet;
  /** What was read, left out and mended. */
  readonly report: ReadReport;
}

/**
 * Reads the trips of a file, a folder or a zip. What was left out is told on stderr, and written where `--skip-report` says.
 *
 * @throws {ValueError} nothing there, or no trip in it
 * @throws {FormatError} what cannot be read, with what helps
 */
export async function readTrips(
  source: string,
  flags: ReadingFlags,
  signal: AbortSignal,
): Promise<ReadTrips> {
  await checkThere(source);
  const { set, report } = await readTrajectories(source, { ...readingOptions(flags), signal }).catch(
    (error: unknown) => {
      throw withAdvice(error, flags);
    },
  );
  await tellSkipped(source, report, flags);
  if (set.length === 0) throw new ValueError(`${source} must hold trips, got none`);
  return { set, report };
}

/** Tells what a reading left out, on stderr and where `--skip-report` says. */
export async function tellSkipped(
  source: string,
  report: ReadReport,
  { skipReport }: ReadingFlags,
): Promise<void> {
  for (const { reason, count, firstAt } of [...report.skipped, ...report.damagedFiles]) {
    const { file, line } = firstAt;
    const place = file === undefined ? "" : `, first in ${file}${line === undefined ? "" : `:${line}`}`;
    process.stderr.write(`left out: ${count} × ${reason}${place}\n`);
  }
  for (const { reason, count } of report.mended) process.stderr.write(`mended: ${count} × ${reason}\n`);
  if (skipReport === undefined) return;
  const text = `${JSON.stringify({ source, ...report }, null, 2)}\n`;
  await mkdir(path.dirname(path.resolve(skipReport)), { recursive: true });
  await writeAtomically(skipReport, (write) => write(new TextEncoder().encode(text)));
}

/** A reader's error with the option that helps. */
export function withAdvice(error: unknown, { lenient }: ReadingFlags): unknown {
  if (!isError(error) || error.name !== "FormatError" || lenient === true) return error;
  // Where there is nothing to read, there is nothing to leave out.
  const [, folder] = NOTHING_THERE.exec(error.message) ?? [];
  if (folder !== undefined) {
    return new ValueError(`${folder} must hold a file of trips (${FORMATS.join(", ")}), got none`, {
      cause: error,
    });
  }
  return new FormatError(`${error.message}; --lenient leaves out what is broken`, {}, { cause: error });
}

const NOTHING_THERE = /^(.*?): (?:\w+: )?no file of this format$/s;

/** @throws {ValueError} no file, folder or zip of this name */
export async function checkThere(source: string): Promise<void> {
  await stat(source).catch((cause: Error) => {
    throw new ValueError(`${source} must be a file, a folder or a zip of trips (${cause.message})`, {
      cause,
    });
  });
}

/** `1950-01-01/2100-01-01`: two dates or times in ISO 8601, UTC where they name no zone. */
export function parseTimeRange(text: string): readonly [startMs: number, endMs: number] {
  const parts = text.split("/").map((part) => (ISO_DATE.test(part) ? Date.parse(part) : Number.NaN));
  const [start = Number.NaN, end = Number.NaN] = parts;
  if (parts.length !== 2 || !(start < end)) {
    throw new ValueError(
      `--time-range must be two dates, the earlier first, such as 1950-01-01/2100-01-01, got ${JSON.stringify(text)}`,
    );
  }
  return [start, end];
}

const ISO_DATE = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/;

const ROLES = ["id", "lon", "lat", "time", "date"] as const;
const PLANAR: Readonly<Record<string, string>> = { x: "lon", y: "lat" };

/** `id,lon,lat,time` in this order, or `id=trip,lon=x,lat=y`. */
export function parseColumns(text: string): NonNullable<ReadTrajectoriesOptions["columns"]> {
  const parts = text.split(",").map((part) => part.trim());
  const isNamed = parts.some((part) => part.includes("="));
  const found: Partial<Record<(typeof ROLES)[number], string>> = {};
  for (const [i, part] of parts.entries()) {
    const cut = part.indexOf("=");
    const given = isNamed ? part.slice(0, Math.max(0, cut)) : ROLES[i];
    const role = PLANAR[given ?? ""] ?? given;
    const name = isNamed ? part.slice(cut + 1) : part;
    if (!ROLES.includes(role as "id") || name === "") throw columnsError(text);
    found[role as "id"] = name;
  }
  const { lon, lat, ...others } = found;
  if (lon === undefined || lat === undefined) throw columnsError(text);
  return { layout: "points", x: lon, y: lat, ...others };
}

function columnsError(text: string): ValueError {
  return new ValueError(
    `--columns must be id,lon,lat or id,lon,lat,time, or by role such as id=trip,lon=x,lat=y,time=when, got ${JSON.stringify(text)}`,
  );
}
