import type { CsvColumn } from "../csv.js";
import { quoted } from "./bytes.js";
import { damage } from "./ledger.js";

/** Finds the wanted columns in a file's header, and checks that each row has as many fields as the first. */
export class CsvColumns {
  readonly #file: string;
  #names: readonly string[] | undefined;
  #width = 0;

  constructor(file: string) {
    this.#file = file;
  }

  header(names: readonly string[]): void {
    this.#names = names.map((name) => name.trim());
    this.#width = names.length;
  }

  /** @throws {FormatError} the header does not name the column, or names it twice */
  indexOf(column: CsvColumn): number {
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

  /** What is wrong with a row's number of fields; undefined where nothing is. */
  problemOf(fields: readonly string[], highestIndex: number): string | undefined {
    if (this.#width === 0) this.#width = fields.length;
    const width = Math.max(this.#width, highestIndex + 1);
    if (fields.length === width) return undefined;
    return `a row must have ${width} fields, got ${fields.length}`;
  }
}

/** The named attributes of a row. */
export function attributesOf(
  fields: readonly string[],
  columns: readonly { readonly name: string; readonly index: number }[],
): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const { name, index } of columns) attributes[name] = fields[index]!;
  return attributes;
}
