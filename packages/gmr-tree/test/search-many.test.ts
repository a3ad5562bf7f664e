import { Random } from "@wayweave/geo-core";
import { describe, expect, it } from "vitest";
import { GmrTree, ValueError } from "../src/index.js";
import { ScratchAreas } from "../src/internal/scratch-areas.js";
import { randomPosition, randomVector } from "./oracle.js";

const random = new Random(5);
const dimensions = 8;
const objects = 5000;
const queries = 100;
const columns = (count: number) => ({
  positions: Float64Array.from(
    Array.from({ length: count }, () => randomPosition(random, "clusters", false)).flat(),
  ),
  vectors: Float32Array.from(
    Array.from({ length: count }, () => randomVector(random, "posterior", dimensions)).flat(),
  ),
});
const built = columns(objects);
const batch = { ...columns(queries), k: 4, mu: 0.3 };

/** The same queries one by one. */
function oneByOne(tree: GmrTree, { positions, vectors, k, mu } = batch) {
  return Array.from({ length: positions.length / 2 }, (_, i) =>
    tree.search({
      position: [positions[2 * i]!, positions[2 * i + 1]!],
      vector: vectors.subarray(i * dimensions, (i + 1) * dimensions),
      k,
      mu,
    }),
  );
}

describe("searchMany", () => {
  it("gives what search gives, in this thread and in workers, and says how far it is", async () => {
    for (const shared of [false, true]) {
      const tree = GmrTree.build({ dimensions, ...built, shared });
      tree.remove(17);
      tree.insert({ position: [0, 0], vector: new Array(dimensions).fill(1) });
      const expected = oneByOne(tree);
      for (const workers of [0, 2]) {
        const progress: number[] = [];
        const result = await tree.searchMany(batch, {
          workers,
          onProgress: ({ done, total }) => {
            expect(total).toBe(queries);
            progress.push(done);
          },
        });
        expect(result.length).toBe(queries);
        expect(expected.map((_, i) => result.at(i))).toEqual(expected);
        expect(progress.at(-1)).toBe(queries);
      }
    }
  });

  it("fills what it finds where fewer than k objects qualify", async () => {
    const tree = GmrTree.build({ dimensions: 1, positions: [0, 0, 1, 1], vectors: [1, -1] });
    const result = await tree.searchMany({ positions: [0, 0], vectors: [1], minSimilarity: 0, k: 10 });
    expect(result.at(0).map(({ id }) => id)).toEqual([0]);
    expect((await tree.searchMany({ positions: [], vectors: [] })).length).toBe(0);
  });

  it("checks its input, and stops when told", async () => {
    const tree = GmrTree.build({ dimensions, ...built });
    await expect(tree.searchMany({ ...batch, mu: 2 })).rejects.toThrow(
      "GmrTree.searchMany: mu must be in [0, 1], got 2",
    );
    await expect(tree.searchMany({ ...batch, k: 0 })).rejects.toThrow(
      "GmrTree.searchMany: k must be a positive integer, got 0",
    );
    await expect(tree.searchMany({ ...batch, filter: () => true }, { workers: 1 })).rejects.toThrow(
      ValueError,
    );
    const broken = { ...batch, vectors: batch.vectors.slice() };
    broken.vectors[8 * 60] = Number.NaN;
    await expect(tree.searchMany(broken, { workers: 2 })).rejects.toThrow(
      new ValueError("GmrTree.searchMany: query 60: vector[0] must be finite, got NaN"),
    );
    const refuse = (): never => {
      throw new RangeError("no more");
    };
    await expect(tree.searchMany(batch, { workers: 2, onProgress: refuse })).rejects.toThrow("no more");
    for (const workers of [0, 1]) {
      const controller = new AbortController();
      const stopped = tree.searchMany(batch, {
        workers,
        signal: controller.signal,
        onProgress: () => controller.abort(new Error("enough")),
      });
      await expect(stopped).rejects.toThrow("enough");
    }
  });

  it("goes on beside itself and beside search on one tree, of more than 256 KiB, and after a failure", async () => {
    const batches = [0.2, 0.8].map((mu) => ({ ...columns(2000), k: 4, mu }));
    for (const shared of [false, true]) {
      const tree = GmrTree.build({ dimensions, ...built, shared });
      expect(tree.toBuffer().byteLength).toBeGreaterThan(2 ** 18);
      const expected = batches.map((each) => oneByOne(tree, each));
      const single = oneByOne(tree);
      const broken = { ...batches[0]!, vectors: batches[0]!.vectors.slice() };
      broken.vectors[0] = Number.NaN;
      await expect(tree.searchMany(broken, { workers: 4 })).rejects.toThrow("vector[0] must be finite");
      let searched = 0;
      // Searches in this thread whenever workers have done some of theirs.
      const onProgress = (): void => {
        if (searched++ % 10 === 0) expect(oneByOne(tree)).toEqual(single);
      };
      const results = await Promise.all(
        batches.map((each) => tree.searchMany(each, { workers: 2, onProgress })),
      );
      results.forEach((result, b) => {
        expect(expected[b]!.map((_, i) => result.at(i))).toEqual(expected[b]);
      });
      expect(searched).toBeGreaterThan(2 * (2000 / 16));
    }
  });

  it("never gives one scratch area to two workers, nor the owner's, and lets the 65th wait", async () => {
    const areas = new ScratchAreas();
    const taken = new Set<number>();
    let most = 0;
    const runs = Array.from({ length: 70 }, (_, i) =>
      areas.use(async (area) => {
        expect(taken.has(area)).toBe(false);
        taken.add(area);
        most = Math.max(most, taken.size);
        await new Promise((resolve) => setTimeout(resolve));
        taken.delete(area);
        if (i % 7 === 0) throw new Error("this one failed");
        expect(area).toBeGreaterThan(0);
      }),
    );
    const ends = await Promise.allSettled(runs);
    expect(ends.filter(({ status }) => status === "rejected").length).toBe(70 / 7);
    expect(most).toBe(64);
  });
});
