import { checkLength, checkOneOf, ShapeError, ValueError } from "@wayweave/geo-core/foundation";
import { checkPlainObject, shown } from "../internal/checks.js";

/** What an attribute's values are: strings of which many objects share each, true or false, or finite numbers. */
export type AttributeType = "category" | "boolean" | "number";

/** The names of all {@link AttributeType}s, in this order. */
export const attributeTypes = ["category", "boolean", "number"] as const;

/** An attribute's name and the type of its values, as TypeScript sees them. */
export type Attributes = Readonly<Record<string, string | boolean | number>>;
/** The attributes of a tree that was given none: `where` and `signals` then know no name. */
export type NoAttributes = Readonly<Record<never, never>>;

/** Values of one attribute, one an object; null, undefined and (in typed arrays) NaN are missing. Or a type, and no value. */
export type AttributeColumn =
  | AttributeType
  | ArrayLike<string | null | undefined>
  | ArrayLike<boolean | null | undefined>
  | ArrayLike<number | null | undefined>;
/** Columns of attributes by name, at most 64, each with a value an object (or a type in place of the values). */
export type AttributeColumns = Readonly<Record<string, AttributeColumn>>;

type Widened<V> = V extends string ? string : V extends boolean ? boolean : V extends number ? number : never;
type ValueOf<C> = C extends "category"
  ? string
  : C extends "boolean"
    ? boolean
    : C extends "number"
      ? number
      : C extends ArrayLike<infer V>
        ? Widened<NonNullable<V>>
        : never;
/** The attributes of columns: `{ kind: ["bar"], open: "boolean" }` gives `{ kind: string; open: boolean }`. */
export type AttributesOf<C> = { readonly [name in keyof C]: ValueOf<C[name]> };

/** One object's attributes; those left out, and null, are missing. */
export type AttributeValues<A> = { readonly [name in keyof A]?: A[name] | null | undefined };

/** One attribute in a form that threads and snapshots can take. */
export interface AttributeSpec {
  readonly name: string;
  readonly type: AttributeType;
  /** The strings of a category, by their code. */
  readonly categories?: readonly string[];
}

const LARGEST_ATTRIBUTES = 64;

/**
 * The attributes of a tree. Inside, every value is a number: a category's code, 0 or 1 for a boolean, and NaN where it is
 * missing.
 */
export class Schema {
  readonly names: readonly string[];
  readonly types: readonly AttributeType[];
  readonly #categories: readonly string[][];
  readonly #codes: readonly Map<string, number>[];

  constructor(specs: readonly AttributeSpec[]) {
    this.names = specs.map(({ name }) => name);
    this.types = specs.map(({ type }) => type);
    this.#categories = specs.map(({ categories = [] }) => [...categories]);
    this.#codes = this.#categories.map((strings) => new Map(strings.map((string, code) => [string, code])));
  }

  get count(): number {
    return this.names.length;
  }

  specs(): AttributeSpec[] {
    return this.names.map((name, a) => {
      const type = this.types[a]!;
      return type === "category" ? { name, type, categories: this.#categories[a]! } : { name, type };
    });
  }

  /** @throws {ValueError} no such attribute */
  indexOf(where: string, name: string, attribute: string): number {
    const index = this.names.indexOf(attribute);
    if (index >= 0) return index;
    const known = this.count === 0 ? "the tree has none" : `known are ${this.names.join(", ")}`;
    throw new ValueError(
      `${where}: ${name} must be an attribute, got ${JSON.stringify(attribute)}; ${known}`,
    );
  }

  /** A category's code; undefined where no object has had it. */
  codeOf(attribute: number, category: string): number | undefined {
    return this.#codes[attribute]!.get(category);
  }

  /** A value as a number; a new category gets the next code. @throws {ValueError} a value of another type */
  encode(where: string, name: string, attribute: number, value: unknown): number {
    if (value === undefined || value === null) return Number.NaN;
    const type = this.types[attribute]!;
    checkValue(where, name, type, value);
    if (type !== "category") return Number(value);
    const codes = this.#codes[attribute]!;
    let code = codes.get(value as string);
    if (code === undefined) {
      code = codes.size;
      codes.set(value as string, code);
      this.#categories[attribute]!.push(value as string);
    }
    return code;
  }

  /** A number as the value that {@link encode} was given; undefined where missing. */
  decode(attribute: number, number: number): string | boolean | number | undefined {
    if (Number.isNaN(number)) return undefined;
    const type = this.types[attribute]!;
    if (type === "number") return number;
    return type === "boolean" ? number === 1 : this.#categories[attribute]![number];
  }

  /** One object's attributes as numbers: [attributes]. Checks all of them before a new category gets its code. */
  encodeObject(where: string, values: Readonly<Record<string, unknown>> | undefined): Float64Array {
    const row = new Float64Array(this.count).fill(Number.NaN);
    if (values === undefined) return row;
    // A database's row may be an instance of a class, and yet hold its values itself.
    const isObject = typeof values === "object" && !Array.isArray(values);
    if (!isObject || Object.keys(values ?? {}).length === 0)
      checkPlainObject(where, "attributes", "values", values);
    const entries = Object.entries(values).map(
      ([name, value]) => [this.indexOf(where, "attributes", name), name, value] as const,
    );
    for (const [a, name, value] of entries) {
      if (value !== undefined && value !== null) {
        checkValue(where, `attributes.${name}`, this.types[a]!, value);
      }
    }
    for (const [a, name, value] of entries) row[a] = this.encode(where, `attributes.${name}`, a, value);
    return row;
  }
}

function checkValue(where: string, name: string, type: AttributeType, value: unknown): void {
  if (type === "number" ? Number.isFinite(value) : typeof value === (type === "category" ? "string" : type)) {
    return;
  }
  const required = type === "category" ? "a string" : type === "number" ? "a finite number" : "true or false";
  throw new ValueError(`${where}: ${name} must be ${required} or missing, got ${shown(value)}`);
}

/**
 * The schema of attribute columns, and their values as numbers, a column an attribute: [count].
 *
 * @throws {ShapeError} a column of another length
 * @throws {ValueError} values of several types, or none to tell the type by
 */
export function encodeColumns(
  where: string,
  columns: AttributeColumns | undefined,
  count: number,
): { readonly schema: Schema; readonly values: readonly Float64Array[] } {
  const schema = schemaOf(where, columns);
  const values = Object.entries(columns ?? {}).map(([name, column], a) => {
    const numbers = new Float64Array(count).fill(Number.NaN);
    if (typeof column === "string") return numbers;
    checkLength(where, `attributes.${name}`, column, count);
    const typed = ArrayBuffer.isView(column);
    for (let i = 0; i < count; i++) {
      const value: unknown = column[i];
      if (typed && Number.isNaN(value)) continue;
      numbers[i] = schema.encode(where, `attributes.${name}[${i}]`, a, value);
    }
    return numbers;
  });
  return { schema, values };
}

/** The schema of attribute columns, or of names with their types. */
export function schemaOf(where: string, columns: AttributeColumns | undefined): Schema {
  if (columns !== undefined) checkPlainObject(where, "attributes", "columns", columns);
  const entries = Object.entries(columns ?? {});
  if (entries.length > LARGEST_ATTRIBUTES) {
    throw new ValueError(`${where}: attributes must be at most ${LARGEST_ATTRIBUTES}, got ${entries.length}`);
  }
  return new Schema(entries.map(([name, column]) => ({ name, type: typeOf(where, name, column) })));
}

function typeOf(where: string, name: string, column: unknown): AttributeType {
  if (typeof column === "string") {
    checkOneOf(where, `attributes.${name}`, column, attributeTypes);
    return column;
  }
  if (typeof column !== "object" || column === null || !("length" in column)) {
    throw new ShapeError(`${where}: attributes.${name} must be an array of values, got ${shown(column)}`);
  }
  if (ArrayBuffer.isView(column)) return "number";
  const values = column as ArrayLike<unknown>;
  for (let i = 0; i < values.length; i++) {
    const type = typeof values[i];
    if (type === "string") return "category";
    if (type === "boolean" || type === "number") return type;
    if (values[i] !== undefined && values[i] !== null) {
      throw new ValueError(
        `${where}: attributes.${name}[${i}] must be a string, a boolean or a number, got ${shown(values[i])}`,
      );
    }
  }
  throw new ValueError(
    `${where}: attributes.${name} must hold a value to tell its type by; give the type, such as "number", where all are missing`,
  );
}
