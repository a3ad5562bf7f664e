import type { Random } from "@wayweave/geo-core";
import type { Batch } from "../tokens/batches.js";

/**
 * P's rows of a batch, `[rows, k]`.
 *
 * @param position of the first row of P to read, where rows are read in the data's order
 */
export function targetEntries(target: Float32Array, { indices, rows }: Batch, k: number, position?: number) {
  const data = new Float32Array(rows * k).fill(1 / k);
  for (const [row, index] of indices.entries()) {
    const from = position === undefined ? index : position + row;
    data.set(target.subarray(from * k, (from + 1) * k), row * k);
  }
  return { data, shape: [rows, k] };
}

/** For each row another of the batch, from another cluster where labels are given; where there is none, the row has no weight. */
export function drawOthers(labels: Uint32Array | undefined, { indices, rows }: Batch, random: Random) {
  const others = new Int32Array(rows);
  const weights = new Float32Array(rows);
  for (const [row, index] of indices.entries()) {
    const start = random.integer(indices.length);
    for (let offset = 0; offset < indices.length && weights[row] === 0; offset++) {
      const other = (start + offset) % indices.length;
      const isSame = labels === undefined ? other === row : labels[indices[other]!] === labels[index];
      if (isSame) continue;
      others[row] = other;
      weights[row] = 1;
    }
  }
  return {
    others: { data: others, shape: [rows] },
    otherWeights: { data: weights, shape: [rows] },
  };
}
