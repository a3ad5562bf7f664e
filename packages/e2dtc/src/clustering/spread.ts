import { type DistanceMetric, Pace, TrajectoryIndex, type TrajectorySet } from "@wayweave/geo-core";
import { metricOf, type View } from "./views.js";

/** Neighbours that vote. */
const VOTERS = 5;
/** Trips labelled between two reports. */
const STRIDE = 64;

/**
 * Labels of all trips from those of a sample: of each further trip's five nearest in the sample the most frequent label, the nearest
 * one's among equals.
 *
 * @param sample which trips are labelled already, ascending
 * @param labels of the sample; −1 votes like any other
 * @param wanted which trips are to be labelled; the others outside the sample get 0. All where absent
 */
export async function spread(
  lines: TrajectorySet,
  sample: Uint32Array,
  labels: ArrayLike<number>,
  view: Pick<View, "epsilon">,
  {
    signal,
    onProgress,
    wanted,
  }: {
    signal?: AbortSignal | undefined;
    onProgress?: (done: number, total: number) => void;
    wanted?: Uint32Array;
  },
): Promise<Int32Array> {
  const all = new Int32Array(lines.length);
  const known = new Uint8Array(lines.length);
  for (const [at, trip] of sample.entries()) {
    all[trip] = labels[at]!;
    known[trip] = 1;
  }
  const further = (wanted ?? Uint32Array.from(all.keys())).filter((trip) => known[trip] === 0);
  const neighbors = new SampleNeighbors(lines, sample, labels, view);
  const pace = new Pace(signal);
  for (const [at, trip] of further.entries()) {
    all[trip] = vote(await neighbors.labelsOf(trip, VOTERS, signal));
    if (at % STRIDE === 0) onProgress?.(at, further.length);
    await pace.step();
  }
  onProgress?.(further.length, further.length);
  return all;
}

/** Finds the trips of a labelled sample that are nearest to any trip. */
export class SampleNeighbors {
  readonly #lines: TrajectorySet;
  readonly #labels: ArrayLike<number>;
  readonly #metric: DistanceMetric;
  readonly #index: TrajectoryIndex;

  /** @param labels of the sample, `[sample]` */
  constructor(
    lines: TrajectorySet,
    sample: Uint32Array,
    labels: ArrayLike<number>,
    view: Pick<View, "epsilon">,
  ) {
    this.#lines = lines;
    this.#labels = labels;
    this.#metric = metricOf(view);
    this.#index = new TrajectoryIndex(lines.select(sample));
  }

  /** Labels of the nearest sampled trips, the nearest first: a sampled trip is its own nearest. */
  async labelsOf(trip: number, count: number, signal: AbortSignal | undefined): Promise<number[]> {
    const options = { distance: this.#metric, k: count, signal };
    const nearest = await this.#index.nearest(this.#lines.at(trip).coordinates, options);
    return nearest.map(({ index }) => this.#labels[index]!);
  }
}

/** The most frequent label; of equally frequent ones the one that comes first. */
function vote(nearest: readonly number[]): number {
  const votes = new Map<number, number>();
  for (const label of nearest) votes.set(label, (votes.get(label) ?? 0) + 1);
  const most = Math.max(...votes.values());
  return nearest.find((label) => votes.get(label) === most)!;
}
