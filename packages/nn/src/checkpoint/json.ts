import { ValueError } from "@wayweave/geo-core";

/**
 * The value as JSON, refusing everything that JSON would change in silence: NaN and infinities (they become
 * null), undefined, functions and symbols (they vanish), objects of classes (they become plain).
 *
 * @throws {ValueError} naming the first such entry
 */
export function toJson(where: string, value: unknown): string {
  check(where, value, new Set());
  return JSON.stringify(value);
}

function check(where: string, value: unknown, parents: Set<object>): void {
  if (value === null || typeof value === "string" || typeof value === "boolean") return;
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new ValueError(`${where} must be a finite number, got ${value}`);
    return;
  }
  if (typeof value !== "object") {
    throw new ValueError(`${where} must be something JSON can hold, got ${typeof value}`);
  }
  if (parents.has(value)) throw new ValueError(`${where} must not contain itself`);
  parents.add(value);
  if (Array.isArray(value)) {
    for (const [i, entry] of value.entries()) check(`${where}[${i}]`, entry, parents);
  } else {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) {
      throw new ValueError(`${where} must be a plain object, got ${value.constructor.name}`);
    }
    for (const [key, entry] of Object.entries(value)) check(`${where}.${key}`, entry, parents);
  }
  parents.delete(value);
}
