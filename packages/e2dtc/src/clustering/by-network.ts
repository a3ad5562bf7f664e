import { Random, type TrajectorySet } from "@wayweave/geo-core";
import type { SampleStart } from "./choose-start.js";
import { spread } from "./spread.js";

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
    readonly startLabels: ArrayLike<number>;
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
  { sample, sampleLabels, view }: SampleStart,
): Promise<{ labels: Uint32Array; network: NetworkAgreement }> {
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
    startLabels: learnt.map((trip) => expected[trip]!),
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
