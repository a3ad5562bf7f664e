import { stat } from "node:fs/promises";
import {
  checkThere,
  cutAtGaps,
  cutNotes,
  noTrips,
  prepareOutputs,
  progressView,
  type ReadingFlags,
  readingOptions,
  tellColumns,
  tellOneTrip,
  tellSkipped,
  told,
  withAdvice,
  withDistinctIds,
  withPoints,
} from "@wayweave/cli";
import { type TrajectorySet, ValueError } from "@wayweave/geo-core";
import { streamCsv, streamTrajectories } from "@wayweave/geo-core/node";
import type { E2DTC } from "../model/e2dtc.js";
import { isTable } from "./label-table.js";
import { checkCoordinateSystem, checkTimes, loadModel, tripsOutside, tripsUntimed } from "./load-model.js";
import { confidences, countsText } from "./summary.js";
import { writeStream } from "./write-stream.js";
import { checkCoordinates, formatOf, tellReplaced } from "./write-trips.js";

export interface PredictFlags extends ReadingFlags {
  readonly model: string;
  readonly out: string;
  readonly farTrips: "keep" | "skip";
  readonly rowOrder: "any" | "grouped";
}

const COLUMNS = ["cluster", "confidence"];

/** `predict`: labels trips with a saved model, batch by batch. */
export async function predict(source: string, flags: PredictFlags, signal: AbortSignal): Promise<void> {
  const coordinateSystem = flags.planar ? "planar" : "lonlat";
  const format = formatOf("--out", flags.out);
  checkCoordinates("--out", flags.out, { coordinateSystem });
  await prepareOutputs(
    { "--out": flags.out, "--skip-report": flags.skipReport },
    { "the trips": source, "--model": flags.model },
  );
  await checkThere(source);
  await checkGrouped(source, flags);
  const model = await loadModel(flags.model);
  const view = progressView(process.stderr);
  try {
    checkCoordinateSystem(model, { coordinateSystem });
    if (format === "parquet") {
      process.stderr.write("note: Parquet is written at the end, so the trips are held in memory\n");
    }
    if (model.info.area === undefined) {
      process.stderr.write(
        "note: the model does not say what area it has learnt, so no trip is told to lie outside (--far-trips)\n",
      );
    }
    const counts = new Uint32Array(model.k);
    const total = { trips: 0 };
    const stream = openStream(source, flags, signal, (done, total) => view.update("labelling", done, total));
    const labelled = labelledBatches(stream, model, { counts, total }, { signal, source, flags });
    await writeStream(flags.out, labelled, COLUMNS).catch((error: unknown) => {
      throw withAdvice(error, flags);
    });
    view.stop();
    await tellSkipped(source, stream.report, flags);
    process.stdout.write(countsText(total.trips, counts, { out: flags.out }));
  } finally {
    view.stop();
    await model.dispose();
  }
}

/** @throws {ValueError} rows in groups of what has no rows, or of several files, of which those of other formats would not be read */
async function checkGrouped(source: string, { rowOrder, format }: PredictFlags): Promise<void> {
  if (rowOrder !== "grouped") return;
  const isFolder = (await stat(source)).isDirectory();
  if (!isFolder && (isTable(source) || format === "csv")) return;
  throw new ValueError(
    `--row-order grouped must go with one CSV file (.csv, .tsv or .txt, also with .gz; another name with --format csv), got ${isFolder ? "the folder " : ""}${source}`,
  );
}

function openStream(
  source: string,
  flags: PredictFlags,
  signal: AbortSignal,
  onBytes: (done: number, total: number) => void,
): ReturnType<typeof streamTrajectories> {
  const options = {
    ...readingOptions(flags),
    signal,
    onProgress: ({ done, total }: { readonly done: number; readonly total: number }) => onBytes(done, total),
  };
  if (flags.rowOrder === "any") return streamTrajectories(source, options);
  const { format: _, ...rest } = options;
  return streamCsv(source, { ...rest, rowOrder: "grouped" } as Parameters<typeof streamCsv>[1]);
}

async function* labelledBatches(
  stream: ReturnType<typeof streamTrajectories>,
  model: E2DTC,
  { counts, total }: { readonly counts: Uint32Array; readonly total: { trips: number } },
  run: { readonly signal: AbortSignal; readonly source: string; readonly flags: PredictFlags },
): AsyncGenerator<TrajectorySet, void> {
  const { source, flags } = run;
  const { farTrips } = flags;
  /** Trips as they were read, those of them that were cut, and those that could not be. */
  const read = { trips: 0, cut: 0, whole: 0 };
  const ids = new Set<string>();
  const replaced = new Set<string>();
  let last: TrajectorySet | undefined;
  let isFirst = true;
  for await (const { trajectories } of stream) {
    const filled = withPoints(trajectories);
    if (filled.length === 0) continue;
    const uncut = withDistinctIds(filled, ids);
    if (isFirst) tellColumns(uncut, flags);
    isFirst = false;
    tellReplaced(uncut, COLUMNS, replaced);
    last = uncut;
    const parts =
      flags.maxGap === undefined ? { set: uncut, cut: 0, whole: 0 } : cutAtGaps(uncut, flags.maxGap);
    const { set } = parts;
    read.trips += uncut.length;
    read.cut += parts.cut;
    read.whole += parts.whole;
    const { cluster, confidence } = await labelsOf(set, model, run);
    // Beyond its area a model takes the nearest cell, whatever the distance.
    const outside = tripsOutside(set, model);
    if (outside.length > 0) {
      const become =
        farTrips === "skip" ? "get the cluster −1" : "are labelled all the same (--far-trips keep)";
      process.stderr.write(
        `outside the area that the model has learnt, and ${become}: ${told(set, outside)}\n`,
      );
    }
    if (farTrips === "skip") for (const trip of outside) [cluster[trip], confidence[trip]] = [-1, null];
    for (const label of cluster) if (label >= 0) counts[label]!++;
    total.trips += set.length;
    yield set.with({
      // What is given beside the set is meant rather than what it holds of the same name.
      pointColumns: Object.fromEntries(COLUMNS.map((name) => [name, undefined])),
      properties: { cluster, confidence },
    });
  }
  if (total.trips > 0) {
    if (read.trips === 1 && flags.rowOrder === "any") {
      const formats = isTable(source) ? { csv: 1 } : {};
      tellOneTrip(source, last!, { ...stream.report, formats }, flags);
    }
    if (flags.maxGap !== undefined)
      process.stderr.write(cutNotes(flags.maxGap, read.trips, total.trips, read));
    return;
  }
  await tellSkipped(source, stream.report, flags);
  throw noTrips(source, stream.report, flags);
}

/** Clusters and confidences; of trips that lack times where the model reads them −1 and none. */
async function labelsOf(
  set: TrajectorySet,
  model: E2DTC,
  { signal, flags }: { readonly signal: AbortSignal; readonly flags: PredictFlags },
): Promise<{ readonly cluster: number[]; readonly confidence: (number | null)[] }> {
  const { timeOfDay = false } = model.info;
  const isLenient = flags.lenient === true;
  if (timeOfDay && !isLenient) checkTimes("the trips", set, "--lenient gives such trips the cluster −1");
  const untimed = new Set(timeOfDay && isLenient ? tripsUntimed(set) : []);
  if (untimed.size > 0) {
    process.stderr.write(
      `without times, which the network reads, and get the cluster −1: ${told(set, [...untimed])}\n`,
    );
  }
  const timed = Array.from({ length: set.length }, (_, trip) => trip).filter((trip) => !untimed.has(trip));
  const cluster = new Array<number>(set.length).fill(-1);
  const confidence = new Array<number | null>(set.length).fill(null);
  if (timed.length === 0) return { cluster, confidence };
  const part = untimed.size === 0 ? set : set.select(timed);
  const { labels, softAssignments } = await model.predict(part, { signal });
  const sure = confidences(labels, softAssignments, model.k);
  for (const [at, trip] of timed.entries()) [cluster[trip], confidence[trip]] = [labels[at]!, sure[at]!];
  return { cluster, confidence };
}
