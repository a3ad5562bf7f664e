import { expect, it, vi } from "vitest";
import { DatasetLocator, dataRoots } from "../src/datasets/locate.js";
import { table2 } from "../src/experiments/e2dtc/table2.js";
import { table3 } from "../src/experiments/e2dtc/table3.js";
import type { AnyExperiment } from "../src/experiments/experiment.js";
import { runExperiment } from "../src/runner/run-experiment.js";
import { temporaryFolder } from "./support.js";

vi.mock("../src/datasets/synthetic-trips.js", () => import("./cities-once.js"));

async function run(experiment: AnyExperiment, roots: readonly string[]) {
  const { result, failures } = await runExperiment(experiment, {
    preset: "quick",
    seedCount: 1,
    out: await temporaryFolder(),
    engine: "auto",
    locator: new DatasetLocator(roots),
    signal: new AbortController().signal,
  });
  expect(failures).toEqual([]);
  return result;
}

it("e2dtc/table2 labels synthetic trips where no data is found, and says so", async () => {
  const { rows, data } = await run(table2, []);
  expect(rows.length).toBe(6);
  for (const { metrics } of rows) expect(metrics.trajectories?.mean).toBeGreaterThan(100);
  expect(data.map(({ source }) => source)).toEqual(["synthetic", "synthetic", "synthetic", "synthetic"]);
});

it("e2dtc/table3 fills every row by distance and simple features on synthetic trips", async () => {
  // The deep systems train for a minute: deep-systems.test.ts has them on smaller data.
  const quick = table3.presets.quick as {
    readonly kMedoids: { readonly sampleSizes: Readonly<Record<string, number>> };
    readonly kMeans: object;
  };
  const sampleSizes = Object.fromEntries(Object.keys(quick.kMedoids.sampleSizes).map((name) => [name, 60]));
  const smaller = {
    kMedoids: { sampleSizes, tuningSize: 20, restarts: 2 },
    kMeans: { ...quick.kMeans, histogramRestarts: 1 },
  };
  const shallow: AnyExperiment = {
    ...table3,
    presets: { ...table3.presets, quick: { ...quick, ...smaller } },
    rows: (plan) => table3.rows(plan).filter(({ system }) => !/^E2DTC|^t2vec/.test(system)),
  };
  const { rows } = await run(shallow, []);
  expect(rows.filter(({ system }) => system.endsWith("K-Medoids")).length).toBe(16);
  expect(rows.filter(({ system }) => system.endsWith("k-means")).length).toBeGreaterThanOrEqual(8);
  for (const { metrics, system } of rows) {
    expect(Object.keys(metrics).sort()).toEqual(["ari", "nmi", "ri", "silhouette", "trajectories", "uacc"]);
    // Twelve equal clusters guessed at random have an ARI of 0; a trip's mean position gives far more.
    if (system === "centroid + k-means") expect(metrics.ari?.mean).toBeGreaterThan(0.5);
  }
});

it("centroid k-means reaches UACC .78 and NMI .84 on the authors' labels, where they are found", async () => {
  const roots = dataRoots();
  const isFound = (await new DatasetLocator(roots, { hash: false }).locate("geolife-authors")) !== undefined;
  const authorsOnly: AnyExperiment = {
    ...table3,
    rows: (plan) =>
      table3
        .rows(plan)
        .filter(({ system, dataset }) => system === "centroid + k-means" && dataset.includes("authors")),
  };
  const { rows, data } = await run(authorsOnly, roots);
  expect(data.map(({ source }) => source)).toEqual([isFound ? "real" : "synthetic"]);
  expect(rows[0]?.metrics.trajectories?.mean).toBe(isFound ? 1200 : 610);
  expect(rows[0]?.metrics.uacc?.mean).toBeGreaterThanOrEqual(0.78);
  expect(rows[0]?.metrics.nmi?.mean).toBeGreaterThanOrEqual(0.84);
});
