import { agglomerative } from "@wayweave/numeric";
import { expect, it } from "vitest";
import { recoveryOf } from "../src/clustering/candidates.js";
import { substantialCut } from "../src/clustering/substantial-cut.js";

/** Distances of numbers on a line, condensed. */
function distancesOf(places: readonly number[]): Float64Array {
  return Float64Array.from(places.flatMap((a, i) => places.slice(i + 1).map((b) => Math.abs(a - b))));
}

it("gives far items to their nearest cluster, so that k clusters of size are left", async () => {
  // Two clusters of three, and one item far from both: 7 / 2 · 0.5 = 1.75, so that a cluster must have two.
  const places = [0, 1, 2, 10, 11, 12, 100];
  const distances = distancesOf(places);
  const tree = await agglomerative(distances, 7, { linkage: "average" });
  const plain = substantialCut(tree, distances, 7, { k: 2, share: 0 });
  expect(plain[6]).not.toBe(plain[0]);
  expect(plain[3]).toBe(plain[0]);
  expect([...substantialCut(tree, distances, 7, { k: 2, share: 0.5 })]).toEqual([0, 0, 0, 1, 1, 1, 1]);
});

it("is the plain cut where no cut has k clusters of that size", async () => {
  const distances = distancesOf([0, 1, 10]);
  const tree = await agglomerative(distances, 3, { linkage: "average" });
  expect(substantialCut(tree, distances, 3, { k: 2, share: 1 })).toEqual(tree.cut({ k: 2 }));
});

it("recovers a cluster by its largest Jaccard index: {0, 1} of {0, 1, 2} is ⅔, {2, 3} of {3} is ½", () => {
  const before = Uint32Array.of(0, 0, 1, 1);
  expect(recoveryOf(before, Uint32Array.of(1, 1, 1, 0), 2)).toBeCloseTo((2 / 3 + 1 / 2) / 2, 12);
  expect(recoveryOf(before, before, 2)).toBe(1);
  // A cluster without members here is not found again.
  expect(recoveryOf(Uint32Array.of(0, 0), Uint32Array.of(0, 0), 2)).toBe(0.5);
});
