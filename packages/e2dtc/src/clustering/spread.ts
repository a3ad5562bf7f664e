import { Pace, TrajectoryIndex, type TrajectorySet } from "@wayweave/geo-core";
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
  const index = new TrajectoryIndex(lines.select(sample));
  const options = { distance: metricOf(view), k: VOTERS, signal };
  const pace = new Pace(signal);
  for (const [at, trip] of further.entries()) {
    const nearest = await index.nearest(lines.at(trip).coordinates, options);
    all[trip] = vote(nearest.map((hit) => labels[hit.index]!));
    if (at % STRIDE === 0) onProgress?.(at, further.length);
    await pace.step();
  }
  onProgress?.(further.length, further.length);
  return all;
}

/** The most frequent label; of equally frequent ones the one that comes first. */
function vote(nearest: readonly number[]): number {
  const votes = new Map<number, number>();
  for (const label of nearest) votes.set(label, (votes.get(label) ?? 0) + 1);
  const most = Math.max(...votes.values());
  return nearest.find((label) => votes.get(label) === most)!;
}
