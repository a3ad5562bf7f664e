import type { TrajectorySet } from "@wayweave/geo-core";

/** How metres become the numbers that the towers compute with: (position − origin) / scale. */
export interface Normalization {
  readonly originX: number;
  readonly originY: number;
  readonly scaleMeters: number;
}

/** Mean position and standard deviation (of both axes together) of a training set. */
export function fitNormalization({ coordinates }: TrajectorySet): Normalization {
  const points = coordinates.length / 2;
  let sumX = 0;
  let sumY = 0;
  for (let i = 0; i < coordinates.length; i += 2) {
    sumX += coordinates[i]!;
    sumY += coordinates[i + 1]!;
  }
  const [originX, originY] = [sumX / points, sumY / points];
  let squares = 0;
  for (let i = 0; i < coordinates.length; i += 2) {
    squares += (coordinates[i]! - originX) ** 2 + (coordinates[i + 1]! - originY) ** 2;
  }
  // A set that stands still in one place has no spread; any scale serves it.
  return { originX, originY, scaleMeters: Math.sqrt(squares / (2 * points)) || 1 };
}
