export type JsonObject = { readonly [name: string]: unknown };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An object's own member of a name that a user or file gave; undefined where there is none. */
export function ownMember(value: JsonObject | null, name: string): unknown {
  return value !== null && Object.hasOwn(value, name) ? value[name] : undefined;
}
