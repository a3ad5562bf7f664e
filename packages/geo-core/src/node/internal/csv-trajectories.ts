import { describeJson } from "../../foundation/describe-json.js";
import type { CsvOptions, CsvTrajectoryColumns } from "../csv.js";
import { quoted } from "./bytes.js";
import type { TrajectoryCollector } from "./collector.js";
import { attributesOf, CsvColumns } from "./csv-columns.js";
import type { CsvRecordParser } from "./csv-records.js";
import { parseJsonPolyline, parseWktLine } from "./polyline.js";
import { stemOf } from "./source.js";
import { parseTime, type TimeFormat } from "./times.js";

type Attributes = Record<string, string>;

/** Where the wanted columns stand in one file; −1 for a column not asked for. */
interface Indices {
  readonly polyline: number;
  readonly id: number;
  readonly times: number;
  readonly startTime: number;
  readonly attributes: readonly { readonly name: string; readonly index: number }[];
  readonly highest: number;
}

/** CSV of one row a trajectory. */
export class CsvTrajectoriesParser implements CsvRecordParser {
  readonly #file: string;
  readonly #collector: TrajectoryCollector<Attributes>;
  readonly #columns: CsvTrajectoryColumns;
  readonly #options: CsvOptions;
  readonly #timeFormat: TimeFormat;
  readonly #located: CsvColumns;
  #indices: Indices | undefined;
  #row = 0;

  constructor(
    file: string,
    collector: TrajectoryCollector<Attributes>,
    columns: CsvTrajectoryColumns,
    options: CsvOptions,
  ) {
    this.#file = file;
    this.#collector = collector;
    this.#columns = columns;
    this.#options = options;
    this.#timeFormat = options.timeFormat ?? "iso";
    this.#located = new CsvColumns(file);
  }

  header(names: readonly string[]): void {
    this.#located.header(names);
    this.#indices = this.#locate();
  }

  record(fields: readonly string[], line: number): void {
    this.#indices ??= this.#locate();
    const { polyline, id, attributes, highest } = this.#indices;
    const row = this.#row++;
    const problem = this.#located.problemOf(fields, highest);
    if (problem !== undefined) {
      this.#collector.reject("wrong number of fields", problem, line);
      return;
    }
    const text = fields[polyline]!;
    const parsed = this.#columns.polylineFormat === "wkt" ? parseWktLine(text) : parseJsonPolyline(text);
    if ("problem" in parsed) {
      this.#collector.reject("broken polyline", parsed.problem, line);
      return;
    }
    const { positions } = parsed;
    if (positions.length === 0) {
      this.#collector.ledger.exclude("no points", { file: this.#file, line });
      return;
    }
    const times = this.#timesOf(fields, positions.length / 2);
    if (times !== undefined && "problem" in times) {
      this.#collector.reject("not a time", times.problem, line);
      return;
    }
    const key = id === -1 ? `${stemOf(this.#file)}/${row}` : fields[id]!;
    if (this.#collector.areSound(positions, times?.timesMs, line)) {
      this.#collector.ledger.kept++;
      this.#collector.addColumns(key, positions, times?.timesMs, attributesOf(fields, attributes));
    }
  }

  finish(): void {}

  #timesOf(
    fields: readonly string[],
    count: number,
  ): { readonly timesMs: Float64Array } | { readonly problem: string } | undefined {
    const { times, startTime } = this.#indices!;
    if (startTime !== -1) {
      const startMs = parseTime(fields[startTime]!, this.#timeFormat);
      if (Number.isNaN(startMs)) {
        const got = quoted(fields[startTime]!);
        return { problem: `${this.#columns.startTime} must be a time (${this.#timeFormat}), got ${got}` };
      }
      const intervalMs = this.#columns.intervalMs!;
      return { timesMs: Float64Array.from({ length: count }, (_, i) => startMs + i * intervalMs) };
    }
    if (times === -1) return undefined;
    const values = parseArray(fields[times]!);
    if (values?.length !== count) {
      const got = quoted(fields[times]!);
      return { problem: `${this.#columns.times} must be a JSON array of ${count} times, got ${got}` };
    }
    const timesMs = Float64Array.from(values, (value) => this.#timeOf(value));
    const bad = timesMs.findIndex(Number.isNaN);
    if (bad === -1) return { timesMs };
    const got = describeJson(values[bad]);
    return { problem: `${this.#columns.times}[${bad}] must be a time (${this.#timeFormat}), got ${got}` };
  }

  #timeOf(value: unknown): number {
    const isScalar = typeof value === "string" || typeof value === "number";
    return isScalar ? parseTime(String(value), this.#timeFormat) : Number.NaN;
  }

  #locate(): Indices {
    const indexOf = (column: string | number | undefined): number =>
      column === undefined ? -1 : this.#located.indexOf(column);
    const { polyline, id, times, startTime } = this.#columns;
    const attributes = (this.#options.attributes ?? []).map((name) => ({
      name: String(name),
      index: indexOf(name),
    }));
    const found = {
      polyline: indexOf(polyline),
      id: indexOf(id),
      times: indexOf(times),
      startTime: indexOf(startTime),
    };
    const highest = Math.max(...Object.values(found), ...attributes.map(({ index }) => index));
    return { ...found, attributes, highest };
  }
}

function parseArray(text: string): unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
