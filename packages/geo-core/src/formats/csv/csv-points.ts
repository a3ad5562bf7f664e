import { quoted } from "../../reading/bytes.js";
import type { TrajectoryCollector } from "../../reading/collector.js";
import type { CrsPolicy } from "../../reading/crs.js";
import { PointGrouper } from "../../reading/point-grouper.js";
import { stemOf } from "../../reading/source.js";
import { TimeValues } from "../../reading/time-values.js";
import { JSON_SUFFIX } from "../column-marks.js";
import { parseWktPoint } from "../polyline.js";
import { attributesOf, type CsvColumns, cellValue, isNumberText, markedValue } from "./csv-columns.js";
import { parseNumber } from "./csv-dialect.js";
import { type CsvOptions, type CsvPointColumns, timeOptionsOf } from "./csv-options.js";
import type { CsvFields } from "./split-record.js";

type Attributes = Record<string, string>;

/** What a file's rows go to. */
export interface CsvRows {
  record(fields: CsvFields, line: number): void;
  finish(): void;
}

/** What both layouts need to know of a file. */
export interface CsvContext {
  readonly where: string;
  readonly file: string;
  readonly collector: TrajectoryCollector<Attributes>;
  readonly crs: CrsPolicy;
  readonly located: CsvColumns;
  readonly options: CsvOptions;
  /** Whether numbers may have a decimal comma: where no comma delimits. */
  readonly decimalComma: boolean;
}

/** CSV of one row a point. */
export class CsvPoints implements CsvRows {
  readonly #context: CsvContext;
  readonly #columns: CsvPointColumns;
  readonly #at: {
    readonly x: number;
    readonly y: number;
    readonly id: number;
    readonly time: number;
    readonly date: number;
  };
  readonly #attributes: readonly { readonly name: string; readonly index: number }[];
  /** Columns that are not places, times or ids. */
  readonly #others: readonly { readonly name: string; readonly index: number }[];
  readonly #highest: number;
  readonly #times: TimeValues;
  readonly #grouper: PointGrouper<Attributes>;

  constructor(context: CsvContext, columns: CsvPointColumns) {
    const { located, options, file, crs, collector, where } = context;
    this.#context = context;
    this.#columns = columns;
    this.#at = {
      x: located.indexOf(columns.x),
      y: located.indexOf(columns.y),
      id: located.indexOf(columns.id),
      time: located.indexOf(columns.time),
      date: located.indexOf(columns.date),
    };
    this.#attributes = (options.attributes ?? []).map((name) => ({
      name: String(name),
      index: located.indexOf(name),
    }));
    const taken = Object.values(this.#at);
    this.#highest = Math.max(...taken, ...this.#attributes.map(({ index }) => index));
    this.#others = Array.from({ length: located.width }, (_, index) => ({
      name: located.nameOf(index),
      index,
    })).filter(({ index }) => !taken.includes(index));
    const timeName = this.#at.time === -1 ? "" : located.nameOf(this.#at.time);
    this.#times = new TimeValues(where, timeOptionsOf(options), timeName);
    this.#grouper = new PointGrouper(collector, {
      rowOrder: options.rowOrder ?? "grouped",
      hasTimes: this.#at.time !== -1 && options.times !== "ignore",
      anyDate: true,
      toLonLat: crs.transformOf(undefined, { file }),
    });
  }

  record(fields: CsvFields, line: number): void {
    const { collector, located, file, decimalComma } = this.#context;
    const { x, y, id } = this.#at;
    const { values } = fields;
    const problem = located.problemOf(fields, this.#highest);
    if (problem !== undefined) {
      collector.reject("wrong number of fields", problem, line);
      return;
    }
    const [valueX, valueY] =
      x === y
        ? parseWktPoint(values[x]!)
        : [parseNumber(values[x]!, decimalComma), parseNumber(values[y]!, decimalComma)];
    if (Number.isNaN(valueX) || Number.isNaN(valueY)) {
      const [name, text] = Number.isNaN(valueX)
        ? [this.#columns.x, values[x]!]
        : [this.#columns.y, values[y]!];
      collector.reject(
        "not a number",
        `${name} must be ${x === y ? "a WKT point" : "a number"}, got ${quoted(text)}`,
        line,
      );
      return;
    }
    if (id !== -1 && values[id] === "") {
      collector.reject(
        "not an id",
        `${this.#columns.id} must name the point's trajectory, got nothing`,
        line,
      );
      return;
    }
    const timeMs = this.#timeOf(fields, line);
    if (timeMs === undefined) return;
    const key = id === -1 ? stemOf(file) : values[id]!;
    const points = this.#grouper.add({ id: key, x: valueX, y: valueY, timeMs, line }, () =>
      attributesOf(fields, this.#attributes),
    );
    if (points === undefined) return;
    for (const { name, index } of this.#others) {
      if (!name.endsWith(JSON_SUFFIX)) points.set(name, cellValue(fields, index, decimalComma));
      else points.set(name.slice(0, -JSON_SUFFIX.length), markedValue(values[index]!));
    }
  }

  finish(): void {
    this.#grouper.finish();
  }

  /** NaN where the row has none; undefined where the row was rejected for it. */
  #timeOf({ values }: CsvFields, line: number): number | undefined {
    const { collector, options } = this.#context;
    const { time, date } = this.#at;
    if (time === -1 || options.times === "ignore") return Number.NaN;
    const text = date === -1 ? values[time]! : `${values[date]!} ${values[time]!}`.trim();
    if (text === "" || /^(null|na|nan|none|nat)$/i.test(text)) return Number.NaN;
    const isForbidden = options.timeFormat === "iso" && isNumberText(text);
    const timeMs = isForbidden ? Number.NaN : this.#times.ofText(text);
    if (!Number.isNaN(timeMs)) return timeMs;
    const message = `${this.#columns.time} must be a time (timePattern says how it is written), got ${quoted(text)}${this.#times.doubt}`;
    collector.ledger.mendOrThrow("time not read", message, { file: this.#context.file, line });
    return Number.NaN;
  }
}
