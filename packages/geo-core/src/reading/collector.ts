import type { FormatLocation } from "../foundation/errors.js";
import { normalizeLongitude } from "../geometry/position.js";
import type { ColumnValue, CoordinateSystem, PointColumn } from "../trajectories/columns.js";
import { describeTime } from "../trajectories/times.js";
import type { TrajectorySet } from "../trajectories/trajectory-set.js";
import type { ToLonLat } from "./crs.js";
import { withFolder } from "./id-folders.js";
import type { Ledger } from "./ledger.js";
import { greatestLongitude, isUnwrapped, type LongitudeConvention } from "./longitudes.js";
import type { PointBuffer } from "./point-buffer.js";
import { PointChecks } from "./point-checks.js";
import type { SkipReason } from "./report.js";
import { SetAssembler } from "./set-assembler.js";
import { takeColumns, takeNumbers, takePositions } from "./take-points.js";
import { isUsual, judgeTimes, type TimePolicy, unusualTime } from "./time-policy.js";

export interface CollectorOptions {
  readonly coordinateSystem: CoordinateSystem;
  /** A batch is ready once its finished trajectories hold this many points. */
  readonly batchPoints: number;
  readonly policy: TimePolicy;
  /** @defaultValue "auto" */
  readonly longitudes?: LongitudeConvention | undefined;
}

/** A trajectory as a format's parser finds it. */
export interface FoundTrajectory {
  readonly id: string;
  /** Interleaved, `[points × 2]`. */
  readonly positions: Float64Array;
  /** NaN for a point without time. */
  readonly timesMs?: Float64Array | undefined;
  readonly columns?: Readonly<Record<string, PointColumn>>;
  /** Whether `columns` may hold values of the whole, repeated at every point. @defaultValue false */
  readonly columnsFromRows?: boolean;
  /** Of these, the names of those that are points' all the same. @defaultValue none */
  readonly certain?: ReadonlySet<string>;
  readonly properties?: Readonly<Record<string, ColumnValue>>;
  /** How messages name it, where a line alone does not tell: `feature 3: line`. */
  readonly name?: string;
  /** Where its points stand, or where the whole stands; 0 where there are no lines. */
  readonly lines: Float64Array | number;
  /** What a record is: each of its points, or the caller's own matter. */
  readonly records: "points" | "counted";
  /** Brings its positions to degrees. */
  readonly toLonLat?: ToLonLat | undefined;
  /** Whether it stays without a point. @defaultValue false */
  readonly mayBeEmpty?: boolean;
  /** Whether its times are as their writer meant them, whatever their date. @defaultValue false */
  readonly anyDate?: boolean;
}

/** Finished trajectories, and what the format knows about each beside its points. */
export interface CollectedBatch<Attributes> {
  readonly trajectories: TrajectorySet;
  readonly attributes: Attributes[];
}

/**
 * Builds batches out of the trajectories that a format's parser finds: applies the rules for positions and times, and
 * counts in the ledger what it keeps.
 */
export class TrajectoryCollector<Attributes> extends PointChecks {
  readonly #options: CollectorOptions;
  #assembler: SetAssembler;
  #attributes: Attributes[] = [];
  #ready: CollectedBatch<Attributes>[] = [];
  /** Stands before the ids that are made of the file's name: `2024/`. */
  idFolder = "";
  /** Whether more than one file is read. */
  hasManyFiles = false;

  constructor(ledger: Ledger, options: CollectorOptions) {
    super(ledger, options.coordinateSystem);
    this.#options = options;
    this.#assembler = new SetAssembler(options.coordinateSystem);
  }

  /** Whether times are read at all. */
  get wantsTimes(): boolean {
    return this.#options.policy.times !== "ignore";
  }

  /**
   * Adds a trajectory, or what the options leave of it.
   *
   * @returns whether anything was left: if not, nothing was added
   * @throws {FormatError} (strict) a position out of range, a time out of range, missing where required, or out of order
   */
  add(found: FoundTrajectory, attributes: Attributes): boolean {
    const { positions, columns = {}, properties = {} } = found;
    const byPoint = found.records === "points";
    const isSound = this.#placePoints(found);
    const times = this.#options.policy.times === "ignore" ? undefined : this.#believedTimes(found);
    const order = this.#orderOf(found, isSound, times);
    const whole = {
      id: found.id,
      positions: order === undefined ? positions : takePositions(positions, order),
      timesMs: order === undefined || times === undefined ? times : takeNumbers(times, order),
      columns: order === undefined ? columns : takeColumns(columns, order),
      columnsFromRows: found.columnsFromRows === true,
      certain: found.certain,
      properties,
    };
    const count = whole.positions.length / 2;
    if (byPoint) this.ledger.kept += count;
    if (count === 0 && !(found.mayBeEmpty === true && positions.length === 0)) return false;
    this.#countTimes(whole.timesMs, count);
    this.#push(whole, attributes);
    return true;
  }

  /** A whole trajectory whose every point was checked before and is a record. */
  addChecked(id: string, points: PointBuffer, attributes: Attributes, hasTimes = true): void {
    this.ledger.kept += points.length;
    const timesMs = hasTimes ? points.timesMs() : undefined;
    this.#push(
      {
        id,
        positions: points.positions(),
        timesMs,
        columns: points.columns(),
        columnsFromRows: false,
        properties: {},
      },
      attributes,
    );
  }

  /** A whole trajectory that was checked before; its record is the caller's to count. */
  addColumns(
    id: string,
    positions: Float64Array,
    timesMs: Float64Array | undefined,
    attributes: Attributes,
  ): void {
    this.#push({ id, positions, timesMs, columns: {}, columnsFromRows: false, properties: {} }, attributes);
  }

  /** The batches that are ready. */
  take(): CollectedBatch<Attributes>[] {
    const ready = this.#ready;
    this.#ready = [];
    return ready;
  }

  /** The last batch, where it holds anything or `evenEmpty`. */
  takeLast(evenEmpty: boolean): CollectedBatch<Attributes>[] {
    if (evenEmpty || this.#assembler.length > 0) this.#cut();
    return this.take();
  }

  #push(whole: Parameters<SetAssembler["add"]>[0], attributes: Attributes): void {
    this.#assembler.add({ ...whole, id: withFolder(this.idFolder, this.file, whole.id) });
    this.#attributes.push(attributes);
    if (this.#assembler.pointCount >= this.#options.batchPoints) this.#cut();
  }

  #cut(): void {
    this.#ready.push({ trajectories: this.#assembler.build(), attributes: this.#attributes });
    this.#assembler = new SetAssembler(this.#options.coordinateSystem);
    this.#attributes = [];
  }

  /**
   * Brings positions to degrees where need be, wraps longitudes, and checks ranges; in place.
   *
   * @returns a flag a point, or undefined where all are sound
   */
  #placePoints(found: FoundTrajectory): Uint8Array | undefined {
    const { positions, toLonLat } = found;
    const { coordinateSystem, longitudes = "auto" } = this.#options;
    const isLonLat = coordinateSystem === "lonlat";
    const greatest = greatestLongitude(positions, toLonLat === undefined ? longitudes : "180");
    let isSound: Uint8Array | undefined;
    for (let i = 0; 2 * i < positions.length; i++) {
      let x = positions[2 * i]!;
      let y = positions[2 * i + 1]!;
      if (toLonLat !== undefined) {
        [x, y] = toLonLat(x, y);
        positions[2 * i] = x;
        positions[2 * i + 1] = y;
      }
      if (isLonLat && Math.abs(x) > 180 && isUnwrapped(x, greatest) && Math.abs(y) <= 90) {
        x = normalizeLongitude(x);
        positions[2 * i] = x;
        this.ledger.mend(
          greatest === 360 ? "longitude of 0 to 360" : "longitude wrapped",
          this.#at(found, i),
        );
      }
      if (this.isInRange(x, y)) continue;
      isSound ??= new Uint8Array(positions.length / 2).fill(1);
      isSound[i] = 0;
      const [gotX, gotY] = [x, y];
      this.#turnAway(found, i, "position out of range", "position out of range", () =>
        found.name === undefined
          ? this.rangeMessage(gotX, gotY)
          : `${found.name}, position ${i}: ${this.rangeMessage(gotX, gotY)}`,
      );
    }
    return isSound;
  }

  /** The times that are believed; NaN for others in lenient reading. */
  #believedTimes(found: FoundTrajectory): Float64Array | undefined {
    const { timesMs } = found;
    if (timesMs === undefined || found.anyDate === true) return timesMs;
    const { policy } = this.#options;
    let times = timesMs;
    for (let i = 0; i < timesMs.length; i++) {
      const time = timesMs[i]!;
      if (Number.isNaN(time) || isUsual(time, policy)) continue;
      this.ledger.mendOrThrow("time not read", unusualTime(time, policy), this.#at(found, i));
      if (times === timesMs) times = timesMs.slice();
      times[i] = Number.NaN;
    }
    return times;
  }

  /** The points that stay, in their order; undefined where all stay as they are. */
  #orderOf(
    found: FoundTrajectory,
    isSound: Uint8Array | undefined,
    times: Float64Array | undefined,
  ): Uint32Array | undefined {
    const { policy } = this.#options;
    const count = found.positions.length / 2;
    const timesToJudge =
      times ??
      (policy.times === "keep" || policy.times === "ignore"
        ? undefined
        : new Float64Array(count).fill(Number.NaN));
    const verdict = timesToJudge === undefined ? undefined : judgeTimes(timesToJudge, policy);
    for (const { point, reason } of verdict?.dropped ?? []) {
      if (isSound !== undefined && isSound[point] === 0) continue; // turned away before
      this.#dropForTime(found, point, reason, timesToJudge!);
    }
    if (verdict?.isSorted) this.ledger.mend("sorted", this.#at(found, 0));
    const order = verdict?.order;
    if (isSound === undefined) return order;
    return (order ?? Uint32Array.from({ length: count }, (_, i) => i)).filter(
      (point) => isSound[point] === 1,
    );
  }

  #dropForTime(
    found: FoundTrajectory,
    point: number,
    reason: "untimed" | "repeated" | "required" | "backward",
    times: Float64Array,
  ): void {
    const at = this.#at(found, point);
    if (reason === "required") {
      this.#turnAway(
        found,
        point,
        "no time",
        "untimed",
        () => 'a point must have a time (times: "require"), got none',
      );
    } else if (reason === "backward") {
      const message = () =>
        `times must not go back (order: "error"; "sort" puts them in order), got ${describeTime(times[point]!)}`;
      this.#turnAway(found, point, "time goes back", "untimed", message);
    } else if (found.records === "points") {
      this.ledger.exclude(reason === "untimed" ? "untimed" : "duplicate time", at);
    } else {
      this.ledger.mend(reason === "untimed" ? "untimed" : "repeated time", at);
    }
  }

  /** A broken point: a record of its own is rejected, else the line goes on without it. */
  #turnAway(
    found: FoundTrajectory,
    point: number,
    skip: SkipReason,
    mend: "position out of range" | "untimed",
    message: () => string,
  ): void {
    const at = this.#at(found, point);
    if (found.records === "points") this.ledger.reject(skip, message(), at);
    else this.ledger.mendOrThrow(mend, message(), at);
  }

  #at({ lines }: FoundTrajectory, point: number): FormatLocation {
    const line = typeof lines === "number" ? lines : lines[point]!;
    return { ...(this.file === "" ? {} : { file: this.file }), ...(line > 0 ? { line } : {}) };
  }

  #countTimes(timesMs: Float64Array | undefined, count: number): void {
    const { times } = this.ledger;
    if (timesMs === undefined) {
      if (this.#options.policy.times !== "ignore") times.untimed += count;
      return;
    }
    for (let i = 0; i < count; i++) {
      if (Number.isNaN(timesMs[i])) times.untimed++;
      else if (i > 0 && timesMs[i] === timesMs[i - 1]) times.repeated++;
      else if (i > 0 && timesMs[i]! < timesMs[i - 1]!) times.backward++;
    }
  }
}
