import { readFileSync } from "node:fs";
import { Random } from "@wayweave/geo-core";
import { expect, it } from "vitest";
import wabt from "wabt";
import { contentsOf, GmrTree } from "../src/gmr-tree.js";
import { QueryBounds } from "../src/internal/bounds.js";
import { BOUND_SLACK } from "../src/internal/kernels.js";
import { KERNELS_WASM, MEMORY_FLAG_OFFSET } from "../src/internal/kernels-wasm.js";
import { LEAF, PackedTree } from "../src/internal/packed-tree.js";
import { prepareSearch } from "../src/internal/prepare-search.js";
import type { PreparedQuery } from "../src/internal/prepared-query.js";
import { scoreObject } from "../src/internal/score.js";

const scoreSlot = (tree: PackedTree, query: PreparedQuery, slot: number) =>
  scoreObject(query, tree.frame.planar, tree, slot, Number.NEGATIVE_INFINITY);

it("kernels-wasm.ts is what kernels.wat assembles to", async () => {
  const text = readFileSync(new URL("../src/internal/kernels.wat", import.meta.url), "utf8");
  const toolkit = await wabt();
  const { buffer } = toolkit.parseWat("kernels.wat", text, { simd: true }).toBinary({});
  expect(Buffer.from(buffer).toString("hex")).toBe(KERNELS_WASM);
  // "memory", the kind of the import (2), its limits.
  expect(Buffer.from(buffer).indexOf("memory\x02")).toBe(MEMORY_FLAG_OFFSET - 7);
});

/** By how much coding in eight bits may loosen a bound here. */
const CODING = 0.02;

for (const shared of [false, true]) {
  for (const proximity of [
    { kind: "relative" },
    { kind: "exponential", scaleMeters: 2e6, offsetMeters: 1e5 },
    { kind: "gaussian", scaleMeters: 3e6 },
  ] as const) {
    it(`bounds hold, in place and block by block, in ${shared ? "shared" : "own"} memory (${proximity.kind})`, () => {
      const random = new Random(1);
      const [count, dimensions] = [3000, 70];
      const columns = {
        dimensions,
        positions: Array.from({ length: 2 * count }, () => random.uniform(-80, 80)),
        vectors: Array.from({ length: count * dimensions }, () => random.normal()),
      };
      const whole = GmrTree.build({ ...columns, shared });
      const simd = contentsOf(whole, "test").forest.parts[0]!.tree;
      const lent = new PackedTree({ ...simd.storage, memory: undefined }, simd.layout, simd.frame);
      expect([simd.storage.memory, lent.storage.memory]).toEqual([expect.any(WebAssembly.Memory), undefined]);

      const vector = columns.vectors.slice(0, dimensions);
      const query = prepareSearch("test", contentsOf(whole, "test"), {
        position: [10, 20],
        vector,
        proximity,
      });
      for (const tree of [simd, lent]) new QueryBounds(tree, query).load();
      for (let node = 0; node < simd.nodeStarts.length; node++) {
        const start = simd.nodeStarts[node]!;
        const size = simd.nodeCounts[node]! & ~LEAF;
        const isLeaf = simd.nodeCounts[node]! >= LEAF;
        const [kept, expected] = [simd.kernels, lent.kernels].map((kernels) =>
          isLeaf ? kernels.leaf(node, start, start + size, -2) : kernels.children(start, size, -2),
        );
        expect([kept, expected]).toEqual([size, size]);
        for (let i = 0; i < 3 * size; i += 3) {
          expect(simd.kernels.found[i]).toBe(lent.kernels.found[i]);
          const bound = simd.kernels.values[i + 1]!;
          expect(bound).toBe(lent.kernels.values[i + 1]);
          if (!isLeaf) continue;
          const slot = simd.kernels.found[i]!;
          const { score, proximity: near } = scoreSlot(simd, query, slot)!;
          expect(bound).toBeGreaterThan(score - BOUND_SLACK);
          expect(simd.kernels.values[i + 2]).toBeGreaterThan(query.mu * near - BOUND_SLACK);
          expect(simd.kernels.codes(slot)).toBe(lent.kernels.codes(slot));
        }
      }
    });
  }
}

it("leaves out what is below the threshold, too far or not similar enough, and nothing else", () => {
  const random = new Random(2);
  const count = 5001;
  const tree = GmrTree.build({
    dimensions: 3,
    positions: Array.from({ length: 2 * count }, () => random.uniform(0, 20)),
    vectors: Array.from({ length: 3 * count }, () => random.normal()),
  });
  const { tree: packed } = contentsOf(tree, "test").forest.parts[0]!;
  for (const limits of [{}, { maxDistanceMeters: 4e5 }, { minSimilarity: 0.5 }]) {
    const query = prepareSearch("test", contentsOf(tree, "test"), {
      position: [5, 5],
      vector: [1, 2, 3],
      ...limits,
    });
    new QueryBounds(packed, query).load();
    for (let node = 0; node < packed.nodeStarts.length; node++) {
      if (packed.nodeCounts[node]! < LEAF) continue;
      const start = packed.nodeStarts[node]!;
      const end = start + (packed.nodeCounts[node]! & ~LEAF);
      const reached = packed.kernels.leaf(node, start, end, 0.8);
      const kept = new Set(Array.from({ length: reached }, (_, i) => packed.kernels.found[3 * i]!));
      for (let slot = start; slot < end; slot++) {
        const score = scoreSlot(packed, query, slot)?.score ?? Number.NEGATIVE_INFINITY;
        if (score >= 0.8) expect(kept).toContain(slot);
        if (score < 0.8 - CODING && Number.isFinite(score)) expect(kept).not.toContain(slot);
      }
    }
  }
});
