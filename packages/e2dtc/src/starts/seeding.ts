import { silhouetteSamples } from "@wayweave/eval";
import { checkOneOf, checkPositiveInteger, Random, ShapeError, TrajectorySet } from "@wayweave/geo-core";
import {
  checkMatrix,
  densityPeaks,
  euclideanDistances,
  farthestFirst,
  kMeans,
  type Matrix,
  selectRows,
} from "@wayweave/numeric";
import { centroidFeatures } from "../features/features.js";
import { selectCenters } from "../ground-truth/select-centers.js";
import { checkGivenOptions, checkSomeTrips } from "../inputs/check-trips.js";
import { assign } from "../model/assignment.js";
import { type Seeding, seedingNames } from "../model/config.js";

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

/** Which start {@link seedClusters} makes, and of how many clusters. */
export interface SeedingOptions {
  /** Which rule: see {@link seedClusters}. */
  readonly seeding: Exclude<Seeding, "auto">;
  /** Number of clusters, ≥ 1. */
  readonly k: number;
  /** Of samples and starts. */
  readonly seed: number;
  /**
   * Side of the cells that `mostVisited` counts visits in, Web Mercator metres (planar: the set's unit); its places are 4⅓ cells
   * apart at least. @defaultValue 300
   */
  readonly cellSizeMeters?: number;
  /** Stops the work; the promise is rejected with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Where clusters start. */
export interface Seeds {
  /** Among the embeddings, row-major, `[k × columns]`. */
  readonly centers: Float64Array;
  /** The cluster of each row by its place, where the clusters were found among the mean positions, `[rows]`. */
  readonly placeLabels: Uint32Array | undefined;
  /** The start's doubts, where it has any: each row's share in each cluster, row-major, `[rows × k]`. */
  readonly placeShares?: Float32Array | undefined;
}

/** One start that was tried. */
export interface TriedSeeds {
  /** What was clustered. */
  readonly among: "places" | "embeddings";
  /** How it was clustered. */
  readonly method: "k-means" | "density peaks" | "farthest first" | "most visited";
  /** Mean silhouette of its clusters among the mean positions, of a sample; `null` with fewer than two clusters, or one a trip. */
  readonly silhouette: number | null;
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
 * @throws {ValueError} no trips, a seeding that is not known, `mostVisited` of a set with fewer than k such places
 * @throws {ShapeError} another number of embeddings than of trips
 * @example
 * const places = centroidFeatures(trips); // clusters of places, without a network
 * const { placeLabels } = await seedClusters(trips, places, { seeding: "places", k: 12, seed: 0 });
 */
export async function seedClusters(
  set: TrajectorySet,
  embeddings: Matrix,
  options: SeedingOptions,
): Promise<Seeds> {
  const where = "seedClusters";
  checkSomeTrips(where, "set", set);
  checkMatrix(where, "embeddings", embeddings);
  checkGivenOptions(where, options, ["seeding", "k", "seed", "cellSizeMeters", "signal"]);
  checkOneOf(where, "seeding", options.seeding, seedable);
  checkPositiveInteger(where, "k", options.k);
  if (embeddings.rows !== set.length) {
    throw new ShapeError(`${where}: embeddings must have ${set.length} rows, got ${embeddings.rows}`);
  }
  return (await chooseSeeds(set, embeddings, options)).seeds;
}

const seedable = seedingNames.filter((name): name is Exclude<Seeding, "auto"> => name !== "auto");

/** {@link seedClusters}, and what was tried. */
export async function chooseSeeds(
  set: TrajectorySet,
  embeddings: Matrix,
  options: SeedingOptions,
): Promise<{ readonly seeds: Seeds; readonly tried: readonly TriedSeeds[]; readonly taken: number }> {
  const { seeding, k, seed } = options;
  const isWanted = (name: Seeding) => seeding === name || seeding === "best";
  const places = centroidFeatures(set);
  const candidates: Seeded[] = [];
  const among = (method: TriedSeeds["method"], found: readonly Float64Array[]) => {
    for (const centers of found) {
      candidates.push({ among: "embeddings", method, seeds: { centers, placeLabels: undefined } });
    }
  };
  const byPlace = (method: TriedSeeds["method"], placeLabels: Uint32Array) => {
    const seeds = { centers: clusterMeans(embeddings, placeLabels, k), placeLabels };
    candidates.push({ among: "places", method, seeds });
  };
  if (isWanted("kMeans")) among("k-means", [await kMeansCenters(embeddings, options)]);
  if (isWanted("densityPeaks")) among("density peaks", await peakCenters(embeddings, options));
  if (isWanted("farthestFirst")) {
    among("farthest first", await farthestCenters(embeddings, FARTHEST_STARTS.embeddings, options));
  }
  if (isWanted("places")) {
    const found = [
      { method: "k-means", centers: [await kMeansCenters(places, options)] },
      { method: "density peaks", centers: await peakCenters(places, options) },
      { method: "farthest first", centers: await farthestCenters(places, FARTHEST_STARTS.places, options) },
    ] as const;
    for (const { method, centers } of found) {
      for (const each of centers) byPlace(method, assign(places, each).labels);
    }
  }
  if (seeding === "mostVisited") byPlace("most visited", nearestVisited(set, options));
  const { silhouettes, taken } = mostClearCut(embeddings, places, candidates, seed);
  const tried = candidates.map(({ among, method }, i) => ({ among, method, silhouette: silhouettes[i]! }));
  return { seeds: candidates[taken]!.seeds, tried, taken };
}

interface Seeded extends Pick<TriedSeeds, "among" | "method"> {
  readonly seeds: Seeds;
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
function mostClearCut(
  embeddings: Matrix,
  places: Matrix,
  candidates: readonly Seeded[],
  seed: number,
): { readonly silhouettes: readonly (number | null)[]; readonly taken: number } {
  const size = Math.min(embeddings.rows, SILHOUETTE_SAMPLE);
  const sample = new Random(seed).split("silhouette").sample(embeddings.rows, size);
  const rows = selectRows(embeddings, sample);
  const distances = euclideanDistances(selectRows(places, sample));
  const silhouettes = candidates.map(({ seeds: { centers, placeLabels } }) => {
    const labels =
      placeLabels === undefined ? assign(rows, centers).labels : sample.map((i) => placeLabels[i]!);
    const clusters = new Set(labels).size;
    // A silhouette needs two clusters, and one with more than one member.
    if (clusters < 2 || clusters > size - 1) return null;
    const { values } = silhouetteSamples({ distances, n: size }, labels);
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  });
  let taken = 0;
  for (const [i, score] of silhouettes.entries()) {
    if (score !== null && score > (silhouettes[taken] ?? Number.NEGATIVE_INFINITY)) taken = i;
  }
  return { silhouettes, taken };
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
