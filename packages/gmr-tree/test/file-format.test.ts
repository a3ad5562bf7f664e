import { Random, ValueError } from "@wayweave/geo-core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FormatError, GmrTree, kgmcms, objectsWithin } from "../src/index.js";
import { checksum } from "../src/internal/checksum.js";
import { layoutOf } from "../src/internal/layout.js";
import { randomPosition, randomVector } from "./oracle.js";

function sample(count: number, dimensions: number, signature = false): GmrTree {
  const random = new Random(count + dimensions);
  return GmrTree.build({
    dimensions,
    positions: Array.from({ length: count }, () => randomPosition(random, "clusters", false)).flat(),
    vectors: Array.from({ length: count }, () => randomVector(random, "posterior", dimensions)).flat(),
    ...(signature ? { signature: { kind: "largest" as const, count: 2 } } : {}),
  });
}
const query = { position: [1, 2], vector: [1, 2, 3, 4, 5], k: 5 } as const;

describe("toBuffer and from", () => {
  it("round trip, with signatures, planar trees and empty ones", () => {
    const tree = sample(300, 5, true);
    const copy = GmrTree.from(tree.toBuffer());
    expect(copy.size).toBe(300);
    expect(copy.search(query)).toEqual(tree.search(query));
    expect(kgmcms(copy, query)).toEqual(kgmcms(tree, query));
    expect(new Uint8Array(copy.toBuffer())).toEqual(new Uint8Array(tree.toBuffer()));

    const empty = GmrTree.from(GmrTree.build({ dimensions: 5, positions: [], vectors: [] }).toBuffer());
    expect(empty.search(query)).toEqual([]);
    expect(empty.insert({ position: [1, 2], vector: [1, 0, 0, 0, 0] })).toBe(0);

    const planar = GmrTree.build({
      dimensions: 1,
      coordinateSystem: "planar",
      positions: [1e6, -5, 2e6, 7],
      vectors: [1, -1],
      ids: [9, 4],
    });
    const again = GmrTree.from(planar.toBuffer());
    expect(again.coordinateSystem).toBe("planar");
    expect(objectsWithin(again, [1e6, -5], 0)).toEqual([9]);
    expect(again.insert({ position: [0, 0], vector: [1] })).toBe(10);
  });

  it("reads a view in the middle of a larger buffer, as Node's readFile returns", () => {
    const bytes = new Uint8Array(sample(50, 5).toBuffer());
    const larger = new Uint8Array(bytes.length + 100);
    larger.set(bytes, 37);
    const tree = GmrTree.from(larger.subarray(37, 37 + bytes.length));
    expect(tree.search(query)).toEqual(sample(50, 5).search(query));
  });

  it("refuses what is not a tree, with the reason and the place", () => {
    const bytes = sample(40, 5).toBuffer();
    const words = (change: (words: Uint32Array) => void): ArrayBuffer => {
      const copy = bytes.slice(0);
      change(new Uint32Array(copy));
      return copy;
    };
    expect(() => GmrTree.from(new ArrayBuffer(64))).toThrow("not a whole tree: 64 bytes");
    expect(() => GmrTree.from(new ArrayBuffer(128))).toThrow(
      'byte 0: GmrTree.from: a tree starts with "GMRT"',
    );
    expect(() => GmrTree.from(words((w) => w.fill(1, 1, 2)))).toThrow(
      "byte 4: GmrTree.from: version 1 is not supported, only 3",
    );
    expect(() => GmrTree.from(bytes.slice(0, bytes.byteLength - 64))).toThrow(
      `byte 12: ${bytes.byteLength} bytes expected, got ${bytes.byteLength - 64}`,
    );
    expect(() => GmrTree.from(words((w) => w.fill(7, 50, 51)))).toThrow(
      /^byte 8: GmrTree.from: damaged: checksum/,
    );
    // @ts-expect-error a string is not a buffer
    expect(() => GmrTree.from("tree")).toThrow(
      "GmrTree.from: buffer must be an ArrayBuffer, a SharedArrayBuffer or a view of one",
    );
  });

  it("refuses trees of more than 4 GiB, with what they would need", () => {
    const shape = {
      count: 50_000_000,
      dimensions: 10,
      nodeCount: 1_000_000,
      attributes: 0,
    };
    // A row takes 64 bytes, its codes 16, its position 16 and its id 4; a node's box 128 and its links 8.
    expect(() => layoutOf("GmrTree.build", shape)).toThrow(
      new ValueError(
        "GmrTree.build: one tree holds at most 4 GiB, but 50000000 objects of 10 dimensions need 4.8 GiB: split them over several trees",
      ),
    );
  });

  it("any bit flipped is a FormatError", () => {
    const bytes = sample(120, 70, true).toBuffer();
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 8 * bytes.byteLength - 1 }), (bit) => {
        const damaged = new Uint8Array(bytes.slice(0));
        damaged[bit >> 3]! ^= 1 << (bit & 7);
        expect(() => GmrTree.from(damaged)).toThrow(FormatError);
      }),
      { numRuns: 1500 },
    );
  });

  it("any truncation or extension is a FormatError", () => {
    const bytes = sample(60, 5).toBuffer();
    for (let length = 0; length < bytes.byteLength; length += 13) {
      expect(() => GmrTree.from(bytes.slice(0, length))).toThrow(FormatError);
    }
    const longer = new Uint8Array(bytes.byteLength + 64);
    longer.set(new Uint8Array(bytes));
    expect(() => GmrTree.from(longer)).toThrow(FormatError);
  });

  it("damage under a valid checksum never hangs, reads out of range or throws anything else", () => {
    const bytes = sample(300, 5, true).toBuffer();
    const structure = fc.oneof(
      // The header, and the nodes (behind rows and boxes), where a wrong number would do most harm.
      fc.integer({ min: 1, max: 31 }),
      fc.integer({ min: 0, max: bytes.byteLength / 4 - 1 }),
    );
    const value = fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 2 ** 32 - 1 }));
    fc.assert(
      fc.property(fc.array(fc.tuple(structure, value), { minLength: 1, maxLength: 4 }), (changes) => {
        const damaged = new Uint32Array(bytes.slice(0));
        for (const [word, number] of changes) if (word !== 2) damaged[word] = number;
        damaged[2] = checksum(damaged, 2);
        let tree: GmrTree;
        try {
          tree = GmrTree.from(damaged);
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError);
          return;
        }
        if (tree.dimensions !== 5) return;
        expect(tree.search(query).length).toBeLessThanOrEqual(5);
        expect([...tree.nearest(query)].length).toBeLessThanOrEqual(tree.size);
      }),
      { numRuns: 1500 },
    );
  });

  it.each([5, 70])(
    "damage under a valid checksum is refused, or changes no answer (%d dimensions)",
    (dimensions) => {
      const random = new Random(7);
      const count = 300;
      const bytes = GmrTree.build({
        dimensions,
        positions: Array.from({ length: count }, () => randomPosition(random, "clusters", false)).flat(),
        vectors: Array.from({ length: count }, () => randomVector(random, "mixture", dimensions)).flat(),
        attributes: {
          kind: Array.from({ length: count }, () => ["bar", "park", null][random.integer(3)]!),
          price: Array.from({ length: count }, () => random.integer(400)),
        },
      }).toBuffer();
      // Other names are another tree.
      const namesBytes = new Uint32Array(bytes)[11]!;
      const header = fc.integer({ min: 4, max: 31 });
      const anywhere = fc.integer({ min: 32, max: (bytes.byteLength - namesBytes) / 4 - 1 });
      const place = fc.oneof({ arbitrary: header, weight: 1 }, { arbitrary: anywhere, weight: 9 });
      let accepted = 0;
      fc.assert(
        fc.property(place, fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.nat(1000), (word, flip, seed) => {
          const damaged = new Uint32Array(bytes.slice(0));
          damaged[word]! ^= flip;
          damaged[2] = checksum(damaged, 2);
          let tree: GmrTree<{ kind: string; price: number }>;
          try {
            tree = GmrTree.from(damaged);
          } catch (error) {
            expect(error).toBeInstanceOf(FormatError);
            return;
          }
          accepted++;
          expectItsOwnAnswers(tree, seed);
        }),
        { numRuns: 400 },
      );
      // What lies between sections, and a digit of an object's own: nothing that anything else is made of.
      expect(accepted).toBeLessThan(200);
    },
  );

  it("ranges, sets, boxes and codes that do not fit are refused by name", () => {
    const tree = GmrTree.build({
      dimensions: 2,
      positions: [1, 2, 3, 4],
      vectors: [1, 0, 0, 1],
      attributes: { price: [5, 7] },
    });
    const bytes = tree.toBuffer();
    const layout = layoutOf("test", { count: 2, dimensions: 2, nodeCount: 1, attributes: 1 });
    const damaged = (change: (buffer: ArrayBuffer) => void): ArrayBuffer => {
      const copy = bytes.slice(0);
      change(copy);
      const words = new Uint32Array(copy);
      words[2] = checksum(words, 2);
      return copy;
    };
    for (const [message, change] of [
      [
        "damaged: attributes",
        (b: ArrayBuffer) => new Float64Array(b, layout.attributeRangesOffset).fill(6, 1, 2),
      ],
      [
        "damaged: attributes",
        (b: ArrayBuffer) => new Uint32Array(b, layout.attributeSetsOffset).fill(0, 0, 4),
      ],
      ["damaged: boxes", (b: ArrayBuffer) => new Float32Array(b, layout.boxesOffset).fill(0.9995, 0, 1)],
      ["damaged: codes", (b: ArrayBuffer) => new Uint8Array(b, layout.keyCodesOffset).fill(77, 0, 1)],
      ["damaged: keys", (b: ArrayBuffer) => new Float32Array(b, layout.rowsOffset).fill(0.5, 0, 1)],
      ["damaged: keys", (b: ArrayBuffer) => new Float32Array(b, layout.rowsOffset).fill(0.5, 4, 5)],
      ["damaged: ids", (b: ArrayBuffer) => new Uint32Array(b, layout.idsOffset).fill(1, 0, 2)],
      ["damaged: keys", (b: ArrayBuffer) => new Float64Array(b, layout.positionsOffset).fill(181, 0, 1)],
    ] as const) {
      expect(() => GmrTree.from(damaged(change))).toThrow(message);
    }
  });
});

/** Searches, with conditions and without, find what a tree finds that is built of the objects that this one says it has. */
function expectItsOwnAnswers(tree: GmrTree<{ kind: string; price: number }>, seed: number): void {
  const random = new Random(seed);
  const { dimensions } = tree;
  const target = {
    position: randomPosition(random, "clusters", false) as [number, number],
    vector: randomVector(random, "mixture", dimensions),
  };
  const objects = tree.search({ ...target, k: Number.POSITIVE_INFINITY }).map(({ id }) => tree.get(id)!);
  expect(objects).toHaveLength(tree.size);
  const again = GmrTree.build({
    dimensions,
    positions: objects.flatMap(({ position }) => [...position]),
    vectors: objects.flatMap(({ vector }) => Array.from(vector)),
    ids: objects.map(({ id }) => id),
    attributes: {
      kind: objects.map(({ attributes }) => attributes.kind),
      price: objects.map(({ attributes }) => attributes.price),
    },
  });
  for (const where of [{}, { kind: "bar" }, { price: { min: 100, max: 130 } }, { price: 50 }]) {
    const scores = tree.search({ ...target, where, k: 5 }).map(({ score }) => score);
    const expected = again.search({ ...target, where, k: 5 }).map(({ score }) => score);
    expect(scores).toHaveLength(expected.length);
    for (const [rank, score] of scores.entries()) expect(score).toBeCloseTo(expected[rank]!, 4);
  }
}
