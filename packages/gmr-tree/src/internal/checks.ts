import {
  checkAnswer,
  checkInRange,
  checkLength,
  checkOptions,
  type Position,
  ShapeError,
  ValueError,
} from "@wayweave/geo-core/foundation";

export {
  checkFinite,
  checkInRange,
  checkLength,
  checkNonNegativeInteger,
  checkOneOf,
  checkOptions,
  checkPlainObject,
  checkPositive,
  checkPositiveInteger,
} from "@wayweave/geo-core/foundation";

/** Squares of larger planar coordinates could overflow. */
export const LARGEST_COORDINATE = 1e100;

/** Requires a number ≥ 0; Infinity is one. */
export function checkNonNegative(where: string, name: string, value: number): void {
  checkInRange(where, name, value, 0, Number.POSITIVE_INFINITY);
}

/** Requires a position of the tree's coordinate system. Written so that NaN, null and text fail too. */
export function checkPosition(where: string, name: string, position: Position, planar: boolean): void {
  if (typeof position !== "object" || position === null) {
    throw new ValueError(`${where}: ${name} must be ${requiredPosition(planar)}, got ${shown(position)}`);
  }
  checkLength(where, name, position, 2);
  const [x, y] = position;
  if (isPosition(x, y, planar)) return;
  throw new ValueError(
    `${where}: ${name} must be ${requiredPosition(planar)}, got [${shown(x)}, ${shown(y)}]`,
  );
}

/** A value as messages show it: text in quotes, so that "13" does not look like the number, and no contents of objects. */
export function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" && value !== null ? "an object" : String(value);
}

/** Whether two numbers are a place. */
export function isPosition(x: unknown, y: unknown, planar: boolean): boolean {
  const [limitX, limitY] = planar ? [LARGEST_COORDINATE, LARGEST_COORDINATE] : [180, 90];
  return typeof x === "number" && typeof y === "number" && Math.abs(x) <= limitX && Math.abs(y) <= limitY;
}

function requiredPosition(planar: boolean): string {
  return planar
    ? "two numbers in [-1e100, 1e100]"
    : "[lon, lat] with lon in [-180, 180] and lat in [-90, 90]";
}

/** Requires an array or typed array of numbers (or ids), one after another, which a JSON's null or rows in an array are not. */
export function checkArray(where: string, name: string, array: unknown): void {
  if (!(Array.isArray(array) || ArrayBuffer.isView(array))) {
    throw new ValueError(
      `${where}: ${name} must be an array of numbers, got ${array === null ? "null" : typeof array}`,
    );
  }
  const [first] = array as unknown as readonly unknown[];
  if (typeof first === "bigint") throw new ValueError(`${where}: ${name} must hold numbers, got a bigint`);
  if (Array.isArray(first) || ArrayBuffer.isView(first)) {
    throw new ShapeError(
      `${where}: ${name} must hold numbers one after another, got arrays in it; flatten it, as .flat() does`,
    );
  }
}

/** Requires an object of known keys. Its type may depend on a tree's, where {@link checkOptions} wants a plain one. */
export function checkKeys(where: string, name: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new ValueError(`${where}: ${name} must be an object, got ${shown(options)}`);
  }
  checkOptions(where, options as Readonly<Record<string, unknown>>, known);
}

export function checkBoolean(where: string, name: string, value: unknown): void {
  if (typeof value === "boolean") return;
  throw new ValueError(`${where}: ${name} must be true or false, got ${shown(value)}`);
}

/** Requires functions under every name but `signal`, which must be an AbortSignal. What is undefined passes. */
export function checkCallbacks(where: string, callbacks: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(callbacks)) {
    if (value === undefined) continue;
    const isSignal = name === "signal";
    const called = isSignal ? (value as Partial<AbortSignal> | null)?.throwIfAborted : value;
    if (typeof called === "function") continue;
    const required = isSignal ? "an AbortSignal" : "a function";
    throw new ValueError(`${where}: ${name} must be ${required}, got ${shown(value)}`);
  }
}

/** A query's filter, which must not answer with a promise. */
export function answering<I>(where: string, filter: ((id: I) => boolean) | undefined): typeof filter {
  return filter && ((id) => checkAnswer(where, "filter", filter(id)));
}

export const LARGEST_ID = 2 ** 32 - 2;

/** Requires an id of a tree whose ids are numbers. */
export function checkId(where: string, name: string, id: unknown): asserts id is number {
  if (!Number.isSafeInteger(id) || (id as number) < 0 || (id as number) > LARGEST_ID) {
    throw new ValueError(`${where}: ${name} must be an integer in [0, ${LARGEST_ID}], got ${shown(id)}`);
  }
}

/** Requires an id of a tree whose ids are strings. */
export function checkStringId(where: string, name: string, id: unknown): asserts id is string {
  if (typeof id === "string" && id !== "") return;
  throw new ValueError(
    `${where}: ${name} must be a string${id === "" ? " of some length" : ""}, got ${shown(id)}`,
  );
}
