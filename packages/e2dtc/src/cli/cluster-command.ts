import {
  checkPageName,
  makeFolderOf,
  prepareOutputs,
  type ReadingFlags,
  readTrips,
  tellOneTrip,
} from "@wayweave/cli";
import type { TrajectorySet } from "@wayweave/geo-core";
import type { ClusterBy } from "../clustering/cluster-by.js";
import { type ClusterMethod, clusterTrips } from "../clustering/cluster-trips.js";
import { forNetwork, type NetworkLimits } from "./for-network.js";
import { checkTimes } from "./load-model.js";
import { writeMap } from "./map.js";
import { cellSizeOf, fitOptions, type NetworkFlags } from "./network-options.js";
import { fitView, type Progress } from "./progress.js";
import { centralTrips, confidences, summary } from "./summary.js";
import { type Attributes, checkWritable, formatOf, tellReplaced, writeTrips } from "./write-trips.js";

/** What `cluster` is given. */
export interface ClusterFlags extends ReadingFlags, NetworkLimits, NetworkFlags {
  readonly out: string;
  readonly method?: ClusterMethod;
  readonly clusterBy: ClusterBy;
  readonly sampleSize: number;
  readonly map?: string;
  readonly model?: string;
}

interface Run {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

/** What both ways of clustering give to the writer. */
interface Clustered {
  readonly labels: Int32Array;
  readonly k: number;
  /** A trip in the middle of each cluster, −1 for none, `[k]`. */
  readonly medoids: ArrayLike<number>;
  /** Further columns, a value a trip. */
  readonly columns: Attributes;
  readonly notes: readonly string[];
}

/** `cluster`: reads trips, clusters them, and writes them with their clusters. */
export async function cluster(source: string, flags: ClusterFlags, signal: AbortSignal): Promise<void> {
  const method = methodOf(flags);
  formatOf("--out", flags.out);
  checkPageName("--map", flags.map);
  await prepareOutputs(
    {
      "--out": flags.out,
      "--model": flags.model,
      "--map": flags.map,
      "--skip-report": flags.skipReport,
    },
    { "the trips": source },
    { "--checkpoint": flags.checkpoint },
  );
  const { set, report } = await readTrips(source, flags, signal);
  tellOneTrip(source, set, report, flags);
  if (flags.timeOfDay) checkTimes("trips for --time-of-day", set, "or leave that out");
  const own = method === "e2dtc" ? ["cluster", "confidence"] : ["cluster"];
  await checkWritable("--out", flags.out, set, own);
  tellReplaced(set, own);
  const view = fitView(process.stderr);
  const run: Run = { signal, onProgress: (progress) => view.update(progress) };
  try {
    const found = await (method === "e2dtc"
      ? byNetwork(set, flags, run)
      : byDistances(set, method, flags, run));
    view.stop();
    const { labels, k, medoids, columns } = found;
    await writeTrips(flags.out, set, { cluster: [...labels], ...columns }, signal);
    if (flags.map !== undefined) await writeMap(flags.map, set, { labels, k, medoids });
    for (const note of found.notes) tell(`note: ${note}`);
    process.stdout.write(summary(labels, k, flags));
  } finally {
    view.stop();
  }
}

/** A model can only come from the network: to ask for one is to ask for the method. */
export function methodOf({ method, model }: Pick<ClusterFlags, "method" | "model">): ClusterMethod {
  return method ?? (model === undefined ? "auto" : "e2dtc");
}

async function byDistances(
  set: TrajectorySet,
  method: ClusterMethod,
  { k = "auto", clusterBy, outliers, sampleSize, seed }: ClusterFlags,
  run: Run,
): Promise<Clustered> {
  const { labels, history, emptied, ...found } = await clusterTrips(set, {
    ...(method === "hdbscan" ? {} : { k }),
    method,
    clusterBy,
    outliers: outliers === true,
    sampleSize,
    seed,
    ...run,
  });
  const best = history.start?.candidates[0];
  const notes = [
    ...(best === undefined
      ? []
      : [`chose ${best.method} on ${best.view} (stability ${best.stability.toFixed(2)})`]),
    ...(emptied === 0 ? [] : [`${emptied} clusters were empty and got the trips that fit worst`]),
    ...outlierNotes(found.outliers),
  ];
  return { labels, k: found.k, medoids: found.medoids, columns: {}, notes };
}

function outlierNotes(outliers: number): string[] {
  return outliers === 0 ? [] : [`${outliers} trips belong to no cluster: −1`];
}

async function byNetwork(all: TrajectorySet, flags: ClusterFlags, run: Run): Promise<Clustered> {
  const { set, kept, cellSizeMeters, notes } = forNetwork(all, { ...flags, cellSize: cellSizeOf(flags) });
  for (const note of notes) tell(`note: ${note}`);
  if (flags.timeOfDay && flags.seeding !== "kMeans" && flags.preset !== "paper") {
    tell("note: where clusters start does not heed the time of the day, which --seeding kMeans does");
  }
  if (flags.model === undefined) tell("note: the network is not kept; --model names a file for it");
  // The training engine is heavy, and needed here only.
  const { fitE2DTC } = await import("../training/fit.js");
  const fitted = await fitE2DTC(set, { ...fitOptions(flags, set.length, cellSizeMeters), ...run });
  try {
    const { model, softAssignments, embeddings } = fitted;
    if (flags.model !== undefined) await model.save(await makeFolderOf(flags.model));
    const labels = new Int32Array(all.length).fill(-1);
    const confidence = new Array<number | null>(all.length).fill(null);
    const own = confidences(fitted.labels, softAssignments, model.k);
    let outliers = 0;
    for (const [i, trip] of kept.entries()) {
      // The model's own numbers of clusters, which those in `clusters` are not where one is empty.
      if (fitted.clusters.labels[i]! < 0) outliers++;
      else [labels[trip], confidence[trip]] = [fitted.labels[i]!, own[i]!];
    }
    const medoids = centralTrips(fitted.labels, model.k, embeddings).map((i) => (i < 0 ? -1 : kept[i]!));
    const without = all.length - kept.length;
    const left = [
      ...fitted.history.warnings.map((warning) => warning.replace("tokens.cellSizeMeters", "--cell-size")),
      ...(without === 0 ? [] : [`${without} trips that were left out have the cluster −1`]),
      ...outlierNotes(outliers),
    ];
    return { labels, k: model.k, medoids, columns: { confidence }, notes: left };
  } finally {
    await fitted.model.dispose();
  }
}

function tell(text: string): void {
  process.stderr.write(`${text}\n`);
}
