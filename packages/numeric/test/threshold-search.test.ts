import { pairwiseDistances, TrajectorySet } from "@wayweave/geo-core";
import { describe, expect, it } from "vitest";
import { kMedoids } from "../src/clustering/k-medoids.js";
import { searchThreshold } from "../src/clustering/threshold-search.js";

describe("searchThreshold", () => {
  // Two bundles of parallel walks 100 apart, their members 1 apart.
  const bundleOf = (i: number) => 100 * (i % 2) + Math.floor(i / 2);
  const set = new TrajectorySet({
    coordinates: Float64Array.from({ length: 120 }, (_, at) =>
      at % 2 === 0 ? 10 * ((at / 2) % 5) : bundleOf(Math.floor(at / 10)),
    ),
    offsets: Uint32Array.from({ length: 13 }, (_, i) => 5 * i),
    coordinateSystem: "planar",
  });
  const distancesAt = (epsilon: number) => pairwiseDistances(set, { name: "edr", epsilon });
  /** Minus the spread of the clusters' mean positions in y. */
  const score = (labels: Uint32Array) => {
    let spread = 0;
    for (let i = 0; i < 12; i++) {
      for (let j = 0; j < 12; j++) {
        if (labels[i] === labels[j]) spread += Math.abs(bundleOf(i) - bundleOf(j));
      }
    }
    return -spread;
  };

  it("takes the threshold whose clusters score best, and its clustering", async () => {
    // At .5 every walk is a stranger to every other, at 500 they are all alike; 10 joins each bundle.
    const thresholds = [0.5, 10, 500];
    const found = await searchThreshold({ thresholds, n: 12, distancesAt, score }, { k: 2 });
    expect(found.threshold).toBe(10);
    expect(found.clustering).toEqual(await kMedoids(await distancesAt(10), 12, { k: 2 }));
    expect(found.clustering.labels.every((label, i) => label === found.clustering.labels[i % 2])).toBe(true);
    expect(found.scores.length).toBe(3);
    expect(Math.max(...found.scores)).toBe(found.scores[1]);
  });

  it("names what is wrong", async () => {
    await expect(searchThreshold({ thresholds: [], n: 12, distancesAt, score }, { k: 2 })).rejects.toThrow(
      "searchThreshold: thresholds must hold at least one, got 0",
    );
    await expect(
      searchThreshold({ thresholds: [1], n: 12, distancesAt, score: () => Number.NaN }, { k: 2 }),
    ).rejects.toThrow("searchThreshold: score must be a number, got NaN");
  });
});
