import { Random } from "@wayweave/geo-core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  decoderInput,
  encoderInput,
  paddedLength,
  planBatches,
  shuffledBatches,
} from "../src/tokens/batches.js";

const sizes = { batchSize: 3, tokensPerBatch: 16 };

describe("planBatches", () => {
  it("pads to powers of two from 4", () => {
    expect([1, 4, 5, 8, 9, 100].map(paddedLength)).toEqual([4, 4, 8, 8, 16, 128]);
  });

  it("takes every trajectory once, in batches that have room for it", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 40 }),
        fc.nat(99),
        (lengths, seed) => {
          const all = Uint32Array.from(lengths, (_, i) => i);
          const batches = shuffledBatches(lengths, all, sizes, new Random(seed));
          expect(batches.flatMap(({ indices }) => [...indices]).sort((a, b) => a - b)).toEqual([...all]);
          for (const { indices, time, rows } of batches) {
            expect([Math.max(1, Math.min(3, Math.floor(16 / time))), 1]).toContain(rows);
            expect(indices.length).toBeLessThanOrEqual(rows);
            for (const index of indices) expect(paddedLength(lengths[index]!)).toBe(time);
          }
        },
      ),
    );
  });

  it("shrinks the last batch of a length by quarters to what its trajectories need", () => {
    const rowsOf = (count: number) =>
      planBatches(
        new Uint32Array(count).fill(4),
        Uint32Array.from({ length: count }, (_, i) => i),
        {
          batchSize: 64,
          tokensPerBatch: 8192,
        },
      ).map(({ rows }) => rows);
    expect(rowsOf(64)).toEqual([64]);
    expect(rowsOf(64 + 17)).toEqual([64, 64]);
    expect(rowsOf(64 + 16)).toEqual([64, 16]);
    expect(rowsOf(4)).toEqual([4]);
    expect(rowsOf(1)).toEqual([1]);
  });

  it("lays batches out time first, with the decoder one token behind", () => {
    // Two sequences, 5 6 and 7, in a batch of three rows, of which a third is too few.
    const within = Float32Array.of(0.1, -0.1, 0.2, -0.2, 0.3, -0.3);
    const sequences = { tokens: Int32Array.of(5, 6, 7), offsets: Uint32Array.of(0, 2, 3), within };
    const [batch] = planBatches([3, 2], Uint32Array.of(0, 1), sizes) as [never];
    expect(encoderInput(sequences, batch)).toEqual({
      tokens: Int32Array.of(5, 7, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0),
      within: Float32Array.of(
        ...[0.1, -0.1, 0.3, -0.3, 0, 0, 0.2, -0.2],
        ...Array.from({ length: 16 }, () => 0),
      ),
      lengths: Int32Array.of(2, 1, 1),
    });
    expect(decoderInput(sequences, batch)).toEqual({
      before: Int32Array.of(0, 0, 0, 5, 7, 0, 6, 0, 0, 0, 0, 0),
      targets: Int32Array.of(5, 7, 1, 6, 1, 1, 1, 1, 1, 1, 1, 1),
      weights: Float32Array.of(1, 1, 0, 1, 1, 0, 1, 0, 0, 0, 0, 0),
    });
  });
});
