import { open } from "node:fs/promises";
import {
  checkThere,
  cutTrips,
  encodingHint,
  makeFolderOf,
  type ReadingFlags,
  readingOptions,
  tellOneTrip,
  tellSkipped,
  withAdvice,
} from "@wayweave/cli";
import { isError, type ReadReport, type Skipped, type TrajectorySet, ValueError } from "@wayweave/geo-core";
import { readTrajectories, writeAtomically } from "@wayweave/geo-core/node";
import { BEYOND, withinMercator } from "./within-mercator.js";

/** From this share on, positions out of range are no slips: all numbers are something else than degrees. */
const LARGE_SHARE = 0.1;

/**
 * Reads tracks of any format: a file, a folder or a zip of them. What is broken is left out and told on stderr, with the option that
 * helps, since any of the others may be the track that is looked for.
 *
 * @throws {ValueError} nothing there, no track in it, or, without `--lenient`, a large share of positions that are no longitude and latitude
 * @throws {FormatError} what cannot be read at all
 */
export async function readTracks(
  source: string,
  flags: ReadingFlags,
  signal: AbortSignal,
): Promise<TrajectorySet> {
  return (await read(source, flags, signal)).set;
}

/**
 * As {@link readTracks}, but without the tracks that no map in Web Mercator shows; they are told as what is broken is.
 *
 * @throws {ValueError} also where all of them are such tracks
 */
export async function readMapTracks(
  source: string,
  flags: ReadingFlags,
  signal: AbortSignal,
): Promise<TrajectorySet> {
  const all = await read(source, flags, signal);
  const { set, beyond } = withinMercator(all.set);
  if (beyond.length === 0) return set;
  const left = { reason: BEYOND, count: beyond.length, first: beyond[0] };
  process.stderr.write(`left out: ${left.count} × ${left.reason}, first ${JSON.stringify(left.first)}\n`);
  await writeReport(source, { ...all.report, skipped: [...all.report.skipped, left] }, flags);
  if (set.length > 0) return set;
  throw new ValueError(`${source} must hold tracks that a map shows, got ${left.count} × ${left.reason}`);
}

async function read(
  source: string,
  flags: ReadingFlags,
  signal: AbortSignal,
): Promise<{ readonly set: TrajectorySet; readonly report: ReadReport }> {
  await checkThere(source);
  const options = { ...readingOptions(flags), signal };
  const { set, report } = await readTrajectories(source, { ...options, lenient: true }).catch(
    (error: unknown) => {
      // It says which files there might be, where there is none.
      throw isNothingThere(error) ? withAdvice(error, {}) : error;
    },
  );
  await tell(source, report, flags);
  if (set.length === 0) {
    // Read again without leaving out: the first fault says more than its kind.
    const fault = await readTrajectories(source, { ...options, lenient: false }).then(
      () => "",
      (error: unknown) => {
        if (isNothingThere(error)) throw withAdvice(error, {});
        return faultText(error, signal);
      },
    );
    throw new ValueError(`${source} must hold tracks, got none${fault}${rangeHelp(report, flags)}`);
  }
  checkRange(source, set, report, flags);
  tellOneTrip(source, set, report, flags);
  return { set: cutTrips(set, flags), report };
}

function isNothingThere(error: unknown): boolean {
  return isError(error) && /no file of this format$/.test(error.message);
}

function faultText(error: unknown, signal: AbortSignal): string {
  signal.throwIfAborted();
  return isError(error) ? `: ${error.message}${encodingHint(error.message)}` : "";
}

async function tell(source: string, report: ReadReport, flags: ReadingFlags): Promise<void> {
  // A file that is given up with the records in it counts as both; it is told once.
  const damagedFiles = report.damagedFiles.filter((one) => !report.skipped.some((two) => isSame(one, two)));
  await tellSkipped(source, { ...report, damagedFiles }, {});
  for (const note of notesOf(report, flags)) process.stderr.write(`note: ${note}\n`);
  await writeReport(source, report, flags);
}

async function writeReport(source: string, report: object, { skipReport }: ReadingFlags): Promise<void> {
  if (skipReport === undefined) return;
  const text = `${JSON.stringify({ source, ...report }, null, 2)}\n`;
  const target = await makeFolderOf(skipReport);
  await writeAtomically(target, (write) => write(new TextEncoder().encode(text)));
}

function isSame(a: Skipped, b: Skipped): boolean {
  return a.reason === b.reason && a.firstAt.file === b.firstAt.file && a.firstAt.line === b.firstAt.line;
}

/** What helps against what was left out or changed, by reason. */
const HELP: Readonly<Record<string, string>> = {
  "missing column":
    "--columns says which columns of a table are longitude and latitude: id=trip,lon=x,lat=y,time=when",
  "time out of range": "--time-range says which dates are believed",
  "not a time": "--time-pattern says how times are written",
  "time not read": "--time-pattern says how times are written, and --time-range which dates are believed",
  "unknown coordinate system": "--crs says what the positions are",
  "other coordinate system": "--crs says what the positions are",
  "unknown format": "--format says what the files are",
};

function notesOf(report: ReadReport, flags: ReadingFlags): string[] {
  const given: Readonly<Record<string, unknown>> = { "missing column": flags.columns };
  const reasons = [...report.skipped, ...report.damagedFiles, ...report.mended].map(({ reason }) => reason);
  const notes = reasons.flatMap((reason) =>
    given[reason] === undefined && Object.hasOwn(HELP, reason) ? [HELP[reason]!] : [],
  );
  const range = rangeHelp(report, flags);
  return [...new Set(range === "" ? notes : [...notes, range.slice(2)])];
}

const OUT_OF_RANGE = "position out of range";

/** What helps against positions that are no degrees, as a message goes on; nothing where there are none. */
function rangeHelp({ skipped, mended }: ReadReport, { planar, crs }: ReadingFlags): string {
  if (planar || ![...skipped, ...mended].some(({ reason }) => reason === OUT_OF_RANGE)) return "";
  return crs === undefined
    ? "; positions out of range may be metres: --planar takes them as they are, --crs says of which coordinate system (EPSG:3857, a UTM zone)"
    : `; positions out of range may be of another coordinate system than --crs ${crs}`;
}

/** @throws {ValueError} so many positions are no longitude and latitude that the others are none either */
function checkRange(source: string, set: TrajectorySet, report: ReadReport, flags: ReadingFlags): void {
  const countOf = (list: readonly { readonly reason: string; readonly count: number }[]) =>
    list.find(({ reason }) => reason === OUT_OF_RANGE)?.count ?? 0;
  if (flags.lenient || flags.planar) return;
  // Left out are records (rows of a table, else lines); taken out of lines are points.
  const [records, points] = [countOf(report.skipped), countOf(report.mended)];
  const all = points + set.coordinates.length / 2;
  const told = [
    ...(records >= LARGE_SHARE * report.records ? [`${records} of ${report.records} records`] : []),
    ...(points >= LARGE_SHARE * all ? [`${points} of ${all} points`] : []),
  ];
  if (told.length === 0) return;
  throw new ValueError(
    `${source} must hold longitudes and latitudes, got ${told.join(" and ")} out of range${rangeHelp(report, flags)}; --lenient leaves them out all the same`,
  );
}

/** Whether a file is what `index` wrote, whatever its name: safetensors, the length of a JSON header and the header. */
export async function isIndex(source: string): Promise<boolean> {
  const handle = await open(source, "r").catch(() => undefined);
  if (handle === undefined) return false;
  try {
    if (!(await handle.stat()).isFile()) return false;
    const head = new Uint8Array(9);
    const { bytesRead } = await handle.read(head, 0, 9, 0);
    const isHeaderShort = new DataView(head.buffer).getBigUint64(0, true) < 1n << 32n;
    return bytesRead === 9 && isHeaderShort && head[8] === 0x7b;
  } finally {
    await handle.close();
  }
}
