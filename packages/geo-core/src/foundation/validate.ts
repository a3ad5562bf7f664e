import { ShapeError, ValueError } from "./errors.js";
import { tagOf } from "./realms.js";

/**
 * Checks for the public boundary of a package. `where` names the public function, `name` the argument:
 * `checkPositiveInteger("GmrTree.search", "k", -3)` throws `GmrTree.search: k must be a positive integer, got -3`.
 */
export function checkPositiveInteger(where: string, name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value <= 0) {
    throw new ValueError(`${where}: ${name} must be a positive integer, got ${show(value)}`);
  }
}

/**
 * Requires an integer in [0, 2⁵³ − 1].
 *
 * @throws {ValueError} anything else
 */
export function checkNonNegativeInteger(where: string, name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new ValueError(`${where}: ${name} must be a non-negative integer, got ${show(value)}`);
  }
}

/**
 * Requires a number that is neither NaN nor infinite.
 *
 * @throws {ValueError} anything else
 */
export function checkFinite(where: string, name: string, value: number): void {
  if (typeof value !== "number" || !Number.isFinite(value)) {
    throw new ValueError(`${where}: ${name} must be a finite number, got ${show(value)}`);
  }
}

/**
 * Requires a finite number above 0.
 *
 * @throws {ValueError} anything else
 */
export function checkPositive(where: string, name: string, value: number): void {
  if (typeof value !== "number" || !(value > 0) || !Number.isFinite(value)) {
    throw new ValueError(`${where}: ${name} must be a positive finite number, got ${show(value)}`);
  }
}

/** Requires `low ≤ value ≤ high`. */
export function checkInRange(where: string, name: string, value: number, low: number, high: number): void {
  if (typeof value !== "number" || !(value >= low && value <= high)) {
    throw new ValueError(`${where}: ${name} must be in [${low}, ${high}], got ${show(value)}`);
  }
}

/**
 * Requires an array, or another object with a length, of exactly `length` entries.
 *
 * @throws {ShapeError} another length, or no array
 */
export function checkLength(where: string, name: string, array: ArrayLike<unknown>, length: number): void {
  checkArray(where, name, array);
  if (array.length !== length) {
    throw new ShapeError(`${where}: ${name} must have length ${length}, got ${array.length}`);
  }
}

/** Requires an array, a typed array, or another object with a length. */
export function checkArray(where: string, name: string, array: ArrayLike<unknown>): void {
  if (!(typeof array === "object" && array !== null && Number.isSafeInteger(array.length))) {
    throw new ShapeError(`${where}: ${name} must be an array, got ${show(array)}`);
  }
}

/** Requires an object where a call needs one: its options, a column, another argument. */
export function checkGiven(where: string, name: string, value: unknown): void {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ValueError(
      `${where}: ${name} must be an object, got ${Array.isArray(value) ? "an array" : show(value)}`,
    );
  }
}

/** Requires an object that holds its contents itself: of a Map, an instance of a class, or what is inherited, none would be taken. */
export function checkPlainObject(where: string, name: string, contents: string, value: unknown): void {
  const prototype: unknown = Object.getPrototypeOf(value ?? 0);
  // Every realm's Object.prototype has a method of this name as its own.
  if (prototype === null || Object.hasOwn(prototype as object, "isPrototypeOf")) return;
  const got = typeof value === "object" ? tagOf(value) : show(value);
  throw new ValueError(`${where}: ${name} must be a plain object of ${contents}, got ${got}`);
}

/** Passes on what a caller's test of an object said. A promise, which every condition would take for true, is refused. */
export function checkAnswer(where: string, name: string, answer: boolean): boolean {
  // Other values than true and false count as they do in every condition of JavaScript.
  if (
    typeof answer === "object" &&
    typeof (answer as Partial<PromiseLike<boolean>> | null)?.then === "function"
  ) {
    throw new ValueError(`${where}: ${name} must return true or false, got a promise`);
  }
  return answer;
}

/** Requires every entry to be finite, and names the first that is not. */
export function checkAllFinite(where: string, name: string, array: ArrayLike<number>): void {
  checkArray(where, name, array);
  for (let i = 0; i < array.length; i++) {
    if (!Number.isFinite(array[i])) {
      throw new ValueError(`${where}: ${name}[${i}] must be finite, got ${show(array[i])}`);
    }
  }
}

/** Requires `value` to be one of `allowed`. */
export function checkOneOf<T extends string>(
  where: string,
  name: string,
  value: string,
  allowed: readonly T[],
): asserts value is T {
  if (!(allowed as readonly string[]).includes(value)) {
    throw new ValueError(`${where}: ${name} must be one of ${allowed.join(", ")}, got ${show(value)}`);
  }
}

function show(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}
