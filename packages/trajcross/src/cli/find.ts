import { readFile } from "node:fs/promises";
import { progressView } from "@wayweave/cli";
import { writeAtomically } from "@wayweave/geo-core/node";
import { openTrackFinder, saveTrackFinder } from "../node/open-track-finder.js";
import { readPicture } from "../node/read-picture.js";
import type { Found, TrackFinder } from "../retrieval/track-finder.js";
import { isIndex, readTracks } from "./read-tracks.js";
import { resultPage } from "./result-page.js";

export interface FindCommandOptions {
  readonly bounds?: [number, number, number, number];
  readonly k: number;
  readonly cornerTolerance?: number;
  readonly planar?: true;
  readonly html?: string;
  readonly json?: true;
}

export interface IndexCommandOptions {
  readonly out: string;
  readonly planar?: true;
}

export async function find(
  source: string,
  file: string,
  { bounds, k, cornerTolerance, planar, html, json }: FindCommandOptions,
  signal: AbortSignal,
): Promise<void> {
  const picture = await readPicture(file, { worldFiles: planar ? "planar" : "lonlat" });
  const finder = await finderOf(source, planar, signal);
  try {
    const found = await finder.find(picture, {
      k,
      ...(bounds === undefined ? {} : { bounds }),
      ...(cornerTolerance === undefined ? {} : { cornerTolerance }),
      signal,
    });
    if (html !== undefined) {
      const page = resultPage({ file, bytes: await readFile(file), picture, found, finder, bounds });
      await writeAtomically(html, (write) => write(new TextEncoder().encode(page)));
    }
    process.stdout.write(json ? `${JSON.stringify(found, jsonValue, 1)}\n` : summary(found, finder.size));
  } finally {
    await finder.dispose();
  }
}

export async function index(
  source: string,
  { out, planar }: IndexCommandOptions,
  signal: AbortSignal,
): Promise<void> {
  const finder = await finderOf(source, planar, signal);
  try {
    await saveTrackFinder(out, finder);
    process.stdout.write(`${finder.size} tracks indexed in ${out}\n`);
  } finally {
    await finder.dispose();
  }
}

async function finderOf(source: string, planar: true | undefined, signal: AbortSignal): Promise<TrackFinder> {
  if (await isIndex(source)) return openTrackFinder({ index: source });
  const tracks = await readTracks(source, { coordinateSystem: planar ? "planar" : "lonlat", signal });
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
