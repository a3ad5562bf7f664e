import { Random, TrajectorySet } from "@wayweave/geo-core";
import { expect, it } from "vitest";
import { e2dtcSystem, runDeep } from "../src/experiments/e2dtc/systems/deep-systems.js";
import type { RunContext } from "../src/experiments/experiment.js";

const context: RunContext = {
  preset: "quick",
  seed: 1,
  random: new Random(1),
  engine: "ort-cpu",
  reportEngine: () => {},
  load: async () => Promise.reject(new Error("nothing to load")),
  share: (_, compute) => compute(),
  onProgress: () => {},
  signal: new AbortController().signal,
  checkpointDir: async () => Promise.reject(new Error("no files")),
};

const settings = {
  trainSize: 60,
  shortTripsOnly: true,
  size: "small",
  pretrainEpochs: 1,
  selfTrainEpochs: 1,
  pretrain: { minEpochSteps: 4, learningRate: 4e-3 },
  selfTrain: { minEpochSteps: 4 },
  threads: 1,
} as const;

it("permuting the true labels changes no prediction", async () => {
  const random = new Random(2);
  const trips = Array.from({ length: 80 }, (_, i) =>
    Array.from({ length: 3 }, () => [3000 * (i % 3) + 400 * random.normal(), 400 * random.normal()]),
  );
  const set = TrajectorySet.fromArrays(trips, { coordinateSystem: "planar" });
  const labels = Uint32Array.from(trips, (_, i) => i % 3);
  const provenance = { name: "test", source: "synthetic", files: [], sha256: [], counts: {} } as const;
  const run = (given: Uint32Array) =>
    runDeep(context, { set, labels: given, k: 3, provenance }, e2dtcSystem("L2"), settings);
  const told = await run(labels);
  const permuted = await run(random.shuffle(labels.slice()));
  expect(permuted.labelsPredicted).toEqual(told.labelsPredicted);
  expect(permuted.silhouettes).toEqual(told.silhouettes);
  expect(permuted.labelsTrue).not.toEqual(told.labelsTrue);
});
