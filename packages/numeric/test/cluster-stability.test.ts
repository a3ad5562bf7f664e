import { Random } from "@wayweave/geo-core";
import { describe, expect, it } from "vitest";
import {
  agglomerative,
  clusterStability,
  euclideanDistances,
  kMeans,
  selectDistances,
  selectRows,
} from "../src/index.js";
import { clouds } from "./clouds.js";

describe("clusterStability", () => {
  const points = clouds([
    [40, 0, 1],
    [40, 30, 1],
    [40, 60, 1],
  ]);

  it("is 1 for clusters that are there, and lower where they are cut anyhow", async () => {
    const at = (k: number) =>
      clusterStability({
        n: points.rows,
        cluster: async (objects, seed) => (await kMeans(selectRows(points, objects), { k, seed })).labels,
      });
    expect(await at(3)).toEqual({ mean: 1, standardDeviation: 0, agreements: new Float64Array(45).fill(1) });
    const two = await at(2);
    const five = await at(5);
    expect(two.mean).toBeLessThan(0.9);
    expect(five.mean).toBeLessThan(0.9);
    expect(five.standardDeviation).toBeGreaterThan(0);
  });

  it("compares common objects only, by hand", async () => {
    // Samples of 3 of 4 objects; labels by parity of the object, with a different name in each sample: they agree.
    const seen: number[][] = [];
    const same = await clusterStability({
      n: 4,
      share: 0.75,
      repeats: 3,
      cluster: (objects, repeat) => {
        seen.push([...objects]);
        return objects.map((object) => (object % 2) + 10 * repeat);
      },
    });
    expect(same.agreements).toEqual(Float64Array.of(1, 1, 1));
    for (const objects of seen) {
      expect(objects.length).toBe(3);
      expect(objects).toEqual([...new Set(objects)].sort((a, b) => a - b));
    }
    // One cluster in one sample, singletons in the other: no pair agrees, ARI 0.
    const none = await clusterStability({
      n: 6,
      share: 0.8,
      repeats: 2,
      cluster: (objects, repeat) => objects.map((object) => (repeat === 0 ? 0 : object)),
    });
    expect([...none.agreements]).toEqual([0]);
  });

  it("is about 0 for labels drawn by chance", async () => {
    const random = new Random(1);
    const { mean } = await clusterStability({
      n: 400,
      repeats: 8,
      cluster: (objects) => objects.map(() => random.integer(4)),
    });
    expect(Math.abs(mean)).toBeLessThan(0.02);
  });

  it("clusters samples of condensed distances", async () => {
    const distances = euclideanDistances(points);
    const n = points.rows;
    const { mean } = await clusterStability({
      n,
      cluster: async (objects) =>
        (await agglomerative(selectDistances(distances, n, objects), objects.length)).cut({ k: 3 }),
    });
    expect(mean).toBe(1);
  });

  it("draws the same samples from a seed, reports progress, and stops when aborted", async () => {
    const samplesOf = async (seed: number) => {
      const samples: number[][] = [];
      const done: number[] = [];
      await clusterStability({
        n: 20,
        seed,
        repeats: 3,
        onProgress: (progress) => done.push(progress.done),
        cluster: (objects) => {
          samples.push([...objects]);
          return objects.fill(0);
        },
      });
      expect(done).toEqual([1, 2, 3]);
      return samples;
    };
    expect(await samplesOf(4)).toEqual(await samplesOf(4));
    expect(await samplesOf(4)).not.toEqual(await samplesOf(5));
    const controller = new AbortController();
    const running = clusterStability({
      n: 20,
      cluster: (objects) => objects,
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    await expect(running).rejects.toThrow("aborted");
  });

  it("names what is wrong, by rejecting", async () => {
    const cluster = (objects: Uint32Array) => objects;
    await expect(clusterStability({ n: 10, cluster, share: 0.5 })).rejects.toThrow(
      "clusterStability: share must be so large that two samples of 10 objects have two in common, got 0.5: 5 objects each",
    );
    await expect(clusterStability({ n: 10, cluster: () => [1, 2] })).rejects.toThrow(
      "clusterStability: the labels of cluster must have length 7, got 2",
    );
    await expect(clusterStability({ n: 10, cluster, fraction: 0.5 } as never)).rejects.toThrow(
      'clusterStability: unknown option "fraction"',
    );
    await expect(clusterStability({ n: 10 } as never)).rejects.toThrow(
      "clusterStability: cluster must be a function, got undefined",
    );
  });
});

describe("selectDistances", () => {
  it("keeps the order that it is given, and the precision", () => {
    const distances = Float32Array.of(1, 9, 8);
    expect(selectDistances(distances, 3, [2, 0])).toEqual(Float32Array.of(9));
    expect(selectDistances(distances, 3, [2, 1, 0])).toEqual(Float32Array.of(8, 9, 1));
    expect(selectDistances(distances, 3, [1, 1])).toEqual(Float32Array.of(0));
    expect(selectDistances(distances, 3, [])).toEqual(new Float32Array(0));
    expect(() => selectDistances(distances, 3, [3, 0])).toThrow(
      "selectDistances: objects[0] must be an integer in [0, 3), got 3",
    );
  });
});
