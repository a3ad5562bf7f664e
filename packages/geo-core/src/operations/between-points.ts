import { ValueError } from "../foundation/errors.js";
import { checkPositiveInteger } from "../foundation/validate.js";
import { haversineMeters, interpolate } from "../geometry/great-circle.js";
import { longitudeDifference, normalizeLongitude } from "../geometry/position.js";
import { mapColumns, type PointColumn } from "../trajectories/columns.js";
import { TrajectorySet } from "../trajectories/trajectory-set.js";

/** Points of a set that an operation makes at most, unless `maxPoints` says otherwise: about half a gigabyte. */
export const DEFAULT_MAX_POINTS = 20_000_000;

/**
 * Requires an operation's result to be of bearable size, before any of it is made.
 *
 * @param cause the option that decides the number, as `spacingMeters = 0.001`
 */
export function checkPointCount(where: string, points: number, maxPoints: number, cause: string): void {
  checkPositiveInteger(where, "maxPoints", maxPoints);
  if (!(points <= maxPoints)) {
    throw new ValueError(
      `${where}: points must number at most ${maxPoints} (option maxPoints), got ${points} with ${cause}`,
    );
  }
}

/** Where the points of a new set lie on an old one: at `fractions[k]` of the way from point `lefts[k]` to the next. */
export interface Places {
  /** `[points]` */
  readonly lefts: Uint32Array;
  /** In [0, 1); 0 is the point itself. `[points]` */
  readonly fractions: Float64Array;
  /** `[count + 1]` */
  readonly offsets: Uint32Array;
}

/** A set's points between its points, with what is interpolated: positions, times, numeric columns. */
export interface BetweenOptions {
  /**
   * `shortest`: along great circles for lon/lat. `degrees`: along straight lines in degrees, the shorter way round (RFC 7946
   * §3.1.1). On the plane both are straight.
   */
  readonly path: "shortest" | "degrees";
  readonly ids?: readonly string[] | undefined;
  /** The trajectory that each new one comes from; the same ones where absent. */
  readonly sources?: ArrayLike<number> | undefined;
}

/**
 * The set with points at other places along its trajectories. Columns that are not numbers keep the value of the point
 * before.
 */
export function pointsBetween(set: TrajectorySet, places: Places, options: BetweenOptions): TrajectorySet {
  const { lefts, fractions, offsets } = places;
  const { path, sources } = options;
  const { coordinateSystem } = set;
  const coordinates = new Float64Array(2 * lefts.length);
  const isLonLat = coordinateSystem === "lonlat";
  for (let k = 0; k < lefts.length; k++) {
    const at = 2 * lefts[k]!;
    const fraction = fractions[k]!;
    const x = set.coordinates[at]!;
    const y = set.coordinates[at + 1]!;
    if (fraction === 0) {
      coordinates[2 * k] = x;
      coordinates[2 * k + 1] = y;
      continue;
    }
    const nextX = set.coordinates[at + 2]!;
    const nextY = set.coordinates[at + 3]!;
    if (isLonLat && path === "shortest") {
      const position = interpolate(x, y, nextX, nextY, fraction);
      coordinates[2 * k] = position[0];
      coordinates[2 * k + 1] = position[1];
    } else {
      coordinates[2 * k] = isLonLat
        ? normalizeLongitude(x + fraction * longitudeDifference(x, nextX))
        : x + fraction * (nextX - x);
      coordinates[2 * k + 1] = y + fraction * (nextY - y);
    }
  }
  const timesMs = set.timesMs === undefined ? undefined : between(set.timesMs, lefts, fractions);
  const pointColumns = mapColumns(
    set.pointColumns,
    (column): PointColumn =>
      ArrayBuffer.isView(column)
        ? between(column as Float64Array, lefts, fractions)
        : Array.from(lefts, (left) => column[left]!),
  );
  const properties =
    sources === undefined
      ? set.properties
      : mapColumns(set.properties, (column) => Array.from(sources, (source) => column[source]!));
  const ids = options.ids ?? set.ids;
  return new TrajectorySet(
    { coordinates, offsets, timesMs, ids, coordinateSystem, pointColumns, properties },
    { validate: false },
  );
}

function between(column: Float64Array, lefts: Uint32Array, fractions: Float64Array): Float64Array {
  const values = new Float64Array(lefts.length);
  for (let k = 0; k < lefts.length; k++) {
    const from = column[lefts[k]!]!;
    const fraction = fractions[k]!;
    values[k] = fraction === 0 ? from : from + fraction * (column[lefts[k]! + 1]! - from);
  }
  return values;
}

/** The distance of point `p` from the next, in metres or the plane's unit. */
export function stepLength(coordinates: Float64Array, p: number, isLonLat: boolean): number {
  const x = coordinates[2 * p]!;
  const y = coordinates[2 * p + 1]!;
  const nextX = coordinates[2 * p + 2]!;
  const nextY = coordinates[2 * p + 3]!;
  return isLonLat ? haversineMeters(x, y, nextX, nextY) : Math.hypot(nextX - x, nextY - y);
}
