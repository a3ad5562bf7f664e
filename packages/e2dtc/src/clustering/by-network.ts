import { Pace, Random, type TrajectorySet } from "@wayweave/geo-core";
import type { SampleStart } from "./choose-start.js";
import { SampleNeighbors, spread } from "./spread.js";

/** How far the clustering of trips has come. */
export interface ClusterProgress {
  /**
   * What is being done: `k` (looking for the number of clusters), `distances`, `candidates`, `spread` (labelling the trips outside the
   * sample), or a phase of the network's.
   */
  readonly phase: string;
  /** Parts of the phase that are done. */
  readonly done: number;
  /** All of its parts. */
  readonly total: number;
}

/** Trains a network on a sample and labels all trips with it: `fitE2DTC` of `@wayweave/e2dtc/train`. */
export type FitNetwork = (
  trips: TrajectorySet,
  options: {
    readonly k: number;
    readonly seed: number;
    /** Row-major, `[trips × k]`; rows add up to 1. */
    readonly startProbabilities: ArrayLike<number>;
    readonly preset: "student";
    readonly signal?: AbortSignal;
    readonly onProgress?: (progress: ClusterProgress) => void;
  },
) => Promise<{
  readonly model: {
    predict(
      trips: TrajectorySet,
      options?: {
        readonly signal?: AbortSignal;
        readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
      },
    ): Promise<{ readonly labels: Uint32Array }>;
    dispose(): Promise<void>;
  };
}>;

/** Shares of trips that the network has where the clustering without it has them. */
export interface NetworkAgreement {
  /** Of the trips that it learnt. */
  readonly inSample: number;
  /** Of some others, which follow their nearest ones for this comparison; `null` where there are none. */
  readonly outside: number | null;
  /** Others that were compared. */
  readonly compared: number;
}

/** Trips that it did not learn on which the network is compared with the clustering. */
const COMPARED = 200;

interface NetworkSettings {
  readonly fit: FitNetwork;
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: ClusterProgress) => void) | undefined;
}

/** A network that learns the start on its sample and on as many further trips, which follow their nearest ones, and labels all trips. */
export async function byNetwork(
  trips: TrajectorySet,
  { fit, seed, signal, onProgress }: NetworkSettings,
  k: number,
  start: SampleStart,
): Promise<{ labels: Uint32Array; network: NetworkAgreement }> {
  const { sample, sampleLabels, view } = start;
  const abortable = signal === undefined ? {} : { signal };
  const sampled = new Set(sample.trips);
  const others = new Random(seed)
    .split("compared")
    .sample(trips.length, trips.length)
    .filter((trip) => !sampled.has(trip));
  const further = others.slice(0, sampled.size);
  const outside = others.slice(sampled.size, sampled.size + COMPARED);
  const wanted = Uint32Array.of(...further, ...outside);
  const expected = await spread(sample.lines, sample.trips, sampleLabels, view, { signal, wanted });
  const learnt = Uint32Array.of(...sample.trips, ...further).sort();
  const { model } = await fit(trips.select(learnt), {
    k,
    seed,
    startProbabilities: await softened(start, learnt, expected, k, signal),
    preset: "student",
    ...abortable,
    ...(onProgress === undefined ? {} : { onProgress }),
  });
  try {
    const tell = ({ done, total }: { readonly done: number; readonly total: number }) =>
      onProgress?.({ phase: "predict", done, total });
    const { labels } = await model.predict(trips, { ...abortable, onProgress: tell });
    const shareOf = (among: Uint32Array) =>
      among.reduce((sum, trip) => sum + Number(labels[trip] === expected[trip]), 0) / among.length;
    const network = {
      inSample: shareOf(learnt),
      outside: outside.length === 0 ? null : shareOf(outside),
      compared: outside.length,
    };
    return { labels, network };
  } finally {
    await model.dispose();
  }
}

/** Neighbours whose labels tell how certain a trip's own is. */
const SURE_NEIGHBORS = 10;

/**
 * Trips' shares in the clusters, `[trips × k]`: half goes to a trip's own cluster, half to those of its nearest in the sample. On development
 * sets a network that learns these knows half trips better than one that learns labels, and whole ones as well.
 */
async function softened(
  { sample, sampleLabels, view }: SampleStart,
  trips: Uint32Array,
  labels: Int32Array,
  k: number,
  signal: AbortSignal | undefined,
): Promise<Float32Array> {
  const neighbors = new SampleNeighbors(sample.lines, sample.trips, sampleLabels, view);
  const shares = new Float32Array(trips.length * k);
  const pace = new Pace(signal);
  for (const [row, trip] of trips.entries()) {
    const near = await neighbors.labelsOf(trip, SURE_NEIGHBORS, signal);
    for (const label of near) shares[row * k + label]! += 0.5 / near.length;
    shares[row * k + labels[trip]!]! += 0.5;
    await pace.step();
  }
  return shares;
}
