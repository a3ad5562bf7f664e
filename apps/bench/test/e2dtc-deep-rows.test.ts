import { E2DTC } from "@wayweave/e2dtc";
import { Random, TrajectorySet } from "@wayweave/geo-core";
import { expect, it, vi } from "vitest";
import { figure5 } from "../src/experiments/e2dtc/figure5.js";
import { figure6 } from "../src/experiments/e2dtc/figure6.js";
import { figure7 } from "../src/experiments/e2dtc/figure7.js";
import { clusteringRawSchema } from "../src/experiments/e2dtc/systems/clustering.js";
import { e2dtcSystem, runDeep } from "../src/experiments/e2dtc/systems/deep-systems.js";
import { startNote } from "../src/experiments/e2dtc/systems/notes.js";
import { table3 } from "../src/experiments/e2dtc/table3.js";
import { table4 } from "../src/experiments/e2dtc/table4.js";
import type { RunContext } from "../src/experiments/experiment.js";

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

const random = new Random(2);
const trips = Array.from({ length: 60 }, (_, i) =>
  Array.from({ length: 3 }, () => [3000 * (i % 3) + 400 * random.normal(), 400 * random.normal()]),
);
const data = {
  set: TrajectorySet.fromArrays(trips, { coordinateSystem: "planar" }),
  labels: Uint32Array.from(trips, (_, i) => i % 3),
  k: 3,
  provenance: { name: "test", source: "synthetic", files: [], sha256: [], counts: {} },
} as const;

/** Shares as a run does. */
function contextOf(): RunContext {
  const shared = new Map<string, Promise<unknown>>();
  return {
    preset: "quick",
    seed: 1,
    random: new Random(1),
    engine: "ort-cpu",
    reportEngine: () => {},
    load: async () => Promise.reject(new Error("nothing to load")),
    share: (key, compute) => {
      if (!shared.has(key)) shared.set(key, compute());
      return shared.get(key) as ReturnType<typeof compute>;
    },
    onProgress: () => {},
    signal: new AbortController().signal,
    checkpointDir: async () => Promise.reject(new Error("no files")),
  };
}

it("fits L0 once, although L1 and L2 go on from its pre-training, and stores how self-training went", async () => {
  const load = vi.spyOn(E2DTC, "load");
  const context = contextOf();
  const run = async (loss: "L0" | "L2") =>
    clusteringRawSchema.parse(await runDeep(context, data, e2dtcSystem(loss), settings));
  const l0 = await run("L0");
  // A fit loads the model that it made.
  expect(load).toHaveBeenCalledTimes(1);
  const l2 = await run("L2");
  expect(load).toHaveBeenCalledTimes(2);
  load.mockRestore();
  expect(l0.selfTraining).toBeUndefined();
  expect(l2.selfTraining).toMatchObject({ epochs: [{ changed: null }], converged: false });
  // From the shared pre-training it is the same.
  expect((await run("L0")).labelsPredicted).toEqual(l0.labelsPredicted);
});

it("all that shows E2DTC says how it starts", () => {
  for (const { notes } of [table3, table4, figure5, figure6, figure7]) expect(notes).toContain(startNote);
});
