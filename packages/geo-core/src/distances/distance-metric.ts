/**
 * How far apart two points are.
 *
 * * `greatCircle`: positions are `[lon, lat]` in degrees, distances metres on the sphere of `EARTH_RADIUS_METERS`. Every
 *   position is turned into a point in space once; within 10,000 km the result agrees with the haversine formula to
 *   1e-8 m + 1e-13 of the distance, and close to the antipode to 0.3 m.
 * * `euclidean`: positions are `[x, y]`, distances in their unit.
 */
export type PointMetric = "greatCircle" | "euclidean";

/** What every distance between trajectories takes. */
export interface TrajectoryDistanceOptions {
  /** How far apart points are. @defaultValue "greatCircle" for two arrays; for a set, what its `coordinateSystem` asks for */
  readonly pointMetric?: PointMetric | undefined;
  /**
   * Distances above this are reported as `Infinity`, as soon as it is certain. Others are exact.
   * @defaultValue Infinity
   */
  readonly maxDistance?: number | undefined;
}

/** Options of `dtw`. */
export interface DtwOptions extends TrajectoryDistanceOptions {
  /**
   * Sakoe–Chiba radius in points, ≥ 0: point p of n may meet point q of m where
   * −window − max(0, m − n) ≤ p − q ≤ window + max(0, n − m). The difference of the lengths widens the band, so that it always
   * joins both ends.
   * @defaultValue Infinity (no band)
   */
  readonly window?: number | undefined;
  /**
   * `sum`: the least sum, which grows with the trajectories' points. `normalized`: that divided by n + m, a distance a point.
   * @defaultValue "sum"
   */
  readonly value?: "sum" | "normalized" | undefined;
}

/** When two points count as equal, for `edr` and `lcss`. */
export interface PointMatching {
  /** ε ≥ 0, in metres (`greatCircle`) or the coordinates' unit (`euclidean`). */
  readonly epsilon: number;
  /**
   * `distance`: the distance between the points is ≤ ε. `perAxis`: |Δx| ≤ ε and |Δy| ≤ ε, as both source papers define
   * it; on the plane only.
   * @defaultValue "distance"
   */
  readonly matching?: "distance" | "perAxis" | undefined;
}

/** Options of `edr`. */
export interface EdrOptions extends TrajectoryDistanceOptions, PointMatching {
  /**
   * `edits`: the number of insertions, deletions and replacements, in [0, max(n, m)]. `normalized`: that divided by
   * max(n, m), in [0, 1].
   * @defaultValue "edits"
   */
  readonly value?: "edits" | "normalized" | undefined;
}

/** Options of `lcss`. */
export interface LcssOptions extends TrajectoryDistanceOptions, PointMatching {
  /**
   * δ ≥ 0 in points: points p and q match only where |p − q| ≤ δ.
   * @defaultValue Infinity
   */
  readonly delta?: number | undefined;
  /**
   * `length`: points in the longest common subsequence. `similarity`: that divided by min(n, m), the paper's S1, in [0, 1].
   * `distance`: 1 − S1, the paper's D1.
   * @defaultValue "distance"
   */
  readonly value?: "distance" | "similarity" | "length" | undefined;
}

/** Dynamic time warping, with the options of `dtw`. */
export interface DtwMetric extends DtwOptions {
  /** Asks for `dtw`. */
  readonly name: "dtw";
}

/** Edit distance on real sequences, with the options of `edr`. */
export interface EdrMetric extends EdrOptions {
  /** Asks for `edr`. */
  readonly name: "edr";
}

/** Longest common subsequence, with the options of `lcss`. */
export interface LcssMetric extends LcssOptions {
  /** Asks for `lcss`. */
  readonly name: "lcss";
}

/** Hausdorff distance between the points, with the options of `hausdorff`. */
export interface HausdorffMetric extends TrajectoryDistanceOptions {
  /** Asks for `hausdorff`. */
  readonly name: "hausdorff";
}

/** The Hausdorff distance from the first trajectory to the second, which is not symmetric; with the options of `directedHausdorff`. */
export interface DirectedHausdorffMetric extends TrajectoryDistanceOptions {
  /** Asks for `directedHausdorff`. */
  readonly name: "directedHausdorff";
}

/** Discrete Fréchet distance, with the options of `frechet`. */
export interface FrechetMetric extends TrajectoryDistanceOptions {
  /** Asks for `frechet`. */
  readonly name: "frechet";
}

/** A distance between trajectories by name, with the options of the function of that name. */
export type DistanceMetric =
  | DtwMetric
  | EdrMetric
  | LcssMetric
  | HausdorffMetric
  | DirectedHausdorffMetric
  | FrechetMetric;
