import { createRequire } from "node:module";
import { checkGiven, checkOptions } from "@wayweave/geo-core";
import { OnnxModel, type SessionOptions } from "@wayweave/nn";
import { checkHas, checkPath } from "../internal/arguments.js";
import { TrackFinder } from "../retrieval/track-finder.js";
import { LineReader } from "../tracing/line-reader.js";
import { loadTracks, saveTracks } from "./track-file.js";

/** The reader's weights, by the package's own name, so that it does not matter where this file is built to. */
function weightsFile(): string {
  return createRequire(import.meta.url).resolve("@wayweave/trajcross/line-reader.onnx");
}

/** The line reader that comes with the package. @param session where and how it runs: providers, threads */
export async function loadLineReader(session: SessionOptions = {}): Promise<LineReader> {
  checkGiven("loadLineReader", "session", session);
  const model = await OnnxModel.load(weightsFile(), session);
  try {
    return new LineReader(model);
  } catch (error) {
    await model.dispose();
    throw error;
  }
}

/** What a finder begins with, and how its reader runs. */
export interface OpenTrackFinderOptions {
  /** A file that {@link saveTrackFinder} wrote; without it the finder is empty. */
  readonly index?: string;
  /** Where and how the reader runs: providers, threads. */
  readonly session?: SessionOptions;
}

/**
 * A {@link TrackFinder} with the line reader that comes with the package: empty, or of tracks that were indexed before.
 *
 * @throws {FormatError} a damaged index file, or one of something else; names it
 * @example
 * const finder = await openTrackFinder();
 * await finder.add(tracks);
 * const { hits } = await finder.find(await readPicture("screenshot.png"));
 */
export async function openTrackFinder(options: OpenTrackFinderOptions = {}): Promise<TrackFinder> {
  checkOptions("openTrackFinder", options, ["index", "session"]);
  const { index, session } = options;
  if (index !== undefined) checkPath("openTrackFinder", "index", index);
  const contents = index === undefined ? undefined : await loadTracks(index);
  const reader = await loadLineReader(session);
  return contents === undefined ? new TrackFinder(reader) : TrackFinder.restore(reader, contents);
}

/** Saves a finder's tracks in one file, atomically, so that they need not be indexed again. @throws {StateError} no tracks were added */
export async function saveTrackFinder(file: string, finder: TrackFinder): Promise<void> {
  checkPath("saveTrackFinder", "file", file);
  checkHas("saveTrackFinder", "finder", finder, "contents", "a TrackFinder");
  await saveTracks(file, finder.contents());
}
