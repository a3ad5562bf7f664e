import type { ReadTrajectoriesOptions } from "@wayweave/geo-core";
import { ValueError } from "@wayweave/geo-core";
import { type Command, Option } from "commander";
import { byNumber, parseColumns } from "./columns.js";
import { type MaxGap, parseGap } from "./cut-gaps.js";
import { type IdleRule, refuseIdle } from "./idle-options.js";
import { parseWhole } from "./parse.js";

/** What {@link addReadingOptions} adds; what is not given is undefined. */
export interface ReadingFlags {
  readonly lenient?: true;
  readonly skipReport?: string;
  readonly columns?: NonNullable<ReadTrajectoriesOptions["columns"]>;
  /** False with `--no-header`; else true, which says nothing. */
  readonly header?: boolean;
  readonly delimiter?: string;
  readonly skipLines?: number;
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
  readonly maxGap?: MaxGap;
  readonly segments?: string;
}

export const FORMATS = [
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
];

/** Those that `readTrajectories` has under the same name. */
const SHARED = [
  "columns",
  "header",
  "delimiter",
  "skipLines",
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
  "segments",
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
      "of a table: id,lon,lat,time in this order, or by role: id=trip,lon=x,lat=y,time=when; id=trip,line=wkt where a row is a trip; what is not named is not looked for (default: found by their names)",
      parseColumns,
    )
    .option("--no-header", "of a CSV whose first row is data: --columns are then numbers, from 0")
    .option("--delimiter <character>", "of a CSV, or tab (default: found by the first lines)", parseDelimiter)
    .option("--skip-lines <number>", "of a CSV, before its header", parseWhole("--skip-lines"))
    .addOption(choice("--format <name>", "of the files (default: found by name and content)", FORMATS))
    .option("--planar", "positions are x and y in metres or pixels, not longitude and latitude")
    .option(
      "--crs <name>",
      "of the positions: EPSG:3857, EPSG:32633 (UTM zone 33 north), a PROJ definition, or file: what the file says",
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
    .addOption(
      choice("--segments <how>", "of GPX: a trip each, or one of all of a track's (default: separate)", [
        "separate",
        "join",
      ]),
    )
    .option(
      "--max-gap <time>",
      "cuts a recording into trips wherever nothing was recorded for longer: 90s, 5min, 2h (default: never)",
      parseGap,
    )
    .optionsGroup("Options:");
  return refuseIdle(command, idleRules);
}

const TIME_FORMAT_OPTIONS = ["--time-unit", "--time-pattern", "--time-zone"];
/** Formats whose positions are always degrees, and whose times are always dates of one kind. */
const FIXED_FORMATS = ["gpx", "kml", "tcx", "fit", "plt", "nmea", "igc"];
const TABLES = ["csv", "parquet", "zip"];
const CSV_OPTIONS = ["--no-header", "--delimiter", "--skip-lines"];

const idleRules: readonly IdleRule<ReadingFlags>[] = [
  {
    options: [...TIME_FORMAT_OPTIONS, "--time-range", "--duplicates", "--order", "--max-gap"],
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
    options: ["--segments"],
    fault: ({ format = "gpx" }) =>
      format === "gpx" || format === "zip" ? undefined : `must go with GPX, got --format ${format}`,
  },
  {
    options: CSV_OPTIONS,
    fault: ({ format = "csv" }) =>
      format === "csv" || format === "zip" ? undefined : `must go with CSV, got --format ${format}`,
  },
  {
    options: ["--no-header"],
    fault: ({ columns }) =>
      columns === undefined
        ? "must go with --columns by number, the first is 0: --columns id=0,lon=1,lat=2"
        : undefined,
  },
  {
    options: ["--crs", ...TIME_FORMAT_OPTIONS],
    fault: ({ format = "csv" }) =>
      FIXED_FORMATS.includes(format)
        ? `must be left out with --format ${format}, whose positions are degrees and whose times are dates`
        : undefined,
  },
];

const ATTRIBUTES: readonly (keyof ReadingFlags)[] = ["lenient", "skipReport", "planar", ...SHARED, "maxGap"];

/** The long names of {@link addReadingOptions}'s options. */
export const readingOptionNames: readonly string[] = ATTRIBUTES.map(longNameOf);

/** Those of {@link readingOptionNames} that were given. */
export function givenReadingOptions(flags: ReadingFlags): string[] {
  return ATTRIBUTES.filter((name) => isGiven(flags, name)).map(longNameOf);
}

function isGiven(flags: ReadingFlags, name: keyof ReadingFlags): boolean {
  return name === "header" ? flags.header === false : flags[name] !== undefined;
}

/** @example longNameOf("timeUnit") // "--time-unit" */
function longNameOf(attribute: string): string {
  if (attribute === "header") return "--no-header";
  return `--${attribute.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** The flags as `readTrajectories` and `streamTrajectories` take them; a command's other flags may stand in the same object. */
export function readingOptions(flags: ReadingFlags): ReadTrajectoriesOptions {
  const given = SHARED.filter((name) => isGiven(flags, name)).map((name) => [name, flags[name]]);
  const { columns, header } = flags;
  return {
    ...(Object.fromEntries(given) as ReadTrajectoriesOptions),
    ...(columns !== undefined && header === false ? { columns: byNumber(columns) } : {}),
    lenient: flags.lenient === true,
    coordinateSystem: flags.planar ? "planar" : "lonlat",
  };
}

/** A character, or the word `tab`. @throws {ValueError} what the reader does not take */
export function parseDelimiter(text: string): string {
  if (text === "tab" || text === "\\t") return "\t";
  if (/^[\t\x20-\x7e]$/.test(text) && text !== '"') return text;
  throw new ValueError(
    `--delimiter must be one ASCII character and no quote, or tab, got ${JSON.stringify(text)}`,
  );
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
