import { isUtf8 } from "node:buffer";
import Papa from "papaparse";
import { quoted, textOf } from "./bytes.js";
import { damage, type Ledger } from "./ledger.js";
import type { LineParser } from "./lines.js";

export interface CsvDialect {
  /** One ASCII character. */
  readonly delimiter: string;
  /** Whether the first record names the columns. */
  readonly hasHeader: boolean;
  /** Whether a quoted field may hold line breaks. */
  readonly multilineFields: boolean;
}

/** Takes a CSV file's records. */
export interface CsvRecordParser {
  /** The column names; called before any record, and only with `hasHeader`. */
  header(names: readonly string[], line: number): void;
  /** A record's fields without quotes; `line` is the line it begins on. */
  record(fields: readonly string[], line: number): void;
  finish(): void;
}

const MAX_RECORD_LENGTH = 1 << 24;

/**
 * CSV (RFC 4180) out of lines. A record without quotes is cut at the delimiters; one with quotes goes to Papa Parse.
 *
 * A record is a line unless `multilineFields`: so one stray quote breaks its own line and no other. A record with bytes
 * that are not UTF-8 is turned away, whichever field they stand in.
 */
export class CsvLines implements LineParser {
  readonly #file: string;
  readonly #ledger: Ledger;
  readonly #dialect: CsvDialect;
  readonly #parser: CsvRecordParser;
  #isFirst = true;
  /** The lines of a record whose quotes are not closed yet. */
  #open = "";
  #openLine = 0;
  /** Whether all lines of the record under way are UTF-8. */
  #isUtf8 = true;

  constructor(file: string, ledger: Ledger, dialect: CsvDialect, parser: CsvRecordParser) {
    this.#file = file;
    this.#ledger = ledger;
    this.#dialect = dialect;
    this.#parser = parser;
  }

  /** Whether a header has been read. */
  get isHeaded(): boolean {
    return this.#dialect.hasHeader && !this.#isFirst;
  }

  line(bytes: Uint8Array, start: number, end: number, line: number): void {
    const text = textOf(bytes, start, end);
    if (this.#openLine === 0) this.#isUtf8 = true;
    // What is not UTF-8 has become U+FFFD, which sound text may hold too.
    if (text.includes("\ufffd")) this.#isUtf8 &&= isUtf8(bytes.subarray(start, end));
    if (this.#openLine === 0 && !text.includes('"')) {
      this.#take(text.split(this.#dialect.delimiter), line);
      return;
    }
    const quotes = countQuotes(text);
    if (!this.#dialect.multilineFields || (this.#openLine === 0 && quotes % 2 === 0)) {
      this.#quoted(text, quotes, line);
    } else {
      this.#gather(text, quotes, line);
    }
  }

  finish(): void {
    const line = this.#openLine;
    this.#openLine = 0;
    if (line !== 0) this.#quoted(this.#open, 1, line);
    this.#parser.finish();
  }

  #gather(text: string, quotes: number, line: number): void {
    if (this.#openLine === 0) {
      this.#open = text;
      this.#openLine = line;
      return;
    }
    this.#open += `\n${text}`;
    if (quotes % 2 === 1) {
      const from = this.#openLine;
      this.#openLine = 0;
      this.#quoted(this.#open, 0, from);
    } else if (this.#open.length > MAX_RECORD_LENGTH) {
      const at = { file: this.#file, line: this.#openLine };
      throw damage("record too long", `a record must be at most ${MAX_RECORD_LENGTH} characters long`, at);
    }
  }

  #quoted(text: string, quotes: number, line: number): void {
    const { delimiter } = this.#dialect;
    const result = quotes % 2 === 0 ? Papa.parse<string[]>(text, { delimiter, newline: "\n" }) : undefined;
    const fields = result?.data[0];
    if (
      result === undefined ||
      fields === undefined ||
      result.errors.length > 0 ||
      result.data.length !== 1
    ) {
      if (this.#isFirst && this.#dialect.hasHeader) {
        throw damage("broken header", `a header must have closed quotes, got ${quoted(text)}`, {
          file: this.#file,
          line,
        });
      }
      this.#isFirst = false;
      this.#ledger.records++;
      const hint = this.#dialect.multilineFields ? "" : " (multilineFields allows line breaks in quotes)";
      this.#ledger.reject("broken quotes", `quotes must enclose whole fields${hint}, got ${quoted(text)}`, {
        file: this.#file,
        line,
      });
      return;
    }
    this.#take(fields, line);
  }

  #take(fields: readonly string[], line: number): void {
    if (this.#isFirst) {
      this.#isFirst = false;
      if (this.#dialect.hasHeader) {
        this.#parser.header(fields, line);
        return;
      }
    }
    this.#ledger.records++;
    if (this.#isUtf8) {
      this.#parser.record(fields, line);
      return;
    }
    const got = quoted(fields.find((field) => field.includes("\ufffd"))!);
    this.#ledger.reject("not UTF-8", `a row must be UTF-8, got ${got}`, { file: this.#file, line });
  }
}

function countQuotes(text: string): number {
  let count = 0;
  for (let i = text.indexOf('"'); i !== -1; i = text.indexOf('"', i + 1)) count++;
  return count;
}
