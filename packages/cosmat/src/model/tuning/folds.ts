import { Random } from "@wayweave/geo-core";
import { type PairData, selectPairs } from "../pair-data.js";
import { UNLABELED } from "../pairs.js";
import { type Relevance, relevanceOf } from "./relevance.js";

/** Pairs to fit to, and pairs to score on: whole ones, with a class where classes count. */
export interface Fold {
  readonly train: PairData;
  readonly heldOut: PairData;
  /** Which of the held-out pairs are relevant for which. */
  readonly relevance: Relevance;
}

/** Fewer whole pairs than this (a fold) say nothing. */
const FEWEST_HELD_OUT = 3;

/**
 * Splits pairs for cross-validation, each class evenly. Every class keeps an example that is never held out, so that it can
 * be fitted.
 *
 * @param limit rows that are used at most, drawn at random
 * @returns undefined where there are too few pairs
 */
export function makeFolds(
  data: PairData,
  { folds, seed, limit }: { readonly folds: number; readonly seed: number; readonly limit: number },
): readonly Fold[] | undefined {
  const random = new Random(seed).split("folds");
  const order = drawRows(data, random, limit);
  const place = foldOf(data, order, folds);
  if (folds * FEWEST_HELD_OUT > place.size) return undefined;
  const parts = Array.from({ length: folds }, (_, fold) => order.filter((row) => place.get(row) === fold));
  if (parts.some((part) => part.length < FEWEST_HELD_OUT)) return undefined;
  return parts.map((part) => {
    const held = new Set(part);
    const heldOut = selectPairs(data, part);
    return {
      train: selectPairs(
        data,
        order.filter((row) => !held.has(row)),
      ),
      heldOut,
      relevance: relevanceOf(heldOut, data.rows.classes > 0),
    };
  });
}

/** A smaller fold: the first share of the pairs to fit to, and one of every class; the same pairs to score on. */
export function thinned({ train, ...scored }: Fold, share: number): Fold {
  const count = Math.max(2, Math.round(share * train.images.rows));
  const kept = Array.from({ length: count }, (_, i) => i);
  return { train: selectPairs(train, withAllClasses(train, kept)), ...scored };
}

/** Random order of at most `limit` rows, classes complete. */
function drawRows(data: PairData, random: Random, limit: number): number[] {
  const all = Array.from(random.permutation(data.images.rows));
  return all.length <= limit ? all : withAllClasses(data, all.slice(0, limit));
}

/** The rows, and an image and a text of each class that they lack. */
function withAllClasses({ labels, rows }: PairData, chosen: readonly number[]): number[] {
  const result = new Set(chosen);
  for (const examples of [rows.labeledImages, rows.labeledTexts]) {
    const missing = new Map<number, number>();
    for (const row of examples) if (!missing.has(labels[row]!)) missing.set(labels[row]!, row);
    for (const row of examples) if (result.has(row)) missing.delete(labels[row]!);
    for (const row of missing.values()) result.add(row);
  }
  return [...result];
}

/** The fold that holds a row out; rows that are never held out are missing. */
function foldOf({ labels, rows }: PairData, order: readonly number[], folds: number): Map<number, number> {
  const whole = new Set(rows.paired);
  const place = new Map<number, number>();
  const seen = new Map<number, number>();
  for (const row of order) {
    if (!whole.has(row)) continue;
    const label = labels[row]!;
    if (rows.classes > 0 && label === UNLABELED) continue;
    const count = seen.get(label) ?? 0;
    seen.set(label, count + 1);
    // The first of a class stays for fitting.
    if (rows.classes === 0) place.set(row, count % folds);
    else if (count > 0) place.set(row, (count - 1) % folds);
  }
  return place;
}
