import {
  BLOCK_POINTS,
  metresOf,
  type PreparedPoints,
  squaredBetween,
  squaredDistanceToBox,
  squaredGap,
} from "../points.js";
import { STRIP_ROWS } from "../warping.js";
import { BOUND_SLACK, type LowerBounds, type SearchContext } from "./context.js";

/**
 * Lower bounds of DTW, with or without a band (which only raises it).
 *
 * A warping path joins both first points and both last points, and meets every row and every column. So DTW is at least
 * d(first, first) + d(last, last) + Σ over the inner rows of the least distance in the row, and likewise by columns (the idea
 * of Kim, Park & Chu 2001 and of Keogh & Ratanamahatana 2005, without a band). The least distance in a row is bounded by the
 * box around the other trajectory, then by the boxes around each 8 of its points.
 */
export function dtwBounds({ query, set, tree }: SearchContext): LowerBounds {
  const { curvature } = query;
  const first = 0;
  const last = query.offsets[1]! - 1;
  const firstOf = (i: number) => set.offsets[i]!;
  const lastOf = (i: number) => set.offsets[i + 1]! - 1;
  /** What the inner rows from p on add at least, for trajectory {@link restOf}. */
  const rest = new Float64Array(last + 2);
  let restOf = -1;

  const ends = (i: number): number => {
    const start = metresOf(squaredBetween(query, first, set, firstOf(i)), curvature);
    // One point against one: both ends are the same cell.
    if (last === 0 && firstOf(i) === lastOf(i)) return start;
    return start + metresOf(squaredBetween(query, last, set, lastOf(i)), curvature);
  };
  const innerCounts = Uint32Array.from({ length: query.blockOffsets[1]! }, (_, block) => {
    const from = Math.max(1, block * BLOCK_POINTS);
    return Math.max(0, Math.min(last, (block + 1) * BLOCK_POINTS) - from);
  });
  /** The same by the boxes around each 8 points of the query, against one box: cheap, and enough for most. */
  const addBlocks = (sum: number, limit: number, boxes: Float64Array, box: number): number => {
    let total = sum;
    for (let block = 0; block < innerCounts.length && total <= limit; block++) {
      const squared = squaredGap(query.boxes, 6 * block, boxes, 6 * box);
      if (squared > 0) total += innerCounts[block]! * metresOf(squared, curvature);
    }
    return total;
  };
  /** Adds the inner points of a trajectory to `sum` from the last on; given up once that exceeds the limit. */
  const addInner = (
    sum: number,
    limit: number,
    a: PreparedPoints,
    from: number,
    to: number,
    boxes: Float64Array,
    box: number,
    boxEnd: number,
  ): number => {
    let total = sum;
    for (let p = to - 1; p > from && total <= limit; p--) {
      total += metresOf(squaredToBoxes(boxes, box, boxEnd, a.x[p]!, a.y[p]!, a.z[p]!), curvature);
      if (a === query) rest[p] = total - sum;
    }
    return total;
  };
  const boundBy = (i: number, limit: number, boxesOf: "bounds" | "boxes"): number => {
    const blocks = boxesOf === "boxes";
    const [box, boxEnd] = blocks ? [set.blockOffsets[i]!, set.blockOffsets[i + 1]!] : [i, i + 1];
    const sum = ends(i);
    restOf = -1;
    const rows = addInner(sum, limit, query, first, last, set[boxesOf], box, boxEnd);
    if (rows > limit) return rows * BOUND_SLACK;
    if (blocks) restOf = i;
    const queryBoxes = blocks ? query.blockOffsets[1]! : 1;
    const columns = addInner(sum, limit, set, firstOf(i), lastOf(i), query[boxesOf], 0, queryBoxes);
    return Math.max(rows, columns) * BOUND_SLACK;
  };
  return {
    ofNode: (node, limit) => {
      const start = metresOf(toBox(query, first, tree.starts, node), curvature);
      const end = metresOf(toBox(query, last, tree.ends, node), curvature);
      const mayBeOneCell = last === 0 && tree.leastPoints[node] === 1;
      const sum = mayBeOneCell ? Math.max(start, end) : start + end;
      return addBlocks(sum, limit, tree.bounds, node) * BOUND_SLACK;
    },
    steps: [
      (i, limit) => addBlocks(ends(i), limit, set.bounds, i) * BOUND_SLACK,
      (i, limit) => boundBy(i, limit, "bounds"),
      (i, limit) => boundBy(i, limit, "boxes"),
    ],
    stripsWithin: (i, maxDistance) => {
      // A path must still come to the last cell, and through every row before it.
      if (last === 0) return undefined;
      if (restOf !== i) boundBy(i, maxDistance, "boxes");
      if (restOf !== i) return undefined;
      const end = metresOf(squaredBetween(query, last, set, lastOf(i)), curvature);
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

/** The least squared distance from a point to boxes `from` … `to − 1`. */
function squaredToBoxes(
  boxes: Float64Array,
  from: number,
  to: number,
  x: number,
  y: number,
  z: number,
): number {
  let least = Infinity;
  for (let box = from; box < to && least > 0; box++) {
    const squared = squaredDistanceToBox(boxes, 6 * box, x, y, z);
    if (squared < least) least = squared;
  }
  return least;
}
