import { checkOneOf, type TrajectorySet } from "@wayweave/geo-core";
import { kMeans, type Matrix } from "@wayweave/numeric";
import { meanPlaces } from "../features/features.js";
import { checkTrips } from "../inputs/check-trips.js";
import { chooseSeeds, type TriedSeeds } from "../starts/seeding.js";
import type { StartHistory } from "./choose-start.js";
import { type ClusterBy, clusterings } from "./cluster-by.js";
import { orderedPoints, planarOf } from "./lines.js";

interface RowOptions {
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
}

/** Points of a trip that k-means sees. */
const POINTS = 32;

/** The clearest clusters of mean places, and how they were chosen: see `seedClusters`. */
export async function clusterPlaces(
  where: string,
  trips: TrajectorySet,
  k: number,
  { seed, signal }: RowOptions,
): Promise<{ labels: Uint32Array; history: Pick<StartHistory, "reason" | "places"> }> {
  const options = { seeding: "places", k, seed, signal } as const;
  const { seeds, tried, taken } = await chooseSeeds(trips, meanPlaces(where, trips), options);
  return { labels: seeds.placeLabels!, history: { reason: reasonOfSeeds(tried, taken), places: tried } };
}

/** Why a start among places or embeddings was taken, in words. */
export function reasonOfSeeds(tried: readonly TriedSeeds[], taken: number): string {
  const { among, method, silhouette } = tried[taken]!;
  const compared =
    among === "places" ? "trips compared by their mean places" : "trips compared by embeddings";
  const clear = silhouette === null ? "nothing to choose by" : `silhouette ${silhouette.toFixed(2)}`;
  const choice = tried.length === 1 ? "the only start" : `the clearest of ${tried.length} starts`;
  return `${method}, ${compared}: ${clear}, ${choice}`;
}

/**
 * What k-means sees of trips: their mean places, or 32 points in order along each, in metres (planar sets: their own unit).
 *
 * @returns `[trips, 2]` or `[trips, 64]`
 * @throws {ValueError} no trips, or a trip without points
 */
export function tripRows(trips: TrajectorySet, clusterBy: ClusterBy, where = "tripRows"): Matrix {
  checkTrips(where, "trips", trips);
  checkOneOf(where, "clusterBy", clusterBy, clusterings);
  if (clusterBy === "places") return meanPlaces(where, trips);
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
