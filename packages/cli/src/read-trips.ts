import { stat } from "node:fs/promises";
import path from "node:path";
import {
  FormatError,
  isError,
  type ReadReport,
  type Skipped,
  type TrajectoriesReport,
  TrajectorySet,
  ValueError,
} from "@wayweave/geo-core";
import { readTrajectories, writeAtomically } from "@wayweave/geo-core/node";
import { columnsNote } from "./columns.js";
import { cutAtGaps, cutNotes } from "./cut-gaps.js";
import { makeFolderOf } from "./outputs.js";
import { readingNotes } from "./reading-notes.js";
import { FORMATS, type ReadingFlags, readingOptions } from "./reading-options.js";

/** What {@link readTrips} read. */
export interface ReadTrips {
  /** The trips, at least one. */
  readonly set: TrajectorySet;
  /** What was read, left out and mended. */
  readonly report: TrajectoriesReport;
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
  const trips = withPoints(set);
  if (trips.length === 0) throw noTrips(source, report, flags);
  tellColumns(trips, flags);
  return { set: cutTrips(withDistinctIds(trips), flags), report };
}

/** The trips that have a point; those of empty geometries are told on stderr, as they belong nowhere. */
export function withPoints(set: TrajectorySet): TrajectorySet {
  const all = Array.from({ length: set.length }, (_, trip) => trip);
  const empty = all.filter((trip) => set.pointCountOf(trip) === 0);
  if (empty.length === 0) return set;
  process.stderr.write(`left out, without points: ${told(set, empty)}\n`);
  return set.select(all.filter((trip) => set.pointCountOf(trip) > 0));
}

/** @example told(set, [3, 5]) // "2 trips: a, b" */
export function told({ ids }: TrajectorySet, trips: readonly number[]): string {
  const names = trips.slice(0, 20).map((trip) => ids?.[trip] ?? String(trip));
  const more = trips.length > names.length ? ` and ${trips.length - names.length} more` : "";
  return `${trips.length} trip${trips.length === 1 ? "" : "s"}: ${names.join(", ")}${more}`;
}

/**
 * Ids that stand for several trips, as numbers that begin again in every table of a folder, with a number behind the second and further ones; told on
 * stderr.
 *
 * @param seen the ids of batches before, to which this one's are added
 */
export function withDistinctIds(set: TrajectorySet, seen: Set<string> = new Set()): TrajectorySet {
  const ids = set.ids ?? [];
  const all = new Set(ids);
  if (all.size === ids.length && !ids.some((id) => seen.has(id))) {
    for (const id of ids) seen.add(id);
    return set;
  }
  const distinct = ids.map((id) => {
    let own = id;
    for (let number = 2; seen.has(own) || (own !== id && all.has(own)); number++) own = `${id}#${number}`;
    seen.add(own);
    return own;
  });
  const count = distinct.filter((id, trip) => id !== ids[trip]).length;
  const second = distinct.findIndex((id, trip) => id !== ids[trip]);
  process.stderr.write(
    `note: ${count} ${count === 1 ? "trip has" : "trips have"} the id of another one and a new one here, such as ${distinct[second]} for ${ids[second]}\n`,
  );
  const { coordinates, offsets, timesMs, coordinateSystem, pointColumns, properties } = set;
  const columns = { coordinates, offsets, coordinateSystem, pointColumns, properties, ids: distinct };
  return new TrajectorySet(timesMs === undefined ? columns : { ...columns, timesMs });
}

/**
 * The trips as `--max-gap` cuts them, which is told on stderr; as they are without it.
 *
 * @throws {ValueError} no trip that could be cut
 */
export function cutTrips(set: TrajectorySet, { maxGap }: ReadingFlags): TrajectorySet {
  if (maxGap === undefined) return set;
  const cut = cutAtGaps(set, maxGap);
  if (cut.whole === set.length) {
    throw new ValueError(
      "--max-gap must go with trips whose points have times that do not go back (--times drop, --order sort), got none",
    );
  }
  process.stderr.write(cutNotes(maxGap, set.length, cut.set.length, cut));
  return cut.set;
}

/** Tells on stderr where whole tables have become one trip each, which is seldom meant: their column of ids has another name, or there is none. */
export function tellOneTrip(
  source: string,
  set: TrajectorySet,
  report: Pick<TrajectoriesReport, "formats" | "times">,
  { columns, maxGap }: ReadingFlags,
): void {
  if (maxGap !== undefined) return;
  const isTable = Object.keys(report.formats).some((format) => TABLES.includes(format));
  if (columns !== undefined || !isTable) {
    tellLongTrip(source, set);
    return;
  }
  const names = columnsThatRepeat(set);
  const which = names.length === 0 ? "" : ` (${names.join(", ")}: values that repeat)`;
  const help = `--columns id=…,lon=…,lat=…,time=… names it${which}, --max-gap 5min cuts at gaps in time`;
  const isOwnId = path.basename(source).split(".")[0] === set.ids?.[0];
  if (set.length === 1 && isOwnId) {
    process.stderr.write(`note: ${source} is one trip, since no column of ids was found; ${help}\n`);
  } else if (report.times.backward > 0 && names.length > 0) {
    const { backward } = report.times;
    process.stderr.write(
      `note: in trips of ${source} times go back ${backward} times, as in tables whose column of ids was not found; ${help}\n`,
    );
  } else tellLongTrip(source, set);
}

const HOUR_MS = 3_600_000;

/** Tells on stderr where all that was read is one recording with hours without a point in it, as histories of days are. */
function tellLongTrip(source: string, { length, timesMs = new Float64Array(0) }: TrajectorySet): void {
  const gapMs = timesMs.reduce((most, time, i) => Math.max(most, time - (timesMs[i - 1] ?? time) || 0), 0);
  if (length !== 1 || gapMs < HOUR_MS) return;
  process.stderr.write(
    `note: ${source} is one trip, in which nothing was recorded for ${(gapMs / HOUR_MS).toFixed(1)} h once; --max-gap 30min cuts it into trips\n`,
  );
}

const TABLES = ["csv", "parquet", "geojson", "geojsonl"];

/** The columns of text, at most three, in which fewer values stand than points, but more than one: ids may be so. */
function columnsThatRepeat(set: TrajectorySet): readonly string[] {
  return Object.entries(set.pointColumns)
    .filter(([, column]) => {
      const texts = Array.from(column as ArrayLike<unknown>).filter((value) => typeof value === "string");
      const different = new Set(texts).size;
      return different > 1 && different <= texts.length / 2;
    })
    .map(([name]) => name)
    .slice(0, 3);
}

/** That nothing was read, with the option that helps where the report tells which. */
export function noTrips(source: string, report: ReadReport, flags: ReadingFlags): ValueError {
  const reasons = [...report.skipped, ...report.mended, ...report.damagedFiles].map(({ reason }) => reason);
  const hints = [
    ...(reasons.includes("position out of range") ? [rangeHint(flags)] : []),
    ...(reasons.includes("missing column") ? [COLUMNS_HINT] : []),
  ];
  return new ValueError(`${source} must hold trips, got none${hints.join("")}`);
}

/** Tells on stderr what `--columns` took, where it leaves out what trips are made of. */
export function tellColumns(set: TrajectorySet, flags: ReadingFlags): void {
  const note = columnsNote(flags, set);
  if (note !== undefined) process.stderr.write(`${note}\n`);
}

/** Tells what a reading left out and changed, and the options that help, on stderr and where `--skip-report` says. */
export async function tellSkipped(source: string, report: ReadReport, flags: ReadingFlags): Promise<void> {
  // A file that is given up with the records in it counts as both; it is told once.
  const damaged = report.damagedFiles.filter((one) => !report.skipped.some((other) => isSame(one, other)));
  for (const { reason, count, firstAt } of [...report.skipped, ...damaged]) {
    const { file, line } = firstAt;
    const place = file === undefined ? "" : `, first in ${file}${line === undefined ? "" : `:${line}`}`;
    process.stderr.write(`left out: ${count} × ${reason}${place}\n`);
  }
  tellBroken(report);
  for (const { reason, count } of report.mended) process.stderr.write(`mended: ${count} × ${reason}\n`);
  for (const note of readingNotes(report, flags)) process.stderr.write(`note: ${note}\n`);
  await writeSkipReport(source, report, flags);
}

/** Writes what a reading left out and changed where `--skip-report` says. */
export async function writeSkipReport(
  source: string,
  report: object,
  { skipReport }: ReadingFlags,
): Promise<void> {
  if (skipReport === undefined) return;
  const text = `${JSON.stringify({ source, ...report }, null, 2)}\n`;
  const target = await makeFolderOf(skipReport);
  await writeAtomically(target, (write) => write(new TextEncoder().encode(text)));
}

function isSame(a: Skipped, b: Skipped): boolean {
  return a.reason === b.reason && a.firstAt.file === b.firstAt.file && a.firstAt.line === b.firstAt.line;
}

/** So many files are named; a report has all. */
const MOST_NAMED = 20;

/** Names the files that could not be read to their end, where these are several; one is named by its reason's first place. */
function tellBroken({
  brokenFiles = [],
}: ReadReport & Partial<Pick<TrajectoriesReport, "brokenFiles">>): void {
  if (brokenFiles.length < 2) return;
  for (const { problem } of brokenFiles.slice(0, MOST_NAMED)) {
    process.stderr.write(`not read, or not to its end: ${problem}\n`);
  }
  const more = brokenFiles.length - MOST_NAMED;
  if (more > 0)
    process.stderr.write(`not read, or not to their end: ${more} more, which --skip-report names\n`);
}

/** A reader's error with the option that helps. */
export function withAdvice(error: unknown, flags: ReadingFlags): unknown {
  if (flags.header === false && isError(error) && /must be a column's name, got \d+$/.test(error.message)) {
    return new ValueError("--no-header must be left out with Parquet, whose columns have names", {
      cause: error,
    });
  }
  if (!isError(error) || error.name !== "FormatError" || flags.lenient === true) return error;
  // Where there is nothing to read, there is nothing to leave out.
  const [, folder] = NOTHING_THERE.exec(error.message) ?? [];
  if (folder !== undefined) {
    return new ValueError(`${folder} must hold a file of trips (${FORMATS.join(", ")}), got none`, {
      cause: error,
    });
  }
  if (/: the file holds no records$/.test(error.message)) return error;
  const { skipReport } = flags;
  const report =
    skipReport === undefined ? "" : `, and --skip-report then says in ${skipReport} what that was`;
  const help = `${encodingHint(error.message)}; --lenient leaves out what is broken${report}`;
  return new FormatError(`${inOptions(error.message, flags)}${help}`, {}, { cause: error });
}

/** A reader's message with a command's options, of which the reader knows no names. */
function inOptions(message: string, flags: ReadingFlags): string {
  if (NO_HEADER.test(message)) return `${message.replace(COLUMNS_OPTION, "")}${HEADERLESS_HINT}`;
  const isOfTracks = /\.(gpx|kml|kmz|tcx|fit|plt|nmea|igc)(\.gz)?:/i.test(message);
  const hint = OUT_OF_RANGE.test(message) && !isOfTracks ? rangeHint(flags) : "";
  return `${withFlags(message)}${hint}`;
}

/** A reader's message with the names that its options have in commands. */
export function withFlags(message: string): string {
  return message
    .replace(COLUMNS_OPTION, COLUMNS_FLAGS)
    .replace('longitudes: "360" counts', "--longitudes 360 counts");
}

const OUT_OF_RANGE = /: a position must be a longitude in /;
/** Both ways to ask for a column that has no name. */
const NO_HEADER = /: the header must name .*, got (no header|"")$/s;
const COLUMNS_OPTION =
  " (the option columns says which they are, skipLines leaves out lines before the header)";
const COLUMNS_FLAGS = " (--columns says which they are, --skip-lines leaves out lines before the header)";
const HEADERLESS_HINT = ": --no-header with --columns by number, the first is 0, such as id=0,lon=1,lat=2";
const COLUMNS_HINT =
  "; --columns says which columns are longitude and latitude, with --no-header by number, such as id=0,lon=1,lat=2";

function rangeHint({ planar, crs }: ReadingFlags): string {
  if (planar) return "";
  return crs === undefined
    ? "; --planar takes x and y of any range as they are, --crs says which coordinate system they are of"
    : `; --crs must be the coordinate system that the positions are of, got ${crs}`;
}

/** What a message goes on with that quotes text which was no UTF-8: the bytes have become � where they were read. Else nothing. */
export function encodingHint(message: string): string {
  return message.includes("\ufffd")
    ? "; � stands for bytes that are no UTF-8, as in a file of Latin-1 or Windows-1252: save it as UTF-8"
    : "";
}

const NOTHING_THERE = /^(.*?): (?:\w+: )?no file of this format$/s;

/** @throws {ValueError} no file, folder or zip of this name; what is none of them, such as a pipe */
export async function checkThere(source: string): Promise<void> {
  const must = `${source} must be a file, a folder or a zip of trips`;
  const found = await stat(source).catch((cause: Error) => {
    const advice = source === "-" ? "; standard input is not read, save it to a file first" : "";
    throw new ValueError(`${must} (${cause.message})${advice}`, { cause });
  });
  if (found.isFile() || found.isDirectory()) return;
  const kind = found.isFIFO() ? "a pipe" : found.isSocket() ? "a socket" : "a device";
  throw new ValueError(`${must}, got ${kind}; save what comes out of it to a file first`);
}
