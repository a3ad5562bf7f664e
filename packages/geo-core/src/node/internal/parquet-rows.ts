import { isUtf8 } from "node:buffer";
import type { DecodedArray } from "hyparquet";
import { describeJson } from "../../foundation/describe-json.js";
import type { CoordinateSystem } from "../../trajectories/trajectory-set.js";
import type {
  ParquetOptions,
  ParquetPointColumns,
  ParquetTrajectoryColumns,
  ParquetValue,
} from "../parquet.js";
import { quoted } from "./bytes.js";
import type { TrajectoryCollector } from "./collector.js";
import { damage } from "./ledger.js";
import { type ParquetRows, Timestamp } from "./parquet-file.js";
import { PointGrouper } from "./point-grouper.js";
import { stemOf } from "./source.js";
import { parseIsoTime } from "./times.js";
import { parseWkbLines } from "./wkb.js";

type Attributes = Record<string, ParquetValue>;

/** What both layouts share: finding columns, and reading ids, times and attributes. */
abstract class RowReader implements ParquetRows {
  protected readonly file: string;
  protected readonly collector: TrajectoryCollector<Attributes>;
  protected readonly attributeNames: readonly string[];
  readonly #timeFactor: number;

  constructor(file: string, collector: TrajectoryCollector<Attributes>, options: ParquetOptions) {
    this.file = file;
    this.collector = collector;
    this.attributeNames = options.attributes ?? [];
    this.#timeFactor = options.timeUnit === "seconds" ? 1000 : 1;
  }

  abstract columns(available: readonly string[], geo: unknown): readonly string[];
  abstract rows(columns: readonly DecodedArray[], firstRow: number): void;
  abstract finish(): void;

  protected require(available: readonly string[], columns: readonly string[]): void {
    for (const column of columns) {
      if (available.includes(column)) continue;
      const message = `the columns must include ${quoted(column)}, got ${quoted(available.join(","))}`;
      throw damage("missing column", message, { file: this.file });
    }
  }

  protected timeOf(value: unknown): number {
    if (value instanceof Timestamp) return value.timeMs;
    if (typeof value === "number" || typeof value === "bigint") return this.#timeFactor * Number(value);
    return typeof value === "string" ? parseIsoTime(value) : Number.NaN;
  }

  /** An id's text, which may be bytes without the annotation of text; undefined where the value is none. */
  protected idOf(value: unknown): string | undefined {
    if (typeof value === "string") return value;
    if (typeof value === "number" || typeof value === "bigint") return String(value);
    return value instanceof Uint8Array && isUtf8(value) ? Buffer.from(value).toString("utf8") : undefined;
  }

  protected attributesOf(columns: readonly DecodedArray[], from: number, row: number): Attributes {
    const attributes: Attributes = {};
    for (const [i, name] of this.attributeNames.entries()) {
      const value: unknown = columns[from + i]![row];
      attributes[name] = value instanceof Timestamp ? new Date(value.timeMs) : value;
    }
    return attributes;
  }
}

/** One row a point. */
export class ParquetPoints extends RowReader {
  readonly #columns: ParquetPointColumns;
  readonly #grouper: PointGrouper<Attributes>;

  constructor(
    file: string,
    collector: TrajectoryCollector<Attributes>,
    columns: ParquetPointColumns,
    options: ParquetOptions,
  ) {
    super(file, collector, options);
    this.#columns = columns;
    this.#grouper = new PointGrouper(collector, options.rowOrder ?? "grouped");
  }

  override columns(available: readonly string[]): readonly string[] {
    const { x, y, id = x, time = x } = this.#columns;
    const names = [x, y, id, time, ...this.attributeNames];
    this.require(available, names);
    return names;
  }

  override rows(columns: readonly DecodedArray[], firstRow: number): void {
    const [xs, ys, ids, times] = columns;
    const { id: idColumn, time: timeColumn } = this.#columns;
    for (let row = 0; row < xs!.length; row++) {
      const line = firstRow + row + 1;
      const x: unknown = xs![row];
      const y: unknown = ys![row];
      if (typeof x !== "number" || typeof y !== "number") {
        this.collector.reject(
          "not a number",
          `x and y must be numbers, got ${describeJson(x)}, ${describeJson(y)}`,
          line,
        );
        continue;
      }
      const id = idColumn === undefined ? stemOf(this.file) : this.idOf(ids![row]);
      if (id === undefined) {
        this.collector.reject(
          "not an id",
          `${idColumn} must be text (UTF-8) or an integer, got ${describeJson(ids![row])}`,
          line,
        );
        continue;
      }
      const timeMs = timeColumn === undefined ? undefined : this.timeOf(times![row]);
      if (timeMs !== undefined && !Number.isFinite(timeMs)) {
        this.collector.reject(
          "not a time",
          `${timeColumn} must be a time, got ${describeJson(times![row])}`,
          line,
        );
        continue;
      }
      this.#grouper.add(id, x, y, timeMs, () => this.attributesOf(columns, 4, row), line);
    }
  }

  override finish(): void {
    this.#grouper.finish();
  }
}

/** One row a trajectory: GeoParquet. */
export class ParquetTrajectories extends RowReader {
  readonly #columns: ParquetTrajectoryColumns;
  readonly #coordinateSystem: CoordinateSystem | undefined;

  constructor(
    file: string,
    collector: TrajectoryCollector<Attributes>,
    columns: ParquetTrajectoryColumns,
    options: ParquetOptions,
  ) {
    super(file, collector, options);
    this.#columns = columns;
    this.#coordinateSystem = options.coordinateSystem;
  }

  override columns(available: readonly string[], geo: unknown): readonly string[] {
    const { primary, crs } = geoParquetOf(geo, this.#columns.geometry);
    const geometry = this.#columns.geometry ?? primary ?? "geometry";
    const { id = geometry, times = geometry } = this.#columns;
    const names = [geometry, id, times, ...this.attributeNames];
    this.require(available, names);
    if (this.#coordinateSystem !== "planar") this.#checkCrs(crs);
    return names;
  }

  override rows(columns: readonly DecodedArray[], firstRow: number): void {
    const [geometries] = columns;
    for (let row = 0; row < geometries!.length; row++) this.#row(columns, row, firstRow + row + 1);
  }

  override finish(): void {}

  /** GeoParquet: an absent crs is OGC:CRS84; null is unknown, and only the caller can say that it is degrees. */
  #checkCrs(crs: unknown): void {
    const at = { file: this.file };
    if (crs === null) {
      if (this.#coordinateSystem !== undefined) return;
      const message = "crs null (unknown) must come with the option coordinateSystem, got none";
      throw damage("unknown coordinate system", message, at);
    }
    if (crs === undefined || isWgs84(crs)) return;
    const message = `crs must be absent, OGC:CRS84 or EPSG:4326, got ${describeJson(crs)}`;
    throw damage("other coordinate system", message, at);
  }

  #row(columns: readonly DecodedArray[], row: number, line: number): void {
    const [geometries, ids, times] = columns;
    const geometry: unknown = geometries![row];
    if (geometry === null || geometry === undefined) {
      this.collector.ledger.exclude("no line", { file: this.file, line });
      return;
    }
    const parsed =
      geometry instanceof Uint8Array ? parseWkbLines(geometry) : { problem: "a geometry must be WKB" };
    if ("problem" in parsed) {
      this.collector.reject("broken geometry", parsed.problem, line);
      return;
    }
    const id = this.#columns.id === undefined ? `${stemOf(this.file)}/${line - 1}` : this.idOf(ids![row]);
    if (id === undefined) {
      const message = `${this.#columns.id} must be text (UTF-8) or an integer, got ${describeJson(ids![row])}`;
      this.collector.reject("not an id", message, line);
      return;
    }
    const pointCount = parsed.lines.reduce((sum, positions) => sum + positions.length / 2, 0);
    if (pointCount === 0) {
      this.collector.ledger.exclude("no points", { file: this.file, line });
      return;
    }
    const timesMs =
      this.#columns.times === undefined ? undefined : this.#timesOf(times![row], pointCount, line);
    if (timesMs !== null) this.#take(id, parsed.lines, timesMs, this.attributesOf(columns, 3, row), line);
  }

  /** The row's times, of all its lines one after another; null where the row was rejected for them. */
  #timesOf(value: unknown, count: number, line: number): Float64Array | null {
    const isList = Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
    const times = isList
      ? Float64Array.from(value as ArrayLike<unknown>, (time) => this.timeOf(time))
      : undefined;
    if (times?.length === count && times.every(Number.isFinite)) return times;
    this.collector.reject("not a time", `${this.#columns.times} must be a list of ${count} times`, line);
    return null;
  }

  #take(
    id: string,
    lines: readonly Float64Array[],
    timesMs: Float64Array | undefined,
    attributes: Attributes,
    line: number,
  ): void {
    const parts: { positions: Float64Array; timesMs: Float64Array | undefined }[] = [];
    let from = 0;
    for (const positions of lines) {
      const part = { positions, timesMs: timesMs?.subarray(from, from + positions.length / 2) };
      if (!this.collector.areSound(part.positions, part.timesMs, line)) return;
      parts.push(part);
      from += positions.length / 2;
    }
    this.collector.ledger.kept++;
    for (const [i, part] of parts.entries()) {
      const partId = parts.length === 1 ? id : `${id}/${i}`;
      this.collector.addColumns(partId, part.positions, part.timesMs, attributes);
    }
  }
}

/** The primary geometry column of a file's `geo` metadata, and the coordinate system of the column asked for. */
function geoParquetOf(
  geo: unknown,
  column: string | undefined,
): { primary: string | undefined; crs: unknown } {
  const { primary_column: primary, columns } = asObject(geo);
  const name = column ?? (typeof primary === "string" ? primary : undefined);
  return {
    primary: typeof primary === "string" ? primary : undefined,
    crs: name === undefined ? undefined : asObject(asObject(columns)[name]).crs,
  };
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function isWgs84(crs: unknown): boolean {
  const { authority, code } = asObject(asObject(crs).id);
  return (authority === "OGC" && code === "CRS84") || (authority === "EPSG" && Number(code) === 4326);
}
