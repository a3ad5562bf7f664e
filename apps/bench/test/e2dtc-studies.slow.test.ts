import { expect, it, vi } from "vitest";
import { DatasetLocator } from "../src/datasets/locate.js";
import { damaged } from "../src/experiments/e2dtc/damaged.js";
import { figure3 } from "../src/experiments/e2dtc/figure3.js";
import { figure4 } from "../src/experiments/e2dtc/figure4.js";
import { figure5 } from "../src/experiments/e2dtc/figure5.js";
import { figure6 } from "../src/experiments/e2dtc/figure6.js";
import { figure7 } from "../src/experiments/e2dtc/figure7.js";
import { parameters } from "../src/experiments/e2dtc/parameters.js";
import { robustness } from "../src/experiments/e2dtc/robustness.js";
import { routes } from "../src/experiments/e2dtc/routes.js";
import { similarity } from "../src/experiments/e2dtc/similarity.js";
import { modelSettings } from "../src/experiments/e2dtc/systems/trained-models.js";
import { throughput } from "../src/experiments/e2dtc/throughput.js";
import { transfer } from "../src/experiments/e2dtc/transfer.js";
import type { AnyExperiment } from "../src/experiments/experiment.js";
import { runExperiment } from "../src/runner/run-experiment.js";
import { temporaryFolder } from "./support.js";

vi.mock("../src/datasets/synthetic-trips.js", () => import("./cities-once.js"));

/** One for all studies, so that those that ask for the same model train it once. */
const model = { ...modelSettings.quick, trainSize: 60, minEpochSteps: 3, minSelfTrainSteps: 2 };

/** Each experiment, which of its systems run, and what is smaller than at the quick preset. */
const tiny: readonly (readonly [AnyExperiment, RegExp, Record<string, unknown>])[] = [
  [figure3, /^(E2DTC|DTW)/, { sizes: [60, 120, 240], kMedoidsUpTo: { "GeoLife (authors' labels)": 120 } }],
  [figure4, /DTW|LCSS|t2vec/, { mapSize: 40, tuningSize: 20, model }],
  [figure5, /epoch 1/, { scoredSize: 100, mapSize: 40, model }],
  [
    figure6,
    /elbow|K-Medoids/,
    { elbow: { min: 2, max: 6 }, elbowSize: 60, kMedoidsSize: 60, ks: [3], model },
  ],
  [figure7, /E2DTC|centroid|Hausdorff/, { subsetSize: 120, model }],
  [robustness, /E2DTC|centroid|DTW/, { scoredSize: 100, kMedoidsSize: 60, model }],
  [throughput, /./, { sizes: [100] }],
  [transfer, /untrained|centroid/, { size: 200, model }],
  [damaged, /medoid|mean line/, { learnt: 60, labelled: 20 }],
  [parameters, /^centroid/, { labelledSize: 100 }],
  [routes, /clusterTrips$|K-Medoids|k-means/, { size: 60 }],
  [similarity, /DTW|LCSS|32 points/, { gallery: 30, queries: 5 }],
];

it.each(tiny.map(([experiment, systems, smaller]) => [experiment.id, experiment, systems, smaller] as const))(
  "%s fills its rows and draws its pictures on synthetic trips",
  async (_, experiment, systems, smaller) => {
    const quick = { ...experiment.presets.quick, ...smaller };
    const small: AnyExperiment = {
      ...experiment,
      presets: { ...experiment.presets, quick },
      rows: (plan) => experiment.rows(plan).filter(({ system }) => systems.test(system)),
    };
    const { result, failures } = await runExperiment(small, {
      preset: "quick",
      seedCount: 1,
      out: await temporaryFolder(),
      engine: "auto",
      locator: new DatasetLocator([]),
      signal: new AbortController().signal,
    });
    expect(failures).toEqual([]);
    expect(result.data.every(({ source }) => source === "synthetic")).toBe(true);
    expect(result.rows.length).toBeGreaterThanOrEqual(1);
    for (const { metrics } of result.rows) expect(Object.keys(metrics).length).toBeGreaterThanOrEqual(2);
    expect(result.pictures?.length ?? 0).toBe(pictureCounts[experiment.id] ?? 0);
  },
);

const pictureCounts: Readonly<Record<string, number>> = {
  "e2dtc/figure3": 1,
  "e2dtc/figure4": 1,
  "e2dtc/figure5": 2,
  "e2dtc/figure6": 1,
  "e2dtc/robustness": 1,
};
