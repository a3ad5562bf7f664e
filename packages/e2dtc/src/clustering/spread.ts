import { distancesToMany, Pace } from "@wayweave/geo-core";
import type { Lines } from "./lines.js";
import { metricOf, type View } from "./views.js";

/** Neighbours that vote. */
const VOTERS = 5;

/**
 * Labels of all trips from those of a sample: of each further trip's five nearest in the sample the most frequent label, the nearest
 * one's among equals.
 *
 * @param sample which trips are labelled already, ascending
 * @param labels of the sample; −1 votes like any other
 * @param wanted which trips are to be labelled; the others outside the sample get 0. All where absent
 */
export async function spread(
  lines: Lines,
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
  const { set, counts } = lines;
  const all = new Int32Array(set.length);
  const known = new Uint8Array(set.length);
  for (const [at, trip] of sample.entries()) {
    all[trip] = labels[at]!;
    known[trip] = 1;
  }
  const sampled = set.select(sample);
  const metric = metricOf(view);
  const pace = new Pace(signal);
  const total = wanted?.length ?? set.length;
  for (let at = 0; at < total; at++) {
    const trip = wanted?.[at] ?? at;
    if (known[trip] === 1) continue;
    const line = set.coordinates.slice(2 * set.offsets[trip]!, 2 * set.offsets[trip + 1]!);
    const distances = await distancesToMany(line, sampled, metric);
    if (view.epsilon === null) {
      for (const [i, other] of sample.entries()) distances[i]! /= counts[trip]! + counts[other]!;
    }
    all[trip] = vote(distances, labels);
    if (at % 64 === 0) onProgress?.(at, total);
    await pace.step();
  }
  onProgress?.(total, total);
  return all;
}

function vote(distances: Float64Array, labels: ArrayLike<number>): number {
  const nearest: number[] = [];
  for (let i = 0; i < distances.length; i++) {
    let at = nearest.length;
    while (at > 0 && distances[nearest[at - 1]!]! > distances[i]!) at--;
    if (at >= VOTERS) continue;
    nearest.splice(at, 0, i);
    if (nearest.length > VOTERS) nearest.pop();
  }
  const votes = new Map<number, number>();
  for (const i of nearest) votes.set(labels[i]!, (votes.get(labels[i]!) ?? 0) + 1);
  const most = Math.max(...votes.values());
  return labels[nearest.find((i) => votes.get(labels[i]!) === most)!]!;
}
