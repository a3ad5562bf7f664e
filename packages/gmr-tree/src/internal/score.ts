import { haversineMeters } from "@wayweave/geo-core/foundation";
import { signalAt } from "../attributes/signals.js";
import type { Hit, Id } from "../query.js";
import type { PreparedQuery } from "./prepared-query.js";
import { proximityAt } from "./proximity-kernel.js";

/*
 * The arithmetic of a score, in one place: the search, the tail of new objects and the exhaustive search all use
 * these functions, so that their results are equal to the last bit.
 */

/** More than rounding may lift a sum of terms over what its parts allow. */
const ROUNDING = 1e-12;
/** Below this length squares lose digits, or vanish. */
const SMALL = 1e-140;
const TINY_SCALE = 2 ** 600;

/**
 * Cosine similarity of a float64 query and a stored float32 vector, both of length 1 (or 0): their scalar product,
 * without its rounding excess over ±1.
 */
export function similarityOf(query: Float64Array, vectors: Float32Array, offset: number): number {
  const length = query.length;
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let j = 0;
  // Four sums that do not wait for each other.
  for (; j + 3 < length; j += 4) {
    a += query[j]! * vectors[offset + j]!;
    b += query[j + 1]! * vectors[offset + j + 1]!;
    c += query[j + 2]! * vectors[offset + j + 2]!;
    d += query[j + 3]! * vectors[offset + j + 3]!;
  }
  for (; j < length; j++) a += query[j]! * vectors[offset + j]!;
  const product = a + b + (c + d);
  return Math.max(-1, Math.min(1, product));
}

/** Distance in metres on the sphere, or in the coordinates' unit on the plane. */
export function distanceBetween(planar: boolean, ax: number, ay: number, bx: number, by: number): number {
  if (!planar) return haversineMeters(ax, ay, bx, by);
  const dx = ax - bx;
  const dy = ay - by;
  const distance = Math.sqrt(dx * dx + dy * dy);
  if (distance > SMALL) return distance;
  // A power of two scales without rounding.
  return Math.sqrt((dx * TINY_SCALE) ** 2 + (dy * TINY_SCALE) ** 2) / TINY_SCALE;
}

/** Objects in columns: a packed tree, or the list of the newest. */
export interface ScoredColumns {
  readonly ids: ArrayLike<number>;
  /** [count, 2] */
  readonly positions: ArrayLike<number>;
  readonly vectors: Float32Array;
  /** Where object i's unit vector begins in {@link vectors}. */
  vectorOffset(i: number): number;
  /** Object i's value of an attribute. */
  attribute(i: number, attribute: number): number;
}

/**
 * Scores one object against a query by eq. (3) of the paper, F = μ·proximity + (1 − μ)·similarity, and the query's further
 * signals.
 *
 * @param threshold scores below need not be worked out
 * @returns undefined where the query's limits leave the object out, its cursor does, or it scores less than the threshold
 */
export function scoreObject(
  query: PreparedQuery,
  planar: boolean,
  columns: ScoredColumns,
  i: number,
  threshold: number,
): Hit<Id> | undefined {
  const similarity = similarityOf(query.unit, columns.vectors, columns.vectorOffset(i));
  if (similarity < query.minSimilarity) return undefined;
  const { mu, nu, signals, names } = query;
  let values: number[] | undefined;
  let further = 0;
  if (signals.length > 0) {
    values = signals.map((signal) => signalAt(signal, columns.attribute(i, signal.attribute)));
    for (let s = 0; s < values.length; s++) further += signals[s]!.weight * values[s]!;
  }
  // As if the object were here: a distance takes longer than all else.
  const most = mu + nu * similarity + further;
  if (most + ROUNDING * (1 + mu + nu + further) < threshold) return undefined;
  const distanceMeters = distanceBetween(
    planar,
    query.x,
    query.y,
    columns.positions[2 * i]!,
    columns.positions[2 * i + 1]!,
  );
  if (distanceMeters > query.maxDistance) return undefined;
  const proximity = proximityAt(query.proximity, distanceMeters);
  let score = mu * proximity + nu * similarity;
  if (values !== undefined) score += further;
  if (score < threshold) return undefined;
  const id = names === undefined ? columns.ids[i]! : names[columns.ids[i]!]!;
  if (query.after !== undefined && !isAfter(query.after, score, id)) return undefined;
  if (values === undefined) return { id, score, distanceMeters, proximity, similarity };
  return { id, score, distanceMeters, proximity, similarity, signals: values };
}

function isAfter(after: { readonly score: number; readonly id: Id }, score: number, id: Id): boolean {
  return score < after.score || (score === after.score && id > after.id);
}
