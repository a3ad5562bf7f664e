import { ShapeError, StateError, ValueError } from "../foundation/errors.js";
import { emptyRecord } from "../foundation/lookup.js";
import { isArrayBuffer, isFloat64Array } from "../foundation/realms.js";

/** `lonlat`: `[longitude, latitude]` in WGS84 degrees. `planar`: `[x, y]` in metres (or any one unit). */
export type CoordinateSystem = "lonlat" | "planar";

/** One value of a further column; arrays and objects are JSON. */
export type ColumnValue =
  | string
  | number
  | boolean
  | null
  | readonly ColumnValue[]
  | { readonly [name: string]: ColumnValue };

/**
 * A further column with a value a point: numbers with NaN where there is none, or values of any kind with null where
 * there is none.
 */
export type PointColumn = Float64Array | readonly ColumnValue[];

/** A further column with a value a trajectory; null where there is none. */
export type PropertyColumn = readonly ColumnValue[];

/** The columns of a {@link TrajectorySet}. */
export interface TrajectoryColumns {
  /** Interleaved positions of all trajectories one after another, `[points × 2]`. */
  readonly coordinates: Float64Array;
  /** Trajectory i owns points `offsets[i]` up to, not including, `offsets[i + 1]`; `[count + 1]`. */
  readonly offsets: Uint32Array;
  /**
   * Milliseconds since the Unix epoch (or since the recording's start), NaN for a point without time; `[points]`.
   */
  readonly timesMs?: Float64Array | undefined;
  /** One id a trajectory; its index as text where absent. */
  readonly ids?: readonly string[] | undefined;
  /** What positions are. @defaultValue "lonlat" */
  readonly coordinateSystem?: CoordinateSystem | undefined;
  /** Further values of points by name, such as `elevationMeters` or `heartRate`, `[points]`. */
  readonly pointColumns?: Readonly<Record<string, ArrayLike<ColumnValue>>> | undefined;
  /** Further values of trajectories by name, `[count]`. */
  readonly properties?: Readonly<Record<string, ArrayLike<ColumnValue>>> | undefined;
}

/** Copies, moves or shares one column for another thread; see {@link TrajectorySet.toTransferable}. */
export function packColumn<T extends Float64Array | Uint32Array>(
  column: T,
  mode: "copy" | "move" | "share",
  transfer: ArrayBuffer[],
): T {
  if (mode === "share") {
    if (typeof SharedArrayBuffer === "undefined") {
      throw new StateError("TrajectorySet.toTransferable: SharedArrayBuffer is not available here");
    }
    if (!isArrayBuffer(column.buffer)) return column;
    const Column = column.constructor as new (buffer: SharedArrayBuffer) => T;
    const shared = new Column(new SharedArrayBuffer(column.byteLength));
    shared.set(column);
    return shared;
  }
  const ownsBuffer =
    mode === "move" && isArrayBuffer(column.buffer) && column.byteLength === column.buffer.byteLength;
  const packed = ownsBuffer ? column : (column.slice() as T);
  // A copy's buffer is always an ArrayBuffer; the same buffer may not be listed twice.
  if (isArrayBuffer(packed.buffer) && !transfer.includes(packed.buffer)) transfer.push(packed.buffer);
  return packed;
}

export function checkOffsets(offsets: Uint32Array): void {
  if (offsets[0] !== 0) throw new ValueError(`TrajectorySet: offsets[0] must be 0, got ${offsets[0]}`);
  for (let i = 1; i < offsets.length; i++) {
    if (offsets[i]! < offsets[i - 1]!) {
      throw new ValueError(
        `TrajectorySet: offsets must not decrease, got ${offsets[i]} after ${offsets[i - 1]} at index ${i}`,
      );
    }
  }
}

export function checkPositions(coordinates: Float64Array, coordinateSystem: CoordinateSystem): void {
  const isLonLat = coordinateSystem === "lonlat";
  const limitX = isLonLat ? 180 : Number.MAX_VALUE;
  const limitY = isLonLat ? 90 : Number.MAX_VALUE;
  for (let i = 0; i < coordinates.length; i += 2) {
    const x = coordinates[i]!;
    const y = coordinates[i + 1]!;
    // Written so that NaN fails too.
    if (!(Math.abs(x) <= limitX && Math.abs(y) <= limitY)) {
      const required = isLonLat ? "a longitude in [-180, 180] and a latitude in [-90, 90]" : "finite";
      throw new ValueError(`TrajectorySet: point ${i / 2} must be ${required}, got [${x}, ${y}]`);
    }
  }
}

/** Requires `0 ≤ start ≤ end ≤ length`. */
export function checkRange(where: string, start: number, end: number, length: number): void {
  if (!Number.isInteger(start) || !Number.isInteger(end) || start < 0 || end < start || end > length) {
    throw new ValueError(
      `${where}: start and end must be integers with 0 ≤ start ≤ end ≤ ${length}, got ${start} and ${end}`,
    );
  }
}

/**
 * Point columns in the form that a set holds: numbers as a Float64Array, NaN for null; other values as they are.
 *
 * @throws {ShapeError} a column whose length is not `length`
 */
export function toPointColumns(
  columns: Readonly<Record<string, ArrayLike<ColumnValue>>>,
  length: number,
): Readonly<Record<string, PointColumn>> {
  return mapColumns(columns, (column, name) => {
    checkColumnLength("pointColumns", name, column, length);
    if (isFloat64Array(column)) return column;
    // NaN is no value, in a column of several kinds too.
    const values = Array.from(column, (value) => (Number.isNaN(value) ? null : (value ?? null)));
    const isNumeric = values.every((value) => value === null || typeof value === "number");
    return isNumeric ? Float64Array.from(values, (value) => (value as number | null) ?? Number.NaN) : values;
  });
}

/** Properties in the form that a set holds: arrays, with null for undefined and NaN. */
export function toProperties(
  columns: Readonly<Record<string, ArrayLike<ColumnValue>>>,
  length: number,
): Readonly<Record<string, PropertyColumn>> {
  return mapColumns(columns, (column, name) => {
    checkColumnLength("properties", name, column, length);
    return Array.from(column, (value) => (Number.isNaN(value) ? null : (value ?? null)));
  });
}

/** The same names, other columns. */
export function mapColumns<From, To>(
  columns: Readonly<Record<string, From>>,
  map: (column: From, name: string) => To,
): Record<string, To> {
  const mapped = emptyRecord<To>();
  for (const name of Object.keys(columns)) mapped[name] = map(columns[name]!, name);
  return mapped;
}

function checkColumnLength(kind: string, name: string, column: ArrayLike<unknown>, length: number): void {
  if (column.length !== length) {
    throw new ShapeError(`TrajectorySet: ${kind}.${name} must have length ${length}, got ${column.length}`);
  }
}

/** The values at `indices`, in that order. */
export function takePoints(column: PointColumn, indices: ArrayLike<number>): PointColumn {
  if (isFloat64Array(column)) {
    const taken = new Float64Array(indices.length);
    for (let i = 0; i < indices.length; i++) taken[i] = column[indices[i]!]!;
    return taken;
  }
  return Array.from(indices, (index) => column[index]!);
}

/** Whether two values say the same; lists and objects by what they hold. */
export function isSameValue(a: ColumnValue | undefined, b: ColumnValue | undefined): boolean {
  if (Object.is(a, b)) return true;
  return typeof a === "object" && typeof b === "object" && JSON.stringify(a) === JSON.stringify(b);
}

/** The values from `start` up to, not including, `end`: a view of numbers, a copy of others. */
export function sliceColumn(column: PointColumn, start: number, end: number): PointColumn {
  return isFloat64Array(column) ? column.subarray(start, end) : column.slice(start, end);
}
