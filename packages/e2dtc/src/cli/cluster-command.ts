import { checkPageName, prepareOutputs, type ReadingFlags, readTrips } from "@wayweave/cli";
import { type TrajectorySet, ValueError } from "@wayweave/geo-core";
import type { ClusterBy } from "../clustering/cluster-by.js";
import { type ClusterMethod, clusterTrips } from "../clustering/cluster-trips.js";
import type { PresetName, Seeding, SizeName } from "../model/config.js";
import type { FitOptions } from "../training/fit.js";
import { forNetwork, type NetworkLimits } from "./for-network.js";
import { writeMap } from "./map.js";
import { fitView, type Progress } from "./progress.js";
import { centralTrips, confidences, summary } from "./summary.js";
import { type Attributes, checkWritable, formatOf, replacedColumns, writeTrips } from "./write-trips.js";

export interface ClusterFlags extends ReadingFlags, NetworkLimits {
  readonly k?: number | "auto";
  readonly out: string;
  readonly method?: ClusterMethod;
  readonly clusterBy: ClusterBy;
  readonly sampleSize: number;
  readonly outliers?: true;
  readonly map?: string;
  readonly model?: string;
  readonly preset: PresetName;
  readonly size?: SizeName;
  readonly seed: number;
  readonly seeding: Seeding;
  readonly checkpoint?: string;
  readonly epochs?: number;
}

/** Numbers of clusters that `--k auto` tries with a network: those of the paper's Fig. 6. */
const AUTO_RANGE = { min: 2, max: 22 };

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
  );
  const { set } = await readTrips(source, flags, signal);
  const own = method === "e2dtc" ? ["cluster", "confidence"] : ["cluster"];
  await checkWritable("--out", flags.out, set, own);
  for (const name of replacedColumns(set, own)) tell(`note: ${name} of the input is replaced`);
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

/** A model can only come from the network. */
function methodOf({ method, model, k }: ClusterFlags): ClusterMethod {
  if (method === "hdbscan" && k !== undefined && k !== "auto") {
    throw new ValueError(`--k must be left out with --method hdbscan, which finds it itself, got ${k}`);
  }
  if (method === undefined) return model === undefined ? "auto" : "e2dtc";
  if (model !== undefined && method !== "e2dtc") {
    throw new ValueError(`--model needs --method e2dtc, got ${method}`);
  }
  return method;
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
    ...(found.outliers === 0 ? [] : [`${found.outliers} trips belong to no cluster: −1`]),
  ];
  return { labels, k: found.k, medoids: found.medoids, columns: {}, notes };
}

async function byNetwork(all: TrajectorySet, flags: ClusterFlags, run: Run): Promise<Clustered> {
  const { set, kept, cellSizeMeters, notes } = forNetwork(all, flags);
  for (const note of notes) tell(`note: ${note}`);
  // The training engine is heavy, and needed here only.
  const { fitE2DTC } = await import("../training/fit.js");
  const fitted = await fitE2DTC(set, { ...fitOptions(flags, set.length, cellSizeMeters), ...run });
  try {
    const { model, softAssignments, embeddings } = fitted;
    if (flags.model !== undefined) await model.save(flags.model);
    const labels = new Int32Array(all.length).fill(-1);
    const confidence = new Array<number | null>(all.length).fill(null);
    const own = confidences(fitted.labels, softAssignments, model.k);
    for (const [i, trip] of kept.entries()) {
      labels[trip] = fitted.labels[i]!;
      confidence[trip] = own[i]!;
    }
    const medoids = centralTrips(fitted.labels, model.k, embeddings).map((i) => (i < 0 ? -1 : kept[i]!));
    const without = all.length - kept.length;
    const left = without === 0 ? [] : [`${without} trips that were left out have the cluster −1`];
    return { labels, k: model.k, medoids, columns: { confidence }, notes: left };
  } finally {
    await fitted.model.dispose();
  }
}

function fitOptions(
  { k = "auto", preset, size, seed, maxTokens, seeding, checkpoint, epochs }: ClusterFlags,
  trips: number,
  cellSizeMeters: number,
): FitOptions {
  return {
    ...(k === "auto" ? { kRange: { ...AUTO_RANGE, max: Math.min(AUTO_RANGE.max, trips) } } : { k }),
    preset,
    ...(size === undefined ? {} : { size }),
    seed,
    tokens: { cellSizeMeters, maxTokens },
    ...(epochs === undefined ? {} : { pretrain: { epochs } }),
    selfTrain: { seeding },
    ...(checkpoint === undefined ? {} : { checkpointDir: checkpoint }),
  };
}

function tell(text: string): void {
  process.stderr.write(`${text}\n`);
}
