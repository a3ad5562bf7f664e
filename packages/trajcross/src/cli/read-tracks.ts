import { open } from "node:fs/promises";
import {
  checkThere,
  cutTrips,
  encodingHint,
  type ReadingFlags,
  rangeHelp,
  readingOptions,
  tellOneTrip,
  tellSkipped,
  withAdvice,
  withDistinctIds,
  withFlags,
  withPoints,
  writeSkipReport,
} from "@wayweave/cli";
import { isError, type ReadReport, type TrajectorySet, ValueError } from "@wayweave/geo-core";
import { readTrajectories } from "@wayweave/geo-core/node";
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
  await writeSkipReport(source, { ...all.report, skipped: [...all.report.skipped, left] }, flags);
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
  await tellSkipped(source, report, flags);
  const tracks = withPoints(set);
  if (tracks.length === 0) {
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
  checkRange(source, tracks, report, flags);
  tellOneTrip(source, tracks, report, flags);
  return { set: cutTrips(withDistinctIds(tracks), flags), report };
}

function isNothingThere(error: unknown): boolean {
  return isError(error) && /no file of this format$/.test(error.message);
}

function faultText(error: unknown, signal: AbortSignal): string {
  signal.throwIfAborted();
  return isError(error) ? `: ${withFlags(error.message)}${encodingHint(error.message)}` : "";
}

const OUT_OF_RANGE = "position out of range";

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
