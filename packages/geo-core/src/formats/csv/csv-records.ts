import { isUtf8, quoted, textOf, windowsTextOf } from "../../reading/bytes.js";
import { damage, type Ledger } from "../../reading/ledger.js";
import type { LineParser } from "../../reading/lines.js";
import { findRoles } from "../roles.js";
import { guessDelimiter, looksLikeHeader } from "./csv-dialect.js";
import { type CsvFields, hasOpenQuotes, splitRecord } from "./split-record.js";

/** What is known of a file's dialect beforehand; undefined for what its first lines must tell. */
export interface CsvDialect {
  readonly delimiter: string | undefined;
  /** Whether the first record names the columns. */
  readonly hasHeader: boolean | undefined;
  readonly skipLines: number;
  /** Whether a quoted field may hold line breaks. */
  readonly multilineFields: boolean;
}

/** Takes a CSV file's records. */
export interface CsvRecordParser {
  /** The column names, or without a header the first record's number of fields; called before any record. */
  header(names: readonly string[] | undefined, first: CsvFields, delimiter: string, line: number): void;
  /** A record's fields without quotes; `line` is the line it begins on. */
  record(fields: CsvFields, line: number): void;
  finish(): void;
}

interface HeldLine {
  readonly text: string;
  readonly line: number;
  readonly isUtf8: boolean;
}

const MAX_RECORD_LENGTH = 1 << 24;
/** How many lines tell the delimiter. */
const SAMPLE_LINES = 10;

/**
 * CSV (RFC 4180) out of lines.
 *
 * A record is a line unless `multilineFields`: so one stray quote breaks its own line and no other. A record with bytes
 * that are not UTF-8 is turned away, whichever field they stand in. Lines that begin with "#" are comments, unless the
 * last of them has as many fields as the line below it, which is no header itself, and so is their header.
 */
export class CsvLines implements LineParser {
  readonly #file: string;
  readonly #ledger: Ledger;
  readonly #dialect: CsvDialect;
  readonly #parser: CsvRecordParser;
  /** The first lines, until they have told the dialect. */
  #sample: HeldLine[] | undefined = [];
  #delimiter = ",";
  #width = 0;
  #isHeaded = false;
  #needsHeader = true;
  /** The lines of a record whose quotes are not closed yet. */
  #open = "";
  #openLine = 0;
  #openIsUtf8 = true;
  /** Whether lines end in CR alone, as those of a file do whose first line holds one; undefined before the first. */
  #endsInCr: boolean | undefined;
  #crLine = 0;

  constructor(file: string, ledger: Ledger, dialect: CsvDialect, parser: CsvRecordParser) {
    this.#file = file;
    this.#ledger = ledger;
    this.#dialect = dialect;
    this.#parser = parser;
  }

  /** Whether a header has been read. */
  get isHeaded(): boolean {
    return this.#isHeaded;
  }

  line(bytes: Uint8Array, start: number, end: number, line: number): void {
    let text = textOf(bytes, start, end);
    // What is not UTF-8 has become U+FFFD, which sound text may hold too.
    const isSound = !text.includes("\ufffd") || isUtf8(bytes.subarray(start, end));
    if (!isSound && this.#ledger.lenient) text = windowsTextOf(bytes.subarray(start, end));
    this.#endsInCr ??= text.includes("\r");
    if (!this.#endsInCr) {
      this.#take(text, line, isSound);
      return;
    }
    for (const part of text.split("\r")) {
      this.#crLine++;
      if (part.trim() !== "") this.#take(part, this.#crLine, isSound);
    }
  }

  #take(text: string, line: number, isSound: boolean): void {
    if (line <= this.#dialect.skipLines) return;
    if (this.#sample === undefined) this.#line(text, line, isSound);
    else {
      this.#sample.push({ text, line, isUtf8: isSound });
      if (this.#sample.length >= SAMPLE_LINES) this.#begin();
    }
  }

  finish(): void {
    this.#begin();
    const line = this.#openLine;
    this.#openLine = 0;
    if (line !== 0) this.#record(this.#open, line, this.#openIsUtf8);
    this.#parser.finish();
  }

  #begin(): void {
    const sample = this.#sample;
    if (sample === undefined) return;
    this.#sample = undefined;
    const { delimiter, hasHeader } = this.#dialect;
    const told = withoutComments(sample, delimiter);
    const lines = hasHeader === false ? told : withoutPreface(told, delimiter);
    const isMultiline = this.#dialect.multilineFields;
    const texts = lines.map(({ text }) => text);
    this.#delimiter = this.#dialect.delimiter ?? guessDelimiter(isMultiline ? texts.slice(0, 1) : texts);
    for (const { text, line, isUtf8: isSound } of lines) this.#line(text, line, isSound);
  }

  #line(text: string, line: number, isSound: boolean): void {
    if (this.#openLine !== 0) {
      this.#gather(text, isSound);
    } else if (this.#dialect.multilineFields && hasOpenQuotes(text, this.#delimiter)) {
      this.#open = text;
      this.#openLine = line;
      this.#openIsUtf8 = isSound;
    } else {
      this.#record(text, line, isSound);
    }
  }

  #gather(text: string, isSound: boolean): void {
    this.#open += `\n${text}`;
    this.#openIsUtf8 &&= isSound;
    if (!hasOpenQuotes(this.#open, this.#delimiter)) {
      const from = this.#openLine;
      this.#openLine = 0;
      this.#record(this.#open, from, this.#openIsUtf8);
    } else if (this.#open.length > MAX_RECORD_LENGTH) {
      const at = { file: this.#file, line: this.#openLine };
      throw damage("record too long", `a record must be at most ${MAX_RECORD_LENGTH} characters long`, at);
    }
  }

  #record(text: string, line: number, isSound: boolean): void {
    const fields = splitRecord(text, this.#delimiter);
    if (this.#needsHeader) {
      if (fields === undefined) {
        if (this.#dialect.hasHeader !== false) {
          throw damage("broken header", `a header must have closed quotes, got ${quoted(text)}`, {
            file: this.#file,
            line,
          });
        }
      } else if (this.#header(fields, line)) return;
    }
    if (isComment(text, fields, this.#width)) return;
    this.#ledger.records++;
    const at = { file: this.#file, line };
    if (fields === undefined) {
      const hint = this.#dialect.multilineFields ? "" : " (multilineFields allows line breaks in quotes)";
      this.#ledger.reject(
        "broken quotes",
        `quotes must enclose whole fields${hint}, got ${quoted(text)}`,
        at,
      );
    } else {
      if (!isSound) {
        const got = quoted(fields.values.find((field) => field.includes("\ufffd")) ?? text);
        this.#ledger.mendOrThrow("not UTF-8", `a row must be UTF-8, got ${got}`, at);
      }
      this.#parser.record(fields, line);
    }
  }

  /** The first record: whether it was a header. */
  #header(fields: CsvFields, line: number): boolean {
    this.#needsHeader = false;
    this.#width = fields.values.length;
    const isHeader = this.#dialect.hasHeader ?? looksLikeHeader(fields.values);
    this.#isHeaded = isHeader;
    const names = fields.values.map((name, i) => (i === 0 ? name.replace(/^\s*#\s*/, "") : name));
    this.#parser.header(isHeader ? names : undefined, fields, this.#delimiter, line);
    return isHeader;
  }
}

/** Leading comments left out; a "#" line with as many fields as the data below is their header, and stays. */
function withoutComments(sample: readonly HeldLine[], delimiter: string | undefined): readonly HeldLine[] {
  const first = sample.findIndex(({ text }) => !/^\s*#/.test(text));
  if (first <= 0) return sample;
  const by = delimiter ?? guessDelimiter(sample.slice(first).map(({ text }) => text));
  const above = splitRecord(sample[first - 1]!.text, by)?.values ?? [];
  const below = splitRecord(sample[first]!.text, by)?.values ?? [];
  const isHeader = above.length > 1 && above.length === below.length && !looksLikeHeader(below);
  return sample.slice(isHeader ? first - 1 : first);
}

/**
 * What stands above a header that names longitude and latitude left out: a title, a date, as spreadsheets and devices write
 * them. All lines where the first is data or a header, or none of the sample names both.
 */
function withoutPreface(lines: readonly HeldLine[], delimiter: string | undefined): readonly HeldLine[] {
  const fieldsFrom = (at: number): readonly string[] => {
    const by = delimiter ?? guessDelimiter(lines.slice(at).map(({ text }) => text));
    return splitRecord(lines[at]!.text, by)?.values ?? [];
  };
  const at = lines.findIndex((_, i) => {
    const { x, y } = findRoles(fieldsFrom(i));
    return x !== undefined && y !== undefined;
  });
  if (at <= 0) return lines;
  const isPreface = fieldsFrom(0).length !== fieldsFrom(at).length;
  return isPreface ? lines.slice(at) : lines;
}

/** A "#" line among the records that does not have their number of fields. */
function isComment(text: string, fields: CsvFields | undefined, width: number): boolean {
  return /^\s*#/.test(text) && fields?.values.length !== width;
}
