import { pairwiseDistances } from "@wayweave/geo-core";
import { describe, expect, it } from "vitest";
import { centroidFeatures } from "../src/features.js";
import { kMedoids } from "../src/k-medoids.js";
import { searchThreshold } from "../src/threshold-search.js";
import { setOf } from "./helpers.js";

describe("searchThreshold", () => {
  // Two bundles of parallel walks 100 apart, their members 1 apart.
  const set = setOf(
    Array.from({ length: 12 }, (_, i) =>
      Array.from({ length: 5 }, (_, p): [number, number] => [10 * p, 100 * (i % 2) + Math.floor(i / 2)]),
    ),
    "planar",
  );
  const distancesAt = (epsilon: number) => pairwiseDistances(set, { name: "edr", epsilon });
  const { data } = centroidFeatures(set);
  /** Minus the spread of the clusters' mean positions in y. */
  const score = (labels: Uint32Array) => {
    let spread = 0;
    for (let i = 0; i < 12; i++) {
      for (let j = 0; j < 12; j++) {
        if (labels[i] === labels[j]) spread += Math.abs(data[2 * i + 1]! - data[2 * j + 1]!);
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
