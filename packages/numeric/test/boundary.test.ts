import { readFileSync } from "node:fs";
import { runInNewContext } from "node:vm";
import { ValueError } from "@wayweave/geo-core";
import { describe, expect, it } from "vitest";
import {
  agglomerative,
  cca,
  chooseK,
  densityPeaks,
  farthestFirst,
  fitLogisticRegression,
  hdbscanRows,
  kMeans,
  kMedoids,
  lbfgs,
  localAffinities,
  logisticRegression,
  type Matrix,
  ridgeSolve,
  searchThreshold,
  spectralClustering,
} from "../src/index.js";

const rows: Matrix = { rows: 4, columns: 1, data: Float64Array.of(0, 1, 8, 9) };
const distances = Float64Array.of(1, 8, 9, 7, 8, 1);
const labels = [0, 0, 1, 1];
/** Options that are right but for one key. */
const wrong = (options: object): never => ({ ...options, sead: 1 }) as never;

const calls: { readonly [name: string]: () => unknown } = {
  agglomerative: () => agglomerative(distances, 4, wrong({})),
  cca: () => cca(rows, rows, wrong({ components: 1 })),
  chooseK: () => chooseK(rows, { min: 2, max: 4 }, wrong({})),
  densityPeaks: () => densityPeaks(rows, wrong({ k: 2 })),
  farthestFirst: () => farthestFirst(rows, wrong({ k: 2 })),
  fitLogisticRegression: () => fitLogisticRegression(rows, labels, wrong({})),
  hdbscanRows: () => hdbscanRows(rows, wrong({})),
  kMeans: () => kMeans(rows, wrong({ k: 2 })),
  kMedoids: () => kMedoids(distances, 4, wrong({ k: 2 })),
  lbfgs: () => lbfgs(() => 0, new Float64Array(1), wrong({})),
  localAffinities: () => localAffinities(distances, 4, wrong({})),
  logisticRegression: () => logisticRegression(rows, labels, wrong({})),
  ridgeSolve: () => ridgeSolve(rows, rows, wrong({ ridge: 1 })),
  searchThreshold: () =>
    searchThreshold(
      { thresholds: [1], n: 4, distancesAt: async () => distances, score: () => 0 },
      wrong({ k: 2 }),
    ),
  spectralClustering: () => spectralClustering(distances, 4, wrong({ k: 2 })),
};

describe("every function", () => {
  it.each(Object.entries(calls))("%s refuses an unknown option by its own name", async (name, call) => {
    const failure = await Promise.resolve()
      .then(call)
      .then(
        () => undefined,
        (error: unknown) => error,
      );
    expect(failure).toBeInstanceOf(ValueError);
    expect(String(failure)).toContain(`${name}: unknown option "sead"`);
  });

  it("takes arrays of another realm", async () => {
    const foreign = runInNewContext("Float64Array.of(0, 1, 8, 9)") as Float64Array;
    expect(foreign instanceof Float64Array).toBe(false);
    const { labels: ours } = await kMeans({ rows: 4, columns: 1, data: foreign }, { k: 2 });
    expect(ours[0]).not.toBe(ours[3]);
    const foreignDistances = runInNewContext("Float32Array.of(1, 8, 9, 7, 8, 1)") as Float32Array;
    expect([...(await agglomerative(foreignDistances, 4)).cut({ k: 2 })]).toEqual([0, 0, 1, 1]);
  });
});

/** Every package that the source files reach from the entry by relative imports. */
function packagesOf(entry: URL): Set<string> {
  const seen = new Set<string>();
  const packages = new Set<string>();
  const pending = [entry];
  for (let url = pending.pop(); url !== undefined; url = pending.pop()) {
    if (seen.has(url.pathname)) continue;
    seen.add(url.pathname);
    const text = readFileSync(url, "utf8");
    expect(text.match(/\b(Buffer|process|require|setImmediate)\b\s*[.([]/) ?? [], url.pathname).toEqual([]);
    for (const [, name] of text.matchAll(/(?:\bfrom |\bimport\(|^import )"([^"\n]+)"/gm)) {
      if (name!.startsWith(".")) pending.push(new URL(name!.replace(/\.js$/, ".ts"), url));
      else packages.add(name!);
    }
  }
  expect(seen.size).toBeGreaterThan(30);
  return packages;
}

describe("the entry", () => {
  it("reaches no module of Node, and two packages, which run anywhere", () => {
    expect([...packagesOf(new URL("../src/index.ts", import.meta.url))].sort()).toEqual([
      "@wayweave/eval",
      "@wayweave/geo-core",
    ]);
  });
});
