/**
 * A track whose points are replaced by those of parabolas: each by the least squares fit to it and its neighbours, `halfWidth` on either side, near the ends to as
 * many on one side (Savitzky, Golay 1964). Noise of a recording shrinks, and bends that are longer than the width stay.
 *
 * @param coordinates x, y of each point: `[points × 2]`
 * @returns as long as the track; a track of fewer than 5 points as it is
 */
export function smoothTrack(coordinates: Float64Array, halfWidth: number): Float64Array {
  const count = coordinates.length / 2;
  const half = Math.min(halfWidth, Math.floor((count - 1) / 2));
  const out = coordinates.slice();
  if (half < 2) return out;
  const width = 2 * half + 1;
  const weights = parabolaWeights(half);
  for (let i = 0; i < count; i++) {
    const middle = Math.max(half, Math.min(count - 1 - half, i));
    const row = (i - middle + half) * width;
    let [x, y] = [0, 0];
    for (let j = 0; j < width; j++) {
      const weight = weights[row + j]!;
      const point = 2 * (middle - half + j);
      x += weight * coordinates[point]!;
      y += weight * coordinates[point + 1]!;
    }
    out[2 * i] = x;
    out[2 * i + 1] = y;
  }
  return out;
}

const known = new Map<number, Float64Array>();

/**
 * What each of 2h + 1 neighbours, t = −h … h, counts for the parabola's value at o = −h … h: row o of `[2h + 1, 2h + 1]`. With Sₖ = Σ tᵏ it is
 * (S₄ − S₂t²)/D + o·t/S₂ + o²(S₀t² − S₂)/D, D = S₀S₄ − S₂².
 */
function parabolaWeights(half: number): Float64Array {
  const before = known.get(half);
  if (before !== undefined) return before;
  const width = 2 * half + 1;
  let [s2, s4] = [0, 0];
  for (let t = -half; t <= half; t++) {
    s2 += t ** 2;
    s4 += t ** 4;
  }
  const determinant = width * s4 - s2 * s2;
  const weights = new Float64Array(width * width);
  for (let o = -half; o <= half; o++) {
    for (let t = -half; t <= half; t++) {
      const constant = (s4 - s2 * t * t) / determinant;
      const curved = (width * t * t - s2) / determinant;
      weights[(o + half) * width + t + half] = constant + (o * t) / s2 + o * o * curved;
    }
  }
  known.set(half, weights);
  return weights;
}
