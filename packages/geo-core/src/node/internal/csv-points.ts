import type { CsvOptions, CsvPointColumns } from "../csv.js";
import { parseDecimalText, quoted } from "./bytes.js";
import type { TrajectoryCollector } from "./collector.js";
import { attributesOf, CsvColumns } from "./csv-columns.js";
import type { CsvRecordParser } from "./csv-records.js";
import { PointGrouper } from "./point-grouper.js";
import { stemOf } from "./source.js";
import { parseTime, type TimeFormat } from "./times.js";

type Attributes = Record<string, string>;

/** Where the wanted columns stand in one file; −1 for a column not asked for. */
interface Indices {
  readonly x: number;
  readonly y: number;
  readonly id: number;
  readonly time: number;
  readonly attributes: readonly { readonly name: string; readonly index: number }[];
  readonly highest: number;
}

/** CSV of one row a point. */
export class CsvPointsParser implements CsvRecordParser {
  readonly #file: string;
  readonly #collector: TrajectoryCollector<Attributes>;
  readonly #columns: CsvPointColumns;
  readonly #options: CsvOptions;
  readonly #timeFormat: TimeFormat;
  readonly #located: CsvColumns;
  #indices: Indices | undefined;
  readonly #grouper: PointGrouper<Attributes>;

  constructor(
    file: string,
    collector: TrajectoryCollector<Attributes>,
    columns: CsvPointColumns,
    options: CsvOptions,
  ) {
    this.#file = file;
    this.#collector = collector;
    this.#columns = columns;
    this.#options = options;
    this.#timeFormat = options.timeFormat ?? "iso";
    this.#located = new CsvColumns(file);
    this.#grouper = new PointGrouper(collector, options.rowOrder ?? "grouped");
  }

  header(names: readonly string[]): void {
    this.#located.header(names);
    this.#indices = this.#locate();
  }

  record(fields: readonly string[], line: number): void {
    this.#indices ??= this.#locate();
    const { x, y, id, time, highest } = this.#indices;
    const problem = this.#located.problemOf(fields, highest);
    if (problem !== undefined) {
      this.#collector.reject("wrong number of fields", problem, line);
      return;
    }
    const valueX = parseDecimalText(fields[x]!);
    const valueY = parseDecimalText(fields[y]!);
    if (Number.isNaN(valueX) || Number.isNaN(valueY)) {
      const [name, text] = Number.isNaN(valueX)
        ? [this.#columns.x, fields[x]!]
        : [this.#columns.y, fields[y]!];
      this.#collector.reject("not a number", `${name} must be a number, got ${quoted(text)}`, line);
      return;
    }
    const timeMs = time === -1 ? undefined : parseTime(fields[time]!, this.#timeFormat);
    if (timeMs !== undefined && Number.isNaN(timeMs)) {
      const got = quoted(fields[time]!);
      const message = `${this.#columns.time} must be a time (${this.#timeFormat}), got ${got}`;
      this.#collector.reject("not a time", message, line);
      return;
    }
    const key = id === -1 ? stemOf(this.#file) : fields[id]!;
    const { attributes } = this.#indices;
    this.#grouper.add(key, valueX, valueY, timeMs, () => attributesOf(fields, attributes), line);
  }

  finish(): void {
    this.#grouper.finish();
  }

  #locate(): Indices {
    const indexOf = (column: string | number | undefined): number =>
      column === undefined ? -1 : this.#located.indexOf(column);
    const { x, y, id, time } = this.#columns;
    const attributes = (this.#options.attributes ?? []).map((name) => ({
      name: String(name),
      index: indexOf(name),
    }));
    const found = { x: indexOf(x), y: indexOf(y), id: indexOf(id), time: indexOf(time) };
    const highest = Math.max(...Object.values(found), ...attributes.map(({ index }) => index));
    return { ...found, attributes, highest };
  }
}
