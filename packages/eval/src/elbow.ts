import { checkAllFinite, checkArray, checkLength, ValueError } from "@wayweave/geo-core";

/**
 * The elbow of a falling curve: where adding clusters stops paying.
 *
 * Source: E2DTC Fig. 6 chooses k at the knee of Eₖ; the knee is Kneedle's (Satopää et al. 2011) without its smoothing and
 * sensitivity: both axes are scaled to [0, 1], and the elbow is the point farthest below the straight line from the
 * first to the last. Of equally far points the first is taken.
 *
 * @param ks strictly increasing, at least three, `[n]`
 * @param errors Eₖ for each k, `[n]`; should fall
 * @returns one of `ks`; undefined where no point lies below the line, for the curve has no elbow then
 * @throws {ShapeError} lengths that differ
 * @throws {ValueError} fewer than three points, ks that do not increase, a non-finite entry
 * @example elbow([1, 2, 3, 4, 5], [100, 40, 15, 12, 10]) // 3
 */
export function elbow(ks: ArrayLike<number>, errors: ArrayLike<number>): number | undefined {
  checkArray("elbow", "ks", ks);
  const n = ks.length;
  checkLength("elbow", "errors", errors, n);
  if (n < 3) throw new ValueError(`elbow: ks must hold at least three, got ${n}`);
  checkAllFinite("elbow", "ks", ks);
  checkAllFinite("elbow", "errors", errors);
  for (let i = 1; i < n; i++) {
    if (!(ks[i]! > ks[i - 1]!)) {
      throw new ValueError(`elbow: ks must increase, got ${ks[i]} after ${ks[i - 1]}`);
    }
  }
  const width = ks[n - 1]! - ks[0]!;
  const drop = errors[0]! - errors[n - 1]!;
  if (drop <= 0) return undefined;
  let best: number | undefined;
  // Rounding alone must not make an elbow of a straight line.
  let farthest = 1e-12;
  for (let i = 1; i < n - 1; i++) {
    const x = (ks[i]! - ks[0]!) / width;
    const y = (errors[i]! - errors[n - 1]!) / drop;
    const below = 1 - x - y;
    if (below > farthest) {
      farthest = below;
      best = ks[i]!;
    }
  }
  return best;
}
