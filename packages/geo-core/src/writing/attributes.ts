import { ShapeError, ValueError } from "../foundation/errors.js";
import { isWellFormed } from "../trajectories/check-columns.js";
import { isSameValue, type PointColumn } from "../trajectories/columns.js";
import type { TrajectorySet } from "../trajectories/trajectory-set.js";
import { checkWritable } from "./check-writable.js";

/** A value of an attribute; a column holds one kind beside null. */
export type AttributeValue = string | number | boolean | null;

/** What every writer takes. */
export interface WriteOptions {
  /** Named columns to write beside the trajectories, such as labels: a value a trajectory. */
  readonly attributes?: Readonly<Record<string, ArrayLike<AttributeValue>>>;
  /** Stops writing between two chunks; the promise rejects with the signal's reason, and `path` is left as it was. */
  readonly signal?: AbortSignal;
}

/**
 * The set with its attributes as properties.
 *
 * @throws {ShapeError} an attribute of the wrong length
 * @throws {ValueError} an attribute's value or name, or what no format can hold
 */
export function withAttributes(
  where: string,
  set: TrajectorySet,
  attributes: Readonly<Record<string, ArrayLike<AttributeValue>>> | undefined,
  taken: readonly string[],
): TrajectorySet {
  checkWritable(where, set);
  if (attributes === undefined) return set;
  checkAttributes(where, set, attributes, taken);
  // What is given beside the set is meant rather than what it holds of the same name.
  const pointColumns = Object.fromEntries(
    Object.keys(attributes)
      .filter((name) => Object.hasOwn(set.pointColumns, name))
      .map((name) => [name, undefined]),
  );
  return set.with({ pointColumns, properties: attributes });
}

/** Checks that points can be told apart by their ids where rows are points: an empty trajectory would have no row. */
export function checkPointRows(where: string, set: TrajectorySet): void {
  const indices = new Map<string, number>();
  for (let i = 0; i < set.length; i++) {
    if (set.pointCountOf(i) === 0) {
      throw new ValueError(
        `${where}: trajectory ${i} must have points where rows are points (layout: "trajectories" writes it), got 0`,
      );
    }
    const id = set.ids?.[i];
    if (id === undefined) continue;
    const first = indices.get(id);
    if (first !== undefined) {
      throw new ValueError(
        `${where}: ids must differ where rows are points (layout: "trajectories" writes them), got ${JSON.stringify(id)} of trajectories ${first} and ${i}`,
      );
    }
    indices.set(id, i);
  }
  const [property] = Object.keys(set.properties);
  if (property === undefined || set.offsets.some((end, i) => i > 0 && end - set.offsets[i - 1]! > 1)) return;
  if (set.length === 0) return;
  throw new ValueError(
    `${where}: a trajectory must have two points for properties to be told from values of points where rows are points (layout: "trajectories" writes them), got property ${property}`,
  );
}

/**
 * Names of point columns that a reader of rows would take for properties, because they are constant within every
 * trajectory; they are marked as lists.
 */
export function columnsToMark(set: TrajectorySet): ReadonlySet<string> {
  const isTold = set.offsets.some((end, i) => i > 0 && end - set.offsets[i - 1]! > 1);
  if (!isTold) return new Set();
  return new Set(
    Object.keys(set.pointColumns).filter((name) => isConstantByTrajectory(set, set.pointColumns[name]!)),
  );
}

/** Whether a column of points says the same of all points of each trajectory. */
export function isConstantByTrajectory(set: TrajectorySet, column: PointColumn): boolean {
  for (let i = 0; i < set.length; i++) {
    const start = set.offsets[i]!;
    for (let point = start + 1; point < set.offsets[i + 1]!; point++) {
      if (!isSameValue(column[point], column[start])) return false;
    }
  }
  return true;
}

/** Checks the attributes' lengths, values and names; `taken` are the names of the format's own columns. */
export function checkAttributes(
  where: string,
  set: TrajectorySet,
  attributes: Readonly<Record<string, ArrayLike<AttributeValue>>>,
  taken: readonly string[],
): void {
  for (const [name, column] of Object.entries(attributes)) {
    if (!isWellFormed(name)) {
      throw new ValueError(
        `${where}: an attribute's name must be text without lone surrogates, got ${JSON.stringify(name)}`,
      );
    }
    if (taken.includes(name)) {
      throw new ValueError(`${where}: attributes must not be named as a column of the format, got ${name}`);
    }
    if (column.length !== set.length) {
      throw new ShapeError(
        `${where}: attributes.${name} must have length ${set.length}, got ${column.length}`,
      );
    }
    for (let i = 0; i < column.length; i++) {
      const value: unknown = column[i];
      const isFine = value === null || ["string", "boolean"].includes(typeof value) || Number.isFinite(value);
      if (!isFine) {
        throw new ValueError(
          `${where}: attributes.${name}[${i}] must be text, a finite number, a boolean or null, got ${String(value)}`,
        );
      }
    }
  }
}
