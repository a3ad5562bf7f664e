import type { Attributes, Condition, Where } from "../search/where.js";

/** Values of a category that a note lists. */
const MOST_VALUES = 12;

/**
 * What to say of conditions that no photo meets, which spelling may be the cause of: one that none meets by itself, with what there is
 * instead; else that none meets all of them. Nothing where a photo does.
 *
 * @param all the photos' attributes
 */
export function whereNotes(where: Where, all: readonly (Attributes | undefined)[]): string[] {
  const conditions = Object.entries(where);
  const valuesOf = (name: string) => all.flatMap((attributes) => ownValue(attributes, name) ?? []);
  const notes = conditions
    .filter(([name, condition]) => !all.some((attributes) => meets(ownValue(attributes, name), condition)))
    .map(
      ([name, condition]) =>
        `note: no photo has ${name} ${JSON.stringify(condition)}; it is ${there(valuesOf(name))}\n`,
    );
  if (notes.length > 0) return notes;
  // Of several values of a category some may be unknown.
  for (const [name, condition] of conditions) {
    if (typeof condition !== "object" || !("in" in condition)) continue;
    const values = valuesOf(name);
    const unknown = condition.in.filter((value) => !values.includes(value));
    if (unknown.length === 0) continue;
    const list = unknown.map((value) => JSON.stringify(value)).join(", ");
    notes.push(`note: no photo has ${name} ${list}; it is ${there(values)}\n`);
  }
  const isMet = all.some((attributes) =>
    conditions.every(([name, condition]) => meets(ownValue(attributes, name), condition)),
  );
  if (!isMet) notes.push("note: no photo meets all conditions of --where, though each is met by some\n");
  return notes;
}

/** An item's own value: objects have some of other names. */
function ownValue(attributes: Attributes | undefined, name: string): Attributes[string] | undefined {
  return attributes !== undefined && Object.hasOwn(attributes, name) ? attributes[name] : undefined;
}

function meets(value: string | number | boolean | undefined, condition: Condition): boolean {
  if (value === undefined) return false;
  if (typeof condition !== "object") return value === condition;
  if ("in" in condition) return condition.in.includes(value as string);
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = condition;
  return typeof value === "number" && value >= min && value <= max;
}

/** The values that an attribute has: categories by how frequent they are, numbers by their range. */
function there(values: readonly (string | number | boolean)[]): string {
  if (values.every((value) => typeof value === "number")) {
    const [least, greatest] = values.reduce(([a, b], value) => [Math.min(a, value), Math.max(b, value)], [
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
    ] as [number, number]);
    return least === greatest ? String(least) : `from ${least} to ${greatest}`;
  }
  const counts = new Map<string | number | boolean, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const frequent = [...counts].sort(([, a], [, b]) => b - a).map(([value]) => JSON.stringify(value));
  const more = frequent.length - MOST_VALUES;
  return `${frequent.slice(0, MOST_VALUES).join(", ")}${more > 0 ? ` and ${more} others` : ""}`;
}
