import type { TrajectorySet } from "@wayweave/geo-core";
import { kMeans, type Matrix } from "@wayweave/numeric";
import { centroidFeatures } from "../features/features.js";
import { seedClusters } from "../starts/seeding.js";
import type { ClusterBy } from "./cluster-by.js";
import { orderedPoints, planarOf } from "./lines.js";

interface RowOptions {
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
}

/** Points of a trip that k-means sees. */
const POINTS = 32;

/** The clearest clusters of mean places: see `seedClusters`. */
export async function clusterPlaces(
  trips: TrajectorySet,
  k: number,
  { seed, signal }: RowOptions,
): Promise<Uint32Array> {
  const { placeLabels } = await seedClusters(trips, centroidFeatures(trips), {
    seeding: "places",
    k,
    seed,
    signal,
  });
  return placeLabels!;
}

/**
 * What k-means sees of trips: their mean places, or 32 points in order along each, in metres (planar sets: their own unit).
 *
 * @returns `[trips, 2]` or `[trips, 64]`
 * @throws {ValueError} no trips, or a trip without points
 */
export function tripRows(trips: TrajectorySet, clusterBy: ClusterBy, where = "tripRows"): Matrix {
  if (clusterBy === "places") return centroidFeatures(trips);
  return { data: orderedPoints(planarOf(where, trips), POINTS), rows: trips.length, columns: 2 * POINTS };
}

/** k-means on {@link tripRows}. */
export async function clusterLines(
  where: string,
  trips: TrajectorySet,
  k: number,
  { seed, signal, clusterBy }: RowOptions & { readonly clusterBy: ClusterBy },
): Promise<Uint32Array> {
  const rows = tripRows(trips, clusterBy, where);
  return (await kMeans(rows, { k, seed, restarts: 10, ...(signal === undefined ? {} : { signal }) })).labels;
}
