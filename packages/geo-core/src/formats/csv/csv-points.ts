import { parseAngle } from "../../reading/angle.js";
import { quoted } from "../../reading/bytes.js";
import type { TrajectoryCollector } from "../../reading/collector.js";
import type { CrsPolicy } from "../../reading/crs.js";
import { asWritten, isNothing, timeWithDate } from "../../reading/date-and-time.js";
import { PointGrouper } from "../../reading/point-grouper.js";
import { stemOf } from "../../reading/source.js";
import { TimeValues } from "../../reading/time-values.js";
import { isMarked, LIST_SUFFIX, TIME_COLUMN, unmarked } from "../column-marks.js";
import { isEmptyWkt, isWktPoint, parseWktPoint } from "../polyline.js";
import { isDoubtfulPair, pairOrderOf, parsePositionPair } from "../position-pair.js";
import { sequenceOf } from "../table-roles.js";
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
    readonly xDirection: number;
    readonly yDirection: number;
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

  /** Whether one column holds both numbers of a position, and its name does not say in which order. */
  readonly #isDoubtful: boolean;
  #isFirst = true;

  constructor(context: CsvContext, columns: CsvPointColumns) {
    const { located, options, file, crs, collector, where } = context;
    this.#context = context;
    this.#columns = columns;
    this.#at = {
      x: located.indexOf(columns.x),
      y: located.indexOf(columns.y),
      xDirection: located.indexOf(columns.xDirection),
      yDirection: located.indexOf(columns.yDirection),
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
    const { x, y } = this.#at;
    this.#isDoubtful = x === y && options.coordinateSystem !== "planar" && isDoubtfulPair(located.nameOf(x));
    const timeName = this.#at.time === -1 ? "" : located.nameOf(this.#at.time);
    this.#times = new TimeValues(where, timeOptionsOf(options), timeName, timeName === TIME_COLUMN);
    this.#grouper = new PointGrouper(collector, {
      rowOrder: options.rowOrder ?? "grouped",
      hasTimes: this.#at.time !== -1 && options.times !== "ignore",
      anyDate: true,
      toLonLat: crs.transformOf(undefined, { file }),
      // Times tell the order better.
      sequence: this.#at.time === -1 ? sequenceOf(this.#others.map(({ name }) => name)) : undefined,
      certain: new Set(
        this.#others.filter(({ name }) => name.endsWith(LIST_SUFFIX)).map(({ name }) => unmarked(name)),
      ),
    });
  }

  record(fields: CsvFields, line: number): void {
    const { collector, located, file, decimalComma } = this.#context;
    const { id } = this.#at;
    const { values } = fields;
    const problem = located.problemOf(fields, this.#highest);
    if (problem !== undefined) {
      collector.reject("wrong number of fields", problem, line);
      return;
    }
    if (this.#isFirst && isUnit(values[this.#at.x]!) && isUnit(values[this.#at.y]!)) {
      collector.ledger.exclude("units", { file, line });
      return;
    }
    this.#isFirst = false;
    const position = this.#positionOf(values, line);
    if (position === undefined) return;
    const [valueX, valueY] = position;
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
      if (isMarked(name)) points.set(unmarked(name), markedValue(values[index]!));
      else points.set(name, cellValue(fields, index, decimalComma));
    }
  }

  finish(): void {
    this.#grouper.finish();
  }

  /** Undefined where the row was left out for it. */
  #positionOf(values: readonly string[], line: number): readonly [x: number, y: number] | undefined {
    const { collector, file } = this.#context;
    const { x, y } = this.#at;
    if (x === y && (values[x] === "" || isEmptyWkt(values[x]!))) {
      collector.ledger.exclude("no points", { file, line });
      return undefined;
    }
    const [valueX, valueY] =
      x === y
        ? this.#pointOf(values[x]!)
        : [
            this.#degreesOf(values[x]!, this.#at.xDirection, "longitude", values),
            this.#degreesOf(values[y]!, this.#at.yDirection, "latitude", values),
          ];
    if (!Number.isNaN(valueX) && !Number.isNaN(valueY)) {
      if (this.#isDoubtful && !isWktPoint(values[x]!)) {
        collector.ledger.mend("two numbers taken as latitude and longitude", { file, line });
      }
      return [valueX, valueY];
    }
    const [name, text] = Number.isNaN(valueX) ? [this.#columns.x, values[x]!] : [this.#columns.y, values[y]!];
    const required = x === y ? "a WKT point or two numbers" : "a number or an angle";
    collector.reject("not a number", `${name} must be ${required}, got ${quoted(text)}`, line);
    return undefined;
  }

  /** WKT, or a pair of numbers. */
  #pointOf(text: string): readonly [x: number, y: number] {
    const { located, options } = this.#context;
    const isPlanar = options.coordinateSystem === "planar";
    const order = isPlanar ? "longitude first" : pairOrderOf(located.nameOf(this.#at.x));
    return parsePositionPair(text, order ?? "latitude first") ?? parseWktPoint(text);
  }

  /** A number, or an angle with letters or marks; the letter may stand in a column of its own. */
  #degreesOf(
    text: string,
    direction: number,
    axis: "longitude" | "latitude",
    values: readonly string[],
  ): number {
    const letter = direction === -1 ? "" : values[direction]!;
    if (letter !== "") return parseAngle(`${text}${letter}`, axis);
    const value = parseNumber(text, this.#context.decimalComma);
    const isPlanar = this.#context.options.coordinateSystem === "planar";
    return Number.isNaN(value) && !isPlanar ? parseAngle(text, axis) : value;
  }

  /** NaN where the row has none; undefined where the row was rejected for it. */
  #timeOf({ values }: CsvFields, line: number): number | undefined {
    const { collector, options, decimalComma } = this.#context;
    const { time, date } = this.#at;
    if (time === -1 || options.times === "ignore") return Number.NaN;
    const isPattern = options.timePattern !== undefined;
    const day = date === -1 ? undefined : values[date]!;
    const written = String(timeWithDate(values[time]!, day, isPattern));
    if (isNothing(written)) return Number.NaN;
    const isNumber = decimalComma && !isPattern && /^\d+,\d+$/.test(written);
    const text = isNumber ? written.replace(",", ".") : written;
    const isForbidden = options.timeFormat === "iso" && isNumberText(text);
    const timeMs = isForbidden ? Number.NaN : this.#times.ofText(text);
    if (!Number.isNaN(timeMs)) return timeMs;
    const message = `${this.#columns.time} must be a time (timePattern says how it is written), got ${quoted(String(asWritten(values[time]!, day)))}${this.#times.doubt}`;
    collector.ledger.mendOrThrow("time not read", message, { file: this.#context.file, line });
    return Number.NaN;
  }
}

/** Whether a text below a header is the unit of a longitude, a latitude or a length, as tables of sensors and oceans name it. */
function isUnit(text: string): boolean {
  return /^\s*[([]?(?:(?:decimal[_ ]?)?deg(?:ree)?s?(?:[_ ](?:east|north|e|n))?|°|m|met(?:er|re)s?)[)\]]?\s*$/i.test(
    text,
  );
}
