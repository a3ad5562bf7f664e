import type { Random } from "@wayweave/geo-core";

/**
 * The batches of an epoch: every pair at most once, in an order drawn anew.
 *
 * A batch is made of runs of `alikeRun` pairs that follow each other in `alikeOrder`, so that what is hard to tell apart
 * meets in one batch. The rest that fills no batch is left out of this epoch; another epoch leaves out another rest.
 *
 * @param alikeOrder all pairs, alike ones next to each other
 */
export function epochBatches(
  alikeOrder: Uint32Array,
  batchSize: number,
  alikeRun: number,
  random: Random,
): Uint32Array[] {
  const pairs = alikeOrder.length;
  // Runs begin somewhere else each epoch, so that every two neighbours meet in some.
  const shift = random.integer(alikeRun);
  const runs = random.permutation(Math.floor(pairs / alikeRun));
  const order = new Uint32Array(runs.length * alikeRun);
  for (let run = 0; run < runs.length; run++) {
    for (let i = 0; i < alikeRun; i++) {
      order[run * alikeRun + i] = alikeOrder[(runs[run]! * alikeRun + shift + i) % pairs]!;
    }
  }
  const count = Math.floor(order.length / batchSize);
  return Array.from({ length: count }, (_, i) => order.subarray(i * batchSize, (i + 1) * batchSize));
}
