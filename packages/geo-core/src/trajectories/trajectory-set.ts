import { ShapeError, ValueError } from "../foundation/errors.js";
import { checkOneOf } from "../foundation/validate.js";
import {
  checkOffsets,
  checkPositions,
  checkRange,
  checkSameKind,
  checkTimes,
  packColumn,
} from "./columns.js";

/** `lonlat`: `[longitude, latitude]` in WGS84 degrees. `planar`: `[x, y]` in metres (or any one unit). */
export type CoordinateSystem = "lonlat" | "planar";

/** One trajectory of a {@link TrajectorySet}: views into its columns, not copies. */
export interface Trajectory {
  readonly id: string;
  /** Interleaved positions, `[points × 2]`. */
  readonly coordinates: Float64Array;
  /** Milliseconds since the Unix epoch (or since the recording's start), `[points]`. */
  readonly timesMs: Float64Array | undefined;
}

/** The columns of a {@link TrajectorySet}. */
export interface TrajectoryColumns {
  /** Interleaved positions of all trajectories one after another, `[points × 2]`. */
  readonly coordinates: Float64Array;
  /** Trajectory i owns points `offsets[i]` up to, not including, `offsets[i + 1]`; `[count + 1]`. */
  readonly offsets: Uint32Array;
  /** Milliseconds since the Unix epoch (or since the recording's start), `[points]`. */
  readonly timesMs?: Float64Array | undefined;
  /** One id a trajectory; its index as text where absent. */
  readonly ids?: readonly string[] | undefined;
  /** @defaultValue "lonlat" */
  readonly coordinateSystem?: CoordinateSystem | undefined;
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
 * @throws {ShapeError} columns whose lengths do not fit each other
 * @throws {ValueError} offsets that do not start at 0 or decrease, a non-finite coordinate or time, or (lonlat) a
 *   longitude outside [−180, 180] or latitude outside [−90, 90]
 */
export class TrajectorySet implements Iterable<Trajectory> {
  readonly coordinates: Float64Array;
  readonly offsets: Uint32Array;
  readonly timesMs: Float64Array | undefined;
  readonly ids: readonly string[] | undefined;
  readonly coordinateSystem: CoordinateSystem;

  constructor(columns: TrajectoryColumns, options: TrajectorySetOptions = {}) {
    const { coordinates, offsets, timesMs, ids, coordinateSystem = "lonlat" } = columns;
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
    if (ids !== undefined && ids.length !== offsets.length - 1) {
      throw new ShapeError(`TrajectorySet: ids must have length ${offsets.length - 1}, got ${ids.length}`);
    }
    if (validate) {
      checkPositions(coordinates, coordinateSystem);
      if (timesMs !== undefined) checkTimes(timesMs);
    }
    this.coordinates = coordinates;
    this.offsets = offsets;
    this.timesMs = timesMs;
    this.ids = ids;
    this.coordinateSystem = coordinateSystem;
  }

  /**
   * A set from one array of positions a trajectory.
   *
   * @param trajectories each `[[x, y], …]`, or `[[x, y, timeMs], …]` with `withTimes`
   * @throws {ShapeError} a position that does not hold 2 (with times: 3) numbers, or `ids` of another length
   * @throws {ValueError} a value out of range
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
    const { ids, coordinateSystem, withTimes = false } = options;
    const width = withTimes ? 3 : 2;
    const offsets = new Uint32Array(trajectories.length + 1);
    for (const [i, positions] of trajectories.entries()) offsets[i + 1] = offsets[i]! + positions.length;
    const pointCount = offsets[trajectories.length]!;
    const coordinates = new Float64Array(2 * pointCount);
    const timesMs = withTimes ? new Float64Array(pointCount) : undefined;
    let point = 0;
    for (const [i, positions] of trajectories.entries()) {
      for (const position of positions) {
        if (position.length !== width) {
          throw new ShapeError(
            `TrajectorySet.fromArrays: a position of trajectory ${i} must hold ${width} numbers, got ${position.length}`,
          );
        }
        coordinates[2 * point] = position[0]!;
        coordinates[2 * point + 1] = position[1]!;
        if (timesMs !== undefined) timesMs[point] = position[2]!;
        point++;
      }
    }
    return new TrajectorySet({ coordinates, offsets, timesMs, ids, coordinateSystem });
  }

  /**
   * Several sets one after another, copied.
   *
   * The result has times only if every non-empty set has them, else this throws: times are never dropped silently.
   * It has ids if any set has them; a trajectory without one takes its index in the result.
   *
   * @throws {ValueError} no set, sets of different coordinate systems, or some with times and some without
   */
  static concat(sets: readonly TrajectorySet[]): TrajectorySet {
    const first = sets[0];
    if (first === undefined) throw new ValueError("TrajectorySet.concat: sets must hold at least one, got 0");
    const { coordinateSystem } = first;
    const withTimes = checkSameKind("TrajectorySet.concat", sets, coordinateSystem);
    const count = sets.reduce((sum, set) => sum + set.length, 0);
    const pointCount = sets.reduce((sum, set) => sum + set.pointCount, 0);
    const coordinates = new Float64Array(2 * pointCount);
    const timesMs = withTimes ? new Float64Array(pointCount) : undefined;
    const offsets = new Uint32Array(count + 1);
    const ids: string[] | undefined = sets.some((set) => set.ids !== undefined) ? [] : undefined;
    let point = 0;
    let row = 0;
    for (const set of sets) {
      coordinates.set(set.coordinates, 2 * point);
      if (timesMs !== undefined && set.timesMs !== undefined) timesMs.set(set.timesMs, point);
      for (let i = 0; i < set.length; i++) {
        ids?.push(set.ids?.[i] ?? String(row));
        offsets[++row] = point + set.offsets[i + 1]!;
      }
      point += set.pointCount;
    }
    return new TrajectorySet({ coordinates, offsets, timesMs, ids, coordinateSystem }, { validate: false });
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
    return new TrajectorySet({ coordinates, offsets, timesMs, ids, coordinateSystem }, { validate: false });
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
    };
    return { message, transfer };
  }

  *[Symbol.iterator](): Iterator<Trajectory> {
    for (let i = 0; i < this.length; i++) yield this.at(i);
  }

  #checkIndex(index: number): void {
    if (!Number.isInteger(index) || index < 0 || index >= this.length) {
      throw new ValueError(`TrajectorySet: index must be an integer in [0, ${this.length}), got ${index}`);
    }
  }
}
