import type { DecodedArray } from "hyparquet";
import { describeJson } from "../../foundation/describe-json.js";
import { emptyRecord } from "../../foundation/lookup.js";
import { quoted } from "../../reading/bytes.js";
import type { TrajectoryCollector } from "../../reading/collector.js";
import type { CrsPolicy, ToLonLat } from "../../reading/crs.js";
import { PointGrouper } from "../../reading/point-grouper.js";
import { stemOf } from "../../reading/source.js";
import { TimeValues } from "../../reading/time-values.js";
import type { ColumnValue } from "../../trajectories/columns.js";
import { LIST_SUFFIX, unmarked } from "../column-marks.js";
import { EncodedPolylines, namedPrecisionOf } from "../encoded-polyline.js";
import type { ParsedLine } from "../polyline.js";
import { addLinesOfRow } from "../row-lines.js";
import { sequenceOf } from "../table-roles.js";
import { type ParquetField, type ParquetRows, Timestamp } from "./parquet-file.js";
import { layoutOf, type ParquetLayout } from "./parquet-layout.js";
import type { ParquetOptions, ParquetValue } from "./parquet-options.js";
import { columnValueOf, degreesOf, geometryOf, idOf, listOf, timeValueOf } from "./parquet-values.js";

type Attributes = Record<string, ParquetValue>;

/** The values of a row by column. */
type RowValues = (column: string | undefined) => unknown;

/** Turns a Parquet file's rows into trajectories: a line a row, or a point a row. */
export class ParquetRowReader implements ParquetRows {
  readonly #where: string;
  readonly #file: string;
  readonly #collector: TrajectoryCollector<Attributes>;
  readonly #crs: CrsPolicy;
  readonly #options: ParquetOptions;
  #layout: ParquetLayout | undefined;
  #toLonLat: ToLonLat | undefined;
  #times: TimeValues | undefined;
  /** Of the column of times, where they are of the day. */
  #perSecond: number | undefined;
  #grouper: PointGrouper<Attributes> | undefined;
  #names: readonly string[] = [];
  #encoded = new EncodedPolylines();

  constructor(
    where: string,
    file: string,
    collector: TrajectoryCollector<Attributes>,
    crs: CrsPolicy,
    options: ParquetOptions,
  ) {
    this.#where = where;
    this.#file = file;
    this.#collector = collector;
    this.#crs = crs;
    this.#options = options;
  }

  columns(available: readonly ParquetField[], geo: unknown, isOurs: boolean): readonly string[] {
    const layout = layoutOf(this.#file, available, geo, this.#options, isOurs);
    this.#layout = layout;
    this.#encoded = new EncodedPolylines(namedPrecisionOf(layout.geometry ?? ""));
    // An unknown coordinate system that the caller calls lonlat is one of degrees.
    const declared =
      layout.crs === null && this.#options.coordinateSystem === "lonlat" ? undefined : layout.crs;
    this.#toLonLat = this.#crs.transformOf(declared, { file: this.#file });
    const { x, y, xDirection, yDirection, geometry, id, time, date, times, others } = layout;
    this.#perSecond = available.find(({ name }) => name === time)?.perSecond;
    this.#times = new TimeValues(this.#where, this.#options, times ?? time, layout.isOurs);
    const needed = [
      x,
      y,
      xDirection,
      yDirection,
      geometry,
      id,
      time,
      date,
      times,
      ...others,
      ...(this.#options.attributes ?? []),
    ];
    this.#names = [...new Set(needed.filter((name) => name !== undefined))];
    return this.#names;
  }

  rows(columns: readonly DecodedArray[], firstRow: number): void {
    const byName = new Map(this.#names.map((name, i) => [name, columns[i]!]));
    const count = columns[0]?.length ?? 0;
    for (let row = 0; row < count; row++) {
      const values: RowValues = (column) => (column === undefined ? undefined : byName.get(column)?.[row]);
      if (this.#layout!.geometry === undefined) this.#pointRow(values, firstRow + row + 1);
      else this.#geometryRow(values, firstRow + row + 1);
    }
  }

  finish(): void {
    this.#grouper?.finish();
    this.#grouper = undefined;
  }

  #pointRow(values: RowValues, line: number): void {
    const { x: xColumn, y: yColumn, xDirection, yDirection } = this.#layout!;
    const x = degreesOf(values(xColumn), values(xDirection), "longitude");
    const y = degreesOf(values(yColumn), values(yDirection), "latitude");
    if (x === undefined || y === undefined) {
      const got = `${describeJson(values(xColumn))}, ${describeJson(values(yColumn))}`;
      this.#collector.reject("not a number", `x and y must be numbers, got ${got}`, line);
      return;
    }
    this.#addPoint(values, x, y, Number.NaN, line);
  }

  #geometryRow(values: RowValues, line: number): void {
    const { ledger } = this.#collector;
    const at = { file: this.#file, line };
    const value = values(this.#layout!.geometry);
    if (value === null || value === undefined) {
      ledger.exclude("no line", at);
      return;
    }
    const parsed = geometryOf(value, this.#encoded);
    if ("problem" in parsed) this.#collector.reject("broken geometry", parsed.problem, line);
    else if ("other" in parsed) ledger.exclude(`no line: ${parsed.other}`, at);
    else if ("point" in parsed) {
      const [x, y] = parsed.point.positions;
      if (Number.isNaN(x) && Number.isNaN(y)) ledger.exclude("no points", at);
      else this.#addPoint(values, x!, y!, parsed.point.elevations?.[0] ?? Number.NaN, line);
    } else this.#addLines(values, parsed.lines, line);
  }

  #addPoint(values: RowValues, x: number, y: number, elevation: number, line: number): void {
    const { id: idColumn, time, date, others } = this.#layout!;
    const id = idColumn === undefined ? stemOf(this.#file) : idOf(values(idColumn));
    if (id === undefined) {
      this.#rejectId(values(idColumn), line);
      return;
    }
    this.#grouper ??= new PointGrouper(this.#collector, {
      rowOrder: this.#options.rowOrder ?? "grouped",
      hasTimes: time !== undefined && this.#options.times !== "ignore",
      anyDate: true,
      toLonLat: this.#toLonLat,
      sequence: time === undefined ? sequenceOf(others) : undefined,
      certain: new Set(others.filter((name) => this.#isList(name)).map((name) => this.#unmarked(name))),
    });
    const isPattern = this.#options.timePattern !== undefined;
    const timeMs = this.#timeOf(
      timeValueOf(values(time), values(date), this.#perSecond, isPattern),
      time,
      line,
    );
    const added = this.#grouper.add({ id, x, y, timeMs, line }, () => this.#attributesOf(values));
    if (added === undefined) return;
    for (const name of others) added.set(this.#unmarked(name), columnValueOf(values(name)));
    if (!Number.isNaN(elevation)) added.set("elevationMeters", elevation);
  }

  #addLines(values: RowValues, lines: readonly ParsedLine[], line: number): void {
    const { id: idColumn, times } = this.#layout!;
    const id = idColumn === undefined ? `${stemOf(this.#file)}/${line - 1}` : idOf(values(idColumn));
    if (id === undefined) {
      this.#rejectId(values(idColumn), line);
      return;
    }
    const count = lines.reduce((sum, { positions }) => sum + positions.length / 2, 0);
    const timesMs = this.#timesOf(values(times), times, count, line);
    addLinesOfRow(
      this.#collector,
      { id, lines, ...this.#furtherOf(values, count), timesMs, toLonLat: this.#toLonLat, line },
      this.#attributesOf(values),
    );
  }

  #rejectId(value: unknown, line: number): void {
    const message = `${this.#layout!.id} must be text (UTF-8) or an integer, got ${describeJson(value)}`;
    this.#collector.reject("not an id", message, line);
  }

  /** NaN where the row has no time, or one that cannot be read. */
  #timeOf(value: unknown, column: string | undefined, line: number): number {
    if (value === null || value === undefined || value === "" || !this.#collector.wantsTimes)
      return Number.NaN;
    const timeMs = Timestamp.is(value) ? this.#times!.ofMoment(value.timeMs) : this.#times!.of(value);
    if (Number.isNaN(timeMs)) {
      const message = `${column} must be a time (timePattern says how it is written), got ${describeJson(value)}${this.#times!.doubt}`;
      this.#collector.ledger.mendOrThrow("time not read", message, { file: this.#file, line });
    }
    return timeMs;
  }

  /** The row's times, of all its lines one after another; undefined where it has none. */
  #timesOf(
    value: unknown,
    column: string | undefined,
    count: number,
    line: number,
  ): Float64Array | undefined {
    if (column === undefined || value === null || value === undefined || !this.#collector.wantsTimes)
      return undefined;
    const list = listOf(value);
    if (list === undefined || list.length !== count) {
      const message = `${column} must be a list of ${count} times, got ${quoted(describeJson(value))}`;
      this.#collector.ledger.mendOrThrow("time not read", message, { file: this.#file, line });
      return undefined;
    }
    return Float64Array.from(list, (time) => this.#timeOf(time, column, line));
  }

  /** Lists with a value a point are points', other values the line's. */
  #furtherOf(
    values: RowValues,
    count: number,
  ): { columns: Map<string, readonly unknown[]>; properties: Record<string, ColumnValue> } {
    const columns = new Map<string, readonly unknown[]>();
    const properties = emptyRecord<ColumnValue>();
    for (const name of this.#layout!.others) {
      const value = columnValueOf(values(name));
      const isJson = this.#layout!.json.has(name);
      if (Array.isArray(value) && value.length === count && (!isJson || this.#isList(name))) {
        columns.set(this.#unmarked(name), Array.from(listOf(values(name)) ?? value, columnValueOf));
      } else properties[this.#unmarked(name)] = value;
    }
    return { columns, properties };
  }

  #unmarked(name: string): string {
    return this.#layout!.json.has(name) ? unmarked(name) : name;
  }

  #isList(name: string): boolean {
    return this.#layout!.json.has(name) && name.endsWith(LIST_SUFFIX);
  }

  #attributesOf(values: RowValues): Attributes {
    const attributes: Attributes = emptyRecord();
    for (const name of this.#options.attributes ?? []) {
      const value = values(name);
      attributes[name] = Timestamp.is(value) ? new Date(value.timeMs) : value;
    }
    return attributes;
  }
}
