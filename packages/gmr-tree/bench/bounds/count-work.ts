import { EARTH_RADIUS_METERS } from "@wayweave/geo-core";
import { Frontier } from "../../src/internal/frontier.js";
import { LEAF } from "../../src/internal/packed-tree.js";
import type { Similarity } from "./bounds.js";
import type { Tree } from "./packings.js";

const MU = 0.5;
const K = 10;
const SLACK = 1e-6;

/** What a search has to look at, whatever the machine. */
export interface Work {
  nodesBounded: number;
  objectsBounded: number;
  /** The ten best scores. */
  readonly best: number[];
}

/** A best-first search as the package's, with the given bound of the similarity. */
export function countWork(
  tree: Tree,
  boxes: Float32Array,
  similarity: Similarity,
  query: Float32Array,
  proximity: (meters: number) => number,
): Work {
  const { rows, length, starts, counts } = tree;
  const best: number[] = [];
  const work: Work = { nodesBounded: 0, objectsBounded: 0, best };
  const frontier = new Frontier();
  frontier.push(Number.POSITIVE_INFINITY, 0);
  while (frontier.size > 0 && (best.length < K || frontier.maxKey >= best[K - 1]!)) {
    const node = frontier.pop();
    const isLeaf = counts[node]! >= LEAF;
    for (let child = starts[node]!, end = child + (counts[node]! & ~LEAF); child < end; child++) {
      if (isLeaf) {
        work.objectsBounded++;
        insert(best, scoreOf(rows, child, length, query, proximity));
        continue;
      }
      work.nodesBounded++;
      const low = 2 * length * child;
      let squares = 0;
      for (let j = 0; j < 3; j++) {
        squares += Math.max(0, boxes[low + j]! - query[j]!, query[j]! - boxes[low + length + j]!) ** 2;
      }
      frontier.push(MU * proximity(meters(squares)) + (1 - MU) * similarity(child, query) + SLACK, child);
    }
  }
  return work;
}

function scoreOf(
  rows: Float32Array,
  i: number,
  length: number,
  query: Float32Array,
  proximity: (meters: number) => number,
): number {
  let squares = 0;
  let product = 0;
  for (let j = 0; j < 3; j++) squares += (rows[i * length + j]! - query[j]!) ** 2;
  for (let j = 4; j < length; j++) product += rows[i * length + j]! * query[j]!;
  return MU * proximity(meters(squares)) + (1 - MU) * product;
}

function meters(squaredChord: number): number {
  return 2 * EARTH_RADIUS_METERS * Math.asin(Math.min(1, Math.sqrt(squaredChord) / 2));
}

/** Keeps the K largest, descending. */
function insert(best: number[], score: number): void {
  if (best.length === K && score <= best[K - 1]!) return;
  if (best.length === K) best.pop();
  let i = best.length;
  best.push(score);
  for (; i > 0 && best[i - 1]! < score; i--) best[i] = best[i - 1]!;
  best[i] = score;
}
