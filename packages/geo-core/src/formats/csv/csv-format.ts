import { checkOptions } from "../../foundation/check-options.js";
import { textOf } from "../../reading/bytes.js";
import type { StreamOptions } from "../../reading/options.js";
import { type Format, parseLines, type Reading } from "../../reading/run.js";
import type { SourceFile } from "../../reading/source.js";
import type { TrajectoryBatch } from "../../reading/stream.js";
import { isPointColumns } from "../columns-layout.js";
import { CsvColumns } from "./csv-columns.js";
import { guessColumns, hasNoGeometry } from "./csv-layout.js";
import { CSV_COLUMN_NAMES, CSV_OPTION_NAMES, type CsvOptions, checkCsvOptions } from "./csv-options.js";
import { type CsvContext, CsvPoints, type CsvRows } from "./csv-points.js";
import { type CsvDialect, CsvLines, type CsvRecordParser } from "./csv-records.js";
import { CsvTrajectories } from "./csv-trajectories.js";
import type { CsvFields } from "./split-record.js";

type Attributes = Record<string, string>;

/** So many records are held at most. */
const MOST_HELD = 1000;

/** Part of a CSV data set. */
export interface CsvBatch extends TrajectoryBatch {
  /** The columns named in `attributes`, by column, `[trajectories]`. */
  readonly attributes: readonly Readonly<Record<string, string>>[];
}

export function csvFormat(where: string, options: StreamOptions & CsvOptions): Format<Attributes, CsvBatch> {
  checkOptions(where, options, CSV_OPTION_NAMES);
  checkCsvOptions(where, options);
  const { delimiter, header, skipLines = 0, multilineFields = false, coordinateSystem = "lonlat" } = options;
  const dialect = { delimiter, hasHeader: header, skipLines, multilineFields };
  return {
    where,
    coordinateSystem,
    accepts: (name) => /\.(csv|tsv|txt)$/i.test(name),
    async *read(file, reading) {
      const rows = new CsvFile(where, file.label, reading, options);
      const lines = new CsvLines(file.label, reading.ledger, await toldDialect(file, reading, dialect), rows);
      yield* parseLines(file, reading, lines);
      reading.mayBeEmpty = lines.isHeaded;
    },
    toBatch: ({ trajectories, attributes }) => ({ trajectories, attributes }),
  };
}

/** The dialect with what a spreadsheet's first line says, `sep=;`, where nobody says otherwise. */
async function toldDialect(
  file: SourceFile,
  reading: Reading<Attributes>,
  dialect: CsvDialect,
): Promise<CsvDialect> {
  if (dialect.skipLines > 0) return dialect;
  const head = textOf(await reading.head(file, 16));
  const told = /^\ufeff?"?sep=([\t\x20-\x7e])"?\r?\n/i.exec(head)?.[1];
  return told === undefined ? dialect : { ...dialect, delimiter: dialect.delimiter ?? told, skipLines: 1 };
}

/** Finds a file's columns once its header and first record are known, and hands the records on. */
class CsvFile implements CsvRecordParser {
  readonly #where: string;
  readonly #file: string;
  readonly #reading: Reading<Attributes>;
  readonly #options: CsvOptions;
  #names: readonly string[] | undefined;
  #context: CsvContext | undefined;
  #rows: CsvRows | undefined;
  /** The first records, as long as they do not tell what the columns are. */
  readonly #held: { readonly fields: CsvFields; readonly line: number }[] = [];

  constructor(where: string, file: string, reading: Reading<Attributes>, options: CsvOptions) {
    this.#where = where;
    this.#file = file;
    this.#reading = reading;
    this.#options = options;
  }

  header(names: readonly string[] | undefined, first: CsvFields, delimiter: string): void {
    this.#names = names;
    this.#context = {
      where: this.#where,
      file: this.#file,
      collector: this.#reading.collector,
      crs: this.#reading.crs,
      located: new CsvColumns(this.#file, names, first.values.length),
      options: this.#options,
      decimalComma: delimiter !== ",",
    };
    if (this.#options.columns !== undefined) this.#rows = this.#rowsOf(undefined);
  }

  record(fields: CsvFields, line: number): void {
    if (this.#rows === undefined) {
      this.#held.push({ fields, line });
      // What has no geometry does not tell whether points or lines have one.
      if (this.#held.length < MOST_HELD && hasNoGeometry(this.#names, fields)) return;
      this.#begin();
    } else this.#rows.record(fields, line);
  }

  finish(): void {
    // A header alone is told to be right or wrong too.
    if (this.#context !== undefined && this.#rows === undefined) this.#begin();
    this.#rows?.finish();
  }

  #begin(): void {
    const held = this.#held.splice(0);
    const rows = this.#rowsOf(held.at(-1)?.fields);
    this.#rows = rows;
    for (const { fields, line } of held) rows.record(fields, line);
  }

  #rowsOf(first: CsvFields | undefined): CsvRows {
    const columns = this.#options.columns ?? guessColumns(this.#file, this.#names, first);
    return isPointColumns(this.#where, columns, CSV_COLUMN_NAMES)
      ? new CsvPoints(this.#context!, columns)
      : new CsvTrajectories(this.#context!, columns);
  }
}
