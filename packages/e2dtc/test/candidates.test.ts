import { uacc } from "@wayweave/eval";
import { createRoutes, Random } from "@wayweave/geo-core";
import { euclideanDistances } from "@wayweave/numeric";
import { expect, it, vi } from "vitest";
import { candidatesOf, clusterBy } from "../src/clustering/candidates.js";
import { sampleOf } from "../src/clustering/sample.js";

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

it("looks at fewer resamples of what cannot be taken, and takes what all of them show", async () => {
  const { set, routes: k } = createRoutes({ scene: "town", seed: 3, trips: 120 });
  const sample = await sampleOf(set, { where: "test", seed: 0, clusterBy: "auto", sampleSize: 120 });
  const { views } = sample.views;
  const options = { k, seed: 0, rankOf: () => 0 };
  const found = await candidatesOf(views, 120, { ...options, methods: ["agglomerative", "spectral"] });
  const best = found.reduce((taken, each) => (each.score > taken.score ? each : taken));
  expect(best.resamples).toBe(24);
  const spectral = found.filter(({ method }) => method === "spectral");
  expect(Math.min(...spectral.map(({ resamples }) => resamples))).toBeLessThan(24);
  for (const [at, view] of views.entries()) {
    const [alone] = await candidatesOf([view], 120, { ...options, methods: ["spectral"] });
    expect(alone!.resamples).toBe(24);
    const score = alone!.stability + alone!.recovery + 0.3 * spectral[at]!.agreement;
    expect(score).toBeLessThanOrEqual(best.score);
    if (spectral[at]!.resamples === 24) expect(spectral[at]!.score).toBeCloseTo(score, 12);
  }
});

it("puts candidates of a higher rank first", async () => {
  const { set, routes: k } = createRoutes({ scene: "crossing", seed: 1, trips: 60 });
  const sample = await sampleOf(set, { where: "test", seed: 0, clusterBy: "auto", sampleSize: 60 });
  const onProgress = vi.fn();
  const found = await candidatesOf(sample.views.views, 60, {
    k,
    seed: 0,
    methods: ["agglomerative", "spectral"],
    rankOf: ({ view, method }) => Number(view === "lcss×8" && method === "spectral"),
    onProgress,
  });
  expect(found.filter(({ resamples }) => resamples === 24).map(({ view }) => view)).toContain("lcss×8");
  expect(found.at(-1)).toMatchObject({ view: "lcss×8", method: "spectral", resamples: 24 });
  expect(onProgress).toHaveBeenLastCalledWith(250, 250);
});
