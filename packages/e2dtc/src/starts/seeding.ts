import { silhouetteSamples } from "@wayweave/eval";
import { Random, TrajectorySet } from "@wayweave/geo-core";
import {
  densityPeaks,
  euclideanDistances,
  farthestFirst,
  kMeans,
  type Matrix,
  selectRows,
} from "@wayweave/numeric";
import { centroidFeatures } from "../features/features.js";
import { selectCenters } from "../ground-truth/select-centers.js";
import { assign } from "../model/assignment.js";
import type { Seeding } from "../model/config.js";

/** Kernel widths that density peaks are tried with: shares of all pairs. */
const NEIGHBOR_SHARES = [0.005, 0.02, 0.04] as const;
/** Starts of k-means, on a sample of so many rows; the best start goes on with all rows. */
const KMEANS_STARTS = 20;
const KMEANS_SAMPLE = 10_000;
/** First rows that farthest-first traversals are tried from: many in the plane, where they cost little. */
const FARTHEST_STARTS = { places: 20, embeddings: 4 } as const;
/** How far apart `mostVisited` places are, in cells: `selectCenters`' own 1,300 m in cells of 300 m. */
const VISITED_DISTANCE_CELLS = 13 / 3;
/** Rows whose silhouette decides between candidates. */
const SILHOUETTE_SAMPLE = 2000;

export interface SeedingOptions {
  readonly seeding: Exclude<Seeding, "auto">;
  readonly k: number;
  readonly seed: number;
  /**
   * Side of the cells that `mostVisited` counts visits in, Web Mercator metres (planar: the set's unit); its places are 4⅓ cells
   * apart at least. @defaultValue 300
   */
  readonly cellSizeMeters?: number;
  readonly signal?: AbortSignal | undefined;
}

/** Where clusters start. */
export interface Seeds {
  /** Among the embeddings, row-major, `[k × columns]`. */
  readonly centers: Float64Array;
  /** The cluster of each row by its place, where the clusters were found among the mean positions, `[rows]`. */
  readonly placeLabels: Uint32Array | undefined;
}

/**
 * Where self-training starts, without labels.
 *
 * `kMeans`: k-means on the embeddings, the best of 20 starts by its objective, as in the paper. `densityPeaks`: density
 * peaks of the embeddings, then k-means from there. `farthestFirst`: rows as far from each other as can be, then k-means from there,
 * which finds clusters of very uneven size. `places`: all three of the trips' mean positions, and the mean embedding of each
 * cluster. Of several candidates (density peaks are tried with several kernel widths, traversals from several rows) the one whose
 * clusters have the largest silhouette among the mean positions is taken, which does not depend on how well the network has
 * learnt. `best`: of all of these. `mostVisited`: the mean embedding of the trips nearest to each of the k most visited places
 * (`selectCenters`); it is no part of `best`, since the same rule makes the labels of Algorithm 2.
 *
 * @throws {ValueError} `mostVisited` of a set with fewer than k such places
 * @example
 * const places = centroidFeatures(trips); // clusters of places, without a network
 * const { placeLabels } = await seedClusters(trips, places, { seeding: "places", k: 12, seed: 0 });
 */
export async function seedClusters(
  set: TrajectorySet,
  embeddings: Matrix,
  options: SeedingOptions,
): Promise<Seeds> {
  const { seeding, k, seed } = options;
  const isWanted = (name: Seeding) => seeding === name || seeding === "best";
  const places = centroidFeatures(set);
  const candidates: Seeds[] = [];
  const among = (found: readonly Float64Array[]) => {
    for (const centers of found) candidates.push({ centers, placeLabels: undefined });
  };
  const byPlace = (placeLabels: Uint32Array) => {
    candidates.push({ centers: clusterMeans(embeddings, placeLabels, k), placeLabels });
  };
  if (isWanted("kMeans")) among([await kMeansCenters(embeddings, options)]);
  if (isWanted("densityPeaks")) among(await peakCenters(embeddings, options));
  if (isWanted("farthestFirst"))
    among(await farthestCenters(embeddings, FARTHEST_STARTS.embeddings, options));
  if (isWanted("places")) {
    const found = [
      await kMeansCenters(places, options),
      ...(await peakCenters(places, options)),
      ...(await farthestCenters(places, FARTHEST_STARTS.places, options)),
    ];
    for (const centers of found) byPlace(assign(places, centers).labels);
  }
  if (seeding === "mostVisited") byPlace(nearestVisited(set, options));
  return mostClearCut(embeddings, places, candidates, seed);
}

/** The best of several starts on a sample, then on all rows. */
async function kMeansCenters(rows: Matrix, options: SeedingOptions): Promise<Float64Array> {
  const { k, seed } = options;
  const sample = sampleOf(rows, options);
  const started = await kMeans(sample, { k, seed, restarts: KMEANS_STARTS, ...abortable(options) });
  return (await kMeans(rows, { k, initialCenters: started.centers, ...abortable(options) })).centers;
}

/** k-means on a sample, from rows as far from each other as can be. */
async function farthestCenters(
  rows: Matrix,
  starts: number,
  options: SeedingOptions,
): Promise<Float64Array[]> {
  const { k, seed } = options;
  const sample = sampleOf(rows, options);
  const random = new Random(seed).split("farthest first");
  const found: Float64Array[] = [];
  for (let i = 0; i < starts; i++) {
    const initialCenters = farthestFirst(sample, { k, start: random.integer(sample.rows) });
    found.push((await kMeans(sample, { k, initialCenters, ...abortable(options) })).centers);
  }
  return found;
}

function sampleOf(rows: Matrix, { k, seed }: SeedingOptions): Matrix {
  const size = Math.max(k, Math.min(rows.rows, KMEANS_SAMPLE));
  return selectRows(rows, new Random(seed).split("k-means").sample(rows.rows, size));
}

async function peakCenters(rows: Matrix, options: SeedingOptions): Promise<Float64Array[]> {
  const { k, seed } = options;
  const found: Float64Array[] = [];
  for (const neighborShare of NEIGHBOR_SHARES) {
    const initialCenters = await densityPeaks(rows, { k, seed, neighborShare, ...abortable(options) });
    found.push((await kMeans(rows, { k, initialCenters, ...abortable(options) })).centers);
  }
  return found;
}

/** The k most visited places. @throws {ValueError} a set with fewer than k of them */
export function visitedPlaces(
  set: TrajectorySet,
  { k, cellSizeMeters = 300 }: Pick<SeedingOptions, "k" | "cellSizeMeters">,
): Float64Array {
  const minDistanceMeters = VISITED_DISTANCE_CELLS * cellSizeMeters;
  return selectCenters(set, { k, cellSizeMeters, minDistanceMeters });
}

/** Which of the k most visited places each trip's mean position is nearest to. */
function nearestVisited(set: TrajectorySet, options: SeedingOptions): Uint32Array {
  const { k } = options;
  const { coordinates, offsets, coordinateSystem } = set;
  const visited = {
    coordinates: visitedPlaces(set, options),
    offsets: Uint32Array.from({ length: k + 1 }, (_, i) => i),
    coordinateSystem,
  };
  // One projection for trips and places.
  const both = [{ coordinates, offsets, coordinateSystem }, visited].map((each) => new TrajectorySet(each));
  const { data, columns } = centroidFeatures(TrajectorySet.concat(both));
  const places = { data: data.subarray(0, set.length * columns), rows: set.length, columns };
  return assign(places, data.subarray(set.length * columns)).labels;
}

function abortable({ signal }: SeedingOptions): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}

/** The candidate whose clusters have the largest mean silhouette in the plane, on a sample; the first of equal ones. */
function mostClearCut(embeddings: Matrix, places: Matrix, candidates: readonly Seeds[], seed: number): Seeds {
  const size = Math.min(embeddings.rows, SILHOUETTE_SAMPLE);
  const sample = new Random(seed).split("silhouette").sample(embeddings.rows, size);
  const rows = selectRows(embeddings, sample);
  const distances = euclideanDistances(selectRows(places, sample));
  let best = candidates[0]!;
  let bestScore = Number.NEGATIVE_INFINITY;
  for (const seeds of candidates) {
    const { centers, placeLabels } = seeds;
    const labels =
      placeLabels === undefined ? assign(rows, centers).labels : sample.map((i) => placeLabels[i]!);
    const clusters = new Set(labels).size;
    // A silhouette needs two clusters, and one with more than one member.
    if (clusters < 2 || clusters > size - 1) continue;
    const { values } = silhouetteSamples({ distances, n: size }, labels);
    const score = values.reduce((sum, value) => sum + value, 0) / values.length;
    if (score > bestScore) [best, bestScore] = [seeds, score];
  }
  return best;
}

/** Labels, be they given or found without a network, as a start among embeddings. */
export function seedsOf(embeddings: Matrix, labels: Uint32Array, k: number): Seeds {
  return { centers: clusterMeans(embeddings, labels, k), placeLabels: labels };
}

/** The mean row of each cluster; that of all rows for a cluster without any. `[k × columns]` */
function clusterMeans({ data, rows, columns }: Matrix, labels: Uint32Array, k: number): Float64Array {
  const means = new Float64Array(k * columns);
  const counts = new Uint32Array(k);
  const overall = new Float64Array(columns);
  for (let i = 0; i < rows; i++) {
    counts[labels[i]!]!++;
    for (let d = 0; d < columns; d++) {
      means[labels[i]! * columns + d]! += data[i * columns + d]!;
      overall[d]! += data[i * columns + d]! / rows;
    }
  }
  for (let j = 0; j < k; j++) {
    for (let d = 0; d < columns; d++) {
      means[j * columns + d] = counts[j] === 0 ? overall[d]! : means[j * columns + d]! / counts[j]!;
    }
  }
  return means;
}
