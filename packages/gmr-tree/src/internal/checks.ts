import {
  checkInRange,
  checkLength,
  checkOptions,
  type Position,
  ValueError,
} from "@wayweave/geo-core/foundation";

export {
  checkFinite,
  checkInRange,
  checkLength,
  checkOneOf,
  checkOptions,
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
    throw new ValueError(`${where}: ${name} must be ${requiredPosition(planar)}, got ${String(position)}`);
  }
  checkLength(where, name, position, 2);
  const [x, y] = position;
  if (isPosition(x, y, planar)) return;
  throw new ValueError(
    `${where}: ${name} must be ${requiredPosition(planar)}, got [${shown(x)}, ${shown(y)}]`,
  );
}

/** Text in quotes, so that "13" does not look like the number. */
function shown(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
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

/** Requires an array or typed array, which a JSON's null or an object in the wrong place is not. */
export function checkArray(where: string, name: string, array: unknown): void {
  if (typeof array === "object" && array !== null && "length" in array) {
    if (typeof (array as ArrayLike<unknown>)[0] !== "bigint") return;
    throw new ValueError(`${where}: ${name} must hold numbers, got a bigint`);
  }
  throw new ValueError(
    `${where}: ${name} must be an array of numbers, got ${array === null ? "null" : typeof array}`,
  );
}

/** Requires known keys of options whose type depends on a tree's: {@link checkOptions} wants a plain one. */
export function checkKeys(where: string, options: unknown, known: readonly string[]): void {
  checkOptions(where, (options ?? null) as Readonly<Record<string, unknown>>, known);
}
