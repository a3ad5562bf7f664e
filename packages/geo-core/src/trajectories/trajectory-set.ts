import { checkOptions } from "../foundation/check-options.js";
import { describeJson } from "../foundation/describe-json.js";
import { ShapeError, ValueError } from "../foundation/errors.js";
import { isFloat64Array, isUint32Array } from "../foundation/realms.js";
import { checkArray, checkGiven, checkOneOf } from "../foundation/validate.js";
import { checkIds, checkNames, checkValues } from "./check-columns.js";
import {
  type ColumnValue,
  type CoordinateSystem,
  checkOffsets,
  checkPositions,
  checkRange,
  mapColumns,
  type PointColumn,
  type PropertyColumn,
  packColumn,
  sliceColumn,
  type TrajectoryColumns,
  takePoints,
  toPointColumns,
  toProperties,
} from "./columns.js";
import { columnsFromArrays } from "./columns-from-arrays.js";
import { concatColumns } from "./concat-columns.js";
import { checkTimes } from "./times.js";

export type {
  ColumnValue,
  CoordinateSystem,
  PointColumn,
  PropertyColumn,
  TrajectoryColumns,
} from "./columns.js";

/** One trajectory of a {@link TrajectorySet}: views into its columns, not copies. */
export interface Trajectory {
  /** Its id in the set; its index as text where the set has no ids. */
  readonly id: string;
  /** Interleaved positions, `[points × 2]`. */
  readonly coordinates: Float64Array;
  /** Milliseconds since the Unix epoch (or since the recording's start), NaN for a point without time; `[points]`. */
  readonly timesMs: Float64Array | undefined;
}

/** Options of the {@link TrajectorySet} constructor. */
export interface TrajectorySetOptions {
  /**
   * Whether to check every value. `false` is for columns that are already known to be right, such as parts of a
   * checked set; lengths are checked all the same.
   * @defaultValue true
   */
  readonly validate?: boolean;
}

/** What {@link TrajectorySet.toTransferable} makes: `postMessage(message, transfer)`. */
export interface TransferableTrajectorySet {
  /** Plain columns for the structured clone; {@link TrajectorySet.fromTransferable} takes them at the other side. */
  readonly message: TrajectoryColumns;
  /** The buffers whose ownership moves; empty for shared memory. */
  readonly transfer: ArrayBuffer[];
}

/**
 * Many trajectories in a few flat columns: cheap to hold, to slice and to send to a worker.
 *
 * Sets are equal where their values are: −0 is 0, NaN is no value, a column without any value says nothing, and a
 * trajectory without id has its index as one.
 *
 * @throws {ShapeError} columns whose lengths do not fit each other
 * @throws {ValueError} offsets that do not start at 0 or decrease, a non-finite coordinate, an infinite time, (lonlat) a
 *   longitude outside [−180, 180] or latitude outside [−90, 90], an id that is empty or no text, a name of both a point
 *   column and a property, or a further value that is neither of a {@link ColumnValue}'s kinds
 */
export class TrajectorySet implements Iterable<Trajectory> {
  /** Interleaved positions of all trajectories one after another, `[points × 2]`. */
  readonly coordinates: Float64Array;
  /** Trajectory i owns points `offsets[i]` up to, not including, `offsets[i + 1]`; `[length + 1]`. */
  readonly offsets: Uint32Array;
  /**
   * Milliseconds since the Unix epoch (or since the recording's start), NaN for a point without time, `[points]`;
   * undefined where no point has one.
   */
  readonly timesMs: Float64Array | undefined;
  /** One id a trajectory, `[length]`; undefined where each is called by its index. */
  readonly ids: readonly string[] | undefined;
  /** What positions are: `[longitude, latitude]` in WGS84 degrees, or planar `[x, y]`. */
  readonly coordinateSystem: CoordinateSystem;
  /** Further values of points by name: numbers as a Float64Array with NaN for none, others with null for none. */
  readonly pointColumns: Readonly<Record<string, PointColumn>>;
  /** Further values of trajectories by name, null for none. */
  readonly properties: Readonly<Record<string, PropertyColumn>>;

  constructor(columns: TrajectoryColumns, options: TrajectorySetOptions = {}) {
    checkGiven("TrajectorySet", "columns", columns);
    const { coordinates, offsets, timesMs, ids, coordinateSystem = "lonlat" } = columns;
    checkArray("TrajectorySet", "coordinates", coordinates);
    checkArray("TrajectorySet", "offsets", offsets);
    if (!isFloat64Array(coordinates) || !isUint32Array(offsets)) {
      throw new ValueError(
        "TrajectorySet: coordinates must be a Float64Array and offsets a Uint32Array; TrajectorySet.fromArrays takes arrays of positions",
      );
    }
    if (timesMs !== undefined && !isFloat64Array(timesMs)) {
      throw new ValueError("TrajectorySet: timesMs must be a Float64Array");
    }
    const { pointColumns = {}, properties = {} } = columns;
    checkOptions("TrajectorySet", options, ["validate"]);
    const { validate = true } = options;
    checkOneOf("TrajectorySet", "coordinateSystem", coordinateSystem, ["lonlat", "planar"]);
    if (offsets.length === 0) {
      throw new ShapeError("TrajectorySet: offsets must hold at least one entry, got 0");
    }
    if (validate) checkOffsets(offsets);
    const pointCount = offsets[offsets.length - 1]!;
    if (coordinates.length !== 2 * pointCount) {
      throw new ShapeError(
        `TrajectorySet: coordinates must have length ${2 * pointCount} (2 × ${pointCount} points), got ${coordinates.length}`,
      );
    }
    if (timesMs !== undefined && timesMs.length !== pointCount) {
      throw new ShapeError(`TrajectorySet: timesMs must have length ${pointCount}, got ${timesMs.length}`);
    }
    if (ids !== undefined) checkArray("TrajectorySet", "ids", ids);
    if (ids !== undefined && ids.length !== offsets.length - 1) {
      throw new ShapeError(`TrajectorySet: ids must have length ${offsets.length - 1}, got ${ids.length}`);
    }
    if (validate) {
      checkPositions(coordinates, coordinateSystem);
      if (timesMs !== undefined) checkTimes("TrajectorySet", timesMs);
      if (ids !== undefined) checkIds("TrajectorySet", ids);
      checkNames("TrajectorySet", pointColumns, properties);
      checkValues("TrajectorySet", "pointColumns", pointColumns);
      checkValues("TrajectorySet", "properties", properties);
    }
    this.coordinates = coordinates;
    this.offsets = offsets;
    this.timesMs = timesMs;
    this.ids = ids;
    this.coordinateSystem = coordinateSystem;
    this.pointColumns = toPointColumns(pointColumns, pointCount);
    this.properties = toProperties(properties, offsets.length - 1);
  }

  /**
   * A set from one array of positions a trajectory.
   *
   * @param trajectories each `[[x, y], …]`, or `[[x, y, timeMs], …]` with `withTimes`
   * @throws {ShapeError} a position that does not hold 2 (with times: 3) values, or `ids` of another length
   * @throws {ValueError} a value that is no number or out of range
   * @example TrajectorySet.fromArrays([[[116.3, 39.9], [116.4, 39.9]]]).length // 1
   */
  static fromArrays(
    trajectories: readonly (readonly (readonly number[])[])[],
    options: {
      readonly ids?: readonly string[];
      readonly coordinateSystem?: CoordinateSystem;
      /** @defaultValue false */
      readonly withTimes?: boolean;
    } = {},
  ): TrajectorySet {
    checkOptions("TrajectorySet.fromArrays", options, ["ids", "coordinateSystem", "withTimes"]);
    const { ids, coordinateSystem, withTimes = false } = options;
    if (typeof withTimes !== "boolean") {
      throw new ValueError(
        `TrajectorySet.fromArrays: withTimes must be true or false, got ${describeJson(withTimes)}`,
      );
    }
    const { coordinates, offsets, timesMs } = columnsFromArrays(
      "TrajectorySet.fromArrays",
      trajectories,
      withTimes,
    );
    return new TrajectorySet({ coordinates, offsets, timesMs, ids, coordinateSystem });
  }

  /**
   * Several sets one after another, copied.
   *
   * The result has times, ids or a further column if any set has it. Points of a set without times have none (NaN), a
   * trajectory without id takes its index in the result, and values of a column that a set lacks are null (NaN where all
   * are numbers). What is a property in one set and a point column in another becomes a point column.
   *
   * @throws {ValueError} no set, or sets of different coordinate systems
   */
  static concat(sets: readonly TrajectorySet[]): TrajectorySet {
    return new TrajectorySet(concatColumns("TrajectorySet.concat", sets), { validate: false });
  }

  /**
   * The set that another thread packed with {@link TrajectorySet.toTransferable}. Values are trusted, not re-checked.
   *
   * @throws {ShapeError} columns whose lengths do not fit each other
   */
  static fromTransferable(message: TrajectoryColumns): TrajectorySet {
    return new TrajectorySet(message, { validate: false });
  }

  /** The number of trajectories. */
  get length(): number {
    return this.offsets.length - 1;
  }

  /** The number of points of all trajectories. */
  get pointCount(): number {
    return this.offsets[this.offsets.length - 1]!;
  }

  /** The number of points of trajectory `index`. */
  pointCountOf(index: number): number {
    this.#checkIndex(index);
    return this.offsets[index + 1]! - this.offsets[index]!;
  }

  /** Trajectory `index` as views into the columns. */
  at(index: number): Trajectory {
    this.#checkIndex(index);
    const start = this.offsets[index]!;
    const end = this.offsets[index + 1]!;
    return {
      id: this.ids?.[index] ?? String(index),
      coordinates: this.coordinates.subarray(2 * start, 2 * end),
      timesMs: this.timesMs?.subarray(start, end),
    };
  }

  /**
   * Trajectories `start` up to, not including, `end`, without copying a point: coordinates and times are views of
   * this set's. Offsets are counted anew from 0.
   *
   * @throws {ValueError} not `0 ≤ start ≤ end ≤ length`
   */
  slice(start: number, end: number = this.length): TrajectorySet {
    checkRange("TrajectorySet.slice", start, end, this.length);
    const firstPoint = this.offsets[start]!;
    const lastPoint = this.offsets[end]!;
    const offsets = this.offsets.slice(start, end + 1);
    for (let i = 0; i < offsets.length; i++) offsets[i]! -= firstPoint;
    return new TrajectorySet(
      {
        coordinates: this.coordinates.subarray(2 * firstPoint, 2 * lastPoint),
        offsets,
        timesMs: this.timesMs?.subarray(firstPoint, lastPoint),
        // An id that is only an index would change with the slice; write it down.
        ids: Array.from({ length: end - start }, (_, i) => this.ids?.[start + i] ?? String(start + i)),
        coordinateSystem: this.coordinateSystem,
        pointColumns: mapColumns(this.pointColumns, (column) => sliceColumn(column, firstPoint, lastPoint)),
        properties: mapColumns(this.properties, (column) => column.slice(start, end)),
      },
      { validate: false },
    );
  }

  /**
   * The trajectories at `indices`, in that order, repeats allowed; ids are kept. An ascending run of neighbours
   * shares this set's columns, as {@link TrajectorySet.slice} does; any other choice copies the chosen points.
   *
   * @throws {ValueError} an index that is not an integer in [0, length)
   */
  select(indices: ArrayLike<number>): TrajectorySet {
    const count = indices.length;
    const offsets = new Uint32Array(count + 1);
    let isRun = true;
    for (let i = 0; i < count; i++) {
      const index = indices[i]!;
      offsets[i + 1] = offsets[i]! + this.pointCountOf(index);
      if (index !== indices[0]! + i) isRun = false;
    }
    if (isRun) return count === 0 ? this.slice(0, 0) : this.slice(indices[0]!, indices[0]! + count);
    const pointCount = offsets[count]!;
    const coordinates = new Float64Array(2 * pointCount);
    const timesMs = this.timesMs === undefined ? undefined : new Float64Array(pointCount);
    const ids: string[] = [];
    for (let i = 0; i < count; i++) {
      const trajectory = this.at(indices[i]!);
      coordinates.set(trajectory.coordinates, 2 * offsets[i]!);
      if (timesMs !== undefined && trajectory.timesMs !== undefined) {
        timesMs.set(trajectory.timesMs, offsets[i]!);
      }
      ids.push(trajectory.id);
    }
    const { coordinateSystem } = this;
    const points = this.#hasPointColumns() ? this.#pointsOf(indices, pointCount) : new Uint32Array(0);
    const pointColumns = mapColumns(this.pointColumns, (column) => takePoints(column, points));
    const properties = mapColumns(this.properties, (column) =>
      Array.from(indices, (index) => column[index]!),
    );
    return new TrajectorySet(
      { coordinates, offsets, timesMs, ids, coordinateSystem, pointColumns, properties },
      { validate: false },
    );
  }

  /** The further values of trajectory `index`'s points by name: views of numbers, copies of others. */
  pointColumnsOf(index: number): Record<string, PointColumn> {
    this.#checkIndex(index);
    const [start, end] = [this.offsets[index]!, this.offsets[index + 1]!];
    return mapColumns(this.pointColumns, (column) => sliceColumn(column, start, end));
  }

  /** The further values of trajectory `index` by name. */
  propertiesOf(index: number): Record<string, ColumnValue> {
    this.#checkIndex(index);
    return mapColumns(this.properties, (column) => column[index]!);
  }

  /**
   * The same trajectories with other columns: what is named replaces this set's, further point columns and properties are
   * added to it. `undefined` as `timesMs` or `ids` takes them away, and so does `undefined` in place of a column.
   *
   * @throws {ShapeError} a column of the wrong length
   * @throws {ValueError} a value out of range, an empty id, or a name of both a point column and a property
   * @example set.with({ properties: { cluster: labels } })
   */
  with(changes: {
    readonly timesMs?: Float64Array | undefined;
    readonly ids?: readonly string[] | undefined;
    readonly pointColumns?: Readonly<Record<string, ArrayLike<ColumnValue> | undefined>>;
    readonly properties?: Readonly<Record<string, ArrayLike<ColumnValue> | undefined>>;
  }): TrajectorySet {
    checkOptions("TrajectorySet.with", changes, ["timesMs", "ids", "pointColumns", "properties"]);
    const { coordinates, offsets, coordinateSystem } = this;
    const timesMs = "timesMs" in changes ? changes.timesMs : this.timesMs;
    const ids = "ids" in changes ? changes.ids : this.ids;
    const pointColumns = withoutUndefined({ ...this.pointColumns, ...changes.pointColumns });
    const properties = withoutUndefined({ ...this.properties, ...changes.properties });
    checkNames("TrajectorySet.with", pointColumns, properties);
    checkValues("TrajectorySet.with", "pointColumns", withoutUndefined(changes.pointColumns ?? {}));
    checkValues("TrajectorySet.with", "properties", withoutUndefined(changes.properties ?? {}));
    if (changes.ids !== undefined) checkIds("TrajectorySet.with", changes.ids);
    if (timesMs !== undefined) checkTimes("TrajectorySet.with", timesMs);
    return new TrajectorySet(
      { coordinates, offsets, timesMs, ids, coordinateSystem, pointColumns, properties },
      { validate: false },
    );
  }

  /**
   * Packs the set for another thread.
   *
   * `copy` (the default) leaves this set usable. `move` hands over this set's own buffers where they hold nothing
   * else (views of larger buffers are copied), after which this set must not be used. `share` copies once into
   * SharedArrayBuffers, which any number of threads can then read without another copy.
   *
   * @throws {StateError} `share` where SharedArrayBuffer is not available (a page that is not cross-origin isolated)
   */
  toTransferable(mode: "copy" | "move" | "share" = "copy"): TransferableTrajectorySet {
    checkOneOf("TrajectorySet.toTransferable", "mode", mode, ["copy", "move", "share"]);
    const transfer: ArrayBuffer[] = [];
    const pack = <T extends Float64Array | Uint32Array>(column: T): T => packColumn(column, mode, transfer);
    const message: TrajectoryColumns = {
      coordinates: pack(this.coordinates),
      offsets: pack(this.offsets),
      timesMs: this.timesMs === undefined ? undefined : pack(this.timesMs),
      ids: this.ids,
      coordinateSystem: this.coordinateSystem,
      pointColumns: mapColumns(this.pointColumns, (column) =>
        isFloat64Array(column) ? pack(column) : column,
      ),
      properties: { ...this.properties },
    };
    return { message, transfer };
  }

  /** The trajectories in turn, as {@link TrajectorySet.at} gives them. */
  *[Symbol.iterator](): Iterator<Trajectory> {
    for (let i = 0; i < this.length; i++) yield this.at(i);
  }

  #hasPointColumns(): boolean {
    return Object.keys(this.pointColumns).length > 0;
  }

  /** The indices of the points of the trajectories at `indices`, one after another. */
  #pointsOf(indices: ArrayLike<number>, pointCount: number): Uint32Array {
    const points = new Uint32Array(pointCount);
    let next = 0;
    for (let i = 0; i < indices.length; i++) {
      const end = this.offsets[indices[i]! + 1]!;
      for (let point = this.offsets[indices[i]!]!; point < end; point++) points[next++] = point;
    }
    return points;
  }

  #checkIndex(index: number): void {
    if (!Number.isInteger(index) || index < 0 || index >= this.length) {
      throw new ValueError(`TrajectorySet: index must be an integer in [0, ${this.length}), got ${index}`);
    }
  }
}

function withoutUndefined<T>(columns: Readonly<Record<string, T | undefined>>): Record<string, T> {
  return Object.fromEntries(
    Object.entries(columns).filter((entry): entry is [string, T] => entry[1] !== undefined),
  );
}
