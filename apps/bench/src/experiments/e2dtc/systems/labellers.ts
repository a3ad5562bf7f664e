import { clusterTrips } from "@wayweave/e2dtc/cluster";
import {
  type DistanceMetric,
  resampleToCount,
  TrajectoryIndex,
  type TrajectorySet,
} from "@wayweave/geo-core";
import type { RunContext } from "../../experiment.js";
import { thin } from "./route-systems.js";
import { pointsOnly } from "./trained-models.js";

/** What all labellers learn from: undamaged trips and the clusters that `clusterTrips` found among them. */
export interface Learnt {
  readonly set: TrajectorySet;
  readonly k: number;
  /** `[set.length]` */
  readonly labels: Int32Array;
  /** A trip in the middle of each cluster, `[k]`. */
  readonly medoids: Int32Array;
  /** ε of the LCSS that did best in the choice, the set's unit. */
  readonly epsilon: number;
}

export interface Labeller {
  label(trips: TrajectorySet): Promise<ArrayLike<number>>;
  dispose(): Promise<void>;
}

export interface LabellerLimits {
  /** Steps of an epoch of the student at least, where they are not the package's own. */
  readonly studentSteps?: number | undefined;
}

export type LabellerOf = (context: RunContext, learnt: Learnt, limits: LabellerLimits) => Promise<Labeller>;

export async function learn({ seed, signal }: RunContext, set: TrajectorySet, k: number): Promise<Learnt> {
  const found = await clusterTrips(set, { k, seed, signal });
  const { labels, medoids } = found;
  const best = found.history.start!.candidates.find(({ epsilon }) => epsilon !== null)!;
  return { set, k, labels, medoids, epsilon: best.epsilon! };
}

const nothing = async () => {};

/** The label of the nearest medoid: k distances a trip. */
export function byMedoid(name: "dtw" | "lcss"): LabellerOf {
  return async (_, { set, medoids, epsilon }) => {
    const clusters = [...medoids.keys()].filter((cluster) => medoids[cluster]! >= 0);
    const middle = thin(pointsOnly(set.select(clusters.map((cluster) => medoids[cluster]!))));
    const index = new TrajectoryIndex(middle);
    const metric = metricOf(name, epsilon);
    return {
      label: async (trips) => (await nearest(trips, index, metric, 1)).map(([at]) => clusters[at!]!),
      dispose: nothing,
    };
  };
}

/** The most frequent label of the five nearest of all learnt trips, found by a search with lower bounds. */
export function byNeighbors(name: "dtw" | "lcss"): LabellerOf {
  return async (_, { set, labels, epsilon }) => {
    const all = thin(pointsOnly(set));
    const index = new TrajectoryIndex(all);
    const metric = metricOf(name, epsilon);
    const vote = (near: readonly number[]) => {
      const votes = near.map((i) => near.filter((j) => labels[j] === labels[i]).length);
      return labels[near[votes.indexOf(Math.max(...votes))]!]!;
    };
    return { label: async (trips) => (await nearest(trips, index, metric, 5)).map(vote), dispose: nothing };
  };
}

/** The nearest mean line: 32 points in order, averaged over each cluster. */
export const byMeanLine: LabellerOf = async (_, { set, k, labels }) => {
  const rowsOf = (trips: TrajectorySet) => resampleToCount(pointsOnly(trips), { count: 32 }).coordinates;
  const known = rowsOf(set);
  const means = new Float64Array(64 * k);
  const sizes = new Float64Array(k);
  for (const [i, cluster] of labels.entries()) {
    sizes[cluster]!++;
    for (let d = 0; d < 64; d++) means[64 * cluster + d]! += known[64 * i + d]!;
  }
  for (let at = 0; at < means.length; at++) means[at]! /= Math.max(1, sizes[Math.floor(at / 64)]!);
  const far = (rows: Float64Array, i: number, cluster: number) => {
    let squared = 0;
    for (let d = 0; d < 64; d++) squared += (rows[64 * i + d]! - means[64 * cluster + d]!) ** 2;
    return squared;
  };
  const label = async (trips: TrajectorySet) => {
    const rows = rowsOf(trips);
    return Int32Array.from({ length: trips.length }, (_, i) => {
      let best = 0;
      for (let cluster = 1; cluster < k; cluster++) {
        if (far(rows, i, cluster) < far(rows, i, best)) best = cluster;
      }
      return best;
    });
  };
  return { label, dispose: nothing };
};

/** E2DTC's network, which learns the clusters with damaged and partial variants of the trips. */
export const byStudent: LabellerOf = async (
  { seed, engine, signal, reportEngine },
  { set, k, labels },
  { studentSteps },
) => {
  const { fitE2DTC } = await import("@wayweave/e2dtc/train");
  const { model, engine: used } = await fitE2DTC(set, {
    k,
    seed,
    preset: "student",
    startLabels: labels,
    ...(studentSteps === undefined ? {} : { selfTrain: { minEpochSteps: studentSteps } }),
    engine: engine as "auto",
    threads: 1,
    session: { threads: 1 },
    signal,
  });
  reportEngine(used);
  return {
    label: async (trips) => (await model.predict(trips, { signal })).labels,
    dispose: () => model.dispose(),
  };
};

/** DTW is divided by the points of both. */
function metricOf(name: "dtw" | "lcss", epsilon: number): DistanceMetric {
  return name === "dtw" ? { name, value: "normalized" } : { name, epsilon };
}

/** The indices of the nearest of some lines, nearest first. */
async function nearest(
  trips: TrajectorySet,
  lines: TrajectoryIndex,
  distance: DistanceMetric,
  count: number,
): Promise<number[][]> {
  const hits = await lines.nearestMany(thin(trips), { distance, k: count });
  return hits.map((near) => near.map(({ index }) => index));
}
