import { type ClusterMethod, clusterTrips } from "@wayweave/e2dtc/cluster";
import { type DistanceMetric, resampleToCount, TrajectorySet } from "@wayweave/geo-core";
import { pairwiseDistances } from "@wayweave/geo-core/node";
import { agglomerative, kMeans, kMedoids, localAffinities, spectralClustering } from "@wayweave/numeric";
import type { LabelledTrips } from "../../../datasets/trips.js";
import type { RunContext } from "../../experiment.js";
import { pointsOnly } from "./trained-models.js";

/** Clusters trips without their labels; k is given. @returns `[trips]` */
export type RouteSystem = (context: RunContext, trips: LabelledTrips) => Promise<ArrayLike<number>>;

/** Points of a trip that distances see: they take time by the square of it. */
const MAX_POINTS = 64;

/** `clusterTrips`, with its own choice of distance and ε. */
export function byClusterTrips(
  method: ClusterMethod,
  clusterBy: "auto" | "places" | "routes" = "auto",
): RouteSystem {
  return async ({ seed, signal }, { set, k }) =>
    (await clusterTrips(set, { k, method, clusterBy, seed, signal })).labels;
}

export const distanceClusterings = ["K-Medoids", "average linkage", "spectral"] as const;
export type DistanceClustering = (typeof distanceClusterings)[number];

/** A distance, and how it is clustered. ε of LCSS and EDR is twice the data's own scale (`clusterTrips`'s `history.start.base`). */
export function byDistance(name: DistanceMetric["name"], clustering: DistanceClustering): RouteSystem {
  return async (context, { set, k, provenance }) => {
    const { seed, signal } = context;
    const n = set.length;
    const distances = await context.share(`${name} ${provenance.name} ${n} ${seed}`, async () => {
      const metric = await metricFor(context, name, set, k);
      return pairwiseDistances(thin(set), metric, { output: "float32", workers: 0, signal });
    });
    switch (clustering) {
      case "K-Medoids":
        return (await kMedoids(distances, n, { k, seed, restarts: 5, signal })).labels;
      case "average linkage":
        return (await agglomerative(distances, n, { linkage: "average", signal })).cut({ k });
      case "spectral": {
        const affinities = await localAffinities(distances, n, { signal });
        const options = { k, seed, unitLength: true, restarts: 5, signal };
        return (await spectralClustering(affinities, n, options)).labels;
      }
    }
  };
}

/** k-means on 32 points in order along each trip. */
export const byLines: RouteSystem = async ({ seed, signal }, { set, k }) => {
  const { coordinates } = resampleToCount(pointsOnly(set), { count: 32 });
  const rows = { data: coordinates, rows: set.length, columns: 64 };
  return (await kMeans(rows, { k, seed, restarts: 10, signal })).labels;
};

async function metricFor(
  { share, seed, signal }: RunContext,
  name: DistanceMetric["name"],
  set: TrajectorySet,
  k: number,
): Promise<DistanceMetric> {
  if (name !== "lcss" && name !== "edr") return { name } as DistanceMetric;
  const base = await share(`scale ${set.length} ${set.coordinates[0]} ${seed}`, async () => {
    const { history } = await clusterTrips(set, {
      k,
      method: "k-medoids",
      sampleSize: Math.max(k, 300),
      signal,
    });
    return history.start!.base;
  });
  return name === "lcss" ? { name, epsilon: 2 * base } : { name, epsilon: 2 * base, value: "normalized" };
}

/** At most so many of a trip's points, evenly by their number. */
export function thin(set: TrajectorySet): TrajectorySet {
  const { offsets, coordinates, coordinateSystem } = set;
  const lines = Array.from({ length: set.length }, (_, i) => {
    const count = set.pointCountOf(i);
    const kept = Math.min(count, MAX_POINTS);
    return Array.from({ length: kept }, (_, j): [number, number] => {
      const p = offsets[i]! + (kept === 1 ? 0 : Math.round((j * (count - 1)) / (kept - 1)));
      return [coordinates[2 * p]!, coordinates[2 * p + 1]!];
    });
  });
  return TrajectorySet.fromArrays(lines, { coordinateSystem });
}
