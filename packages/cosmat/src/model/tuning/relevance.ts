import type { Matrix } from "@wayweave/numeric";
import type { PairData } from "../pair-data.js";

/** How held-out pairs are scored: by class where classes are known, else by finding the other half of each pair. */
export type Measure = "MAP" | "mean reciprocal rank";

/** Which held-out pairs count as found for which. */
export interface Relevance {
  readonly measure: Measure;
  /** A number a pair: those with the same are relevant for each other, `[pairs]`. */
  readonly classes: ArrayLike<number>;
}

/**
 * By label, or, without labels, by pair. Pairs with equal images or equal texts (two photos called "church") are one then: no model can tell
 * which of them was meant.
 */
export function relevanceOf({ images, texts, labels }: PairData, byClass: boolean): Relevance {
  if (byClass) return { measure: "MAP", classes: labels };
  return { measure: "mean reciprocal rank", classes: joined(firstEqualRows(images), firstEqualRows(texts)) };
}

/** For each row the first that equals it. */
function firstEqualRows({ rows, columns, data }: Matrix): Int32Array {
  const seen = new Map<number, number[]>();
  return Int32Array.from({ length: rows }, (_, row) => {
    let key = 0;
    for (let j = 0; j < columns; j++) key += data[row * columns + j]! * (1 + (j % 31));
    const candidates = seen.get(key) ?? [];
    seen.set(key, candidates);
    const isEqual = (other: number) => {
      for (let j = 0; j < columns; j++) {
        if (data[other * columns + j] !== data[row * columns + j]) return false;
      }
      return true;
    };
    const first = candidates.find(isEqual);
    if (first === undefined) candidates.push(row);
    return first ?? row;
  });
}

/** Numbers of the groups that two groupings join; each names a row's group by its first row. */
function joined(one: Int32Array, other: Int32Array): Int32Array {
  const root = Int32Array.from(one, (_, row) => row);
  const find = (row: number): number => {
    let at = row;
    while (root[at] !== at) at = root[at]!;
    return at;
  };
  for (const first of [one, other]) {
    first.forEach((group, row) => {
      root[find(row)] = find(group);
    });
  }
  return root.map(find);
}
