import type { ReadTrajectoriesOptions } from "@wayweave/geo-core";
import { ValueError } from "@wayweave/geo-core";
import { type Command, Option } from "commander";
import { type IdleRule, refuseIdle } from "./idle-options.js";

/** What {@link addReadingOptions} adds; what is not given is undefined. */
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

export const FORMATS = ["gpx", "kml", "tcx", "fit", "plt", "geojson", "geojsonl", "csv", "parquet", "zip"];

/** Those that `readTrajectories` has under the same name. */
const SHARED = [
  "columns",
  "crs",
  "format",
  "timeUnit",
  "timePattern",
  "timeZone",
  "times",
  "duplicates",
  "order",
  "timeRange",
  "longitudes",
] as const satisfies readonly (keyof ReadingFlags & keyof ReadTrajectoriesOptions)[];

/**
 * The options of every command that reads trips. One that would have no effect beside the others is an error.
 *
 * @param lenient `always` where the command leaves out what is broken without being asked
 */
export function addReadingOptions(command: Command, lenient: "asked" | "always" = "asked"): Command {
  const choice = (flags: string, text: string, values: readonly string[]) =>
    new Option(flags, text).choices(values);
  const leaveOut = new Option(
    "--lenient",
    "keep all that is sound; without it the first broken record is an error",
  );
  command
    .optionsGroup("How the trips are read:")
    .addOption(lenient === "always" ? leaveOut.hideHelp() : leaveOut)
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
  return refuseIdle(command, idleRules);
}

const TIME_FORMAT_OPTIONS = ["--time-unit", "--time-pattern", "--time-zone"];
/** Formats whose positions are always degrees, and whose times are always dates of one kind. */
const FIXED_FORMATS = ["gpx", "kml", "tcx", "fit", "plt"];
const TABLES = ["csv", "parquet", "zip"];

const idleRules: readonly IdleRule<ReadingFlags>[] = [
  {
    options: [...TIME_FORMAT_OPTIONS, "--time-range", "--duplicates", "--order"],
    fault: ({ times }) =>
      times === "ignore" ? "must be left out with --times ignore, which reads no times" : undefined,
  },
  {
    options: ["--crs", "--longitudes"],
    fault: ({ planar }) =>
      planar ? "must be left out with --planar, which takes positions as they are" : undefined,
  },
  {
    options: ["--columns"],
    fault: ({ format = "csv" }) =>
      TABLES.includes(format) ? undefined : `must go with tables (csv, parquet), got --format ${format}`,
  },
  {
    options: ["--crs", ...TIME_FORMAT_OPTIONS],
    fault: ({ format = "csv" }) =>
      FIXED_FORMATS.includes(format)
        ? `must be left out with --format ${format}, whose positions are degrees and whose times are dates`
        : undefined,
  },
];

const ATTRIBUTES: readonly (keyof ReadingFlags)[] = ["lenient", "skipReport", "planar", ...SHARED];

/** The long names of {@link addReadingOptions}'s options. */
export const readingOptionNames: readonly string[] = ATTRIBUTES.map(longNameOf);

/** Those of {@link readingOptionNames} that were given. */
export function givenReadingOptions(flags: ReadingFlags): string[] {
  return ATTRIBUTES.filter((name) => flags[name] !== undefined).map(longNameOf);
}

/** @example longNameOf("timeUnit") // "--time-unit" */
function longNameOf(attribute: string): string {
  return `--${attribute.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** The flags as `readTrajectories` and `streamTrajectories` take them; a command's other flags may stand in the same object. */
export function readingOptions(flags: ReadingFlags): ReadTrajectoriesOptions {
  const given = SHARED.filter((name) => flags[name] !== undefined).map((name) => [name, flags[name]]);
  return {
    ...(Object.fromEntries(given) as ReadTrajectoriesOptions),
    lenient: flags.lenient === true,
    coordinateSystem: flags.planar ? "planar" : "lonlat",
  };
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
