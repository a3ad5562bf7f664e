import { readFile } from "node:fs/promises";
import {
  checkPageName,
  checkThere,
  makeFolderOf,
  prepareOutputs,
  progressView,
  type ReadingFlags,
  readTrips,
  writePage,
} from "@wayweave/cli";
import { openTrackFinder, saveTrackFinder } from "../node/open-track-finder.js";
import { readPicture } from "../node/read-picture.js";
import type { Found, TrackFinder } from "../retrieval/track-finder.js";
import { isIndex } from "./read-tracks.js";
import { resultPage } from "./result-page.js";

export interface FindCommandOptions extends ReadingFlags {
  readonly bounds?: [number, number, number, number];
  readonly k: number;
  readonly cornerTolerance?: number;
  readonly html?: string;
  readonly json?: true;
}

export interface IndexCommandOptions extends ReadingFlags {
  readonly out: string;
}

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
  const picture = await readPicture(file, { worldFiles: reading.planar ? "planar" : "lonlat" });
  const finder = await finderOf(source, reading, signal);
  try {
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
    await finder.dispose();
  }
}

export async function index(
  source: string,
  { out, ...reading }: IndexCommandOptions,
  signal: AbortSignal,
): Promise<void> {
  await prepareOutputs({ "--out": out, "--skip-report": reading.skipReport }, { "the tracks": source });
  const finder = await finderOf(source, reading, signal);
  try {
    await makeFolderOf(out);
    await saveTrackFinder(out, finder);
    process.stdout.write(`${finder.size} tracks indexed in ${out}\n`);
  } finally {
    await finder.dispose();
  }
}

/** Of an index, or of tracks: what is broken in these is left out and told, since any of the others may be the one. */
async function finderOf(source: string, reading: ReadingFlags, signal: AbortSignal): Promise<TrackFinder> {
  if (await isIndex(source)) return openTrackFinder({ index: source });
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
