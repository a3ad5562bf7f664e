import { checkOptions, checkPlainObject, ValueError } from "@wayweave/geo-core";

/** Values of one item, by name. */
export type Attributes = Readonly<Record<string, string | number | boolean>>;

/** As a caller gives them: what is null or undefined is not known, as what is left out. */
export type GivenAttributes = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** What is known of them. */
export function knownAttributes(attributes: GivenAttributes): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).flatMap(([name, value]) =>
      value === null || value === undefined ? [] : [[name, value]],
    ),
  );
}

/** What the values of an attribute are, in all items that have it: strings are categories. */
export type AttributeType = "category" | "number" | "boolean";

/** The attributes of an index. */
export type AttributeTypes = Readonly<Record<string, AttributeType>>;

/** What an attribute must be: a value, one of several strings, or a number within limits (which count as within). */
export type Condition =
  | string
  | number
  | boolean
  | { readonly in: readonly string[] }
  | { readonly min?: number; readonly max?: number };

/** Conditions that all must hold. An item without the attribute meets none on it. */
export type Where = Readonly<Record<string, Condition>>;

/** A GMR-Tree takes so many. */
const MOST_ATTRIBUTES = 64;

const typeNames = { category: "a string", number: "a finite number", boolean: "true or false" } as const;

/** Learns the types of attributes from item after item. */
export class AttributeCollector {
  readonly #types = new Map<string, AttributeType>();

  /** @throws {ValueError} no object, a value that is none, of another type than before, or too many names */
  add(name: string, attributes: GivenAttributes): void {
    // A database's row may be an instance of a class, and yet hold its values itself.
    const isObject = typeof attributes === "object" && !Array.isArray(attributes);
    if (!isObject || Object.keys(attributes ?? {}).length === 0)
      checkPlainObject(name, "attributes", "values", attributes);
    const types = new Map<string, AttributeType>();
    for (const [key, value] of Object.entries(attributes)) {
      // Not known, as a table has it.
      if (value === null || value === undefined) continue;
      const type = typeOf(value);
      const known = this.#types.get(key);
      if (type === undefined) {
        throw new ValueError(
          `${name}.attributes.${key} must be a string, a finite number, true or false, got ${shown(value)}; leave it out where it is missing`,
        );
      }
      if (known !== undefined && known !== type) {
        throw new ValueError(
          `${name}.attributes.${key} must be ${typeNames[known]}, as in earlier items, got ${shown(value)}`,
        );
      }
      types.set(key, type);
    }
    const names = new Set([...this.#types.keys(), ...types.keys()]);
    if (names.size > MOST_ATTRIBUTES) {
      throw new ValueError(
        `${name}.attributes: all items together must have at most ${MOST_ATTRIBUTES} names, got ${names.size}`,
      );
    }
    for (const [key, type] of types) this.#types.set(key, type);
  }

  get types(): AttributeTypes {
    return Object.fromEntries(this.#types);
  }
}

/**
 * Checks a query's conditions against the attributes that an index has.
 *
 * @throws {ValueError} an attribute that no item has, or a condition of another kind
 */
export function checkWhere(where: string, conditions: Where, types: AttributeTypes): void {
  if (typeof conditions !== "object" || conditions === null || Array.isArray(conditions)) {
    throw new ValueError(`${where}: where must be an object of conditions, got ${shown(conditions)}`);
  }
  checkPlainObject(where, "where", "conditions", conditions);
  for (const [name, condition] of Object.entries(conditions)) {
    const type = Object.hasOwn(types, name) ? types[name] : undefined;
    if (type === undefined) {
      const known = Object.keys(types);
      const has = known.length === 0 ? "no item has any" : `known are ${known.join(", ")}`;
      throw new ValueError(`${where}: where must name attributes of the items, got ${shown(name)}; ${has}`);
    }
    checkCondition(where, `where.${name}`, type, condition);
  }
}

function checkCondition(where: string, path: string, type: AttributeType, condition: unknown): void {
  if (typeOf(condition) === type) return;
  const isObject = typeof condition === "object" && condition !== null && !Array.isArray(condition);
  // A condition of the other kind is no slip of spelling.
  const other = isObject
    ? foreignConditionKeys[type]?.find((key) => Object.hasOwn(condition, key))
    : undefined;
  if (other !== undefined) {
    throw new ValueError(
      `${where}: ${path} must be ${conditionForms[type]}, since the attribute holds ${attributeContents[type]}, got ${shown(condition)}`,
    );
  }
  if (type === "category" && isObject) {
    const { in: list } = condition as { readonly in?: unknown };
    checkOptions(`${where}: ${path}`, condition as { in: unknown }, ["in"]);
    if (Array.isArray(list) && list.every((one) => typeof one === "string")) return;
  }
  if (type === "number" && isObject) {
    const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = condition as {
      readonly min?: unknown;
      readonly max?: unknown;
    };
    checkOptions(`${where}: ${path}`, condition as { min: unknown; max: unknown }, ["min", "max"]);
    const isLimited = ["min", "max"].some(
      (name) => (condition as Record<string, unknown>)[name] !== undefined,
    );
    if (isLimited && typeof min === "number" && typeof max === "number" && min <= max) return;
    throw new ValueError(
      `${where}: ${path} must have a min, a max or both, numbers with min ≤ max, got ${shown(condition)}`,
    );
  }
  throw new ValueError(`${where}: ${path} must be ${conditionForms[type]}, got ${shown(condition)}`);
}

const conditionForms = {
  category: "a string or { in: strings }",
  number: "a finite number or { min, max }",
  boolean: "true or false",
} as const;

const attributeContents = { category: "text", number: "numbers", boolean: "true or false" } as const;

/** Keys of conditions on attributes of another type. */
const foreignConditionKeys: Readonly<Record<AttributeType, readonly string[]>> = {
  category: ["min", "max"],
  number: ["in"],
  boolean: ["in", "min", "max"],
};

function typeOf(value: unknown): AttributeType | undefined {
  if (typeof value === "string") return "category";
  if (typeof value === "boolean") return "boolean";
  return Number.isFinite(value) ? "number" : undefined;
}

function shown(value: unknown): string {
  if (typeof value === "bigint" || typeof value === "symbol" || typeof value === "function")
    return typeof value;
  if (typeof value === "number" || value === undefined) return String(value);
  return JSON.stringify(value);
}
