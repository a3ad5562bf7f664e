import { checkOptions } from "../foundation/check-options.js";
import { StateError, ValueError } from "../foundation/errors.js";
import { checkOneOf } from "../foundation/validate.js";
import { checkId } from "./check-columns.js";
import { isLegalTime, MAX_TIME_MS } from "./times.js";
import { type CoordinateSystem, TrajectorySet } from "./trajectory-set.js";

/** Options of {@link TrajectorySetBuilder}. */
export interface TrajectorySetBuilderOptions {
  /** What positions are: `[longitude, latitude]` in degrees, or planar `[x, y]`. @defaultValue "lonlat" */
  readonly coordinateSystem?: CoordinateSystem;
  /** Whether every point comes with a time. @defaultValue false */
  readonly withTimes?: boolean;
}

const INITIAL_POINTS = 256;
const INITIAL_TRAJECTORIES = 16;

/**
 * Grows a {@link TrajectorySet} point by point; columns double when full, so n points cost O(n).
 *
 * @example
 * const builder = new TrajectorySetBuilder({ withTimes: true });
 * builder.begin("trip 1");
 * builder.addPoint(116.3, 39.9, 0);
 * builder.addPoint(116.4, 39.9, 5000);
 * builder.end();
 * builder.build().length // 1
 */
export class TrajectorySetBuilder {
  /** What positions are: `[longitude, latitude]` in degrees, or planar `[x, y]`. */
  readonly coordinateSystem: CoordinateSystem;
  /** Whether every point comes with a time. */
  readonly withTimes: boolean;
  readonly #limitX: number;
  readonly #limitY: number;
  #coordinates = new Float64Array(2 * INITIAL_POINTS);
  #timesMs: Float64Array;
  #offsets = new Uint32Array(INITIAL_TRAJECTORIES + 1);
  #ids: string[] | undefined;
  #openId: string | undefined;
  #isOpen = false;
  #count = 0;
  #pointEnd = 0;

  constructor(options: TrajectorySetBuilderOptions = {}) {
    checkOptions("TrajectorySetBuilder", options, ["coordinateSystem", "withTimes"]);
    const { coordinateSystem = "lonlat", withTimes = false } = options;
    checkOneOf("TrajectorySetBuilder", "coordinateSystem", coordinateSystem, ["lonlat", "planar"]);
    this.coordinateSystem = coordinateSystem;
    this.withTimes = withTimes;
    this.#limitX = coordinateSystem === "lonlat" ? 180 : Number.MAX_VALUE;
    this.#limitY = coordinateSystem === "lonlat" ? 90 : Number.MAX_VALUE;
    this.#timesMs = new Float64Array(withTimes ? INITIAL_POINTS : 0);
  }

  /** The number of finished trajectories. */
  get length(): number {
    return this.#count;
  }

  /** The number of points of finished trajectories and of the one begun. */
  get pointCount(): number {
    return this.#pointEnd;
  }

  /** The number of points of the trajectory begun; 0 where none is. */
  get openPointCount(): number {
    return this.#isOpen ? this.#pointEnd - this.#offsets[this.#count]! : 0;
  }

  /**
   * Begins a trajectory.
   *
   * @param id its index as text where absent
   * @throws {StateError} the trajectory before has not ended
   * @throws {ValueError} an empty id
   */
  begin(id?: string): void {
    if (this.#isOpen) throw new StateError("TrajectorySetBuilder.begin: call end() or discard() first");
    if (id !== undefined) checkId("TrajectorySetBuilder.begin: id", id);
    this.#isOpen = true;
    this.#openId = id;
  }

  /**
   * Adds a point to the trajectory begun.
   *
   * @param x longitude in degrees, or planar x
   * @param y latitude in degrees, or planar y
   * @param timeMs required with `withTimes` (NaN: this point has no time), and forbidden without
   * @throws {StateError} no trajectory was begun
   * @throws {ValueError} a position out of range, a time missing, infinite or not expected
   */
  addPoint(x: number, y: number, timeMs?: number): void {
    if (!this.#isOpen) throw new StateError("TrajectorySetBuilder.addPoint: call begin() first");
    // Written so that NaN fails too.
    if (!(Math.abs(x) <= this.#limitX && Math.abs(y) <= this.#limitY)) this.#throwBadPosition(x, y);
    const point = this.#pointEnd;
    if (2 * point === this.#coordinates.length) this.#growPoints();
    if (this.withTimes) {
      if (typeof timeMs !== "number" || !isLegalTime(timeMs)) {
        throw new ValueError(
          `TrajectorySetBuilder.addPoint: timeMs must be within ±${MAX_TIME_MS}, or NaN for a point without time, got ${timeMs}`,
        );
      }
      this.#timesMs[point] = timeMs;
    } else if (timeMs !== undefined) {
      throw new ValueError("TrajectorySetBuilder.addPoint: timeMs must be absent without withTimes");
    }
    this.#coordinates[2 * point] = x;
    this.#coordinates[2 * point + 1] = y;
    this.#pointEnd = point + 1;
  }

  /**
   * Drops the trajectory begun.
   *
   * @returns the number of points dropped
   * @throws {StateError} no trajectory was begun
   */
  discard(): number {
    if (!this.#isOpen) throw new StateError("TrajectorySetBuilder.discard: call begin() first");
    const dropped = this.openPointCount;
    this.#pointEnd -= dropped;
    this.#isOpen = false;
    return dropped;
  }

  /**
   * Finishes the trajectory begun; it may be empty.
   *
   * @returns its index
   * @throws {StateError} no trajectory was begun
   */
  end(): number {
    if (!this.#isOpen) throw new StateError("TrajectorySetBuilder.end: call begin() first");
    const index = this.#count;
    if (this.#openId !== undefined && this.#ids === undefined) {
      this.#ids = Array.from({ length: index }, (_, i) => String(i));
    }
    this.#ids?.push(this.#openId ?? String(index));
    this.#count = index + 1;
    if (this.#count === this.#offsets.length) {
      const grown = new Uint32Array(2 * this.#offsets.length);
      grown.set(this.#offsets);
      this.#offsets = grown;
    }
    this.#offsets[this.#count] = this.#pointEnd;
    this.#isOpen = false;
    return index;
  }

  /**
   * A copy of the finished trajectories; the builder can go on afterwards.
   *
   * @throws {StateError} a trajectory was begun and not ended
   */
  build(): TrajectorySet {
    if (this.#isOpen) throw new StateError("TrajectorySetBuilder.build: call end() or discard() first");
    return new TrajectorySet(
      {
        coordinates: this.#coordinates.slice(0, 2 * this.#pointEnd),
        offsets: this.#offsets.slice(0, this.#count + 1),
        timesMs: this.withTimes ? this.#timesMs.slice(0, this.#pointEnd) : undefined,
        ids: this.#ids?.slice(),
        coordinateSystem: this.coordinateSystem,
      },
      { validate: false }, // addPoint checked every point
    );
  }

  #growPoints(): void {
    const coordinates = new Float64Array(2 * this.#coordinates.length);
    coordinates.set(this.#coordinates);
    this.#coordinates = coordinates;
    if (this.withTimes) {
      const timesMs = new Float64Array(2 * this.#timesMs.length);
      timesMs.set(this.#timesMs);
      this.#timesMs = timesMs;
    }
  }

  #throwBadPosition(x: number, y: number): never {
    const required =
      this.coordinateSystem === "lonlat"
        ? "a longitude in [-180, 180] and a latitude in [-90, 90]"
        : "finite numbers";
    throw new ValueError(`TrajectorySetBuilder.addPoint: a position must be ${required}, got [${x}, ${y}]`);
  }
}
