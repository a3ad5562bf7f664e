import { emptyRecord } from "../../foundation/lookup.js";
import { parseDecimalText, quoted } from "../../reading/bytes.js";
import { damage } from "../../reading/ledger.js";
import type { ColumnValue } from "../../trajectories/columns.js";
import { parseNumber } from "./csv-dialect.js";
import type { CsvColumn } from "./csv-options.js";
import type { CsvFields } from "./split-record.js";

/** Finds the wanted columns in a file's header, and checks that each row has as many fields as the first. */
export class CsvColumns {
  readonly #file: string;
  readonly #names: readonly string[] | undefined;
  readonly width: number;

  constructor(file: string, names: readonly string[] | undefined, width: number) {
    this.#file = file;
    this.#names = names;
    // A delimiter at the end of the header, which rows may have too or not.
    this.width = names !== undefined && names.length > 1 && names.at(-1) === "" ? width - 1 : width;
  }

  /** −1 for a column not asked for. @throws {FormatError} the header does not name the column, or names it twice */
  indexOf(column: CsvColumn | undefined): number {
    if (column === undefined) return -1;
    if (typeof column === "number") return column;
    const names = this.#names ?? [];
    const index = names.indexOf(column);
    if (index === -1 || names.indexOf(column, index + 1) !== -1) {
      const problem = index === -1 ? "must name" : "must name only once";
      const message = `the header ${problem} ${quoted(column)}, got ${quoted(names.join(","))}`;
      throw damage("missing column", message, { file: this.#file, line: 1 });
    }
    return index;
  }

  /** The name that a further column gets; the second and later ones of a name are told apart by a number. */
  nameOf(index: number): string {
    const names = this.#names ?? [];
    const name = names[index] || `column${index}`;
    if (names.indexOf(name) === index || !names.includes(name)) return name;
    let number = names.slice(0, index).filter((other) => other === name).length + 1;
    while (names.includes(`${name} ${number}`)) number++;
    return `${name} ${number}`;
  }

  /** What is wrong with a row's number of fields; undefined where nothing is. */
  problemOf({ values }: CsvFields, highestIndex: number): string | undefined {
    const width = Math.max(this.width, highestIndex + 1);
    if (values.length === width) return undefined;
    // A delimiter at the end of rows.
    if (values.length === width + 1 && values[width] === "") return undefined;
    return `a row must have ${width} fields, got ${values.length}`;
  }
}

/** The named attributes of a row, as text. */
export function attributesOf(
  { values }: CsvFields,
  columns: readonly { readonly name: string; readonly index: number }[],
): Record<string, string> {
  const attributes = emptyRecord<string>();
  for (const { name, index } of columns) attributes[name] = values[index]!;
  return attributes;
}

/**
 * What a field holds: nothing where it is empty, text where it stood in quotes or is no number, else a number or boolean.
 * Digits behind leading zeros, and integers that a double does not hold, stay text.
 */
export function cellValue(
  { values, quoted: inQuotes }: CsvFields,
  index: number,
  decimalComma: boolean,
): ColumnValue {
  const text = values[index]!;
  if (inQuotes?.[index]) return text;
  if (text === "") return null;
  if (text === "true") return true;
  if (text === "false") return false;
  if (/^[+-]?0\d/.test(text)) return text;
  if (/^-?inf(inity)?$/i.test(text))
    return text.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const value = parseNumber(text, decimalComma);
  if (Number.isNaN(value)) return text;
  return /^[+-]?\d+$/.test(text) && !Number.isSafeInteger(value) ? text : value;
}

/** A field as JSON, for columns of lists and objects; undefined where it is none. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A field of a column that is marked as JSON. */
export function markedValue(text: string): ColumnValue {
  return text === "" ? null : ((jsonOf(text) ?? text) as ColumnValue);
}

export function isNumberText(text: string): boolean {
  return !Number.isNaN(parseDecimalText(text));
}
