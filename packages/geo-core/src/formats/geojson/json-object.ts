export type JsonObject = { readonly [name: string]: unknown };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An object's own member of a name that a user or file gave; undefined where there is none. */
export function ownMember(value: JsonObject | null, name: string): unknown {
  return value !== null && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** An object without one of its members. */
export function without(value: JsonObject, name: string): JsonObject {
  const { [name]: _, ...others } = value;
  return others;
}

/**
 * The members of both. A name that both have stays the first's; the second's goes by the name that `other` gives it, with a number behind
 * it where that is taken too.
 */
export function membersOfBoth(
  first: JsonObject,
  second: JsonObject,
  other: (name: string) => string = (name) => name,
): JsonObject {
  const all = new Map(Object.entries(first));
  for (const [name, value] of Object.entries(second)) {
    const wanted = all.has(name) ? other(name) : name;
    let free = wanted;
    for (let number = 2; all.has(free); number++) free = `${wanted} ${number}`;
    all.set(free, value);
  }
  return Object.fromEntries(all);
}
