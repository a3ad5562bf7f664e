import { mkdir, stat } from "node:fs/promises";
import path from "node:path";
import { FormatError, isError, type ReadReport, type TrajectorySet, ValueError } from "@wayweave/geo-core";
import { readTrajectories, writeAtomically } from "@wayweave/geo-core/node";
import { FORMATS, type ReadingFlags, readingOptions } from "./reading-options.js";

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
  const help = `${encodingHint(error.message)}; --lenient leaves out what is broken`;
  return new FormatError(`${error.message}${help}`, {}, { cause: error });
}

/** What a message goes on with that quotes text which was no UTF-8: the bytes have become � where they were read. Else nothing. */
export function encodingHint(message: string): string {
  return message.includes("\ufffd")
    ? "; � stands for bytes that are no UTF-8, as in a file of Latin-1 or Windows-1252: save it as UTF-8"
    : "";
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
