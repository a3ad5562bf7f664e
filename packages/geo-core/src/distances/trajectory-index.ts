import { checkOptions } from "../foundation/check-options.js";
import { ValueError } from "../foundation/errors.js";
import { Pace } from "../foundation/pace.js";
import { checkAnswer, checkGiven, checkOneOf, checkPositiveInteger } from "../foundation/validate.js";
import { type ResolvedMetric, resolveMetric } from "../internal/distances/metric.js";
import { type PreparedPoints, preparePoints } from "../internal/distances/points.js";
import { checkTrajectory, prepareSet, resolveForSet } from "../internal/distances/prepare.js";
import type { NearestList } from "../internal/distances/search/nearest-list.js";
import { searchNearest } from "../internal/distances/search/nearest-search.js";
import { buildTrajectoryTree, type TrajectoryTree } from "../internal/distances/search/trajectory-tree.js";
import { checkSet } from "../trajectories/check-set.js";
import type { TrajectorySet } from "../trajectories/trajectory-set.js";
import type { DistanceMetric, PointMetric } from "./distance-metric.js";
import type { DistanceProgress } from "./pairwise-distances.js";

/** A trajectory that a search found. */
export interface TrajectoryHit {
  /** Its index in the set. */
  readonly index: number;
  /** Its id in the set; its index as text where the set has no ids. */
  readonly id: string;
  /** From the query, by the search's metric. */
  readonly distance: number;
}

/** Options of {@link TrajectoryIndex}. */
export interface TrajectoryIndexOptions {
  /** How far apart points are: the same for all searches. @defaultValue what the set's `coordinateSystem` asks for */
  readonly pointMetric?: PointMetric | undefined;
}

/** Options of a search for the nearest trajectories. */
export interface NearestOptions {
  /**
   * Any metric; a directed one goes from the query. Its `maxDistance` leaves out what is further away. `lcss` must have the
   * value `distance`.
   */
  readonly distance: DistanceMetric;
  /** How many are wanted, ≥ 1. Fewer are found where the set, the filter or `maxDistance` leaves fewer. */
  readonly k: number;
  /** Only trajectories whose index passes are found. */
  readonly filter?: ((index: number) => boolean) | undefined;
  /** Stops the search between two distances; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Options of a search for many queries. */
export interface NearestManyOptions extends Omit<NearestOptions, "filter"> {
  /** Only trajectories that pass are found, for instance `(index, query) => index !== query`. */
  readonly filter?: ((index: number, query: number) => boolean) | undefined;
  /** Called after each query. */
  readonly onProgress?: ((progress: DistanceProgress) => void) | undefined;
}

const NEAREST_OPTIONS = ["distance", "k", "filter", "signal"] as const;

/**
 * Finds the trajectories of a set that are nearest to a query, exactly, without computing most distances.
 *
 * A tree over where trajectories start and end, and lower bounds of each distance (ends, boxes, boxes of 8 points), say which
 * trajectories cannot be among the nearest; for the others the distance is computed, and given up once it exceeds the k-th
 * found. Every result equals that of computing all distances; of equal ones the smaller index comes first.
 *
 * Building takes O(n log n) steps and copies the positions. The set's columns must not change afterwards.
 *
 * @throws {ValueError} a trajectory without points, great-circle distances of a planar set
 * @example
 * const index = new TrajectoryIndex(set);
 * const hits = await index.nearest(set.at(0).coordinates, { distance: { name: "frechet" }, k: 5 });
 * hits[0] // { index: 0, id: "0", distance: 0 }
 */
export class TrajectoryIndex {
  /** The set that is searched, as it was given: not a copy. */
  readonly set: TrajectorySet;
  /** How points are compared; a search's metric must have the same. */
  readonly pointMetric: PointMetric;
  readonly #search: TrajectorySearch;

  constructor(set: TrajectorySet, options: TrajectoryIndexOptions = {}) {
    const where = "TrajectoryIndex";
    checkSet(where, set);
    checkOptions(where, options, ["pointMetric"]);
    const isLonLat = set.coordinateSystem === "lonlat";
    const { pointMetric = isLonLat ? "greatCircle" : "euclidean" } = options;
    checkOneOf(where, "pointMetric", pointMetric, ["greatCircle", "euclidean"]);
    if (pointMetric === "greatCircle" && !isLonLat) {
      throw new ValueError(`${where}: pointMetric must be "euclidean" for a planar set, got "greatCircle"`);
    }
    checkNoneEmpty(where, "trajectory", set);
    this.set = set;
    this.pointMetric = pointMetric;
    this.#search = new TrajectorySearch(where, set, pointMetric);
  }

  /**
   * The k trajectories nearest to a query, nearest first.
   *
   * @param query interleaved positions in the set's coordinate system, `[points × 2]`, at least one point
   * @throws {ShapeError} a query with an odd number of coordinates
   * @throws {ValueError} a query without points, a position out of range, an option out of its range, a `pointMetric` that is
   *   not the index's
   */
  async nearest(query: Float64Array, options: NearestOptions): Promise<TrajectoryHit[]> {
    return this.#search.nearest("TrajectoryIndex.nearest", query, options);
  }

  /**
   * The nearest trajectories of each of many queries.
   *
   * @param queries trajectories in the set's coordinate system, none without points; the set itself, for instance
   * @returns one list a query
   * @throws {ValueError} as {@link nearest}
   */
  async nearestMany(queries: TrajectorySet, options: NearestManyOptions): Promise<TrajectoryHit[][]> {
    return this.#search.nearestMany("TrajectoryIndex.nearestMany", queries, options);
  }
}

/** A set's points and their tree, under the name of whichever function was called. */
class TrajectorySearch {
  readonly #set: TrajectorySet;
  readonly #pointMetric: PointMetric;
  readonly #points: PreparedPoints;
  readonly #tree: TrajectoryTree;

  constructor(where: string, set: TrajectorySet, pointMetric: PointMetric) {
    this.#set = set;
    this.#pointMetric = pointMetric;
    this.#points = prepareSet(where, set, pointMetric === "greatCircle");
    this.#tree = buildTrajectoryTree(this.#points);
  }

  async nearest(where: string, query: Float64Array, options: NearestOptions): Promise<TrajectoryHit[]> {
    checkGiven(where, "options", options);
    checkOptions(where, options, NEAREST_OPTIONS);
    const metric = this.#resolve(where, options.distance);
    checkPositiveInteger(where, "k", options.k);
    checkFilter(where, options.filter);
    checkTrajectory(where, "query", query, metric.onSphere);
    const pace = new Pace(options.signal);
    const { k, filter } = options;
    const accepts = filter && ((index: number) => checkAnswer(where, "filter", filter(index)));
    return this.#hits(await this.#nearest(metric, query, k, accepts, pace));
  }

  async nearestMany(
    where: string,
    queries: TrajectorySet,
    options: NearestManyOptions,
  ): Promise<TrajectoryHit[][]> {
    checkGiven(where, "options", options);
    checkOptions(where, options, [...NEAREST_OPTIONS, "onProgress"]);
    const { k, filter, onProgress } = options;
    const metric = this.#resolve(where, options.distance);
    checkPositiveInteger(where, "k", k);
    checkFilter(where, filter);
    if (queries.coordinateSystem !== this.#set.coordinateSystem) {
      throw new ValueError(
        `${where}: queries must be ${this.#set.coordinateSystem} as the index's set, got ${queries.coordinateSystem}`,
      );
    }
    checkNoneEmpty(where, "query", queries);
    const pace = new Pace(options.signal);
    const found: TrajectoryHit[][] = [];
    for (let i = 0; i < queries.length; i++) {
      const accepts = filter && ((index: number) => checkAnswer(where, "filter", filter(index, i)));
      found.push(this.#hits(await this.#nearest(metric, queries.at(i).coordinates, k, accepts, pace)));
      onProgress?.({ done: i + 1, total: queries.length });
      await pace.step();
    }
    return found;
  }

  #resolve(where: string, distance: DistanceMetric): ResolvedMetric {
    checkDistance(where, distance);
    const metric = resolveMetric(where, { pointMetric: this.#pointMetric, ...distance });
    if (metric.onSphere !== (this.#pointMetric === "greatCircle")) {
      throw new ValueError(
        `${where}: distance.pointMetric must be the index's, "${this.#pointMetric}", got "${distance.pointMetric}"`,
      );
    }
    if (metric.name === "lcss" && metric.value !== "distance") {
      throw new ValueError(`${where}: distance.value must be "distance" for a search, got "${metric.value}"`);
    }
    return metric;
  }

  #nearest(
    metric: ResolvedMetric,
    query: Float64Array,
    k: number,
    accepts: ((index: number) => boolean) | undefined,
    pace: Pace,
  ): Promise<NearestList> {
    const queryPoints = preparePoints(query, Uint32Array.of(0, query.length / 2), metric.onSphere);
    const context = { query: queryPoints, set: this.#points, tree: this.#tree };
    return searchNearest(metric, context, k, accepts, pace);
  }

  #hits({ indices, distances }: NearestList): TrajectoryHit[] {
    return indices.map((index, at) => ({
      index,
      id: this.#set.ids?.[index] ?? String(index),
      distance: distances[at]!,
    }));
  }
}

function checkDistance(where: string, distance: unknown): void {
  if (typeof distance !== "object" || distance === null) {
    throw new ValueError(
      `${where}: distance must be an object such as { name: "dtw" }, got ${String(distance)}`,
    );
  }
}

function checkFilter(where: string, filter: unknown): void {
  if (filter !== undefined && typeof filter !== "function") {
    throw new ValueError(`${where}: filter must be a function of an index, got ${String(filter)}`);
  }
}

function checkNoneEmpty(where: string, name: string, set: TrajectorySet): void {
  for (let i = 0; i < set.length; i++) {
    if (set.pointCountOf(i) === 0) {
      throw new ValueError(`${where}: ${name} ${i} must hold at least one point, got 0`);
    }
  }
}

const searches = new WeakMap<TrajectorySet, Map<PointMetric, TrajectorySearch>>();

/**
 * The k trajectories of a set that are nearest to a query, nearest first.
 *
 * The first call for a set builds what a {@link TrajectoryIndex} has, which is kept for as long as the set is; the set's columns must
 * not change meanwhile. Many queries at once: `TrajectoryIndex.nearestMany`.
 *
 * @param query interleaved positions in the set's coordinate system, `[points × 2]`, at least one point
 * @throws {ShapeError} a query with an odd number of coordinates
 * @throws {ValueError} a query or trajectory without points, a position or option out of its range, great-circle distances of
 *   a planar set
 * @example await nearestTrajectories(set, set.at(7).coordinates, { distance: { name: "dtw" }, k: 10 })
 */
export async function nearestTrajectories(
  set: TrajectorySet,
  query: Float64Array,
  options: NearestOptions,
): Promise<TrajectoryHit[]> {
  checkSet("nearestTrajectories", set);
  checkGiven("nearestTrajectories", "options", options);
  const where = "nearestTrajectories";
  checkOptions(where, options, NEAREST_OPTIONS);
  checkDistance(where, options.distance);
  const { onSphere } = resolveForSet(where, set, options.distance);
  const pointMetric = onSphere ? "greatCircle" : "euclidean";
  let ofSet = searches.get(set);
  if (ofSet === undefined) {
    ofSet = new Map();
    searches.set(set, ofSet);
  }
  let search = ofSet.get(pointMetric);
  if (search === undefined) {
    search = new TrajectorySearch(where, set, pointMetric);
    ofSet.set(pointMetric, search);
  }
  return search.nearest(where, query, options);
}
