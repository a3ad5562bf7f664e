import { checkInRange, checkLength, type Position, ValueError } from "@wayweave/geo-core";

export {
  checkFinite,
  checkInRange,
  checkLength,
  checkOneOf,
  checkPositive,
  checkPositiveInteger,
} from "@wayweave/geo-core";

/** Squares of larger planar coordinates could overflow. */
export const LARGEST_COORDINATE = 1e100;

/** Requires a finite number ≥ 0. */
export function checkNonNegative(where: string, name: string, value: number): void {
  checkInRange(where, name, value, 0, Number.MAX_VALUE);
}

/** Requires a position of the tree's coordinate system. Written so that NaN fails too. */
export function checkPosition(where: string, name: string, position: Position, planar: boolean): void {
  checkLength(where, name, position, 2);
  const [x, y] = position;
  const [limitX, limitY] = planar ? [LARGEST_COORDINATE, LARGEST_COORDINATE] : [180, 90];
  if (Math.abs(x) <= limitX && Math.abs(y) <= limitY) return;
  const required = planar
    ? "two numbers in [-1e100, 1e100]"
    : "[lon, lat] with lon in [-180, 180] and lat in [-90, 90]";
  throw new ValueError(`${where}: ${name} must be ${required}, got [${x}, ${y}]`);
}
