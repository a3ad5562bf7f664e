import type { CoordinateSystem, TrajectorySet } from "../../trajectories/trajectory-set.js";
import { TrajectorySetBuilder } from "../../trajectories/trajectory-set-builder.js";
import type { Ledger } from "./ledger.js";
import type { PointBuffer } from "./point-buffer.js";
import { PointChecks } from "./point-checks.js";

export interface CollectorOptions {
  readonly coordinateSystem: CoordinateSystem;
  /** Whether the format has times; `fromFirst`: as its first trajectory has. */
  readonly withTimes: boolean | "fromFirst";
  /** A batch is ready once its finished trajectories hold this many points. */
  readonly batchPoints: number;
}

/** Finished trajectories, and what the format knows about each beside its points. */
export interface CollectedBatch<Attributes> {
  readonly trajectories: TrajectorySet;
  readonly attributes: Attributes[];
}

/**
 * Builds batches out of the points that a format's parser finds, and counts in the ledger what it keeps. A point is
 * one record unless the format says otherwise.
 */
export class TrajectoryCollector<Attributes> extends PointChecks {
  readonly #coordinateSystem: CoordinateSystem;
  readonly #batchPoints: number;
  #withTimes: boolean | undefined;
  #builder: TrajectorySetBuilder | undefined;
  #attributes: Attributes[] = [];
  #ready: CollectedBatch<Attributes>[] = [];
  #lastTimeMs = Number.NEGATIVE_INFINITY;

  constructor(ledger: Ledger, { coordinateSystem, withTimes, batchPoints }: CollectorOptions) {
    super(ledger, coordinateSystem);
    this.#coordinateSystem = coordinateSystem;
    this.#batchPoints = batchPoints;
    this.#withTimes = withTimes === "fromFirst" ? undefined : withTimes;
  }

  /** Whether trajectories with (or without) times can go on from here; rejects `count` records where not. */
  acceptsTimes(hasTimes: boolean, count: number, line: number): boolean {
    this.#withTimes ??= hasTimes;
    if (this.#withTimes === hasTimes) return true;
    const message = hasTimes
      ? "a trajectory must have no times as those before it, got some (times: none ignores them)"
      : "a trajectory must have times as those before it, got none";
    this.reject("mixed times", message, line, count);
    return false;
  }

  begin(id: string): void {
    this.#current().begin(id);
    this.#lastTimeMs = Number.NEGATIVE_INFINITY;
  }

  /** Adds a point of the trajectory begun, or rejects its record. */
  add(x: number, y: number, timeMs: number | undefined, line: number): void {
    if (!this.isPosition(x, y, line)) return;
    if (timeMs !== undefined) {
      if (!this.isLater(timeMs, this.#lastTimeMs, line)) return;
      this.#lastTimeMs = timeMs;
    }
    this.#builder!.addPoint(x, y, timeMs);
    this.ledger.kept++;
  }

  /** Finishes the trajectory begun; one without points is left out. */
  end(attributes: Attributes): void {
    const builder = this.#builder!;
    if (builder.openPointCount === 0) {
      builder.discard();
      return;
    }
    builder.end();
    this.#attributes.push(attributes);
    if (builder.pointCount >= this.#batchPoints) this.#cut();
  }

  /** A whole trajectory of points that were checked before, each a record. */
  addPoints(id: string, points: PointBuffer, attributes: Attributes): void {
    const { xs, ys, timesMs, length } = points;
    const builder = this.#current();
    builder.begin(id);
    for (let i = 0; i < length; i++) {
      builder.addPoint(xs[i]!, ys[i]!, builder.withTimes ? timesMs[i]! : undefined);
    }
    this.ledger.kept += length;
    this.end(attributes);
  }

  /** A whole trajectory that was checked before; its record is the caller's to count. */
  addColumns(
    id: string,
    positions: Float64Array,
    timesMs: Float64Array | undefined,
    attributes: Attributes,
  ): void {
    const builder = this.#current();
    builder.begin(id);
    for (let i = 0; 2 * i < positions.length; i++) {
      builder.addPoint(positions[2 * i]!, positions[2 * i + 1]!, timesMs?.[i]);
    }
    this.end(attributes);
  }

  /** The batches that are ready. */
  take(): CollectedBatch<Attributes>[] {
    const ready = this.#ready;
    this.#ready = [];
    return ready;
  }

  /** The last batch, where it holds anything or `evenEmpty`. */
  takeLast(evenEmpty: boolean): CollectedBatch<Attributes>[] {
    if (evenEmpty || (this.#builder?.length ?? 0) > 0) this.#cut();
    return this.take();
  }

  #current(): TrajectorySetBuilder {
    this.#builder ??= new TrajectorySetBuilder({
      coordinateSystem: this.#coordinateSystem,
      withTimes: this.#withTimes ?? false,
    });
    return this.#builder;
  }

  #cut(): void {
    this.#ready.push({ trajectories: this.#current().build(), attributes: this.#attributes });
    this.#builder = undefined;
    this.#attributes = [];
  }
}
