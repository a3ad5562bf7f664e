import { readFile } from "node:fs/promises";
import {
  checkPageName,
  checkThere,
  givenReadingOptions,
  makeFolderOf,
  prepareOutputs,
  progressView,
  type ReadingFlags,
  writePage,
} from "@wayweave/cli";
import { type CoordinateSystem, ValueError } from "@wayweave/geo-core";
import { openTrackFinder, saveTrackFinder } from "../node/open-track-finder.js";
import { readPicture } from "../node/read-picture.js";
import type { TrackFinder } from "../retrieval/track-finder.js";
import type { Found, Picture } from "../retrieval/track-finder-types.js";
import { type Corners, checkCorners } from "./corners.js";
import { outsideNote } from "./outside.js";
import { isIndex, readMapTracks } from "./read-tracks.js";
import { resultPage } from "./result-page.js";
import { comparedBy, NO_LINE, verdict } from "./verdict.js";

/** What `find` is given. */
export interface FindCommandOptions extends ReadingFlags {
  readonly bounds?: [number, number, number, number];
  /** False: the files beside the picture are not read. */
  readonly sidecar: boolean;
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
  { bounds, sidecar, k, cornerTolerance, html, json, ...reading }: FindCommandOptions,
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
    const system = finder?.contents().coordinateSystem ?? (reading.planar ? "planar" : "lonlat");
    const picture = await pictureOf(file, { bounds, sidecar }, system);
    if (cornerTolerance !== undefined && picture.bounds === undefined) {
      throw new ValueError(
        `--corner-tolerance must go with --bounds w,s,e,n, or with a .json or a world file beside ${file}: nothing says where its corners are`,
      );
    }
    // Last, since it takes long: what is wrong with the picture is told before.
    finder ??= await finderOfTracks(source, reading, signal);
    if (picture.bounds !== undefined) tellOutside(finder, picture.bounds as Corners);
    const found = await finder.find(picture, {
      k,
      ...(cornerTolerance === undefined ? {} : { cornerTolerance }),
      signal,
    });
    if (html !== undefined) {
      const page = resultPage({ file, bytes: await readFile(file), picture, found, finder });
      await writePage(html, page);
    }
    process.stdout.write(json ? `${JSON.stringify(found, jsonValue)}\n` : summary(found, finder.size));
  } finally {
    await finder?.dispose();
  }
}

/** The picture, with corners that have been checked against what the tracks' numbers are. */
async function pictureOf(
  file: string,
  { bounds, sidecar }: { readonly bounds: Corners | undefined; readonly sidecar: boolean },
  worldFiles: CoordinateSystem,
): Promise<Picture> {
  if (bounds !== undefined) {
    checkCorners("--bounds", bounds, worldFiles, "");
    return readPicture(file, { bounds: [...bounds] });
  }
  const onWarning = (warning: string) => process.stderr.write(`note: ${warning}\n`);
  const picture = await readPicture(file, { worldFiles, sidecar, onWarning });
  if (picture.bounds !== undefined) {
    const help =
      "; --bounds takes the place of what a file beside the picture says, and --no-sidecar leaves it unread";
    checkCorners(`the corners of ${file}`, picture.bounds as Corners, worldFiles, help);
  }
  return picture;
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
    await saveTrackFinder(await makeFolderOf(out), finder);
    process.stdout.write(`${finder.size} track${finder.size === 1 ? "" : "s"} indexed in ${out}\n`);
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

async function finderOfTracks(
  source: string,
  reading: ReadingFlags,
  signal: AbortSignal,
): Promise<TrackFinder> {
  const tracks = await readMapTracks(source, reading, signal);
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

function tellOutside(finder: TrackFinder, corners: Corners): void {
  const note = outsideNote(finder.contents(), corners);
  if (note !== undefined) process.stderr.write(`note: ${note}\n`);
}

function summary(found: Found, size: number): string {
  const { hits, confidence } = found;
  if (hits.length === 0) return `${NO_LINE}\n`;
  const lines = hits.map(
    ({ id, score }, rank) => `${String(rank + 1).padStart(3)}  ${score.toFixed(3)}  ${id}`,
  );
  return `${size} tracks compared ${comparedBy(found)}\n${lines.join("\n")}\n${verdict(hits, confidence)}\n`;
}

/** Typed arrays as lists. */
function jsonValue(_: string, value: unknown): unknown {
  return ArrayBuffer.isView(value) ? Array.from(value as unknown as ArrayLike<number>) : value;
}
