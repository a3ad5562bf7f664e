import { checkNonNegativeInteger, checkPositiveInteger, type Random } from "@wayweave/geo-core";

/**
 * The batches of an epoch: the numbers 0 … count − 1 in an order drawn at random, cut into whole batches. What fills no
 * batch is left out of this epoch; another epoch leaves out others.
 *
 * @param random is drawn from once, by `permutation`
 * @throws {ValueError} counts that are no counts
 */
export function shuffledBatches(count: number, batchSize: number, random: Random): Uint32Array[] {
  checkNonNegativeInteger("shuffledBatches", "count", count);
  checkPositiveInteger("shuffledBatches", "batchSize", batchSize);
  const order = random.permutation(count);
  const batches = Math.floor(count / batchSize);
  return Array.from({ length: batches }, (_, i) => order.subarray(i * batchSize, (i + 1) * batchSize));
}
