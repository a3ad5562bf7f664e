import type { CoordinateSystem, TrajectorySet } from "../../trajectory-set.js";
import { TrajectorySetBuilder } from "../../trajectory-set-builder.js";
import type { Ledger } from "./ledger.js";
import type { PointBuffer } from "./point-buffer.js";

export interface CollectorOptions {
  readonly coordinateSystem: CoordinateSystem;
  readonly withTimes: boolean;
  /** A batch is ready once its finished trajectories hold this many points. */
  readonly batchPoints: number;
}

/** Finished trajectories, and what the format knows about each beside its points. */
export interface CollectedBatch<Attributes> {
  readonly trajectories: TrajectorySet;
  readonly attributes: Attributes[];
}

/**
 * Builds batches out of the points that a format's parser finds: checks positions and the order of times, and keeps
 * the accounts. A point is one record unless the format says otherwise.
 */
export class TrajectoryCollector<Attributes> {
  readonly ledger: Ledger;
  /** The file being read, for places in messages. */
  file = "";
  readonly #options: CollectorOptions;
  readonly #limitX: number;
  readonly #limitY: number;
  #builder: TrajectorySetBuilder;
  #attributes: Attributes[] = [];
  #ready: CollectedBatch<Attributes>[] = [];
  #lastTimeMs = Number.NEGATIVE_INFINITY;

  constructor(ledger: Ledger, options: CollectorOptions) {
    this.ledger = ledger;
    this.#options = options;
    this.#limitX = options.coordinateSystem === "lonlat" ? 180 : Number.MAX_VALUE;
    this.#limitY = options.coordinateSystem === "lonlat" ? 90 : Number.MAX_VALUE;
    this.#builder = new TrajectorySetBuilder(options);
  }

  begin(id: string): void {
    this.#builder.begin(id);
    this.#lastTimeMs = Number.NEGATIVE_INFINITY;
  }

  /** Adds a point, or rejects its record. */
  add(x: number, y: number, timeMs: number | undefined, line: number): void {
    if (!this.isPosition(x, y, line)) return;
    if (timeMs !== undefined && !this.isLater(timeMs, this.#lastTimeMs, line)) return;
    this.append(x, y, timeMs);
    this.ledger.kept++;
  }

  /** Adds a point that was checked before and is no record of its own. */
  append(x: number, y: number, timeMs: number | undefined): void {
    this.#builder.addPoint(x, y, timeMs);
    if (timeMs !== undefined) this.#lastTimeMs = timeMs;
  }

  /** Whether the position is in range; rejects its record where not. NaN is not. */
  isPosition(x: number, y: number, line: number): boolean {
    if (Math.abs(x) <= this.#limitX && Math.abs(y) <= this.#limitY) return true;
    const required =
      this.#options.coordinateSystem === "lonlat"
        ? "a longitude in [-180, 180] and a latitude in [-90, 90]"
        : "two finite numbers";
    this.ledger.reject("position out of range", `a position must be ${required}, got [${x}, ${y}]`, {
      file: this.file,
      line,
    });
    return false;
  }

  /** Whether `timeMs` follows `lastTimeMs`; rejects its record where not. */
  isLater(timeMs: number, lastTimeMs: number, line: number): boolean {
    if (timeMs > lastTimeMs) return true;
    const location = { file: this.file, line };
    if (timeMs === lastTimeMs) {
      this.ledger.reject("duplicate time", `times must increase, got ${isoOf(timeMs)} twice`, location);
    } else {
      const message = `times must increase, got ${isoOf(timeMs)} after ${isoOf(lastTimeMs)}`;
      this.ledger.reject("time goes back", message, location);
    }
    return false;
  }

  /** {@link isLater} for files that run from new to old. */
  isEarlier(timeMs: number, lastTimeMs: number, line: number): boolean {
    if (timeMs < lastTimeMs) return true;
    if (timeMs === lastTimeMs) return this.isLater(timeMs, lastTimeMs, line);
    const message = `times must decrease as before, got ${isoOf(timeMs)} after ${isoOf(lastTimeMs)}`;
    this.ledger.reject("time goes back", message, { file: this.file, line });
    return false;
  }

  /** A whole trajectory whose points were checked before; `records` records are kept with it. */
  addAll(id: string, points: PointBuffer, records: number, attributes: Attributes): void {
    const { xs, ys, timesMs, length } = points;
    const { withTimes } = this.#options;
    this.begin(id);
    for (let i = 0; i < length; i++) this.append(xs[i]!, ys[i]!, withTimes ? timesMs[i]! : undefined);
    this.ledger.kept += records;
    this.end(attributes);
  }

  /** A trajectory that is one record: kept whole, or rejected for its first bad point. */
  addRow(
    id: string,
    positions: Float64Array,
    timeOf: ((point: number) => number) | undefined,
    attributes: Attributes,
    line: number,
  ): void {
    const count = positions.length / 2;
    let lastTimeMs = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < count; i++) {
      if (!this.isPosition(positions[2 * i]!, positions[2 * i + 1]!, line)) return;
      if (timeOf === undefined) continue;
      if (!this.isLater(timeOf(i), lastTimeMs, line)) return;
      lastTimeMs = timeOf(i);
    }
    this.begin(id);
    for (let i = 0; i < count; i++) this.append(positions[2 * i]!, positions[2 * i + 1]!, timeOf?.(i));
    this.ledger.kept++;
    this.end(attributes);
  }

  /** Finishes the trajectory begun; one without points is left out. */
  end(attributes: Attributes): void {
    if (this.#builder.openPointCount === 0) {
      this.#builder.discard();
      return;
    }
    this.#builder.end();
    this.#attributes.push(attributes);
    if (this.#builder.pointCount >= this.#options.batchPoints) this.#cut();
  }

  /** The batches that are ready. */
  take(): CollectedBatch<Attributes>[] {
    const ready = this.#ready;
    this.#ready = [];
    return ready;
  }

  /** The last batch, where it holds anything or `evenEmpty`. */
  takeLast(evenEmpty: boolean): CollectedBatch<Attributes>[] {
    if (this.#builder.length > 0 || evenEmpty) this.#cut();
    return this.take();
  }

  #cut(): void {
    this.#ready.push({ trajectories: this.#builder.build(), attributes: this.#attributes });
    this.#builder = new TrajectorySetBuilder(this.#options);
    this.#attributes = [];
  }
}

function isoOf(timeMs: number): string {
  return Math.abs(timeMs) <= 8.64e15 ? new Date(timeMs).toISOString() : String(timeMs);
}
