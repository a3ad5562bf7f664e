import { CsvLines, type CsvRecordParser } from "../formats/csv/csv-records.js";
import type { CsvFields } from "../formats/csv/split-record.js";
import { parseJsonPolyline } from "../formats/polyline.js";
import { checkOptions } from "../foundation/check-options.js";
import { checkOneOf } from "../foundation/validate.js";
import { parseDecimalText, quoted } from "../reading/bytes.js";
import type { TrajectoryCollector } from "../reading/collector.js";
import { damage } from "../reading/ledger.js";
import { type ReadOptions, STREAM_OPTION_NAMES, type StreamOptions } from "../reading/options.js";
import type { ReadReport } from "../reading/report.js";
import { type Format, parseLines } from "../reading/run.js";
import type { TrajectoryBatch, TrajectoryStream } from "../reading/stream.js";
import { readPath, streamPath } from "./internal/read-path.js";

/** What the Porto set says of a trip beside its points; `undefined` where the field is empty or missing. */
export interface PortoTrip {
  /** `TAXI_ID`: which driver drove. */
  readonly taxiId: string | undefined;
  /** A: dispatched by the centre, B: taken at a stand, C: hailed on the street. */
  readonly callType: string | undefined;
  /** `ORIGIN_CALL`: who called, for calls of type A. */
  readonly originCall: string | undefined;
  /** `ORIGIN_STAND`: the stand where the trip began, for calls of type B. */
  readonly originStand: string | undefined;
  /** A: working day, B: holiday, C: the day before one. */
  readonly dayType: string | undefined;
  /** Whether the trip lacks positions, so that its times are wrong. */
  readonly isMissingData: boolean;
}

/** What {@link readPorto} does with trips that are known to be incomplete. */
export interface PortoOptions {
  /**
   * Trips with `MISSING_DATA` True: their points are not 15 s apart.
   *
   * @defaultValue "exclude"
   */
  readonly missingData?: "exclude" | "keep";
}

/** Part of the Porto set. */
export interface PortoBatch extends TrajectoryBatch {
  /** `[trips]` */
  readonly trips: readonly PortoTrip[];
}

/**
 * Reads the Porto taxi trips (ECML/PKDD 2015): the official CSV, with `POLYLINE` as JSON `[[lon,lat],…]`, its points
 * 15 s apart from `TIMESTAMP` on.
 *
 * A record is a row, that is a trip. Sound rows that hold no points are left out as `no points`, those with
 * `MISSING_DATA` as `missing data`. Ids are `TRIP_ID` (the original repeats some); the columns `TRIP_ID`, `TIMESTAMP`
 * and `POLYLINE` must be there.
 *
 * @param path a CSV file, or a folder or zip with CSV files; `.gz` too
 * @throws {FormatError} (strict) a broken row, a position out of range, an empty or damaged file; with file and line
 * @throws {ValueError} nothing at `path`, or an unknown option
 */
export async function readPorto(
  path: string,
  options: ReadOptions & PortoOptions = {},
): Promise<PortoBatch & { readonly report: ReadReport }> {
  return readPath(path, options, portoFormat("readPorto", options));
}

/** {@link readPorto} in batches. */
export function streamPorto(
  path: string,
  options: StreamOptions & PortoOptions = {},
): TrajectoryStream<PortoBatch> {
  return streamPath(path, options, portoFormat("streamPorto", options));
}

const DIALECT = { delimiter: ",", hasHeader: true, skipLines: 0, multilineFields: false };

function portoFormat(where: string, options: StreamOptions & PortoOptions): Format<PortoTrip, PortoBatch> {
  checkOptions(where, options, [...STREAM_OPTION_NAMES, "missingData"]);
  const { missingData = "exclude" } = options;
  checkOneOf(where, "missingData", missingData, ["exclude", "keep"]);
  return {
    where,
    coordinateSystem: "lonlat",
    accepts: (name) => /\.csv$/i.test(name),
    read: (file, reading) => {
      const parser = new PortoParser(file.label, reading.collector, missingData === "keep");
      return parseLines(file, reading, new CsvLines(file.label, reading.ledger, DIALECT, parser));
    },
    toBatch: ({ trajectories, attributes }) => ({ trajectories, trips: attributes }),
  };
}

const INTERVAL_MS = 15_000;
const COLUMNS = [
  "TRIP_ID",
  "TIMESTAMP",
  "POLYLINE",
  "CALL_TYPE",
  "ORIGIN_CALL",
  "ORIGIN_STAND",
  "TAXI_ID",
  "DAY_TYPE",
  "MISSING_DATA",
] as const;
type Column = (typeof COLUMNS)[number];
const REQUIRED = 3;

class PortoParser implements CsvRecordParser {
  readonly #file: string;
  readonly #collector: TrajectoryCollector<PortoTrip>;
  readonly #keepMissing: boolean;
  readonly #indexOf = new Map<Column, number>();
  #columnCount = 0;

  constructor(file: string, collector: TrajectoryCollector<PortoTrip>, keepMissing: boolean) {
    this.#file = file;
    this.#collector = collector;
    this.#keepMissing = keepMissing;
  }

  header(given: readonly string[] | undefined, _first: CsvFields, _delimiter: string, line: number): void {
    const names = given ?? [];
    this.#columnCount = names.length;
    for (const [i, column] of COLUMNS.entries()) {
      const index = names.indexOf(column);
      if (index !== -1) this.#indexOf.set(column, index);
      else if (i < REQUIRED) {
        const message = `the header must name ${column}, got ${quoted(names.join(","))}`;
        throw damage("missing column", message, { file: this.#file, line });
      }
    }
  }

  record({ values: fields }: CsvFields, line: number): void {
    const at = { file: this.#file, line };
    const { ledger } = this.#collector;
    if (fields.length !== this.#columnCount) {
      const message = `a row must have ${this.#columnCount} fields, got ${fields.length}`;
      ledger.reject("wrong number of fields", message, at);
      return;
    }
    const seconds = parseDecimalText(this.#field(fields, "TIMESTAMP"));
    if (Number.isNaN(seconds)) {
      const got = quoted(this.#field(fields, "TIMESTAMP"));
      ledger.reject("not a time", `TIMESTAMP must be Unix seconds, got ${got}`, at);
      return;
    }
    const missing = this.#field(fields, "MISSING_DATA");
    if (!/^(true|false|)$/i.test(missing)) {
      ledger.reject("not a flag", `MISSING_DATA must be True or False, got ${quoted(missing)}`, at);
      return;
    }
    const isMissing = /^true$/i.test(missing);
    const polyline = parseJsonPolyline(this.#field(fields, "POLYLINE"));
    if ("problem" in polyline) ledger.reject("broken polyline", `POLYLINE: ${polyline.problem}`, at);
    else if (polyline.lines[0]!.positions.length === 0) ledger.exclude("no points", at);
    else if (isMissing && !this.#keepMissing) ledger.exclude("missing data", at);
    else this.#take(fields, 1000 * seconds, isMissing, polyline.lines[0]!.positions, line);
  }

  finish(): void {}

  #take(
    fields: readonly string[],
    startMs: number,
    isMissingData: boolean,
    positions: Float64Array,
    line: number,
  ): void {
    const trip: PortoTrip = {
      taxiId: this.#field(fields, "TAXI_ID") || undefined,
      callType: this.#field(fields, "CALL_TYPE") || undefined,
      originCall: this.#field(fields, "ORIGIN_CALL") || undefined,
      originStand: this.#field(fields, "ORIGIN_STAND") || undefined,
      dayType: this.#field(fields, "DAY_TYPE") || undefined,
      isMissingData,
    };
    const timesMs = Float64Array.from({ length: positions.length / 2 }, (_, i) => startMs + i * INTERVAL_MS);
    if (!this.#collector.areSound(positions, timesMs, line)) return;
    this.#collector.ledger.kept++;
    this.#collector.addColumns(this.#field(fields, "TRIP_ID"), positions, timesMs, trip);
  }

  #field(fields: readonly string[], column: Column): string {
    const index = this.#indexOf.get(column);
    return index === undefined ? "" : fields[index]!;
  }
}
