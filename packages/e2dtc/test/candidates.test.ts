import { uacc } from "@wayweave/eval";
import { Random } from "@wayweave/geo-core";
import { euclideanDistances } from "@wayweave/numeric";
import { expect, it } from "vitest";
import { clusterBy } from "../src/clustering/candidates.js";

// With the 7th neighbour as the scale, as for a small sample, the four sets have .75, .86, .94 and .70.
it.each([0, 1, 2, 3])(
  "spectral clustering finds clusters with a dense core in a large sample (seed %i)",
  async (seed) => {
    const [n, k] = [1000, 12];
    const random = new Random(seed);
    const labels = Uint32Array.from({ length: n }, (_, i) => i % k);
    const rows = new Float64Array(2 * n);
    for (const [i, label] of labels.entries()) {
      const [radius, angle] = [1.3 * random.next() ** 4, 2 * Math.PI * random.next()];
      rows[2 * i] = 3 * (label % 4) + radius * Math.cos(angle);
      rows[2 * i + 1] = 3 * Math.floor(label / 4) + radius * Math.sin(angle);
    }
    const distances = await euclideanDistances({ data: rows, rows: n, columns: 2 });
    expect(uacc(labels, await clusterBy("spectral", distances, n, { k, seed }))).toBeGreaterThan(0.96);
  },
);
