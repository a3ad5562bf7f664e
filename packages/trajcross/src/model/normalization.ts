import type { TrajectorySet } from "@wayweave/geo-core";

/**
 * Where a model's positions are counted from: the middle of its training set, in planar metres.
 *
 * Towers compute in float32, which tells coordinates of a web map (1.5·10⁷ m) apart by a metre only. So the origin is taken off in
 * float64 before positions become float32, and never inside a tower.
 */
export interface Origin {
  /** Easting, metres of the plane. */
  readonly originX: number;
  /** Northing, metres of the plane. */
  readonly originY: number;
}

/** How metres become the numbers that the towers compute with: (position − origin) / scale. */
export interface Normalization extends Origin {
  /** Standard deviation of both axes together, metres; 1 where the training set has no spread. */
  readonly scaleMeters: number;
}

/** Interleaved positions as metres from the origin, in float32. */
export function fromOrigin(coordinates: Float64Array, { originX, originY }: Origin): Float32Array {
  return Float32Array.from(coordinates, (value, i) => value - (i % 2 === 0 ? originX : originY));
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
