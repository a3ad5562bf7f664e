import { adjustedRandIndex, uacc } from "@wayweave/eval";
import { createCity, Random, resampleToCount, TrajectorySet } from "@wayweave/geo-core";
import { describe, expect, it } from "vitest";
import { type ClusterTripsOptions, clusterTrips, type FitNetwork } from "../src/cluster.js";

/** Trips on three lanes 4 units apart, each driven both ways: six routes, three mean places. */
function lanes(count: number, scale = 1): { set: TrajectorySet; labels: number[] } {
  const random = new Random(8);
  const labels = Array.from({ length: count }, (_, i) => i % 6);
  const trips = labels.map((label) => {
    const [lane, isBack] = [4 * (label % 3), label >= 3];
    const steps = 10 + random.integer(6);
    const line = Array.from({ length: steps }, (_, p): [number, number] => [
      scale * ((100 * p) / (steps - 1) + 0.5 * random.normal()),
      scale * (lane + 0.4 * random.normal()),
    ]);
    return isBack ? line.reverse() : line;
  });
  return { set: TrajectorySet.fromArrays(trips, { coordinateSystem: "planar" }), labels };
}

describe("clusterTrips", () => {
  it("makes no clusters of single far trips out of a city's random rides", async () => {
    const { set } = createCity({ seed: 3, trips: 60 });
    for (const k of [2, 4, 6]) {
      const { sizes } = await clusterTrips(set, { k });
      // At least two clusters, and half of all, have a tenth of the mean size and two members.
      const least = Math.max(2, 6 / k);
      expect([...sizes].filter((size) => size >= least).length).toBeGreaterThanOrEqual(Math.max(2, k / 2));
    }
  });

  it("tells lanes and directions apart, at any scale, and says how it chose", async () => {
    for (const scale of [0.01, 1000]) {
      const { set, labels } = lanes(120, scale);
      const { labels: found, sizes, history, medoids } = await clusterTrips(set, { k: 6 });
      expect(uacc(labels, found)).toBe(1);
      expect([...sizes]).toEqual([20, 20, 20, 20, 20, 20]);
      expect([...medoids].map((trip) => found[trip])).toEqual([0, 1, 2, 3, 4, 5]);
      const { candidates, base } = history.start!;
      // Five views, each by average linkage in three cuts and by spectral clustering.
      expect(candidates).toHaveLength(20);
      const { score: best, stability, recovery, agreement } = candidates[0]!;
      expect(best).toBeCloseTo(stability + recovery + 0.3 * agreement, 12);
      expect(history.start!.reason).toMatch(/^(average linkage|spectral clustering).* stability 1.00/);
      for (const { score } of candidates) expect(candidates[0]!.score).toBeGreaterThanOrEqual(score);
      expect(base / scale).toBeGreaterThan(0.1);
      expect(base / scale).toBeLessThan(4);
    }
  });

  it("labels the trips outside the sample as those inside", async () => {
    const { set, labels } = lanes(180);
    const { labels: found, history } = await clusterTrips(set, { k: 6, sampleSize: 90, seed: 3 });
    expect(history.start!.sampleSize).toBe(90);
    expect(uacc(labels, found)).toBe(1);
  });

  it("finds routes whatever the speed, and places whatever the way", async () => {
    const { set, labels } = lanes(90);
    expect(uacc(labels, (await clusterTrips(set, { k: 6, clusterBy: "routes" })).labels)).toBe(1);
    const byPlace = await clusterTrips(set, { k: 3, clusterBy: "places" });
    const lane = labels.map((label) => label % 3);
    expect(adjustedRandIndex(lane, byPlace.labels)).toBe(1);
    const { reason, candidates, places, sampleSize } = byPlace.history.start!;
    expect(reason).toMatch(
      /^(k-means|density peaks|farthest first), trips compared by their mean places: silhouette 0\.\d\d, the clearest of 24 starts$/,
    );
    expect([candidates.length, places!.length, sampleSize]).toEqual([0, 24, 90]);
  });

  it("takes every method without a network", async () => {
    const { set, labels } = lanes(90);
    for (const method of ["agglomerative", "spectral", "k-medoids", "k-means"] as const) {
      const { labels: found } = await clusterTrips(set, { k: 6, method });
      expect(uacc(labels, found), method).toBeGreaterThan(method === "k-means" ? 0.6 : 0.95);
    }
    const dense = await clusterTrips(set, { method: "hdbscan" });
    // At one density the two directions are clusters, of three lanes each.
    expect(dense.k).toBe(2);
    expect(
      uacc(
        labels.map((label) => Math.floor(label / 3)),
        dense.labels.map((label) => Math.max(0, label)),
      ),
    ).toBeGreaterThan(0.9);
    expect(dense.outliers).toBe([...dense.labels].filter((label) => label === -1).length);
  });

  it("chooses k", async () => {
    const { set } = lanes(90);
    const { k, history } = await clusterTrips(set, { k: "auto" });
    expect(k).toBe(6);
    expect(history.chosenK!.map((tried) => tried.k)).toEqual(Array.from({ length: 19 }, (_, i) => i + 2));
    expect(history.chosenK![4]!.stability + history.chosenK![4]!.agreement).toBeGreaterThan(1.9);
  });

  it("gives a trip that is far from all others −1 where asked", async () => {
    const { set } = lanes(90);
    const stray = TrajectorySet.fromArrays(
      [
        [
          [50, 60],
          [60, 70],
          [70, 60],
        ],
      ],
      { coordinateSystem: "planar" },
    );
    const all = TrajectorySet.concat([set, stray]);
    const { labels, outliers, sizes } = await clusterTrips(all, {
      k: 6,
      method: "k-medoids",
      outliers: true,
    });
    expect(labels[90]).toBe(-1);
    expect(outliers + sizes.reduce((sum, size) => sum + size, 0)).toBe(91);
    expect((await clusterTrips(all, { k: 6, method: "k-medoids" })).outliers).toBe(0);
  });

  it("spends no cluster on far trips where outliers are asked for, whatever the method", async () => {
    // Ways to three places, eight trips each, and two trips that go nowhere near: one alone clusters would be theirs.
    const random = new Random(7);
    const way = (x: number, y: number): [number, number][] =>
      Array.from({ length: 12 }, (_, i) => [
        (x * i) / 11 + random.uniform(-0.3, 0.3),
        (y * i) / 11 + random.uniform(-0.3, 0.3),
      ]);
    const ways = [0, 1, 2].flatMap((c) =>
      Array.from({ length: 8 }, () => way(10 * (c - 1), 10 - 2 * Math.abs(c - 1))),
    );
    const far = [way(400, 300), way(-500, -700)];
    const set = TrajectorySet.fromArrays([...ways, ...far], { coordinateSystem: "planar" });
    const truth = ways.map((_, i) => Math.floor(i / 8));
    const wanted = [
      { method: "auto" },
      { method: "agglomerative" },
      { method: "spectral" },
      { method: "k-medoids" },
      { method: "k-means" },
      { method: "k-means", clusterBy: "places" },
      { method: "auto", clusterBy: "places" },
      { method: "auto", clusterBy: "routes" },
      { method: "auto", sampleSize: 20 },
    ] as const;
    for (const options of wanted) {
      const { labels, k, outliers } = await clusterTrips(set, { k: 3, outliers: true, ...options });
      const name = JSON.stringify(options);
      expect([k, outliers, labels[24], labels[25]], name).toEqual([3, 2, -1, -1]);
      expect(adjustedRandIndex(truth, labels.subarray(0, 24)), name).toBe(1);
    }
  });

  it("refills or drops empty clusters, and counts them", async () => {
    // Four trips at two places: k-means has no third place to put a centre.
    const line = (x: number): [number, number][] => [
      [x, 0],
      [x, 1],
    ];
    const set = TrajectorySet.fromArrays([line(0), line(0), line(9), line(9)], {
      coordinateSystem: "planar",
    });
    const dropped = await clusterTrips(set, { k: 3, method: "k-means", emptyClusters: "drop" });
    expect([dropped.k, dropped.emptied, [...dropped.sizes]]).toEqual([2, 1, [2, 2]]);
    const refilled = await clusterTrips(set, { k: 3, method: "k-means" });
    expect([refilled.k, refilled.emptied, [...refilled.sizes].sort()]).toEqual([3, 1, [1, 1, 2]]);
  });

  it("has a network learn the clusters of the sample and of as many others, and label all trips", async () => {
    const { set } = lanes(100);
    const seen: number[] = [];
    const fit: FitNetwork = async (trips, { startProbabilities: shares, k, preset }) => {
      expect(preset).toBe("student");
      seen.push(trips.length, shares.length, k);
      for (let row = 0; row < trips.length; row++) {
        const own = Array.from({ length: k }, (_, j) => shares[row * k + j]!).sort((a, b) => b - a);
        expect(own.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 6);
        // Its own cluster has one half, and at least a tenth of the other: it is its own neighbour, or follows some.
        expect(own[0]).toBeGreaterThan(0.54);
      }
      return {
        model: {
          predict: async (all) => ({ labels: Uint32Array.from({ length: all.length }, (_, i) => i % 6) }),
          dispose: async () => {},
        },
      };
    };
    const { labels, history } = await clusterTrips(set, { k: 6, method: "e2dtc", sampleSize: 40, fit });
    // The start numbers clusters by its own order: a network that repeats the true labels agrees where the numbers happen to.
    expect(history.network).toMatchObject({ compared: 20 });
    expect(history.network!.outside! * 20).toBeCloseTo(Math.round(history.network!.outside! * 20), 9);
    expect(seen).toEqual([80, 480, 6]);
    expect([...labels.subarray(0, 7)]).toEqual([0, 1, 2, 3, 4, 5, 0]);
  });

  it("takes of three samples the one whose clusters the others have, too", async () => {
    const { set, labels } = lanes(240);
    const { labels: found, history } = await clusterTrips(set, { k: 6, sampleSize: 80 });
    expect(uacc(labels, found)).toBe(1);
    expect(history.start!.sampleAgreement).toBe(1);
    expect(history.start!.reason).toMatch(/; agreement with the clusters of two other samples 1\.00$/);
    // All are compared: there is nothing to agree with.
    expect(
      (await clusterTrips(set, { k: 6, sampleSize: 240 })).history.start!.sampleAgreement,
    ).toBeUndefined();
    // Without clusters in the data, what one sample shows another does not.
    const rides = resampleToCount(createCity({ seed: 3, trips: 300 }).set, { count: 8 });
    const { history: vague } = await clusterTrips(rides, { k: 9, sampleSize: 60 });
    expect(vague.start!.sampleAgreement).toBeLessThan(0.9);
  });

  it("repeats itself, tells its progress and stops", async () => {
    const { set } = lanes(60);
    const phases = new Set<string>();
    const first = await clusterTrips(set, { k: 6, onProgress: ({ phase }) => phases.add(phase) });
    expect([...phases]).toEqual(["distances", "candidates", "spread"]);
    expect((await clusterTrips(set, { k: 6 })).labels).toEqual(first.labels);
    const stop = new AbortController();
    const stopped = clusterTrips(set, { k: 6, signal: stop.signal, onProgress: () => stop.abort() });
    await expect(stopped).rejects.toThrow(/abort/i);
  });

  it("names what is wrong, by a rejection", async () => {
    const { set } = lanes(6);
    const wrong: readonly [unknown, string][] = [
      [{}, 'clusterTrips: k must be given, a number or "auto"'],
      [{ k: 7 }, "clusterTrips: k must be at most the trips and sampleSize, 6, got 7"],
      [{ k: "4" }, 'clusterTrips: k must be a positive integer, got "4"'],
      [
        { k: 2, minClusterSize: 3 },
        'clusterTrips: minClusterSize must go with the method "hdbscan", got method "auto"',
      ],
      [{ k: 2, fit: () => {} }, 'clusterTrips: fit must go with the method "e2dtc", got method "auto"'],
      [
        { method: "hdbscan", emptyClusters: "drop" },
        'clusterTrips: emptyClusters must go with a method that makes k clusters, got method "hdbscan"',
      ],
      [
        { k: 2, method: "spectral", clusterBy: "places" },
        'clusterTrips: clusterBy must go with the method "auto" or "k-means" where it is "places", got method "spectral"',
      ],
      [{ k: 2, methd: "auto" }, 'clusterTrips: unknown option "methd"; did you mean "method"?'],
      [{ k: 2, method: "hdbscan" }, "clusterTrips: k must be left out with hdbscan, got 2"],
      [
        { k: 2, method: "e2dtc" },
        'clusterTrips: method "e2dtc" needs the option fit: fitE2DTC of @wayweave/e2dtc/train',
      ],
    ];
    for (const [options, message] of wrong) {
      await expect(clusterTrips(set, options as ClusterTripsOptions)).rejects.toThrow(message);
    }
    const empty = TrajectorySet.fromArrays([[]], { coordinateSystem: "planar" });
    await expect(clusterTrips(empty, { k: 1 })).rejects.toThrow(
      "clusterTrips: trip 0 must hold at least one point, got 0",
    );
  });
});
