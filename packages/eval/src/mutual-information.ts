import { checkOneOf, checkOptions } from "@wayweave/geo-core";
import { type Contingency, contingency, isSamePartition } from "./internal/contingency.js";
import { expectedMutualInformation } from "./internal/expected-mutual-information.js";
import type { Labels } from "./labels.js";

const normalizations = ["sqrt", "arithmetic", "min", "max"] as const;

/** What mutual information is divided by: √(H(U)H(V)), their mean, the lesser or the greater. */
export type Normalization = (typeof normalizations)[number];

/** What {@link nmi} and {@link adjustedMutualInformation} divide by. */
export interface MutualInformationOptions {
  /** Default `"sqrt"` for `nmi` (E2DTC eq. 16), `"arithmetic"` for `adjustedMutualInformation`. */
  readonly normalization?: Normalization;
}

/**
 * Mutual information of two labellings.
 *
 * @returns nats, ≥ 0
 * @throws {ShapeError} lengths that differ
 * @throws {ValueError} no labels, or a number that is not an integer
 */
export function mutualInformation(labelsTrue: Labels, labelsPredicted: Labels): number {
  return mutualInformationOf(contingency("mutualInformation", labelsTrue, labelsPredicted));
}

/**
 * Normalised mutual information.
 *
 * Source: E2DTC eq. (16), I(C, C′) / √(H(C)H(C′)); the other denominators as in Vinh, Epps & Bailey 2010.
 *
 * @param labelsTrue integers or strings, `[n]`
 * @param labelsPredicted integers or strings, `[n]`
 * @param options `normalization`: `"sqrt"` (default, eq. 16), `"arithmetic"`, `"min"` or `"max"`
 * @returns in [0, 1]; 1 for the same partition, 0 where one labelling has a single label and the other has not
 * @throws {ShapeError} lengths that differ
 * @throws {ValueError} no labels, a number that is not an integer, or an unknown normalisation
 * @example nmi([0, 0, 1, 1], [0, 0, 1, 2]) // ln 2 / √(ln 2 · 1.5 ln 2) = 0.8165
 */
export function nmi(
  labelsTrue: Labels,
  labelsPredicted: Labels,
  options: MutualInformationOptions = {},
): number {
  checkOptions("nmi", options, ["normalization"]);
  const { normalization = "sqrt" } = options;
  checkOneOf("nmi", "normalization", normalization, normalizations);
  const table = contingency("nmi", labelsTrue, labelsPredicted);
  if (isSamePartition(table)) return 1;
  const information = mutualInformationOf(table);
  const scale = normalizer(table, normalization);
  // I ≤ min(H, H′), so a vanishing denominator means no information; rounding may exceed 1 by a little.
  return scale === 0 ? 0 : Math.min(1, information / scale);
}

/**
 * Adjusted mutual information: mutual information above that expected of random labellings with the same cluster
 * sizes.
 *
 * Source: Vinh, Epps & Bailey 2010, (I − E[I]) / (norm(H, H′) − E[I]); E[I] is their exact sum over the
 * hypergeometric model.
 *
 * @param labelsTrue integers or strings, `[n]`
 * @param labelsPredicted integers or strings, `[n]`
 * @param options `normalization`: `"arithmetic"` (default, as scikit-learn), `"sqrt"`, `"min"` or `"max"`
 * @returns at most 1; 1 for the same partition, about 0 for unrelated ones, and 0 where one
 *   labelling is a single cluster or leaves every item alone and the other does not
 * @throws {ShapeError} lengths that differ
 * @throws {ValueError} no labels, a number that is not an integer, or an unknown normalisation
 * @example adjustedMutualInformation([0, 0, 1, 1], [0, 0, 1, 2]) // 0.5714
 */
export function adjustedMutualInformation(
  labelsTrue: Labels,
  labelsPredicted: Labels,
  options: MutualInformationOptions = {},
): number {
  checkOptions("adjustedMutualInformation", options, ["normalization"]);
  const { normalization = "arithmetic" } = options;
  checkOneOf("adjustedMutualInformation", "normalization", normalization, normalizations);
  const table = contingency("adjustedMutualInformation", labelsTrue, labelsPredicted);
  if (isSamePartition(table)) return 1;
  // One cluster, or all items alone, tells as much of any labelling: I = E[I], and only rounding would be left.
  if (isTrivial(table.classSizes, table.n) || isTrivial(table.clusterSizes, table.n)) return 0;
  const expected = expectedMutualInformation(table.classSizes, table.clusterSizes, table.n);
  const gained = mutualInformationOf(table) - expected;
  const possible = normalizer(table, normalization) - expected;
  return gained / possible;
}

function isTrivial(sizes: Float64Array, n: number): boolean {
  return sizes.length === 1 || sizes.length === n;
}

/** Σ nᵢⱼ/n · log(n nᵢⱼ / (aᵢ bⱼ)). */
function mutualInformationOf(table: Contingency): number {
  const { n, classSizes, clusterSizes, cellClass, cellCluster, cellCount } = table;
  if (classSizes.length === 1 || clusterSizes.length === 1) return 0;
  const logN = Math.log(n);
  let sum = 0;
  for (let cell = 0; cell < cellCount.length; cell++) {
    const count = cellCount[cell]!;
    const logProduct = Math.log(classSizes[cellClass[cell]!]!) + Math.log(clusterSizes[cellCluster[cell]!]!);
    sum += (count / n) * (Math.log(count) + logN - logProduct);
  }
  return Math.max(0, sum);
}

/** −Σ s/n · log(s/n), nats. */
function entropy(sizes: Float64Array, n: number): number {
  let sum = 0;
  for (let i = 0; i < sizes.length; i++) sum -= (sizes[i]! / n) * Math.log(sizes[i]! / n);
  return sum;
}

function normalizer(table: Contingency, normalization: Normalization): number {
  const classes = entropy(table.classSizes, table.n);
  const clusters = entropy(table.clusterSizes, table.n);
  switch (normalization) {
    case "sqrt":
      return Math.sqrt(classes * clusters);
    case "arithmetic":
      return (classes + clusters) / 2;
    case "min":
      return Math.min(classes, clusters);
    case "max":
      return Math.max(classes, clusters);
  }
}
