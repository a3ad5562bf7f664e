import { LEAF } from "../../src/internal/packed-tree.js";
import { unit } from "./objects.js";
import type { Tree } from "./packings.js";

const PIVOTS = 4;
/** Entries of at least this much set a bit of the signature. */
const SIGNATURE_THRESHOLD = 0.3;

/** The largest similarity that a node allows. */
export type Similarity = (node: number, query: Float32Array) => number;

export type BoundName = "signature" | "pivots" | "cone" | "maxima" | "box" | "box and cone";
export const boundNames: readonly BoundName[] = [
  "signature",
  "pivots",
  "cone",
  "maxima",
  "box",
  "box and cone",
];

/** Corners of every node's objects in all coordinates: [nodes, 2, length]. */
export function boxesOf({ rows, length, starts, counts }: Tree): Float32Array {
  const boxes = new Float32Array(2 * length * starts.length);
  for (let node = starts.length - 1; node >= 0; node--) {
    const low = 2 * length * node;
    const high = low + length;
    boxes.fill(Number.POSITIVE_INFINITY, low, high).fill(Number.NEGATIVE_INFINITY, high, high + length);
    const isLeaf = counts[node]! >= LEAF;
    const [from, stride, upper] = isLeaf ? [rows, length, 0] : [boxes, 2 * length, length];
    for (let child = starts[node]!, end = child + (counts[node]! & ~LEAF); child < end; child++) {
      for (let j = 0; j < length; j++) {
        boxes[low + j] = Math.min(boxes[low + j]!, from[child * stride + j]!);
        boxes[high + j] = Math.max(boxes[high + j]!, from[child * stride + upper + j]!);
      }
    }
  }
  return boxes;
}

/** Makes a bound of a tree. Each is valid for vectors of length 1; signatures need entries ≥ 0. */
export function makeBound(name: BoundName, tree: Tree, boxes: Float32Array): Similarity {
  switch (name) {
    case "box":
      return boxBound(tree, boxes);
    case "maxima":
      return maximaBound(tree, boxes);
    case "signature":
      return signatureBound(tree, boxes);
    case "cone":
      return coneBound(tree);
    case "pivots":
      return pivotBound(tree);
    case "box and cone": {
      const box = boxBound(tree, boxes);
      const cone = coneBound(tree);
      return (node, query) => Math.min(box(node, query), cone(node, query));
    }
  }
}

/** cos = 1 − chord²/2, and the chord is at least the distance to the box. */
function boxBound({ length }: Tree, boxes: Float32Array): Similarity {
  return (node, query) => {
    const low = 2 * length * node;
    let squares = 0;
    for (let j = 4; j < length; j++) {
      squares += Math.max(0, boxes[low + j]! - query[j]!, query[j]! - boxes[low + length + j]!) ** 2;
    }
    return 1 - squares / 2;
  };
}

/** Σ of the larger product with either end of the entry's range. */
function maximaBound({ length }: Tree, boxes: Float32Array): Similarity {
  return (node, query) => {
    const low = 2 * length * node;
    let sum = 0;
    for (let j = 4; j < length; j++) {
      sum += Math.max(query[j]! * boxes[low + j]!, query[j]! * boxes[low + length + j]!);
    }
    return Math.min(1, sum);
  };
}

/** Entries without a bit are below the threshold, the others at most 1, and the vector's length is 1. */
function signatureBound({ length }: Tree, boxes: Float32Array): Similarity {
  return (node, query) => {
    const high = 2 * length * node + length;
    let large = 0;
    let small = 0;
    for (let j = 4; j < length; j++) {
      if (boxes[high + j]! >= SIGNATURE_THRESHOLD) large += query[j]! ** 2;
      else small += SIGNATURE_THRESHOLD * query[j]!;
    }
    return Math.min(1, Math.sqrt(large) + small);
  };
}

/** cos of the angle to the centroid, less the largest angle of an object to it. */
function coneBound(tree: Tree): Similarity {
  const { rows, length, starts } = tree;
  const axes = new Float32Array(length * starts.length);
  const angles = new Float64Array(starts.length);
  eachNode(tree, (node, begin, end) => {
    const sum = new Array<number>(length - 4).fill(0);
    for (let i = begin; i < end; i++) for (let j = 4; j < length; j++) sum[j - 4]! += rows[i * length + j]!;
    axes.set(unit(sum), node * length + 4);
    for (let i = begin; i < end; i++)
      angles[node] = Math.max(angles[node]!, angleBetween(axes, node, rows, i, length));
  });
  return (node, query) => Math.cos(Math.max(0, angleBetween(axes, node, query, 0, length) - angles[node]!));
}

/** Every node's range of angles to four objects far from each other; the angle to the query differs by the gap at least. */
function pivotBound(tree: Tree): Similarity {
  const { rows, length, starts, count } = tree;
  const pivots = [0];
  while (pivots.length < PIVOTS) {
    let best = 0;
    let most = -1;
    for (let i = 0; i < count; i += 97) {
      const least = Math.min(...pivots.map((pivot) => angleBetween(rows, pivot, rows, i, length)));
      if (least > most) [best, most] = [i, least];
    }
    pivots.push(best);
  }
  const low = new Float64Array(PIVOTS * starts.length).fill(Math.PI);
  const high = new Float64Array(PIVOTS * starts.length);
  eachNode(tree, (node, begin, end) => {
    pivots.forEach((pivot, p) => {
      const at = PIVOTS * node + p;
      for (let i = begin; i < end; i++) {
        const angle = angleBetween(rows, pivot, rows, i, length);
        low[at] = Math.min(low[at]!, angle);
        high[at] = Math.max(high[at]!, angle);
      }
    });
  });
  return (node, query) => {
    const gaps = pivots.map((pivot, p) => {
      const angle = angleBetween(rows, pivot, query, 0, length);
      return Math.max(0, low[PIVOTS * node + p]! - angle, angle - high[PIVOTS * node + p]!);
    });
    return Math.cos(Math.max(...gaps));
  };
}

/** Every node with the range of its objects, which are contiguous. */
function eachNode({ starts, counts }: Tree, visit: (node: number, begin: number, end: number) => void): void {
  const begins = new Uint32Array(starts.length);
  const ends = new Uint32Array(starts.length);
  for (let node = starts.length - 1; node >= 0; node--) {
    const start = starts[node]!;
    const count = counts[node]! & ~LEAF;
    const isLeaf = counts[node]! >= LEAF;
    begins[node] = isLeaf ? start : begins[start]!;
    ends[node] = isLeaf ? start + count : ends[start + count - 1]!;
    visit(node, begins[node]!, ends[node]!);
  }
}

function angleBetween(a: Float32Array, i: number, b: Float32Array, k: number, length: number): number {
  let product = 0;
  for (let j = 4; j < length; j++) product += a[i * length + j]! * b[k * length + j]!;
  return Math.acos(Math.max(-1, Math.min(1, product)));
}
