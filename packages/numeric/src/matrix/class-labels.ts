import { checkArray, checkNonNegativeInteger, ValueError } from "@wayweave/geo-core";

/**
 * The number of classes that labels name: the largest label plus 1, or as many as are wanted.
 *
 * @param labels class numbers from 0
 * @throws {ValueError} a label that is no class number or not below `wanted`, fewer than two classes
 */
export function countClasses(where: string, labels: ArrayLike<number>, wanted?: number): number {
  checkArray(where, "labels", labels);
  let largest = -1;
  for (let i = 0; i < labels.length; i++) {
    checkNonNegativeInteger(where, `labels[${i}]`, labels[i]!);
    largest = Math.max(largest, labels[i]!);
  }
  const classes = wanted ?? largest + 1;
  if (!Number.isSafeInteger(classes) || classes < 2) {
    throw new ValueError(`${where}: classes must be an integer ≥ 2, got ${classes}`);
  }
  if (largest >= classes) {
    throw new ValueError(`${where}: labels must be below ${classes}, got ${largest}`);
  }
  return classes;
}
