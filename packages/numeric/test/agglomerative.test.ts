import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { agglomerative, condensedIndex, Dendrogram, euclideanDistances, type Linkage } from "../src/index.js";
import { numberedByFirst } from "./partitions.js";

interface Golden {
  readonly sets: readonly {
    readonly name: string;
    readonly n: number;
    readonly distances: readonly number[];
    readonly trees: readonly {
      readonly method: Linkage;
      readonly linkage: readonly number[];
      readonly k: number;
      readonly labelsAtK: readonly number[] | null;
      readonly distance: number;
      readonly labelsAtDistance: readonly number[];
    }[];
  }[];
}

/** SciPy's trees and flat clusters; the script and versions stand in the file. */
const golden: Golden = JSON.parse(readFileSync(new URL("golden/linkage.json", import.meta.url), "utf8"));

const monotone = ["single", "complete", "average", "weighted", "ward"] as const;
const all = [...monotone, "centroid", "median"] as const;

/** Distances that are all different, and so are their means. */
const distinctDistances = fc.integer({ min: 2, max: 14 }).chain((n) => {
  const pairs = (n * (n - 1)) / 2;
  const values = Array.from({ length: pairs }, (_, i) => i + 1 + Math.sin(i));
  return fc
    .shuffledSubarray(values, { minLength: pairs, maxLength: pairs })
    .map((distances) => ({ n, distances: Float64Array.from(distances) }));
});

const anyDistances = fc.integer({ min: 1, max: 12 }).chain((n) => {
  const pairs = (n * (n - 1)) / 2;
  return fc
    .array(fc.integer({ min: 0, max: 9 }), { minLength: pairs, maxLength: pairs })
    .map((distances) => ({ n, distances: Float64Array.from(distances) }));
});

function heights({ linkage }: Dendrogram): number[] {
  return Array.from(linkage).filter((_, i) => i % 4 === 2);
}

describe.each(golden.sets)("agglomerative: $name", ({ n, distances, trees }) => {
  it.each(trees)("$method is SciPy's tree, and cut alike", async (tree) => {
    const ours = await agglomerative(Float64Array.from(distances), n, { linkage: tree.method });
    expect(ours.linkage.length).toBe(tree.linkage.length);
    tree.linkage.forEach((value, i) => {
      if (i % 4 === 2) expect(ours.linkage[i]).toBeCloseTo(value, 12);
      else expect(ours.linkage[i]).toBe(value);
    });
    if (tree.labelsAtK !== null) {
      expect([...ours.cut({ k: tree.k })]).toEqual(numberedByFirst(tree.labelsAtK));
    }
    expect([...ours.cut({ distance: tree.distance })]).toEqual(numberedByFirst(tree.labelsAtDistance));
  });
});

describe("agglomerative", () => {
  it("joins three objects on a line, by hand", async () => {
    // At 0, 1 and 9. Average: {0, 1} at 1, then (9 + 8) / 2. Ward: √((2·81 + 2·64 − 1) / 3) = √(289/3).
    const distances = Float32Array.of(1, 9, 8);
    const average = await agglomerative(distances, 3);
    expect([...average.linkage]).toEqual([0, 1, 1, 2, 2, 3, 8.5, 3]);
    const ward = await agglomerative(distances, 3, { linkage: "ward" });
    expect(ward.linkage[6]).toBeCloseTo(Math.sqrt(289 / 3), 6);
    expect([...distances]).toEqual([1, 9, 8]);
  });

  it("joins the closest pair each time, as the definition of single and complete linkage has it", async () => {
    await fc.assert(
      fc.asyncProperty(distinctDistances, async ({ n, distances }) => {
        for (const linkage of ["single", "complete"] as const) {
          const far = linkage === "single" ? Math.min : Math.max;
          let clusters = Array.from({ length: n }, (_, i) => [i]);
          const expected: number[] = [];
          while (clusters.length > 1) {
            let best = { height: Number.POSITIVE_INFINITY, a: clusters[0]!, b: clusters[1]! };
            for (const a of clusters) {
              for (const b of clusters) {
                if (a === b) continue;
                const between = a.flatMap((i) =>
                  b.map((j) => distances[condensedIndex(n, Math.min(i, j), Math.max(i, j))]!),
                );
                const height = far(...between);
                if (height < best.height) best = { height, a, b };
              }
            }
            expected.push(best.height);
            clusters = [...clusters.filter((c) => c !== best.a && c !== best.b), [...best.a, ...best.b]];
          }
          expect(heights(await agglomerative(distances, n, { linkage }))).toEqual(expected);
        }
      }),
      { numRuns: 60, seed: 1 },
    );
  });

  it("has heights that never fall, ties or not", async () => {
    await fc.assert(
      fc.asyncProperty(anyDistances, fc.constantFrom(...monotone), async ({ n, distances }, linkage) => {
        const made = heights(await agglomerative(distances, n, { linkage }));
        made.forEach((height, i) => {
          if (i > 0) expect(height).toBeGreaterThanOrEqual(made[i - 1]!);
        });
      }),
      { numRuns: 200, seed: 1 },
    );
  });

  it("has k clusters where it is cut at k, each within one of k − 1", async () => {
    await fc.assert(
      fc.asyncProperty(anyDistances, fc.constantFrom(...all), async ({ n, distances }, linkage) => {
        const tree = await agglomerative(distances, n, { linkage });
        let coarser = tree.cut({ k: 1 });
        expect(new Set(coarser)).toEqual(new Set([0]));
        for (let k = 2; k <= n; k++) {
          const labels = tree.cut({ k });
          expect([...labels]).toEqual(numberedByFirst(labels));
          expect(Math.max(...labels)).toBe(k - 1);
          const parents = new Map<number, number>();
          labels.forEach((label, i) => {
            expect(parents.get(label) ?? coarser[i]).toBe(coarser[i]);
            parents.set(label, coarser[i]!);
          });
          coarser = labels;
        }
      }),
      { numRuns: 150, seed: 1 },
    );
  });

  it("does not depend on the order of the objects", async () => {
    const shuffled = distinctDistances.chain(({ n, distances }) =>
      fc
        .shuffledSubarray(
          Array.from({ length: n }, (_, i) => i),
          { minLength: n, maxLength: n },
        )
        .map((order) => ({ n, distances, order })),
    );
    await fc.assert(
      fc.asyncProperty(shuffled, fc.constantFrom(...all), async ({ n, distances, order }, linkage) => {
        const moved = new Float64Array(distances.length);
        for (let i = 0; i < n; i++) {
          for (let j = i + 1; j < n; j++) {
            const [a, b] = [order[i]!, order[j]!];
            moved[condensedIndex(n, i, j)] = distances[condensedIndex(n, Math.min(a, b), Math.max(a, b))]!;
          }
        }
        const tree = await agglomerative(distances, n, { linkage });
        const other = await agglomerative(moved, n, { linkage });
        heights(other).forEach((height, i) => {
          expect(height).toBeCloseTo(heights(tree)[i]!, 9);
        });
        const k = Math.ceil(n / 3);
        const labels = tree.cut({ k });
        expect([...other.cut({ k })]).toEqual(numberedByFirst(order.map((i) => labels[i]!)));
      }),
      { numRuns: 150, seed: 1 },
    );
  });

  it("cuts at a distance where clusters are further apart", async () => {
    const line = euclideanDistances({ rows: 5, columns: 1, data: Float64Array.of(0, 1, 2, 10, 11) });
    const tree = await agglomerative(line, 5, { linkage: "single" });
    expect([...tree.cut({ distance: 0.5 })]).toEqual([0, 1, 2, 3, 4]);
    expect([...tree.cut({ distance: 1 })]).toEqual([0, 0, 0, 1, 1]);
    expect([...tree.cut({ distance: 8 })]).toEqual([0, 0, 0, 0, 0]);
  });

  it("reports progress, and stops when aborted", async () => {
    const distances = euclideanDistances({
      rows: 40,
      columns: 1,
      data: new Float64Array(40).map((_, i) => i * i),
    });
    for (const linkage of all) {
      const seen: number[] = [];
      await agglomerative(distances, 40, { linkage, onProgress: ({ done }) => seen.push(done) });
      expect(seen).toEqual(Array.from({ length: 39 }, (_, i) => i + 1));
      const controller = new AbortController();
      const running = agglomerative(distances, 40, {
        linkage,
        signal: controller.signal,
        onProgress: () => controller.abort(),
      });
      await expect(running).rejects.toThrow("aborted");
    }
  });

  it("names what is wrong, by rejecting", async () => {
    const distances = Float64Array.of(1, 9, 8);
    await expect(agglomerative(distances, 4)).rejects.toThrow(
      "agglomerative: distances must have length 6 (4 × 3 / 2), got 3",
    );
    await expect(agglomerative([1, 9, 8] as never, 3)).rejects.toThrow(
      "agglomerative: distances must be a Float32Array or Float64Array, got an Array",
    );
    await expect(agglomerative(distances, 3, { method: "ward" } as never)).rejects.toThrow(
      'agglomerative: unknown option "method"',
    );
    await expect(agglomerative(distances, 3, { linkage: "mean" as never })).rejects.toThrow(
      'agglomerative: linkage must be one of single, complete, average, weighted, ward, centroid, median, got "mean"',
    );
    await expect(agglomerative(null as never, 3)).rejects.toThrow(
      "agglomerative: distances must be a Float32Array or Float64Array, got null",
    );
  });
});

describe("Dendrogram", () => {
  it("refuses cuts and trees that make no sense", () => {
    const tree = new Dendrogram(3, [0, 1, 1, 2, 2, 3, 8.5, 3]);
    expect(() => tree.cut({} as never)).toThrow("Dendrogram.cut: give either k or distance, got neither");
    expect(() => tree.cut({ k: 2, distance: 1 } as never)).toThrow("got both");
    expect(() => tree.cut({ k: 4 })).toThrow("Dendrogram.cut: k must be at most the 3 objects, got 4");
    expect(() => tree.cut({ distance: Number.NaN })).toThrow(
      "Dendrogram.cut: distance must be a finite number, got NaN",
    );
    expect(() => new Dendrogram(3, [0, 1, 1, 2, 0, 3, 8.5, 3])).toThrow(
      "Dendrogram: row 1 of linkage must join two clusters below 4 that no row joined before, got 0",
    );
  });

  it("keeps clusters together that a height falling again joined", () => {
    // 0 and 1 at height 2, then 2 at height 1: a cut at 1.5 lies below the first merge, so nothing is joined.
    const tree = new Dendrogram(3, [0, 1, 2, 2, 2, 3, 1, 3]);
    expect([...tree.cut({ distance: 1.5 })]).toEqual([0, 1, 2]);
    expect([...tree.cut({ distance: 2 })]).toEqual([0, 0, 0]);
  });
});

describe("agglomerative at any scale", () => {
  it.each(["ward", "centroid", "median"] as const)(
    "%s of huge and tiny distances is that of usual ones",
    async (linkage) => {
      const usual = Float64Array.of(1, 9, 8, 4, 7, 3);
      const expected = await agglomerative(usual, 4, { linkage });
      for (const factor of [2 ** 700, 2 ** -700]) {
        const { linkage: tree } = await agglomerative(
          usual.map((distance) => distance * factor),
          4,
          { linkage },
        );
        expect([...tree].map((value, i) => (i % 4 === 2 ? value / factor : value))).toEqual([
          ...expected.linkage,
        ]);
      }
      const mixed = await agglomerative(Float64Array.of(1e200, 1e200, 1e-200), 3, { linkage });
      expect([...mixed.cut({ k: 2 })]).toEqual([0, 1, 1]);
    },
  );
});
