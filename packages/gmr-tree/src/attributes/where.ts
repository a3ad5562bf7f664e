import { checkOptions, ValueError } from "@wayweave/geo-core/foundation";
import { checkPlainObject, shown } from "../internal/checks.js";
import type { Schema } from "./schema.js";

/**
 * What an attribute must be: a value, one of several, or a range of numbers with its limits included. A limit that is left out, or undefined,
 * is none; one must be given.
 */
export type Condition<V> =
  | OneOf<Extract<V, string>>
  | InRange<Extract<V, number>>
  | ([Extract<V, boolean>] extends [never] ? never : boolean);

type OneOf<V> = [V] extends [never] ? never : V | { readonly in: readonly V[] };
type InRange<V> = [V] extends [never] ? never : V | { readonly min?: number; readonly max?: number };

/** Conditions that all must hold; one that is undefined is left out. An object whose value is missing meets none on it. */
export type Where<A> = [keyof A] extends [never]
  ? Readonly<Record<string, never>>
  : { readonly [name in keyof A]?: Condition<NonNullable<A[name]>> };

/** One condition on numbers: in [min, max] and, if given, among the codes. Plain data, for other threads. */
export interface Predicate {
  readonly attribute: number;
  readonly min: number;
  readonly max: number;
  /** The categories' codes; undefined where every number in the range will do. */
  readonly codes: ReadonlySet<number> | undefined;
}

/**
 * Checks a query's conditions and turns them into predicates.
 *
 * @throws {ValueError} an unknown attribute, or a condition of another type
 */
export function preparePredicates(
  where: string,
  schema: Schema,
  conditions: Readonly<Record<string, unknown>> | undefined,
): Predicate[] {
  if (conditions === undefined) return [];
  checkPlainObject(where, "where", "conditions", conditions);
  return Object.entries(conditions)
    .filter(([, condition]) => condition !== undefined)
    .map(([name, condition]) => {
      const attribute = schema.indexOf(where, "where", name);
      const type = schema.types[attribute]!;
      const path = `where.${name}`;
      if (type === "number") return { attribute, codes: undefined, ...rangeOf(where, path, condition) };
      if (type === "boolean") {
        if (typeof condition !== "boolean") throw refused(where, path, "true or false", condition);
        return { attribute, codes: undefined, min: Number(condition), max: Number(condition) };
      }
      return codesOf(where, path, schema, attribute, condition);
    });
}

function rangeOf(where: string, path: string, condition: unknown): { min: number; max: number } {
  if (Number.isFinite(condition)) return { min: condition as number, max: condition as number };
  // No limit at all would let everything pass.
  const isObject = typeof condition === "object" && !Array.isArray(condition);
  if (!isObject || Object.values(condition ?? {}).every((limit) => limit === undefined)) {
    throw refused(where, path, "a finite number or { min, max }", condition);
  }
  const range = condition as { min?: number; max?: number };
  checkOptions(`${where}: ${path}`, range, ["min", "max"]);
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = range;
  for (const [name, limit] of Object.entries({ min, max })) {
    if (typeof limit !== "number" || Number.isNaN(limit)) {
      throw refused(where, `${path}.${name}`, "a number", limit);
    }
  }
  if (min > max) throw new ValueError(`${where}: ${path}.min must be at most max, got ${min} > ${max}`);
  return { min, max };
}

function codesOf(
  where: string,
  path: string,
  schema: Schema,
  attribute: number,
  condition: unknown,
): Predicate {
  if (typeof condition === "object" && condition !== null && !Array.isArray(condition)) {
    checkOptions<{ in: readonly string[] }>(`${where}: ${path}`, condition as { in: readonly string[] }, [
      "in",
    ]);
  }
  const wanted: unknown =
    typeof condition === "string" ? [condition] : (condition as { in?: unknown } | null)?.in;
  if (!Array.isArray(wanted) || wanted.some((category) => typeof category !== "string")) {
    throw refused(where, path, "a string or { in: strings }", condition);
  }
  const codes = new Set<number>();
  for (const category of wanted as string[]) {
    const code = schema.codeOf(attribute, category);
    if (code !== undefined) codes.add(code);
  }
  // Of no known category: the empty range, which nothing is in.
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const code of codes) {
    min = Math.min(min, code);
    max = Math.max(max, code);
  }
  return { attribute, min, max, codes: codes.size > 1 ? codes : undefined };
}

function refused(where: string, path: string, required: string, got: unknown): ValueError {
  return new ValueError(
    `${where}: ${path} must be ${required}, got ${typeof got === "object" ? JSON.stringify(got) : shown(got)}`,
  );
}

/** Whether a number meets a condition; NaN, a missing value, never does. */
export function meets({ min, max, codes }: Predicate, value: number): boolean {
  return value >= min && value <= max && (codes === undefined || codes.has(value));
}
