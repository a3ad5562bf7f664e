import { ShapeError, ValueError } from "./errors.js";
import { checkOneOf } from "./validate.js";

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

  constructor(columns: TrajectoryColumns) {
    const { coordinates, offsets, timesMs, ids, coordinateSystem = "lonlat" } = columns;
    checkOneOf("TrajectorySet", "coordinateSystem", coordinateSystem, ["lonlat", "planar"]);
    checkOffsets(offsets);
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
    checkPositions(coordinates, coordinateSystem);
    if (timesMs !== undefined) checkTimes(timesMs);
    this.coordinates = coordinates;
    this.offsets = offsets;
    this.timesMs = timesMs;
    this.ids = ids;
    this.coordinateSystem = coordinateSystem;
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

  *[Symbol.iterator](): Iterator<Trajectory> {
    for (let i = 0; i < this.length; i++) yield this.at(i);
  }

  #checkIndex(index: number): void {
    if (!Number.isInteger(index) || index < 0 || index >= this.length) {
      throw new ValueError(`TrajectorySet: index must be an integer in [0, ${this.length}), got ${index}`);
    }
  }
}

function checkOffsets(offsets: Uint32Array): void {
  if (offsets.length === 0)
    throw new ShapeError("TrajectorySet: offsets must hold at least one entry, got 0");
  if (offsets[0] !== 0) throw new ValueError(`TrajectorySet: offsets[0] must be 0, got ${offsets[0]}`);
  for (let i = 1; i < offsets.length; i++) {
    if (offsets[i]! < offsets[i - 1]!) {
      throw new ValueError(
        `TrajectorySet: offsets must not decrease, got ${offsets[i]} after ${offsets[i - 1]} at index ${i}`,
      );
    }
  }
}

function checkPositions(coordinates: Float64Array, coordinateSystem: CoordinateSystem): void {
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

function checkTimes(timesMs: Float64Array): void {
  for (let i = 0; i < timesMs.length; i++) {
    if (!Number.isFinite(timesMs[i])) {
      throw new ValueError(`TrajectorySet: timesMs[${i}] must be finite, got ${timesMs[i]}`);
    }
  }
}
