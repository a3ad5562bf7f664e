import { checkOptions } from "../foundation/check-options.js";
import { ValueError } from "../foundation/errors.js";
import { checkOneOf } from "../foundation/validate.js";
import { checkSet } from "../trajectories/check-set.js";
import { type ColumnValue, mapColumns, type PointColumn, takePoints } from "../trajectories/columns.js";
import { TrajectorySet } from "../trajectories/trajectory-set.js";
import { selectPoints } from "./select-points.js";

/** Options of {@link dropDuplicates}. */
export interface DuplicateOptions {
  /**
   * What makes a point the same as the one before it in its trajectory: `time`, `position`, or `both`.
   * @defaultValue "time"
   */
  readonly by?: "time" | "position" | "both" | undefined;
  /** Which of equal points in a row stays. @defaultValue "first" */
  readonly keep?: "first" | "last" | undefined;
}

/**
 * Leaves one of each run of equal points. Points without time (NaN) differ in time from every other.
 *
 * @throws {ValueError} `time` or `both` of a set without times
 * @example dropDuplicates(set, { by: "position", keep: "last" })
 */
export function dropDuplicates(set: TrajectorySet, options: DuplicateOptions = {}): TrajectorySet {
  checkSet("dropDuplicates", set);
  const where = "dropDuplicates";
  checkOptions(where, options, ["by", "keep"]);
  const { by = "time", keep = "first" } = options;
  checkOneOf(where, "by", by, ["time", "position", "both"]);
  checkOneOf(where, "keep", keep, ["first", "last"]);
  const { coordinates, timesMs, offsets } = set;
  if (by !== "position" && timesMs === undefined) {
    throw new ValueError(
      `${where}: set must have times for by: "${by}" (by: "position" needs none), got none`,
    );
  }
  const sameTime = (p: number) => timesMs![p] === timesMs![p - 1];
  const samePosition = (p: number) =>
    coordinates[2 * p] === coordinates[2 * p - 2] && coordinates[2 * p + 1] === coordinates[2 * p - 1];
  const repeats = {
    time: sameTime,
    position: samePosition,
    both: (p: number) => sameTime(p) && samePosition(p),
  }[by];
  const flags = new Uint8Array(set.pointCount).fill(1);
  for (let i = 0; i < set.length; i++) {
    for (let p = offsets[i]! + 1; p < offsets[i + 1]!; p++) {
      if (repeats(p)) flags[keep === "first" ? p : p - 1] = 0;
    }
  }
  return selectPoints(set, flags);
}

/**
 * The points of each trajectory in the order of their times; equal times keep their order.
 *
 * @throws {ValueError} a set without times, or a point without one
 */
export function sortByTime(set: TrajectorySet): TrajectorySet {
  checkSet("sortByTime", set);
  const { timesMs, offsets } = set;
  if (timesMs === undefined) throw new ValueError("sortByTime: set must have times, got none");
  checkAllTimed("sortByTime", timesMs, set);
  const order = Uint32Array.from({ length: set.pointCount }, (_, p) => p);
  for (let i = 0; i < set.length; i++) {
    const part = order.subarray(offsets[i]!, offsets[i + 1]!);
    part.sort((p, q) => timesMs[p]! - timesMs[q]! || p - q);
  }
  return reorder(set, order, offsets, set.ids, set.properties);
}

/** Options of {@link mergeTrajectories}. */
export interface MergeOptions {
  /**
   * What trajectories that belong together share: their `id`, or the value of a property.
   * @defaultValue "id"
   */
  readonly by?: "id" | { readonly property: string } | undefined;
}

/**
 * Joins the trajectories that belong together into one, in the order of their times where the set has them (equal times keep
 * their order) and one after another where it has none. Groups stand in the order of their first trajectory, with that one's
 * id and those properties that all of them share; the others become null.
 *
 * The opposite of cutting: `mergeTrajectories(set.with({ ids: Array.from(sources, String) }))` of a cut's `set` and `sources`.
 *
 * @throws {ValueError} an unknown property, or a point without time in a set with times
 * @example mergeTrajectories(set, { by: { property: "vessel" } })
 */
export function mergeTrajectories(set: TrajectorySet, options: MergeOptions = {}): TrajectorySet {
  checkSet("mergeTrajectories", set);
  const where = "mergeTrajectories";
  checkOptions(where, options, ["by"]);
  const keyOf = keysOf(where, set, options.by ?? "id");
  const groups = new Map<string, number[]>();
  for (let i = 0; i < set.length; i++) {
    const members = groups.get(keyOf(i));
    if (members === undefined) groups.set(keyOf(i), [i]);
    else members.push(i);
  }
  const { timesMs } = set;
  if (timesMs !== undefined) checkAllTimed(where, timesMs, set);
  const order: number[] = [];
  const offsets = new Uint32Array(groups.size + 1);
  let row = 0;
  for (const members of groups.values()) {
    const points: number[] = [];
    for (const i of members) for (let p = set.offsets[i]!; p < set.offsets[i + 1]!; p++) points.push(p);
    if (timesMs !== undefined) points.sort((p, q) => timesMs[p]! - timesMs[q]! || p - q);
    for (const p of points) order.push(p);
    offsets[++row] = order.length;
  }
  const firsts = Array.from(groups.values(), (members) => members[0]!);
  const ids = firsts.map((i) => set.ids?.[i] ?? String(i));
  const properties = mapColumns(set.properties, (column) =>
    Array.from(groups.values(), (members): ColumnValue => {
      const shared = column[members[0]!]!;
      return members.every((i) => JSON.stringify(column[i]) === JSON.stringify(shared)) ? shared : null;
    }),
  );
  return reorder(set, Uint32Array.from(order), offsets, ids, properties);
}

function keysOf(
  where: string,
  set: TrajectorySet,
  by: "id" | { readonly property: string },
): (i: number) => string {
  if (by === "id") return (i) => set.ids?.[i] ?? String(i);
  if (typeof by !== "object" || by === null || typeof by.property !== "string") {
    throw new ValueError(`${where}: by must be "id" or { property }, got ${JSON.stringify(by)}`);
  }
  const column = Object.hasOwn(set.properties, by.property) ? set.properties[by.property] : undefined;
  if (column === undefined) {
    const known = Object.keys(set.properties).join(", ") || "none";
    throw new ValueError(
      `${where}: by.property must be one of the set's (${known}), got ${JSON.stringify(by.property)}`,
    );
  }
  return (i) => JSON.stringify(column[i]);
}

function checkAllTimed(where: string, timesMs: Float64Array, set: TrajectorySet): void {
  const untimed = timesMs.findIndex(Number.isNaN);
  if (untimed === -1) return;
  let i = 0;
  while (set.offsets[i + 1]! <= untimed) i++;
  throw new ValueError(
    `${where}: every point must have a time (readers drop the others with times: "drop"), got none at point ${untimed - set.offsets[i]!} of trajectory ${i}`,
  );
}

function reorder(
  set: TrajectorySet,
  order: Uint32Array,
  offsets: Uint32Array,
  ids: readonly string[] | undefined,
  properties: TrajectorySet["properties"],
): TrajectorySet {
  const { coordinateSystem } = set;
  const coordinates = new Float64Array(2 * order.length);
  for (let k = 0; k < order.length; k++) {
    coordinates[2 * k] = set.coordinates[2 * order[k]!]!;
    coordinates[2 * k + 1] = set.coordinates[2 * order[k]! + 1]!;
  }
  const { timesMs: times } = set;
  const timesMs = times === undefined ? undefined : Float64Array.from(order, (p) => times[p]!);
  const pointColumns = mapColumns(set.pointColumns, (column): PointColumn => takePoints(column, order));
  return new TrajectorySet(
    { coordinates, offsets, timesMs, ids, coordinateSystem, pointColumns, properties },
    { validate: false },
  );
}
