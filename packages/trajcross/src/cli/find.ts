import { readFile } from "node:fs/promises";
import {
  checkPageName,
  checkThere,
  givenReadingOptions,
  makeFolderOf,
  prepareOutputs,
  progressView,
  type ReadingFlags,
  readTrips,
  writePage,
} from "@wayweave/cli";
import { ValueError } from "@wayweave/geo-core";
import { openTrackFinder, saveTrackFinder } from "../node/open-track-finder.js";
import { readPicture } from "../node/read-picture.js";
import type { Found, TrackFinder } from "../retrieval/track-finder.js";
import { isIndex } from "./read-tracks.js";
import { resultPage } from "./result-page.js";

/** What `find` is given. */
export interface FindCommandOptions extends ReadingFlags {
  readonly bounds?: [number, number, number, number];
  readonly k: number;
  readonly cornerTolerance?: number;
  readonly html?: string;
  readonly json?: true;
}

/** What `index` is given. */
export interface IndexCommandOptions extends ReadingFlags {
  readonly out: string;
}

/** `find`: the tracks that a picture may show. */
export async function find(
  source: string,
  file: string,
  { bounds, k, cornerTolerance, html, json, ...reading }: FindCommandOptions,
  signal: AbortSignal,
): Promise<void> {
  checkPageName("--html", html);
  await prepareOutputs(
    { "--html": html, "--skip-report": reading.skipReport },
    { "the tracks": source, "the picture": file },
  );
  await checkThere(source);
  let finder = (await isIndex(source)) ? await openIndex(source, reading) : undefined;
  try {
    const worldFiles = finder?.contents().coordinateSystem ?? (reading.planar ? "planar" : "lonlat");
    const picture = await readPicture(file, { worldFiles });
    if (cornerTolerance !== undefined && (bounds ?? picture.bounds) === undefined) {
      throw new ValueError(
        `--corner-tolerance must go with --bounds w,s,e,n, or with a .json or a world file beside ${file}: nothing says where its corners are`,
      );
    }
    // Last, since it takes long: what is wrong with the picture is told before.
    finder ??= await finderOfTracks(source, reading, signal);
    const found = await finder.find(picture, {
      k,
      ...(bounds === undefined ? {} : { bounds }),
      ...(cornerTolerance === undefined ? {} : { cornerTolerance }),
      signal,
    });
    if (html !== undefined) {
      const page = resultPage({ file, bytes: await readFile(file), picture, found, finder, bounds });
      await writePage(html, page);
    }
    process.stdout.write(json ? `${JSON.stringify(found, jsonValue, 1)}\n` : summary(found, finder.size));
  } finally {
    await finder?.dispose();
  }
}

/** `index`: tracks as a file that `find` opens at once. */
export async function index(
  source: string,
  { out, ...reading }: IndexCommandOptions,
  signal: AbortSignal,
): Promise<void> {
  await prepareOutputs({ "--out": out, "--skip-report": reading.skipReport }, { "the tracks": source });
  const isReady = await isIndex(source);
  const finder = await (isReady ? openIndex(source, reading) : finderOfTracks(source, reading, signal));
  try {
    await makeFolderOf(out);
    await saveTrackFinder(out, finder);
    process.stdout.write(`${finder.size} tracks indexed in ${out}\n`);
  } finally {
    await finder.dispose();
  }
}

/** Options of reading that an index does not contradict: what it always was, and what its tracks may be. */
const HARMLESS = ["--lenient", "--planar"];

/** @throws {ValueError} options of reading that come too late, since the tracks were read when the index was made */
async function openIndex(source: string, reading: ReadingFlags): Promise<TrackFinder> {
  const late = givenReadingOptions(reading).find((name) => !HARMLESS.includes(name));
  if (late !== undefined) {
    throw new ValueError(
      `${late} must be left out with an index, whose tracks were read when it was made, got ${source}`,
    );
  }
  const finder = await openTrackFinder({ index: source });
  if (!reading.planar || finder.contents().coordinateSystem === "planar") return finder;
  await finder.dispose();
  throw new ValueError(`--planar must be left out: the tracks of ${source} are in longitude and latitude`);
}

/** What is broken in the tracks is left out and told, since any of the others may be the one. */
async function finderOfTracks(
  source: string,
  reading: ReadingFlags,
  signal: AbortSignal,
): Promise<TrackFinder> {
  const { set: tracks } = await readTrips(source, { ...reading, lenient: true }, signal);
  const finder = await openTrackFinder();
  const view = progressView(process.stderr);
  try {
    await finder.add(tracks, {
      signal,
      onProgress: ({ done, total }) => view.update("indexing", done, total),
    });
    return finder;
  } catch (error) {
    await finder.dispose();
    throw error;
  } finally {
    view.stop();
  }
}

function summary({ hits, confidence, by }: Found, size: number): string {
  if (hits.length === 0) return "no line was seen in the picture\n";
  const lines = hits.map(
    ({ id, score }, rank) => `${String(rank + 1).padStart(3)}  ${score.toFixed(3)}  ${id}`,
  );
  const how =
    by === "place"
      ? "by where the line lies"
      : "by the line's shape alone, since nothing says where the picture's corners are (--bounds w,s,e,n)";
  const sure = `the first is right with a probability of ${(100 * confidence).toFixed(0)} %`;
  const doubt = confidence < 0.5 ? "; probably it is none of these" : "";
  return `${size} tracks compared ${how}\n${lines.join("\n")}\n${sure}${doubt}\n`;
}

/** Typed arrays as lists. */
function jsonValue(_: string, value: unknown): unknown {
  return ArrayBuffer.isView(value) ? Array.from(value as unknown as ArrayLike<number>) : value;
}
