import { checkOptions } from "../foundation/check-options.js";
import { checkGiven, checkInRange, checkPositive } from "../foundation/validate.js";
import { EARTH_RADIUS_METERS } from "../geometry/great-circle.js";
import { normalizeLongitude } from "../geometry/position.js";
import { unitVectors } from "../geometry/segment-distance.js";
import { checkSet } from "../trajectories/check-set.js";
import { TrajectorySet } from "../trajectories/trajectory-set.js";
import { requireSortedTimes } from "./require-times.js";

/** Options of {@link smooth}. */
export interface SmoothOptions {
  /** Standard deviation of the positions' errors along each axis, in metres (a planar set's unit), > 0. */
  readonly measurementSigmaMeters: number;
  /**
   * √q > 0, where the velocity wanders by a variance of q · seconds: how much it may change. In m / s^1.5; larger values
   * follow the positions more closely.
   * @defaultValue 0.5
   */
  readonly processSigma?: number | undefined;
  /**
   * Standard deviation of the first velocity around 0, in metres a second, ≥ 0.
   * @defaultValue 100
   */
  readonly initialSpeedSigma?: number | undefined;
}

/**
 * Smooths positions by a Kalman filter with nearly constant velocity, then backwards by Rauch, Tung & Striebel, so that each
 * position takes those before and after it into account.
 *
 * State (p, v) of each axis on its own: F = [[1, dt], [0, 1]], Q = q [[dt³/3, dt²/2], [dt²/2, dt]], H = [1, 0], R = σ².
 *
 * Sources: Kalman 1960; Rauch, Tung & Striebel 1965, "Maximum likelihood estimates of linear dynamic systems"; Q as in
 * Bar-Shalom, Li & Kirubarajan 2001, §6.2.2. movingpandas' `KalmanSmootherCV` is the same with `initialSpeedSigma: 0`.
 *
 * Lon/lat positions are smoothed as points in space and put back on the sphere, so that neither the antimeridian nor a pole
 * matters. Times, columns and ids stay.
 *
 * @throws {ValueError} a set without times, times that decrease, or an option out of its range
 * @example smooth(set, { measurementSigmaMeters: 8 })
 */
export function smooth(set: TrajectorySet, options: SmoothOptions): TrajectorySet {
  checkSet("smooth", set);
  checkGiven("smooth", "options", options);
  const where = "smooth";
  checkOptions(where, options, ["measurementSigmaMeters", "processSigma", "initialSpeedSigma"]);
  const { measurementSigmaMeters, processSigma = 0.5, initialSpeedSigma = 100 } = options;
  checkPositive(where, "measurementSigmaMeters", measurementSigmaMeters);
  checkPositive(where, "processSigma", processSigma);
  checkInRange(where, "initialSpeedSigma", initialSpeedSigma, 0, 1e9);
  const timesMs = requireSortedTimes(where, set);
  const isLonLat = set.coordinateSystem === "lonlat";
  const table = isLonLat ? unitVectors(set.coordinates) : set.coordinates.slice();
  if (isLonLat) for (let k = 0; k < table.length; k++) table[k]! *= EARTH_RADIUS_METERS;
  const noise = { r: measurementSigmaMeters ** 2, q: processSigma ** 2, v: initialSpeedSigma ** 2 };
  for (let i = 0; i < set.length; i++) {
    smoothOne(table, isLonLat ? 3 : 2, timesMs, set.offsets[i]!, set.offsets[i + 1]!, noise);
  }
  const coordinates = isLonLat ? lonLatsOf(table) : table;
  const { offsets, ids, coordinateSystem, pointColumns, properties } = set;
  return new TrajectorySet(
    { coordinates, offsets, timesMs, ids, coordinateSystem, pointColumns, properties },
    { validate: false },
  );
}

/** Variances: r of a position, q of the velocity a second, v of the first velocity. */
interface Noise {
  readonly r: number;
  readonly q: number;
  readonly v: number;
}

/**
 * Smooths points `start` … `end − 1` in place. All axes share their covariances, so these are computed once: [a, b, c] stands
 * for [[a, b], [b, c]].
 *
 * @param table `[points × width]`
 */
function smoothOne(
  table: Float64Array,
  width: number,
  timesMs: Float64Array,
  start: number,
  end: number,
  { r, q, v }: Noise,
): void {
  const count = end - start;
  if (count < 2) return;
  const filtered = new Float64Array(3 * count);
  const predicted = new Float64Array(3 * count);
  /** Filtered [p, v] of each axis. */
  const states = new Float64Array(2 * width * count);
  filtered.set([r, 0, v]);
  for (let axis = 0; axis < width; axis++) states[2 * axis] = table[width * start + axis]!;
  const secondsTo = (k: number) => (timesMs[start + k]! - timesMs[start + k - 1]!) / 1000;
  for (let k = 1; k < count; k++) {
    const dt = secondsTo(k);
    const [a, b, c] = filtered.subarray(3 * k - 3, 3 * k) as unknown as [number, number, number];
    // F P Fᵀ + Q
    const pa = a + 2 * dt * b + dt * dt * c + (q * dt ** 3) / 3;
    const pb = b + dt * c + (q * dt * dt) / 2;
    const pc = c + q * dt;
    predicted.set([pa, pb, pc], 3 * k);
    const gainP = pa / (pa + r);
    const gainV = pb / (pa + r);
    filtered.set([(1 - gainP) * pa, (1 - gainP) * pb, pc - gainV * pb], 3 * k);
    for (let axis = 0; axis < width; axis++) {
      const at = 2 * (width * k + axis);
      const before = 2 * (width * (k - 1) + axis);
      const p = states[before]! + dt * states[before + 1]!;
      const innovation = table[width * (start + k) + axis]! - p;
      states[at] = p + gainP * innovation;
      states[at + 1] = states[before + 1]! + gainV * innovation;
    }
  }
  smoothBackwards(states, filtered, predicted, width, count, secondsTo);
  for (let k = 0; k < count; k++) {
    for (let axis = 0; axis < width; axis++)
      table[width * (start + k) + axis] = states[2 * (width * k + axis)]!;
  }
}

/** x̂(k) = x(k) + C (x̂(k+1) − F x(k)), C = P(k) Fᵀ P(k+1 | k)⁻¹, in place. */
function smoothBackwards(
  states: Float64Array,
  filtered: Float64Array,
  predicted: Float64Array,
  width: number,
  count: number,
  secondsTo: (k: number) => number,
): void {
  for (let k = count - 2; k >= 0; k--) {
    const dt = secondsTo(k + 1);
    const [a, b, c] = filtered.subarray(3 * k, 3 * k + 3) as unknown as [number, number, number];
    const [pa, pb, pc] = predicted.subarray(3 * k + 3, 3 * k + 6) as unknown as [number, number, number];
    const determinant = pa * pc - pb * pb;
    // P Fᵀ = [[a + dt b, b], [b + dt c, c]]. Without time in between, C is the identity, whether or not P can be inverted.
    const [a1, b1] = [a + dt * b, b + dt * c];
    const still = dt === 0;
    const c11 = still ? 1 : (a1 * pc - b * pb) / determinant;
    const c12 = still ? 0 : (b * pa - a1 * pb) / determinant;
    const c21 = still ? 0 : (b1 * pc - c * pb) / determinant;
    const c22 = still ? 1 : (c * pa - b1 * pb) / determinant;
    for (let axis = 0; axis < width; axis++) {
      const at = 2 * (width * k + axis);
      const next = 2 * (width * (k + 1) + axis);
      const offP = states[next]! - (states[at]! + dt * states[at + 1]!);
      const offV = states[next + 1]! - states[at + 1]!;
      states[at]! += c11 * offP + c12 * offV;
      states[at + 1]! += c21 * offP + c22 * offV;
    }
  }
}

function lonLatsOf(vectors: Float64Array): Float64Array {
  const coordinates = new Float64Array((vectors.length / 3) * 2);
  for (let k = 0; 3 * k < vectors.length; k++) {
    const [x, y, z] = [vectors[3 * k]!, vectors[3 * k + 1]!, vectors[3 * k + 2]!];
    coordinates[2 * k] = normalizeLongitude((Math.atan2(y, x) * 180) / Math.PI);
    coordinates[2 * k + 1] = (Math.atan2(z, Math.hypot(x, y)) * 180) / Math.PI;
  }
  return coordinates;
}
