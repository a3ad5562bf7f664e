import { describeJson } from "../../foundation/describe-json.js";
import { emptyRecord } from "../../foundation/lookup.js";
import { quoted } from "../../reading/bytes.js";
import { stemOf } from "../../reading/source.js";
import { TimeValues } from "../../reading/time-values.js";
import type { ColumnValue } from "../../trajectories/columns.js";
import { JSON_SUFFIX, LIST_SUFFIX, TIMES_COLUMN } from "../column-marks.js";
import { EncodedPolylines, isEncodedPolyline, namedPrecisionOf } from "../encoded-polyline.js";
import { otherWktType, parseJsonPolyline, parseWktLines } from "../polyline.js";
import { addLinesOfRow } from "../row-lines.js";
import { parseTextGeometry } from "../text-geometry.js";
import type { WkbParts } from "../wkb.js";
import { attributesOf, cellValue, jsonOf } from "./csv-columns.js";
import { type CsvTrajectoryColumns, type PolylineFormat, timeOptionsOf } from "./csv-options.js";
import type { CsvContext, CsvRows } from "./csv-points.js";
import type { CsvFields } from "./split-record.js";

interface NamedIndex {
  readonly name: string;
  readonly index: number;
}

/** CSV of one row a trajectory. */
export class CsvTrajectories implements CsvRows {
  readonly #context: CsvContext;
  readonly #columns: CsvTrajectoryColumns;
  readonly #at: {
    readonly polyline: number;
    readonly id: number;
    readonly times: number;
    readonly startTime: number;
  };
  readonly #attributes: readonly NamedIndex[];
  readonly #lists: readonly NamedIndex[];
  readonly #others: readonly NamedIndex[];
  readonly #highest: number;
  readonly #times: TimeValues;
  readonly #encoded: EncodedPolylines;
  #row = 0;

  constructor(context: CsvContext, columns: CsvTrajectoryColumns) {
    const { located, options, where } = context;
    this.#context = context;
    this.#columns = columns;
    this.#at = {
      polyline: located.indexOf(columns.polyline),
      id: located.indexOf(columns.id),
      times: located.indexOf(columns.times),
      startTime: located.indexOf(columns.startTime),
    };
    const { polylineFormat: format } = columns;
    const named = namedPrecisionOf(located.nameOf(this.#at.polyline));
    this.#encoded = new EncodedPolylines(format === "encoded5" ? 5 : format === "encoded6" ? 6 : named);
    this.#attributes = (options.attributes ?? []).map((name) => ({
      name: String(name),
      index: located.indexOf(name),
    }));
    const taken = Object.values(this.#at);
    this.#highest = Math.max(...taken, ...this.#attributes.map(({ index }) => index));
    const rest = Array.from({ length: located.width }, (_, index) => ({
      name: located.nameOf(index),
      index,
    })).filter(({ index }) => !taken.includes(index));
    this.#lists = rest.filter(({ name }) => name.endsWith(LIST_SUFFIX));
    this.#others = rest.filter(({ name }) => !name.endsWith(LIST_SUFFIX));
    const timeIndex = Math.max(this.#at.times, this.#at.startTime);
    const timeName = timeIndex === -1 ? "" : located.nameOf(timeIndex);
    this.#times = new TimeValues(where, timeOptionsOf(options), timeName, timeName === TIMES_COLUMN);
  }

  record(fields: CsvFields, line: number): void {
    const { collector, located, file } = this.#context;
    const { values } = fields;
    const row = this.#row++;
    const problem = located.problemOf(fields, this.#highest);
    if (problem !== undefined) {
      collector.reject("wrong number of fields", problem, line);
      return;
    }
    const text = values[this.#at.polyline]!;
    if (text === "") {
      collector.ledger.exclude("no line", { file, line });
      return;
    }
    const parsed = this.#parse(text, this.#columns.polylineFormat);
    if ("problem" in parsed) {
      const other = this.#columns.polylineFormat === "json" ? undefined : otherWktType(text);
      if (other === undefined) collector.reject("broken polyline", parsed.problem, line);
      else collector.ledger.exclude(`no line: ${other}`, { file, line });
      return;
    }
    if (!("lines" in parsed)) {
      collector.ledger.exclude(`no line: ${"other" in parsed ? parsed.other : "Point"}`, { file, line });
      return;
    }
    const { id } = this.#at;
    if (id !== -1 && values[id] === "") {
      collector.reject("not an id", `${this.#columns.id} must name the trajectory, got nothing`, line);
      return;
    }
    const { lines } = parsed;
    const count = lines.reduce((sum, { positions }) => sum + positions.length / 2, 0);
    const timesMs = this.#timesOf(values, count, line);
    addLinesOfRow(
      collector,
      {
        id: id === -1 ? `${stemOf(file)}/${row}` : values[id]!,
        lines,
        columns: this.#listsOf(values, count),
        timesMs,
        properties: this.#propertiesOf(fields),
        toLonLat: this.#context.crs.transformOf(undefined, { file }),
        line,
      },
      attributesOf(fields, this.#attributes),
    );
  }

  finish(): void {}

  #parse(text: string, format: PolylineFormat | undefined): WkbParts {
    if (format === "json") return parseJsonPolyline(text);
    if (format === "wkt") return parseWktLines(text);
    if (format !== undefined) return this.#encoded.parse(text);
    // An encoded polyline may begin with a bracket, but has none of JSON's digits and commas.
    if (!isEncodedPolyline(text) && /^\s*[[]/.test(text)) return parseJsonPolyline(text);
    return parseTextGeometry(text.trim(), this.#encoded);
  }

  /** A time a point, of all the row's lines one after another; undefined where the row has none. */
  #timesOf(fields: readonly string[], count: number, line: number): Float64Array | undefined {
    const { times, startTime } = this.#at;
    const { options, file, collector } = this.#context;
    if (options.times === "ignore") return undefined;
    const fail = (problem: string): undefined => {
      collector.ledger.mendOrThrow("time not read", problem, { file, line });
      return undefined;
    };
    if (startTime !== -1) {
      const startMs = this.#times.ofText(fields[startTime]!);
      if (Number.isNaN(startMs)) {
        return fail(
          `${this.#columns.startTime} must be a time (timePattern says how it is written), got ${quoted(fields[startTime]!)}${this.#times.doubt}`,
        );
      }
      const intervalMs = this.#columns.intervalMs!;
      return Float64Array.from({ length: count }, (_, i) => startMs + i * intervalMs);
    }
    if (times === -1 || fields[times] === "") return undefined;
    const values = jsonOf(fields[times]!);
    if (!Array.isArray(values) || values.length !== count) {
      return fail(
        `${this.#columns.times} must be a JSON array of ${count} times, got ${quoted(fields[times]!)}`,
      );
    }
    return Float64Array.from(values as readonly unknown[], (value, i) => {
      const timeMs = value === null ? Number.NaN : this.#times.of(value);
      if (Number.isNaN(timeMs) && value !== null) {
        fail(`${this.#columns.times}[${i}] must be a time, got ${describeJson(value)}${this.#times.doubt}`);
      }
      return timeMs;
    });
  }

  /** The lists that hold a value a point. */
  #listsOf(fields: readonly string[], count: number): Map<string, readonly unknown[]> {
    const columns = new Map<string, readonly unknown[]>();
    for (const { name, index } of this.#lists) {
      const values = jsonOf(fields[index]!);
      if (Array.isArray(values) && values.length === count)
        columns.set(name.slice(0, -LIST_SUFFIX.length), values);
    }
    return columns;
  }

  #propertiesOf(fields: CsvFields): Record<string, ColumnValue> {
    const properties = emptyRecord<ColumnValue>();
    for (const { name, index } of this.#others) {
      const text = fields.values[index]!;
      if (!name.endsWith(JSON_SUFFIX))
        properties[name] = cellValue(fields, index, this.#context.decimalComma);
      else
        properties[name.slice(0, -JSON_SUFFIX.length)] =
          text === "" ? null : ((jsonOf(text) ?? text) as ColumnValue);
    }
    return properties;
  }
}
