import {
  abandonBeyond,
  BLOCK_POINTS,
  metresOf,
  type PreparedPoints,
  squaredDistanceToBox,
} from "./points.js";

/**
 * Hausdorff distance between trajectory `i` of `a` and trajectory `j` of `b`; both hold at least one point.
 *
 * @param directed only from `a` to `b`
 * @param maxDistance in metres; a larger distance is reported as `Infinity`
 */
export function hausdorffKernel(
  a: PreparedPoints,
  i: number,
  b: PreparedPoints,
  j: number,
  directed: boolean,
  maxDistance: number,
): number {
  const bound = abandonBeyond(maxDistance, a.curvature);
  let squared = farthestNearest(a, i, b, j, 0, bound);
  // Only a point further away than the first direction's result can change the maximum of both.
  if (!directed && squared <= bound) squared = farthestNearest(b, j, a, i, squared, bound);
  if (squared > bound) return Infinity;
  const distance = metresOf(squared, a.curvature);
  return distance <= maxDistance ? distance : Infinity;
}

/**
 * max(atLeast, max over p of min over q of d²(p, q)), or any number above `bound` once that is certain.
 *
 * A point whose nearest neighbour is no further than the maximum so far cannot raise it, so its search ends at the first
 * such neighbour (Taha & Hanbury 2015, "An efficient algorithm for calculating the exact Hausdorff distance"). The
 * search starts at the block where the previous point's ended, because neighbours along `a` have neighbours along `b`,
 * and passes over blocks of `b` whose box is further away than the nearest point found.
 */
function farthestNearest(
  a: PreparedPoints,
  i: number,
  b: PreparedPoints,
  j: number,
  atLeast: number,
  bound: number,
): number {
  const { x: ax, y: ay, z: az } = a;
  const { x: bx, y: by, z: bz, boxes } = b;
  const bStart = b.offsets[j]!;
  const bEnd = b.offsets[j + 1]!;
  const firstBox = b.blockOffsets[j]!;
  const blockCount = b.blockOffsets[j + 1]! - firstBox;
  const aEnd = a.offsets[i + 1]!;
  let farthest = atLeast;
  let home = 0;
  for (let p = a.offsets[i]!; p < aEnd; p++) {
    const px = ax[p]!;
    const py = ay[p]!;
    const pz = az[p]!;
    let nearest = Infinity;
    let block = home;
    for (let visited = 0; visited < blockCount && nearest > farthest; visited++) {
      if (squaredDistanceToBox(boxes, 6 * (firstBox + block), px, py, pz) < nearest) {
        const from = bStart + block * BLOCK_POINTS;
        const to = Math.min(bEnd, from + BLOCK_POINTS);
        for (let q = from; q < to; q++) {
          const dx = bx[q]! - px;
          const dy = by[q]! - py;
          const dz = bz[q]! - pz;
          const squared = dx * dx + dy * dy + dz * dz;
          if (squared < nearest) {
            nearest = squared;
            home = block;
          }
        }
      }
      block++;
      if (block === blockCount) block = 0;
    }
    if (nearest > farthest) {
      farthest = nearest;
      if (farthest > bound) return farthest;
    }
  }
  return farthest;
}
