import { Random } from "@wayweave/geo-core";
import { describe, expect, it } from "vitest";
import { GmrTree, kgmcms, type SignatureMatch } from "../src/index.js";
import { signatureWords, writeSignature } from "../src/signatures.js";
import { exhaustiveSearch, randomPosition, randomVector, type Thing } from "./oracle.js";

describe("signatures", () => {
  it("hsig sets the bits of entries at or above the threshold, or of the largest entries", () => {
    const bits = Uint32Array.of(0xffffffff, 0xffffffff);
    const vector = Array.from({ length: 40 }, (_, j) =>
      j === 1 ? 0.5 : j === 39 ? 0.3 : j === 7 ? 0.3 : 0.01,
    );
    expect(signatureWords(40)).toBe(2);
    writeSignature({ kind: "threshold", threshold: 0.3 }, vector, 0, 40, bits, 0);
    expect([...bits]).toEqual([2 ** 1 + 2 ** 7, 2 ** (39 - 32)]);
    writeSignature({ kind: "largest", count: 2 }, vector, 0, 40, bits, 0);
    expect([...bits]).toEqual([2 ** 1 + 2 ** 7, 0]);
  });
});

const random = new Random(1);
const things: Thing[] = Array.from({ length: 2000 }, (_, id) => ({
  id,
  position: randomPosition(random, "clusters", false),
  vector: randomVector(random, "posterior", 8),
}));
const tree = GmrTree.build({
  dimensions: 8,
  positions: things.flatMap(({ position }) => [...position]),
  vectors: things.flatMap(({ vector }) => [...vector]),
  signature: { kind: "largest", count: 2 },
});

/** The two largest entries' places. */
function topTwo(vector: ArrayLike<number>): number[] {
  const order = Array.from(vector, (value, j) => ({ value, j })).sort(
    (a, b) => b.value - a.value || a.j - b.j,
  );
  return [order[0]!.j, order[1]!.j];
}

describe("kgmcms", () => {
  for (const match of ["any", "all"] as const satisfies SignatureMatch[]) {
    it(`takes the nearest objects with ${match} of the query's bits, ranked by score`, () => {
      for (let q = 0; q < 20; q++) {
        const vector = randomVector(random, "posterior", 8);
        const position = randomPosition(random, "clusters", false);
        const wanted = topTwo(vector);
        const all = exhaustiveSearch(things, { position, vector, k: things.length }, false);
        const matching = all.filter(({ id }) => {
          const own = topTwo(things[id]!.vector);
          const common = wanted.filter((j) => own.includes(j)).length;
          return match === "any" ? common > 0 : common === 2;
        });
        const nearest = matching
          .toSorted((a, b) => a.distanceMeters - b.distanceMeters || a.id - b.id)
          .slice(0, 6);
        nearest.sort((a, b) => b.score - a.score || a.id - b.id);
        expect(kgmcms(tree, { position, vector, k: 6, match }).hits).toEqual(nearest);
      }
    });
  }

  it("misses most of the true best: it ranks by distance", () => {
    let found = 0;
    for (let q = 0; q < 50; q++) {
      const query = {
        position: randomPosition(random, "clusters", false),
        vector: randomVector(random, "posterior", 8),
      };
      const truth = new Set(tree.search(query).map(({ id }) => id));
      found += kgmcms(tree, query).hits.filter(({ id }) => truth.has(id)).length;
    }
    // 500 objects are to be found.
    expect(found).toBeGreaterThan(0);
    expect(found).toBeLessThan(400);
  });

  it("line 13 as printed accepts only objects that nothing outside the result beats", () => {
    for (let q = 0; q < 30; q++) {
      const query = {
        position: randomPosition(random, "clusters", false),
        vector: randomVector(random, "posterior", 8),
      };
      const { hits } = kgmcms(tree, { ...query, acceptance: "printed" });
      // So they are the first of the true ranking, as many as were accepted.
      expect(hits).toEqual(tree.search(query).slice(0, hits.length));
    }
  });
});
