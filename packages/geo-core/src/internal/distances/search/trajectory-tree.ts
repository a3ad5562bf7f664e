import { type PreparedPoints, uniteBoxes } from "../points.js";

/** Trajectories of a leaf. */
const LEAF_SIZE = 8;

/**
 * A binary tree over trajectories by where they start and end, in flat columns.
 *
 * Node k holds trajectories `order[from[k]]` … `order[to[k] − 1]`; its children are k + 1 and `right[k]`, 0 for a leaf. The
 * root is node 0. Boxes are minX, minY, minZ, maxX, maxY, maxZ.
 */
export interface TrajectoryTree {
  readonly order: Uint32Array;
  readonly from: Uint32Array;
  readonly to: Uint32Array;
  readonly right: Uint32Array;
  /** Around the first points of a node's trajectories, `[nodes × 6]`. */
  readonly starts: Float64Array;
  /** Around their last points. */
  readonly ends: Float64Array;
  /** Around all their points. */
  readonly bounds: Float64Array;
  readonly leastPoints: Uint32Array;
  readonly mostPoints: Uint32Array;
}

/** Splits at the median of the widest of the six axes (start x, y, z, end x, y, z) until a leaf's size is reached. */
export function buildTrajectoryTree(points: PreparedPoints): TrajectoryTree {
  const count = points.offsets.length - 1;
  const starts = endBoxes(points, count, (i) => points.offsets[i]!);
  const ends = endBoxes(points, count, (i) => points.offsets[i + 1]! - 1);
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  const nodes = layOut(count);
  const nodeCount = nodes.from.length;
  const tree: TrajectoryTree = {
    order,
    ...nodes,
    starts: new Float64Array(6 * nodeCount),
    ends: new Float64Array(6 * nodeCount),
    bounds: new Float64Array(6 * nodeCount),
    leastPoints: new Uint32Array(nodeCount),
    mostPoints: new Uint32Array(nodeCount),
  };
  // Parents come before their children: split on the way down, unite on the way up.
  for (let node = 0; node < nodeCount; node++) {
    if (nodes.right[node] !== 0) splitNode(tree, node, starts, ends);
  }
  for (let node = nodeCount - 1; node >= 0; node--) {
    if (nodes.right[node] === 0) fillLeaf(tree, node, points, starts, ends);
    else fillFromChildren(tree, node);
  }
  return tree;
}

/** The ranges and right children of all nodes, which follow from the count alone. */
function layOut(count: number): Pick<TrajectoryTree, "from" | "to" | "right"> {
  const from: number[] = [];
  const to: number[] = [];
  const right: number[] = [];
  const place = (start: number, end: number): void => {
    const node = from.length;
    from.push(start);
    to.push(end);
    right.push(0);
    if (end - start <= LEAF_SIZE) return;
    const middle = (start + end) >>> 1;
    place(start, middle);
    right[node] = from.length;
    place(middle, end);
  };
  if (count > 0) place(0, count);
  return { from: Uint32Array.from(from), to: Uint32Array.from(to), right: Uint32Array.from(right) };
}

/** One point a trajectory, as boxes of no size. */
function endBoxes(points: PreparedPoints, count: number, pointOf: (i: number) => number): Float64Array {
  const boxes = new Float64Array(6 * count);
  for (let i = 0; i < count; i++) {
    const p = pointOf(i);
    boxes[6 * i] = boxes[6 * i + 3] = points.x[p]!;
    boxes[6 * i + 1] = boxes[6 * i + 4] = points.y[p]!;
    boxes[6 * i + 2] = boxes[6 * i + 5] = points.z[p]!;
  }
  return boxes;
}

function splitNode(
  { order, from, to }: TrajectoryTree,
  node: number,
  starts: Float64Array,
  ends: Float64Array,
): void {
  const first = from[node]!;
  const last = to[node]! - 1;
  let widest = -1;
  let table = starts;
  let axis = 0;
  for (const candidate of [starts, ends]) {
    for (let k = 0; k < 3; k++) {
      let [low, high] = [Infinity, -Infinity];
      for (let at = first; at <= last; at++) {
        const value = candidate[6 * order[at]! + k]!;
        if (value < low) low = value;
        if (value > high) high = value;
      }
      if (high - low > widest) [widest, table, axis] = [high - low, candidate, k];
    }
  }
  selectMiddle(order, first, last, (first + last + 1) >>> 1, table, axis);
}

/** Hoare's selection: afterwards no entry before `middle` has a larger key than one from it on. */
function selectMiddle(
  order: Uint32Array,
  first: number,
  last: number,
  middle: number,
  table: Float64Array,
  axis: number,
): void {
  let [left, right] = [first, last];
  while (left < right) {
    const pivot = table[6 * order[(left + right) >>> 1]! + axis]!;
    let [i, j] = [left, right];
    while (i <= j) {
      while (table[6 * order[i]! + axis]! < pivot) i++;
      while (table[6 * order[j]! + axis]! > pivot) j--;
      if (i > j) break;
      const swapped = order[i]!;
      order[i] = order[j]!;
      order[j] = swapped;
      i++;
      j--;
    }
    if (middle <= j) right = j;
    else if (middle >= i) left = i;
    else return;
  }
}

function fillLeaf(
  tree: TrajectoryTree,
  node: number,
  points: PreparedPoints,
  starts: Float64Array,
  ends: Float64Array,
): void {
  const members = tree.order.subarray(tree.from[node]!, tree.to[node]!);
  const gather = (boxes: Float64Array) => {
    const gathered = new Float64Array(6 * members.length);
    for (const [at, i] of members.entries()) gathered.set(boxes.subarray(6 * i, 6 * i + 6), 6 * at);
    return gathered;
  };
  uniteBoxes(gather(starts), 0, members.length, tree.starts, node);
  uniteBoxes(gather(ends), 0, members.length, tree.ends, node);
  uniteBoxes(gather(points.bounds), 0, members.length, tree.bounds, node);
  const counts = Array.from(members, (i) => points.offsets[i + 1]! - points.offsets[i]!);
  tree.leastPoints[node] = Math.min(...counts);
  tree.mostPoints[node] = Math.max(...counts);
}

function fillFromChildren(tree: TrajectoryTree, node: number): void {
  const [left, right] = [node + 1, tree.right[node]!];
  for (const boxes of [tree.starts, tree.ends, tree.bounds]) {
    for (let axis = 0; axis < 3; axis++) {
      boxes[6 * node + axis] = Math.min(boxes[6 * left + axis]!, boxes[6 * right + axis]!);
      boxes[6 * node + axis + 3] = Math.max(boxes[6 * left + axis + 3]!, boxes[6 * right + axis + 3]!);
    }
  }
  tree.leastPoints[node] = Math.min(tree.leastPoints[left]!, tree.leastPoints[right]!);
  tree.mostPoints[node] = Math.max(tree.mostPoints[left]!, tree.mostPoints[right]!);
}
