import type { ReadReport } from "@wayweave/geo-core";
import type { ReadingFlags } from "./reading-options.js";

/** What helps against what was left out or changed, by reason. */
const HELP: Readonly<Record<string, string>> = {
  "missing column":
    "--columns says which columns of a table are longitude and latitude: id=trip,lon=x,lat=y,time=when",
  "time out of range": "--time-range says which dates are believed",
  "not a time": "--time-pattern says how times are written",
  "time not read": "--time-pattern says how times are written, and --time-range which dates are believed",
  "unknown coordinate system": "--crs says what the positions are",
  "other coordinate system": "--crs says what the positions are",
  "two numbers taken as latitude and longitude":
    "a column called lnglat or lonlat is taken as longitude and latitude",
  "unknown format": "--format says what the files are",
};

const OUT_OF_RANGE = "position out of range";

/** The options that help against what a reading left out or changed, a sentence each. */
export function readingNotes(report: ReadReport, flags: ReadingFlags): string[] {
  const given: Readonly<Record<string, unknown>> = { "missing column": flags.columns };
  const reasons = [...report.skipped, ...report.damagedFiles, ...report.mended].map(({ reason }) => reason);
  const notes = reasons.flatMap((reason) =>
    given[reason] === undefined && Object.hasOwn(HELP, reason) ? [HELP[reason]!] : [],
  );
  const range = rangeHelp(report, flags);
  return [...new Set(range === "" ? notes : [...notes, range.slice(2)])];
}

/** What helps against positions that are no degrees, as a message goes on; nothing where there are none. */
export function rangeHelp({ skipped, mended }: ReadReport, { planar, crs }: ReadingFlags): string {
  if (planar || ![...skipped, ...mended].some(({ reason }) => reason === OUT_OF_RANGE)) return "";
  return crs === undefined
    ? "; positions out of range may be metres: --planar takes them as they are, --crs says of which coordinate system (EPSG:3857, a UTM zone)"
    : `; positions out of range may be of another coordinate system than --crs ${crs}`;
}
