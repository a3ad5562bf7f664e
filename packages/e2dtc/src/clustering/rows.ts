import type { TrajectorySet } from "@wayweave/geo-core";
import { kMeans } from "@wayweave/numeric";
import { centroidFeatures } from "../features/features.js";
import { seedClusters } from "../starts/seeding.js";
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

/** k-means on 32 points in order along each trip, or on mean places. */
export async function clusterLines(
  where: string,
  trips: TrajectorySet,
  k: number,
  { seed, signal, clusterBy }: RowOptions & { readonly clusterBy: "auto" | "places" | "routes" },
): Promise<Uint32Array> {
  const rows =
    clusterBy === "places"
      ? centroidFeatures(trips)
      : { data: orderedPoints(planarOf(where, trips), POINTS), rows: trips.length, columns: 2 * POINTS };
  return (await kMeans(rows, { k, seed, restarts: 10, ...(signal === undefined ? {} : { signal }) })).labels;
}
