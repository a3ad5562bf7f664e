import { EARTH_RADIUS_METERS } from "@wayweave/geo-core";
import type { PreparedQuery } from "../query.js";
import type { PackedTree } from "./packed-tree.js";
import { writeReducedKey, writeSpatialKey } from "./packed-tree.js";
import { proximityAt } from "./proximity-kernel.js";

/**
 * Float32 keys and sums are off by some 1e-7 of the coordinates; bounds are widened by far more than the error and far
 * less than matters.
 */
const SPACE_SLACK = 1e-6;
const MEANING_SLACK = 1e-5;
const SCORE_SLACK = 1e-9;
/** Query coordinates, in units of the data's extent, beyond which float32 squares overflow. */
const FAR_AWAY = 1e15;
const QUERY_CODE_SCALE = 32767;

/**
 * A query against one tree: upper bounds of scores from the kernels' sums.
 *
 * A box (or an object's key) at squared key distances s in space and m in meaning has a score of at most
 * μ·proximity(metres(√s)) + (1 − μ)(1 − m/2): the proximity falls with the distance, and for unit vectors
 * cos = 1 − chord²/2.
 */
export class QueryBounds {
  readonly query: PreparedQuery;
  readonly #tree: PackedTree;
  readonly #row: Float32Array;
  readonly #codes: Int16Array;
  /** How much coding the query itself may take off a code's scalar product. */
  readonly #codeError: number;
  readonly #spaceSlack: number;
  readonly #metersPerUnit: number;
  readonly #planar: boolean;

  constructor(tree: PackedTree, query: PreparedQuery) {
    const { layout, frame } = tree;
    this.query = query;
    this.#tree = tree;
    this.#planar = frame.planar;
    this.#metersPerUnit = frame.planar ? frame.scale : EARTH_RADIUS_METERS;
    const row = new Float64Array(layout.rowFloats);
    writeSpatialKey(frame, query.x, query.y, row, 0);
    const reach = 1 + Math.abs(row[0]!) + Math.abs(row[1]!) + Math.abs(row[2]!);
    if (reach < FAR_AWAY) {
      this.#spaceSlack = SPACE_SLACK * reach;
    } else {
      // Too far for float32: every spatial bound becomes "anywhere", which is slow and right.
      row.fill(0, 0, 4);
      this.#spaceSlack = Number.POSITIVE_INFINITY;
    }
    if (layout.reduced) writeReducedKey(tree.axes, query.unit, new Float64Array(tree.dimensions), row, 4);
    else row.set(query.unit, 4);
    this.#row = Float32Array.from(row);
    this.#codes = new Int16Array(layout.codeBytes);
    let squares = 0;
    for (let j = 0; j < (layout.reduced ? tree.dimensions : 0); j++) {
      this.#codes[j] = Math.round(query.unit[j]! * QUERY_CODE_SCALE);
      squares += (query.unit[j]! - this.#codes[j]! / QUERY_CODE_SCALE) ** 2;
    }
    this.#codeError = Math.sqrt(squares);
  }

  /** Makes this the query that the tree's kernels compare with. To be called before kernels run. */
  load(): void {
    this.#tree.kernels.query.set(this.#row);
    this.#tree.kernels.queryCodes.set(this.#codes);
  }

  /** A distance that no object in a box, or at a key, at this squared key distance falls short of. */
  leastDistance(squared: number): number {
    const chord = Math.sqrt(squared) - this.#spaceSlack;
    if (!(chord > 0)) return 0;
    if (this.#planar) return chord * this.#metersPerUnit;
    // The first terms of 2·asin(chord / 2), all positive: a lower bound without a call.
    const h = chord * chord * 0.25;
    const angle = chord * (1 + h * (1 / 6 + h * (3 / 40 + h * (15 / 336))));
    return angle * this.#metersPerUnit;
  }

  /** The largest similarity in a box at this squared key distance of meaning. */
  boxSimilarity(squared: number): number {
    if (!this.query.hasDirection) return 0;
    return Math.min(1, 1 - squared / 2 + MEANING_SLACK);
  }

  /** The largest similarity of an object whose key has this scalar product with the query's. */
  rowSimilarity(product: number): number {
    return Math.min(1, product + MEANING_SLACK);
  }

  /** The largest similarity that an object's eight-bit codes allow. Only in trees with reduced keys. */
  codedSimilarity(slot: number): number {
    const { kernels, codeScales } = this.#tree;
    const step = codeScales[2 * slot]!;
    const lost = codeScales[2 * slot + 1]!;
    // u = step·c + e and q = q₁₆/S + f: u·q ≤ step·(c·q₁₆)/S + |e| + |u − e||f|.
    const product = (step * kernels.codes(slot)) / QUERY_CODE_SCALE;
    return product + lost + (1 + lost) * this.#codeError + MEANING_SLACK;
  }

  /** An upper bound of the score, or −∞ where the query's limits rule everything out. */
  score(squaredSpace: number, similarity: number): number {
    const { query } = this;
    if (similarity < query.minSimilarity) return Number.NEGATIVE_INFINITY;
    const distance = this.leastDistance(squaredSpace);
    if (distance > query.maxDistance) return Number.NEGATIVE_INFINITY;
    return query.mu * proximityAt(query.proximity, distance) + (1 - query.mu) * similarity + SCORE_SLACK;
  }
}
