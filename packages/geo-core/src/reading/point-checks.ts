import type { CoordinateSystem } from "../trajectories/columns.js";
import { describeTime } from "../trajectories/times.js";
import type { Ledger } from "./ledger.js";
import type { SkipReason } from "./report.js";

/** The checks that every format's points go through; a record that fails one is rejected in the ledger. */
export class PointChecks {
  readonly ledger: Ledger;
  /** The file being read, for places in messages. */
  file = "";
  readonly #required: string;
  readonly #limitX: number;
  readonly #limitY: number;

  constructor(ledger: Ledger, coordinateSystem: CoordinateSystem) {
    this.ledger = ledger;
    const isLonLat = coordinateSystem === "lonlat";
    this.#limitX = isLonLat ? 180 : Number.MAX_VALUE;
    this.#limitY = isLonLat ? 90 : Number.MAX_VALUE;
    this.#required = isLonLat
      ? "a longitude in [-180, 180] and a latitude in [-90, 90]"
      : "two finite numbers";
  }

  /** Whether the position is in range. NaN is not. */
  isInRange(x: number, y: number): boolean {
    return Math.abs(x) <= this.#limitX && Math.abs(y) <= this.#limitY;
  }

  rangeMessage(x: number, y: number): string {
    const isOf360 = this.#limitX === 180 && x > 180 && x <= 360 && Math.abs(y) <= 90;
    return `a position must be ${this.#required}${isOf360 ? ' (longitudes: "360" counts from 0 to 360)' : ""}, got [${x}, ${y}]`;
  }

  /** Whether the position is in range; rejects its record where not. */
  isPosition(x: number, y: number, line: number): boolean {
    if (this.isInRange(x, y)) return true;
    this.reject("position out of range", this.rangeMessage(x, y), line);
    return false;
  }

  /** Whether `timeMs` follows `lastTimeMs`. */
  isLater(timeMs: number, lastTimeMs: number, line: number): boolean {
    if (timeMs > lastTimeMs) return true;
    if (timeMs === lastTimeMs) {
      this.reject("duplicate time", `times must increase, got ${describeTime(timeMs)} twice`, line);
    } else {
      const message = `times must increase, got ${describeTime(timeMs)} after ${describeTime(lastTimeMs)}`;
      this.reject("time goes back", message, line);
    }
    return false;
  }

  /** {@link isLater} for files that run from new to old. */
  isEarlier(timeMs: number, lastTimeMs: number, line: number): boolean {
    if (timeMs < lastTimeMs) return true;
    if (timeMs === lastTimeMs) return this.isLater(timeMs, lastTimeMs, line);
    const message = `times must decrease as before, got ${describeTime(timeMs)} after ${describeTime(lastTimeMs)}`;
    this.reject("time goes back", message, line);
    return false;
  }

  /** Whether all positions are in range and the times, if any, increase; rejects one record for the first that fails. */
  areSound(positions: Float64Array, timesMs: Float64Array | undefined, line: number): boolean {
    for (let i = 0; 2 * i < positions.length; i++) {
      if (!this.isPosition(positions[2 * i]!, positions[2 * i + 1]!, line)) return false;
      if (timesMs === undefined) continue;
      const lastTimeMs = i === 0 ? Number.NEGATIVE_INFINITY : timesMs[i - 1]!;
      if (!this.isLater(timesMs[i]!, lastTimeMs, line)) return false;
    }
    return true;
  }

  reject(reason: SkipReason, message: string, line: number, count = 1): void {
    this.ledger.reject(reason, message, { file: this.file, line }, count);
  }
}
