// The parts of gpu-check. Each is given the engine and returns `passed` with its figures.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageUrl } from "../workspace.mjs";
import { large, small } from "./models.mjs";

const { createTrainStep } = await import(packageUrl("nn", "train.js"));

/** What an engine is held against: for the CPU's own compiled engine, tfjs's plain JavaScript. */
const referenceOf = (engine) => (engine === "ort-cpu" ? "tfjs-cpu" : "ort-cpu");
/** GPUs may multiply with 10 bits of mantissa (TF32), and errors grow with the steps. */
const toleranceOf = (engine) => (/cuda|gpu/.test(engine) ? 2e-2 : 1e-3);
const PARITY_STEPS = 10;
const TIMED_STEPS = 5;

async function opened(model, engine) {
  const step = await createTrainStep({ ...model.options, engine, seed: 1 });
  if (step.engine === engine) return step;
  await step.dispose();
  throw new Error(`${engine} does not work here: ${step.engine} would have taken its place`);
}

/** Losses of ten steps of three models, against the reference. */
async function parity(engine) {
  const models = {};
  for (const [name, make] of Object.entries(small)) {
    const losses = {};
    for (const each of [engine, referenceOf(engine)]) {
      const model = make();
      const step = await opened(model, each);
      losses[each] = [];
      for (let i = 0; i < PARITY_STEPS; i++) losses[each].push((await step.step(model.batch)).loss);
      await step.dispose();
    }
    models[name] = compared(losses[engine], losses[referenceOf(engine)], toleranceOf(engine));
  }
  return { passed: allPassed(models), against: referenceOf(engine), models };
}

/** Examples a second, and what crosses between host and device in a step, against the CPU in the same run. */
async function engines(engine) {
  const models = {};
  for (const [name, make] of Object.entries(large)) {
    const measured = {};
    for (const each of new Set([engine, "ort-cpu"])) {
      const model = make();
      const step = await opened(model, each);
      await step.step(model.batch);
      const durations = [];
      for (let i = 0; i < TIMED_STEPS; i++) {
        const started = performance.now();
        await step.step(model.batch);
        durations.push(performance.now() - started);
      }
      const medianMs = durations.sort((a, b) => a - b)[TIMED_STEPS >> 1];
      measured[each] = {
        medianMs,
        examplesPerSecond: (1000 * model.examples) / medianMs,
        compileMs: step.compileInfo.compileMs,
        ...step.traffic,
      };
      await step.dispose();
    }
    const ratio = measured["ort-cpu"].medianMs / measured[engine].medianMs;
    models[name] = { passed: Number.isFinite(ratio), timesTheCpu: ratio, ...measured };
  }
  return { passed: allPassed(models), models };
}

/** TrajCross for two epochs. Losses of both epochs are near the CPU's. */
async function trajcross(engine) {
  const { createCrowd, slidingWindows } = await import(packageUrl("geo-core", "index.js"));
  const { buildPairs } = await import(packageUrl("trajcross", "index.js"));
  const { trainTrajCross } = await import(packageUrl("trajcross", "train.js"));
  const windows = slidingWindows(createCrowd({ seed: 1, frames: 300 }), { length: 20, stride: 2 });
  const { train } = buildPairs(windows, {
    split: { protocol: "pedestrians", trainCount: 256, testCount: 50 },
  });
  const runs = {};
  for (const each of new Set([engine, "ort-cpu"])) {
    const started = performance.now();
    let steps = 0;
    const {
      model,
      losses,
      engine: used,
    } = await trainTrajCross(train, {
      engine: each,
      seed: 1,
      train: { epochs: 2, batchSize: 64 },
      onProgress: ({ done }) => {
        steps = done;
      },
    });
    await model.dispose();
    if (used !== each) throw new Error(`${each} does not work here: ${used} trained`);
    runs[each] = { losses, steps, seconds: (performance.now() - started) / 1000 };
  }
  const { passed, largestError } = compared(runs[engine].losses, runs["ort-cpu"].losses, 0.05);
  return { passed, largestError, timesTheCpu: runs["ort-cpu"].seconds / runs[engine].seconds, runs };
}

/** Rows a second of exported models on the engine's provider, and that they give the CPU's values. */
async function inference(engine) {
  const { OnnxModel } = await import(packageUrl("nn", "index.js"));
  const models = {};
  for (const [name, { bytes, inputs, rows }] of Object.entries(await exportedModels())) {
    const measured = {};
    const outputs = {};
    for (const each of new Set([engine, "ort-cpu"])) {
      const messages = [];
      const model = await OnnxModel.load(bytes, {
        engine: each,
        onMessage: (message) => messages.push(message),
      });
      outputs[each] = await model.run(inputs);
      const started = performance.now();
      for (let i = 0; i < TIMED_STEPS; i++) await model.run(inputs);
      const seconds = (performance.now() - started) / 1000 / TIMED_STEPS;
      measured[each] = { provider: model.provider, rowsPerSecond: rows / seconds, messages };
      await model.dispose();
    }
    // Only what is real-valued: a label at a tie may differ.
    const real = Object.keys(outputs[engine]).filter((key) => outputs[engine][key].type === "float32");
    const errors = real.map(
      (key) =>
        compared(outputs[engine][key].data, outputs["ort-cpu"][key].data, toleranceOf(engine)).largestError,
    );
    const largestError = Math.max(...errors);
    const onEngine = measured[engine].messages.length === 0;
    models[name] = {
      passed: onEngine && largestError <= toleranceOf(engine),
      largestError,
      timesTheCpu: measured[engine].rowsPerSecond / measured["ort-cpu"].rowsPerSecond,
      ...measured,
    };
  }
  return { passed: allPassed(models), models };
}

/** Models as the three systems export them, hardly trained: speed does not depend on it. */
async function exportedModels() {
  const { createCity, createCrowd, Random, resampleToCount, slidingWindows } = await import(
    packageUrl("geo-core", "index.js")
  );
  const { OnnxModel } = await import(packageUrl("nn", "index.js"));
  const { buildPairs } = await import(packageUrl("trajcross", "index.js"));
  const { exportTowers, trainTowers } = await import(packageUrl("trajcross", "train.js"));
  const { fitE2DTC } = await import(packageUrl("e2dtc", "train.js"));
  const { exportAlexNet, initAlexNet } = await import(packageUrl("cosmat", "train.js"));
  const folder = mkdtempSync(join(tmpdir(), "gpu-check-"));
  try {
    const windows = slidingWindows(createCrowd({ seed: 1, frames: 200 }), { length: 20, stride: 2 });
    const split = { protocol: "pedestrians", trainCount: 64, testCount: 20 };
    const { train } = buildPairs(windows, { split });
    const towers = await exportTowers(
      await trainTowers(train, { engine: "ort-cpu", train: { epochs: 1, batchSize: 64 } }),
    );
    const trips = resampleToCount(createCity({ seed: 1, trips: 120 }).set, { count: 12 });
    const brief = { epochs: 1, minEpochSteps: 1 };
    const { model } = await fitE2DTC(trips, { k: 3, pretrain: brief, selfTrain: brief, engine: "ort-cpu" });
    const clusters = join(folder, "clusters.onnx");
    await model.save(clusters);
    await model.dispose();
    const alexNet = await exportAlexNet(initAlexNet({ classes: 10, width: 1 / 4 }, 1));
    const files = {
      "TrajCross, trajectories": [towers.trajectory, 256],
      "TrajCross, images": [towers.image, 256],
      "AlexNet, a quarter of its width": [alexNet, 32],
    };
    const models = {};
    for (const [name, [bytes, rows]] of Object.entries(files)) {
      const opened = await OnnxModel.load(bytes);
      models[name] = { bytes, rows, inputs: drawInputs(opened.inputs, rows, new Random(4)) };
      await opened.dispose();
    }
    const { readFileSync } = await import("node:fs");
    models.E2DTC = { bytes: new Uint8Array(readFileSync(clusters)), rows: 120, inputs: tripInputs(trips) };
    return models;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function drawInputs(specs, rows, random) {
  return Object.fromEntries(
    specs.map(({ name, shape }) => {
      const sizes = shape.map((axis) => (typeof axis === "number" ? axis : rows));
      const length = sizes.reduce((product, size) => product * size, 1);
      return [name, { data: Float32Array.from({ length }, () => random.next()), shape: sizes }];
    }),
  );
}

/** Longitudes and latitudes, `[trips, 12, 2]`, and numbers of points. */
function tripInputs(trips) {
  const count = trips.length;
  return {
    coordinates: { data: Float64Array.from(trips.coordinates), shape: [count, 12, 2] },
    lengths: { data: new Array(count).fill(12), shape: [count] },
  };
}

/** The largest difference, as a share of the largest reference value. */
function compared(values, reference, tolerance) {
  let [difference, size] = [0, 0];
  for (let i = 0; i < reference.length; i++) {
    difference = Math.max(difference, Math.abs(values[i] - reference[i]));
    size = Math.max(size, Math.abs(reference[i]));
  }
  const largestError = difference / Math.max(size, 1e-12);
  const sameLength = values.length === reference.length;
  // NaN is no smaller than anything.
  return { passed: sameLength && largestError <= tolerance, largestError, tolerance };
}

function allPassed(models) {
  return Object.values(models).every(({ passed }) => passed);
}

export const PARTS = { parity, engines, trajcross, inference };
