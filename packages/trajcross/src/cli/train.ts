import { makeFolderOf, prepareOutputs, progressView, type ReadingFlags } from "@wayweave/cli";
import { azimuthalEquidistant, projectSet, slidingWindows, type TrajectorySet } from "@wayweave/geo-core";
import { writeAtomically } from "@wayweave/geo-core/node";
import type { PresetName } from "../model/config.js";
import { readTracks } from "./read-tracks.js";

export interface TrainCommandOptions extends ReadingFlags {
  readonly out: string;
  readonly preset: PresetName;
  readonly epochs?: number;
  readonly length: number;
  readonly seed: number;
  readonly checkpoint?: string;
}

export interface TrainReaderCommandOptions {
  readonly checkpoint: string;
  readonly out: string;
  readonly epochs: number;
  readonly seed: number;
  readonly from?: string;
  readonly threads?: number;
}

/** Tracks in planar metres: lon/lat ones about the middle of them. */
export function inMetres(set: TrajectorySet): TrajectorySet {
  if (set.coordinateSystem === "planar" || set.length === 0) return set;
  const [lon, lat] = [set.coordinates[0]!, set.coordinates[1]!];
  return projectSet(set, azimuthalEquidistant([lon, lat]));
}

export async function train(
  source: string,
  options: TrainCommandOptions,
  signal: AbortSignal,
): Promise<void> {
  const { out, preset, epochs, length, seed, checkpoint, ...reading } = options;
  await prepareOutputs(
    { "--skip-report": reading.skipReport },
    { "the tracks": source },
    { "--out": out, "--checkpoint": checkpoint },
  );
  const set = inMetres(await readTracks(source, reading, signal));
  const windows = slidingWindows(set, { length }).set;
  const { renderImages } = await import("../data/images.js");
  const { trainTrajCross } = await import("../training/train-trajcross.js");
  const { Random } = await import("@wayweave/geo-core");
  const pairs = { trajectories: windows, images: renderImages(windows, new Random(seed)), rendering: {} };
  const view = progressView(process.stderr);
  try {
    const { model, losses } = await trainTrajCross(pairs, {
      preset,
      seed,
      ...(epochs === undefined ? {} : { train: { epochs } }),
      ...(checkpoint === undefined ? {} : { checkpointDir: checkpoint }),
      onProgress: ({ done, total }) => view.update("training", done, total),
      signal,
    });
    await model.save(out);
    await model.dispose();
    view.stop();
    process.stdout.write(`${windows.length} windows, loss ${losses.at(-1)?.toFixed(3)}; model in ${out}\n`);
  } finally {
    view.stop();
  }
}

export async function trainLineReader(
  options: TrainReaderCommandOptions,
  signal: AbortSignal,
): Promise<void> {
  const { checkpoint, out, epochs, seed, from, threads } = options;
  await prepareOutputs({ "--out": out }, {}, { "--checkpoint": checkpoint });
  const { trainReader } = await import("../tracing/train-reader.js");
  const { exportTrainedReader } = await import("../tracing/export-reader.js");
  const view = progressView(process.stderr);
  try {
    const trained = await trainReader({
      seed,
      epochs,
      checkpointDir: checkpoint,
      ...(from === undefined ? {} : { from }),
      ...(threads === undefined ? {} : { threads }),
      onProgress: ({ done, total }) => view.update("training", done, total),
      signal,
    });
    const bytes = exportTrainedReader(trained);
    await writeAtomically(await makeFolderOf(out), (write) => write(bytes));
    view.stop();
    process.stdout.write(
      `${trained.losses.length} epochs, loss ${trained.losses.at(-1)?.toFixed(3)}; reader in ${out}\n`,
    );
  } finally {
    view.stop();
  }
}
