const ITERATIONS = 6;

/**
 * The leading principal axes of a sample of unit vectors, by subspace iteration on their (uncentred) second moments.
 * They need not be accurate: any orthonormal axes give valid bounds, and better axes give tighter ones.
 *
 * @param units row-major [count, dimensions]
 * @returns row-major [axisCount, dimensions], orthonormal to float32 precision
 */
export function principalAxes(
  units: Float32Array,
  count: number,
  dimensions: number,
  axisCount: number,
): Float32Array {
  const axes = new Float64Array(axisCount * dimensions);
  // Start from rows spread over the data; a fixed pattern fills in where there are too few.
  for (let a = 0; a < axisCount; a++) {
    const row = Math.floor((a * count) / axisCount) * dimensions;
    for (let j = 0; j < dimensions; j++) {
      const jitter = 1e-3 * Math.sin(1 + 12.9898 * a + 78.233 * j);
      axes[a * dimensions + j] = (count > 0 ? units[row + j]! : 0) + jitter;
    }
  }
  orthonormalize(axes, axisCount, dimensions);
  const next = new Float64Array(axes.length);
  for (let iteration = 0; iteration < ITERATIONS && count > 0; iteration++) {
    next.set(axes.map((x) => 1e-12 * x));
    for (let row = 0; row < count * dimensions; row += dimensions) {
      for (let a = 0; a < axisCount; a++) {
        const axis = a * dimensions;
        let product = 0;
        for (let j = 0; j < dimensions; j++) product += axes[axis + j]! * units[row + j]!;
        for (let j = 0; j < dimensions; j++) next[axis + j]! += product * units[row + j]!;
      }
    }
    axes.set(next);
    orthonormalize(axes, axisCount, dimensions);
  }
  return Float32Array.from(axes);
}

/** Gram–Schmidt, each axis twice; an axis that the others already span becomes a coordinate axis. */
function orthonormalize(axes: Float64Array, axisCount: number, dimensions: number): void {
  let spare = 0;
  for (let a = 0; a < axisCount; a++) {
    const axis = a * dimensions;
    for (;;) {
      const before = norm(axes, axis, dimensions);
      for (let pass = 0; pass < 2; pass++) removeEarlier(axes, a, dimensions);
      const length = norm(axes, axis, dimensions);
      if (length > 1e-9 * before && length > 0) {
        for (let j = 0; j < dimensions; j++) axes[axis + j]! /= length;
        break;
      }
      for (let j = 0; j < dimensions; j++) axes[axis + j] = j === spare ? 1 : 0;
      spare++;
    }
  }
}

function removeEarlier(axes: Float64Array, a: number, dimensions: number): void {
  const axis = a * dimensions;
  for (let earlier = 0; earlier < axis; earlier += dimensions) {
    let product = 0;
    for (let j = 0; j < dimensions; j++) product += axes[axis + j]! * axes[earlier + j]!;
    for (let j = 0; j < dimensions; j++) axes[axis + j]! -= product * axes[earlier + j]!;
  }
}

function norm(axes: Float64Array, offset: number, dimensions: number): number {
  let squares = 0;
  for (let j = 0; j < dimensions; j++) squares += axes[offset + j]! ** 2;
  return Math.sqrt(squares);
}
