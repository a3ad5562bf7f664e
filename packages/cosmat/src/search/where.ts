import { checkOptions, ValueError } from "@wayweave/geo-core";

/** Values of one item, by name. */
export type Attributes = Readonly<Record<string, string | number | boolean>>;

/** What an attribute must be: a value, one of several, or within limits (which count as within). */
export type Condition =
  | string
  | number
  | boolean
  | { readonly in: readonly (string | number)[] }
  | { readonly min?: number; readonly max?: number };

/** Conditions that all must hold. An item without the attribute meets none on it. */
export type Where = Readonly<Record<string, Condition>>;

type Test = (value: string | number | boolean | undefined) => boolean;

/**
 * Conditions as a test.
 *
 * @throws {ValueError} a condition of another kind
 */
export function compileWhere(
  where: string,
  conditions: Where,
): (attributes: Attributes | undefined) => boolean {
  if (typeof conditions !== "object" || conditions === null || Array.isArray(conditions)) {
    throw new ValueError(`${where}: where must be an object of conditions, got ${String(conditions)}`);
  }
  const tests = Object.entries(conditions).map(
    ([name, condition]) => [name, testOf(where, name, condition)] as const,
  );
  return (attributes) => tests.every(([name, test]) => test(attributes?.[name]));
}

function testOf(where: string, name: string, condition: Condition): Test {
  if (typeof condition === "string" || typeof condition === "boolean" || Number.isFinite(condition)) {
    return (value) => value === condition;
  }
  if (
    typeof condition === "object" &&
    condition !== null &&
    "in" in condition &&
    Array.isArray(condition.in)
  ) {
    const allowed = new Set<unknown>(condition.in);
    return (value) => allowed.has(value);
  }
  if (typeof condition !== "object" || condition === null || Array.isArray(condition)) {
    throw new ValueError(
      `${where}: where.${name} must be a value, { in: [...] } or { min, max }, got ${JSON.stringify(condition)}`,
    );
  }
  checkOptions(`${where}: where.${name}`, condition as { min?: number; max?: number }, ["min", "max"]);
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = condition as {
    min?: number;
    max?: number;
  };
  if (!(typeof min === "number" && typeof max === "number" && min <= max)) {
    throw new ValueError(
      `${where}: where.${name} must have numbers min ≤ max, got ${JSON.stringify(condition)}`,
    );
  }
  return (value) => typeof value === "number" && value >= min && value <= max;
}
