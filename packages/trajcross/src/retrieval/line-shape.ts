/**
 * A line as numbers that L2 compares, whichever way it is travelled, and whether it comes as positions or as cells of a picture: the quantiles
 * of its length as seen from some directions. The distance of two such rows is the sliced Wasserstein distance of the two lines
 * (Bonneel et al. 2015): how far, root mean square, the one has to be moved to become the other.
 */

/** Directions that a line is looked at from: x, y and both diagonals. */
const directions: readonly (readonly [number, number])[] = [
  [1, 0],
  [0, 1],
  [Math.SQRT1_2, Math.SQRT1_2],
  [Math.SQRT1_2, -Math.SQRT1_2],
];
/** Quantiles from each direction. */
export const quantileCount = 16;

/** Numbers of a shape. */
export const shapeSize: number = directions.length * quantileCount;

/** Where a line lies, and its shape about there. */
export interface LineShape {
  readonly centerX: number;
  readonly centerY: number;
  /** Root mean square of the quantiles seen along x and y, about the centre. */
  readonly spread: number;
  /** Quantiles about the centre, direction by direction: `[64]`. */
  readonly quantiles: Float32Array;
}

/**
 * The shape of weighted positions.
 *
 * @param positions interleaved x, y
 * @param weights one a position, ≥ 0, at least one above 0
 */
export function shapeOf(positions: Float64Array, weights: ArrayLike<number>): LineShape {
  const n = weights.length;
  const quantiles = new Float64Array(shapeSize);
  const projected = new Float64Array(n);
  let total = 0;
  for (let i = 0; i < n; i++) total += weights[i]!;
  // Numbers are taken from the first position, so that a web map's large ones cost no digits.
  const [originX, originY] = [positions[0]!, positions[1]!];
  const order = new Uint32Array(n);
  for (const [d, [ux, uy]] of directions.entries()) {
    for (let i = 0; i < n; i++) {
      projected[i] = ux * (positions[2 * i]! - originX) + uy * (positions[2 * i + 1]! - originY);
      order[i] = i;
    }
    order.sort((a, b) => projected[a]! - projected[b]!);
    writeQuantiles(
      projected,
      weights,
      order,
      total,
      quantiles.subarray(d * quantileCount, (d + 1) * quantileCount),
    );
  }
  return centered(quantiles, originX, originY);
}

/** The values below which (k + ½) / 16 of the weight lies, between two positions by a straight line. */
function writeQuantiles(
  values: Float64Array,
  weights: ArrayLike<number>,
  order: Uint32Array,
  total: number,
  out: Float64Array,
): void {
  let at = 0;
  let sum = weights[order[0]!]! / 2;
  let previous = sum;
  let value = values[order[0]!]!;
  for (let k = 0; k < quantileCount; k++) {
    const wanted = ((k + 0.5) / quantileCount) * total;
    while (sum < wanted && at + 1 < order.length) {
      previous = sum;
      value = values[order[at]!]!;
      sum += (weights[order[at]!]! + weights[order[at + 1]!]!) / 2;
      at++;
    }
    const next = values[order[at]!]!;
    const share = sum > previous ? Math.max(0, Math.min(1, (wanted - previous) / (sum - previous))) : 1;
    out[k] = value + share * (next - value);
  }
}

function centered(quantiles: Float64Array, originX: number, originY: number): LineShape {
  const meanOf = (d: number) => {
    let sum = 0;
    for (let k = 0; k < quantileCount; k++) sum += quantiles[d * quantileCount + k]!;
    return sum / quantileCount;
  };
  const [meanX, meanY] = [meanOf(0), meanOf(1)];
  const out = new Float32Array(shapeSize);
  let squares = 0;
  for (const [d, [ux, uy]] of directions.entries()) {
    const mean = ux * meanX + uy * meanY;
    for (let k = 0; k < quantileCount; k++) {
      const value = quantiles[d * quantileCount + k]! - mean;
      out[d * quantileCount + k] = value;
      if (d < 2) squares += value * value;
    }
  }
  return {
    centerX: originX + meanX,
    centerY: originY + meanY,
    spread: Math.sqrt(squares / (2 * quantileCount)),
    quantiles: out,
  };
}

/** How far the middle of a line moves the projections of it: one number a direction. */
export function projectedShift(shiftX: number, shiftY: number): Float64Array {
  return Float64Array.from(directions, ([ux, uy]) => ux * shiftX + uy * shiftY);
}

/**
 * Squared distance of two shapes, mean over the quantiles, in the unit's square.
 *
 * @param rows shapes one after another, `at` where the second one's quantiles start
 * @param shift of the first against the second, by {@link projectedShift}
 * @param limit where the sum may stop
 */
export function shapeDistanceSquared(
  quantiles: Float32Array,
  rows: Float32Array,
  at: number,
  scale: number,
  shift: Float64Array,
  limit: number,
): number {
  const most = limit * shapeSize;
  let sum = 0;
  for (let d = 0; d < directions.length; d++) {
    const offset = shift[d]!;
    for (let i = d * quantileCount; i < (d + 1) * quantileCount; i++) {
      const difference = quantiles[i]! - scale * rows[at + i]! + offset;
      sum += difference * difference;
    }
    if (sum > most) return Number.POSITIVE_INFINITY;
  }
  return sum / shapeSize;
}
