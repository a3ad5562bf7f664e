import { type PreparedPoints, squaredBetween, squaredDistanceToBox } from "../points.js";
import { STRIP_ROWS } from "../warping.js";
import { BlockGaps } from "./block-gaps.js";
import { BOUND_SLACK, type LowerBounds, type SearchContext } from "./context.js";

/**
 * Lower bounds of DTW, with or without a band (which only raises it).
 *
 * A warping path joins both first points and both last points, and meets every row and every column. So DTW is at least
 * d(first, first) + d(last, last) + Σ over the inner rows of the least distance in the row, and likewise by columns (the idea
 * of Kim, Park & Chu 2001 and of Keogh & Ratanamahatana 2005, without a band). The least distance in a row is bounded by
 * boxes: around each 8 points of the query against the box around all of the other trajectory, then against those around
 * each 8 of its points, then by the query's points themselves.
 *
 * Distances are straight lines, which are never longer than those along the surface and need no series.
 */
export function dtwBounds({ query, set, tree }: SearchContext): LowerBounds {
  const first = 0;
  const last = query.offsets[1]! - 1;
  const firstOf = (i: number) => set.offsets[i]!;
  const lastOf = (i: number) => set.offsets[i + 1]! - 1;
  const gaps = new BlockGaps(query, set);
  /** What the inner rows from p on add at least, for trajectory {@link restOf}. */
  const rest = new Float64Array(last + 2);
  let restOf = -1;

  const ends = (i: number): number => {
    const start = Math.sqrt(squaredBetween(query, first, set, firstOf(i)));
    // One point against one: both ends are the same cell.
    if (last === 0 && firstOf(i) === lastOf(i)) return start;
    return start + Math.sqrt(squaredBetween(query, last, set, lastOf(i)));
  };
  /** By the query's and the trajectory's inner points, each against the boxes of the other. */
  const byPoints = (i: number, limit: number): number => {
    const sum = ends(i);
    restOf = -1;
    const rows = sumToBoxes(
      query,
      last,
      first,
      set.boxes,
      set.blockOffsets[i]!,
      set.blockOffsets[i + 1]!,
      limit - sum,
      rest,
    );
    if (sum + rows > limit) return (sum + rows) * BOUND_SLACK;
    restOf = i;
    const columns = sumToBoxes(
      set,
      lastOf(i),
      firstOf(i),
      query.boxes,
      0,
      query.blockOffsets[1]!,
      limit - sum,
    );
    return (sum + Math.max(rows, columns)) * BOUND_SLACK;
  };
  return {
    ofNode: (node, limit) => {
      const start = Math.sqrt(toBox(query, first, tree.starts, node));
      const end = Math.sqrt(toBox(query, last, tree.ends, node));
      const mayBeOneCell = last === 0 && tree.leastPoints[node] === 1;
      const sum = mayBeOneCell ? Math.max(start, end) : start + end;
      return (sum + gaps.toBox(tree.bounds, node, limit - sum)) * BOUND_SLACK;
    },
    steps: [
      (i, limit) => {
        const sum = ends(i);
        return (sum + gaps.toBox(set.bounds, i, limit - sum)) * BOUND_SLACK;
      },
      (i, limit) => {
        const sum = ends(i);
        return (sum + gaps.toBlocks(i, limit - sum)) * BOUND_SLACK;
      },
      byPoints,
    ],
    stripsWithin: (i, maxDistance) => {
      // A path must still come to the last cell, and through every row before it.
      if (last === 0) return undefined;
      if (restOf !== i) byPoints(i, maxDistance);
      if (restOf !== i) return undefined;
      const end = Math.sqrt(squaredBetween(query, last, set, lastOf(i)));
      const strips = new Float64Array(Math.ceil((last + 1) / STRIP_ROWS)).fill(maxDistance);
      for (let s = 0; s < strips.length - 1; s++) {
        const next = STRIP_ROWS * (s + 1);
        strips[s] = maxDistance * (1 + 1e-12) - (end + (next < last ? rest[next]! : 0)) * BOUND_SLACK;
      }
      return strips;
    },
  };
}

function toBox(a: PreparedPoints, p: number, boxes: Float64Array, box: number): number {
  return squaredDistanceToBox(boxes, 6 * box, a.x[p]!, a.y[p]!, a.z[p]!);
}

/**
 * Σ over points `end − 1` … `start + 1` of the least distance to boxes `from` … `to − 1`; given up once it exceeds `limit`.
 *
 * @param rest takes the sum from each point on
 */
function sumToBoxes(
  { x, y, z }: PreparedPoints,
  end: number,
  start: number,
  boxes: Float64Array,
  from: number,
  to: number,
  limit: number,
  rest?: Float64Array,
): number {
  let total = 0;
  for (let p = end - 1; p > start && total <= limit; p--) {
    const px = x[p]!;
    const py = y[p]!;
    const pz = z[p]!;
    let least = Infinity;
    for (let at = 6 * from; at < 6 * to && least > 0; at += 6) {
      const dx = px < boxes[at]! ? boxes[at]! - px : px > boxes[at + 3]! ? px - boxes[at + 3]! : 0;
      let squared = dx * dx;
      if (squared >= least) continue;
      const dy = py < boxes[at + 1]! ? boxes[at + 1]! - py : py > boxes[at + 4]! ? py - boxes[at + 4]! : 0;
      squared += dy * dy;
      if (squared >= least) continue;
      const dz = pz < boxes[at + 2]! ? boxes[at + 2]! - pz : pz > boxes[at + 5]! ? pz - boxes[at + 5]! : 0;
      squared += dz * dz;
      if (squared < least) least = squared;
    }
    total += Math.sqrt(least);
    if (rest !== undefined) rest[p] = total;
  }
  return total;
}
