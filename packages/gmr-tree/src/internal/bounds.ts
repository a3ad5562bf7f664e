import { EARTH_RADIUS_METERS } from "@wayweave/geo-core/foundation";
import type { PackedTree, TreeFrame } from "./packed-tree.js";
import { writeReducedKey, writeSpatialKey } from "./packed-tree.js";
import type { PreparedQuery } from "./prepared-query.js";

/**
 * Float32 keys and sums are off by some 1e-7 of the coordinates; bounds are widened by far more than the error and far
 * less than matters.
 */
const SPACE_SLACK = 1e-6;
const MEANING_SLACK = 1e-5;
/** By how much float32 may change a parameter. */
const ROUNDING = 1e-6;
/** Where squares do not overflow in float32, nor products become 0 · ∞. */
const LARGEST_PARAMETER = 1e30;
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
  readonly #parameters: Float32Array;
  /** How much coding the query itself may take off a code's scalar product. */
  readonly #codeError: number;

  constructor(tree: PackedTree, query: PreparedQuery) {
    const { layout, frame } = tree;
    this.query = query;
    this.#tree = tree;
    const row = new Float64Array(layout.rowFloats);
    writeSpatialKey(frame, query.x, query.y, row, 0);
    const reach = 1 + Math.abs(row[0]!) + Math.abs(row[1]!) + Math.abs(row[2]!);
    const tooFar = !(reach < FAR_AWAY);
    // Then every spatial bound becomes "anywhere", which is slow and right.
    if (tooFar) row.fill(0, 0, 4);
    this.#parameters = parametersOf(query, frame, tooFar ? Number.POSITIVE_INFINITY : SPACE_SLACK * reach);
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
    const { kernels } = this.#tree;
    kernels.query.set(this.#row);
    kernels.queryCodes.set(this.#codes);
    kernels.parameters.set(this.#parameters);
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
}

/** A query's weights and limits as `kernels.wat` reads them: in units of the spatial keys, and so that bounds only grow. */
function parametersOf(
  { mu, nu, proximity, minSimilarity, maxDistance, hasDirection }: PreparedQuery,
  { planar, scale }: TreeFrame,
  spaceSlack: number,
): Float32Array {
  const unit = planar ? scale : EARTH_RADIUS_METERS;
  const upwards = (1 + ROUNDING) / unit;
  return Float32Array.of(
    mu,
    nu,
    MEANING_SLACK,
    spaceSlack,
    minSimilarity - ROUNDING,
    maxDistance * upwards,
    Math.min(LARGEST_PARAMETER, proximity.offset * upwards),
    Math.min(LARGEST_PARAMETER, (unit / proximity.scale) * (1 - 3 * ROUNDING)),
    // A box at the squared chord c has a similarity of at most 1 − c/2; a query without direction, of 0.
    (hasDirection ? 1 : 0) + MEANING_SLACK,
    proximity.shape,
    // (chord / 2)² of a squared distance; the plane has no chords.
    planar ? 0 : 0.25,
    hasDirection ? 0.5 : 0,
  );
}
