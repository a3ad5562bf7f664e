import { prepareOutputs, progressView, type ReadingFlags } from "@wayweave/cli";
import { Random, slidingWindows, type TrajectorySet, ValueError } from "@wayweave/geo-core";
import { renderImages } from "../data/images.js";
import { TrajCross } from "../model/trajcross.js";
import { loadLineReader } from "../node/open-track-finder.js";
import { findWindows } from "../retrieval/find-windows.js";
import { TrajCrossIndex } from "../retrieval/trajcross-index.js";
import { readTracks } from "./read-tracks.js";
import { inMetres } from "./train.js";

export interface EvaluateOptions extends ReadingFlags {
  readonly model?: string;
  readonly count: number;
  readonly length: number;
  readonly seed: number;
}

export async function evaluate(source: string, options: EvaluateOptions, signal: AbortSignal): Promise<void> {
  const { model, count, length, seed, ...reading } = options;
  await prepareOutputs({ "--skip-report": reading.skipReport }, { "the tracks": source });
  const set = inMetres(await readTracks(source, reading, signal));
  const all = slidingWindows(set, { length }).set;
  if (all.length === 0)
    throw new ValueError(`${source} must hold tracks of at least ${length} points (--length)`);
  const random = new Random(seed);
  const windows = all.select(random.split("windows").sample(all.length, Math.min(count, all.length)));
  const ranks = await (model === undefined
    ? ranksOfReader(windows, random, signal)
    : ranksOfModel(model, windows, random, signal));
  const top = (k: number) => ((100 * ranks.filter((rank) => rank < k).length) / ranks.length).toFixed(1);
  process.stdout.write(
    `${windows.length} windows, image → trajectory: top@1 ${top(1)} %, top@5 ${top(5)} %, top@10 ${top(10)} %\n`,
  );
}

async function ranksOfReader(windows: TrajectorySet, random: Random, signal: AbortSignal): Promise<number[]> {
  const reader = await loadLineReader();
  const view = progressView(process.stderr);
  try {
    const images = renderImages(windows, random.split("images"));
    const found = await findWindows(reader, windows, images, {
      k: 10,
      signal,
      onProgress: ({ done, total }) => view.update("reading", done, total),
    });
    return found.map((hits, i) =>
      rankOf(
        hits.map(({ index }) => index),
        i,
      ),
    );
  } finally {
    view.stop();
    await reader.dispose();
  }
}

async function ranksOfModel(
  folder: string,
  windows: TrajectorySet,
  random: Random,
  signal: AbortSignal,
): Promise<number[]> {
  const model = await TrajCross.load(folder);
  try {
    const { imageSize: size, channels } = model.config;
    const images = renderImages(windows, random.split("images"), { size, channels });
    const index = new TrajCrossIndex(model);
    await index.addTrajectories(windows, { signal });
    const found = await index.findTrajectories(images, { k: 10, rerank: 50, signal });
    return found.map((hits, i) =>
      rankOf(
        hits.map(({ index: hit }) => hit),
        i,
      ),
    );
  } finally {
    await model.dispose();
  }
}

function rankOf(hits: readonly number[], wanted: number): number {
  const rank = hits.indexOf(wanted);
  return rank < 0 ? Number.POSITIVE_INFINITY : rank;
}
