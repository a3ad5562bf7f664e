import { checkInRange, checkPositive, ShapeError, type TrajectorySet, ValueError } from "@wayweave/geo-core";
import { checkGivenOptions, checkTrips, kindOf } from "../inputs/check-trips.js";
import { distanceBetween } from "./distance.js";

const WHERE = "generateGroundTruth";

/** The POIs of E2DTC's Algorithm 2, and when a trajectory belongs to one. */
export interface GroundTruthOptions {
  /** The POIs, interleaved, in the set's coordinate system, `[k × 2]`; see `selectCenters`. */
  readonly centers: Float64Array;
  /** σ in (0, 1]: a cluster's radius over the distance between the two nearest centres. @defaultValue 0.6 */
  readonly radiusRatio?: number;
  /** λ in (0, 1]: the least share of a trajectory's points inside a cluster's circle. @defaultValue 0.7 */
  readonly fallenThreshold?: number;
  /**
   * Lines 3–4 give every centre a radius of its own, but line 2 computes one minimum over all pairs. `false` follows
   * line 2: one radius for all. `true`: each centre's radius by the distance to its own nearest centre.
   * @defaultValue false
   */
  readonly perCluster?: boolean;
}

/** The row of Table II. */
export interface GroundTruthStatistics {
  /** Trajectories that belong to a cluster. */
  readonly trajectories: number;
  /** Points of those, all together. */
  readonly points: number;
  /** k: the centres given, those without a trajectory included. */
  readonly clusters: number;
  /** points / trajectories; NaN when nothing was kept. */
  readonly meanPoints: number;
  /** Trajectories of each cluster, `[k]`. */
  readonly clusterSizes: readonly number[];
}

/** Which trajectories Algorithm 2 labels, and with what. */
export interface GroundTruth {
  /** Indices of the trajectories that belong to a cluster, ascending, `[kept]`. */
  readonly kept: Uint32Array;
  /** Their clusters, 0 … k − 1, `[kept]`. */
  readonly labels: Uint32Array;
  /** Each cluster's radius, metres (planar: the set's unit), `[k]`. */
  readonly radiiMeters: Float64Array;
  /** How many were labelled. */
  readonly statistics: GroundTruthStatistics;
}

/**
 * Cluster labels by places: a trajectory belongs to a POI when enough of its points lie around it.
 *
 * Source: E2DTC Algorithm 2. The inner `break` (line 11) as printed would end a centre's loop at its first member;
 * it is read as "a trajectory joins one cluster": the first centre in the given order whose share reaches λ.
 * A trajectory without points belongs nowhere.
 *
 * @param set trajectories; great-circle distance for lon/lat, Euclidean for planar
 * @returns the labelled trajectories and Table II's statistics
 * @throws {ShapeError} fewer than two centres, or half a position
 * @throws {ValueError} σ or λ outside (0, 1], two centres at one place, a non-finite centre
 * @example
 * // Two POIs 10 apart, σ = .6: circles of radius 6.
 * const set = new TrajectorySet({
 *   coordinates: Float64Array.of(0, 1, 0, 2, 10, 1, 20, 20),
 *   offsets: Uint32Array.of(0, 2, 4),
 *   coordinateSystem: "planar",
 * });
 * generateGroundTruth(set, { centers: Float64Array.of(0, 0, 10, 0) }).kept; // [0]: half of the second is outside
 */
export function generateGroundTruth(set: TrajectorySet, options: GroundTruthOptions): GroundTruth {
  checkTrips(WHERE, "set", set);
  checkGivenOptions(WHERE, options, ["centers", "radiusRatio", "fallenThreshold", "perCluster"]);
  if (!ArrayBuffer.isView(options.centers)) {
    throw new ValueError(`${WHERE}: centers must be a Float64Array, got ${kindOf(options.centers)}`);
  }
  const { centers, radiusRatio = 0.6, fallenThreshold = 0.7, perCluster = false } = options;
  checkShare("radiusRatio", radiusRatio);
  checkShare("fallenThreshold", fallenThreshold);
  checkCenters(set, centers);
  const radiiMeters = clusterRadii(set, centers, radiusRatio, perCluster); // lines 2–4
  const k = radiiMeters.length;
  const inside = circleTest(set, centers, radiiMeters);

  const kept: number[] = [];
  const labels: number[] = [];
  const clusterSizes = new Array<number>(k).fill(0);
  let points = 0;
  for (let i = 0; i < set.length; i++) {
    const start = set.offsets[i]!;
    const end = set.offsets[i + 1]!;
    const count = end - start;
    if (count === 0) continue;
    for (let j = 0; j < k; j++) {
      let fallenPoints = 0; // lines 7–8
      for (let p = start; p < end; p++) if (inside(p, j)) fallenPoints++;
      if (fallenPoints / count < fallenThreshold) continue; // line 9
      kept.push(i); // line 10
      labels.push(j);
      clusterSizes[j] = clusterSizes[j]! + 1;
      points += count;
      break;
    }
  }
  return {
    kept: Uint32Array.from(kept),
    labels: Uint32Array.from(labels),
    radiiMeters,
    statistics: {
      trajectories: kept.length,
      points,
      clusters: k,
      meanPoints: points / kept.length,
      clusterSizes,
    },
  };
}

/** Lines 2–4: σ times the distance between the nearest centres, of all or of each. */
function clusterRadii(
  set: TrajectorySet,
  centers: Float64Array,
  radiusRatio: number,
  perCluster: boolean,
): Float64Array {
  const k = centers.length / 2;
  const distance = distanceBetween(set.coordinateSystem);
  const nearest = new Float64Array(k).fill(Number.POSITIVE_INFINITY);
  for (let i = 0; i < k; i++) {
    for (let j = i + 1; j < k; j++) {
      const d = distance(centers[2 * i]!, centers[2 * i + 1]!, centers[2 * j]!, centers[2 * j + 1]!);
      if (d === 0) {
        throw new ValueError(`generateGroundTruth: centers must differ, got ${i} and ${j} at one place`);
      }
      nearest[i] = Math.min(nearest[i]!, d);
      nearest[j] = Math.min(nearest[j]!, d);
    }
  }
  const global = nearest.reduce((least, d) => Math.min(least, d), Number.POSITIVE_INFINITY);
  return nearest.map((d) => radiusRatio * (perCluster ? d : global));
}

/** Whether point p of the set lies within centre j's radius. */
function circleTest(
  set: TrajectorySet,
  centers: Float64Array,
  radii: Float64Array,
): (point: number, center: number) => boolean {
  const { coordinates } = set;
  const distance = distanceBetween(set.coordinateSystem);
  // No degree of latitude is shorter than 110 km on a sphere of 6,371 km: one subtraction rules most points out.
  const unitsPerMeter = set.coordinateSystem === "lonlat" ? 1 / 110_000 : 1;
  return (point, center) => {
    const y = coordinates[2 * point + 1]!;
    const centerY = centers[2 * center + 1]!;
    const radius = radii[center]!;
    if (Math.abs(y - centerY) > radius * unitsPerMeter) return false;
    return distance(coordinates[2 * point]!, y, centers[2 * center]!, centerY) <= radius;
  };
}

function checkShare(name: string, value: number): void {
  checkInRange("generateGroundTruth", name, value, 0, 1);
  checkPositive("generateGroundTruth", name, value);
}

function checkCenters(set: TrajectorySet, centers: Float64Array): void {
  if (centers.length < 4 || centers.length % 2 !== 0) {
    throw new ShapeError(
      `generateGroundTruth: centers must hold at least two [x, y] pairs, got ${centers.length} numbers`,
    );
  }
  const isLonLat = set.coordinateSystem === "lonlat";
  for (let i = 0; i < centers.length; i += 2) {
    const limitX = isLonLat ? 180 : Number.MAX_VALUE;
    const limitY = isLonLat ? 90 : Number.MAX_VALUE;
    checkInRange("generateGroundTruth", `centers[${i}]`, centers[i]!, -limitX, limitX);
    checkInRange("generateGroundTruth", `centers[${i + 1}]`, centers[i + 1]!, -limitY, limitY);
  }
}
