import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  adam,
  createInference,
  createTrainStep,
  dropout,
  type Engine,
  type HostTensor,
  type Loss,
  sgd,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
  tf,
} from "../../src/train/index.js";
import { gruSeq2Seq, sequenceBatch } from "./models.js";
import { expectClose, floats } from "./parity.js";

const ENGINES: readonly Engine[] = ["ort-cpu", "tfjs-cpu"];
const vector = (...data: number[]): HostTensor => ({
  type: "float32",
  shape: [data.length],
  data: Float32Array.from(data),
});
const x2 = { x: { type: "float32", shape: [2] } } as const;

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "wayweave-nn-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("unknown options", () => {
  it("are errors that name the function and the nearest option", async () => {
    const optimizer = sgd({ learningRate: 1 });
    const loss: Loss = ({ w }) => w!.sum();
    const given = { params: { w: vector(1) }, loss, optimizer, batchSpec: {}, engine: "tfjs-cpu" } as const;
    await expect(createTrainStep({ ...given, thread: 1 } as typeof given)).rejects.toThrow(
      'createTrainStep: unknown option "thread"; did you mean "threads"?',
    );
    expect(() => adam({ learningRate: 1, weightDecay: 1 } as { learningRate: number })).toThrow(
      'adam: unknown option "weightDecay"',
    );
    const step = await createTrainStep(given);
    await expect(step.step({}, { learnRate: 1 } as object)).rejects.toThrow(
      'TrainStep.step: unknown option "learnRate"; did you mean "learningRate"?',
    );
    await step.dispose();
  });
});

describe.each(ENGINES)("createTrainStep on %s", (engine) => {
  it("takes one step of gradient descent: w − 0.5·∂(w·x)/∂w = w − 0.5x", async () => {
    const step = await createTrainStep({
      params: { w: vector(1, 2) },
      loss: ({ w }, { x }) => w!.mul(x!).sum(),
      optimizer: sgd({ learningRate: 0.5 }),
      batchSpec: x2,
      engine,
    });
    expect(await step.step({ x: Float32Array.of(3, 4) })).toEqual({ loss: 11 });
    expect([...(await step.params()).w!.data]).toEqual([-0.5, 0]);
    await step.step({ x: Float32Array.of(1, 1) }, { learningRate: 2 });
    expect([...(await step.params()).w!.data]).toEqual([-2.5, -2]);
    expect(step.stepCount()).toBe(2);
    await step.dispose();
    await expect(step.step({ x: Float32Array.of(1, 1) })).rejects.toThrow(
      "TrainStep.step: the training step is disposed",
    );
  });

  it("clips by the norm of all gradients together: (3, 4) and (0, 12) have norm 13", async () => {
    const step = await createTrainStep({
      params: { v: vector(0, 0), w: vector(0, 0) },
      loss: ({ v, w }, { x }) =>
        v!
          .mul(x!)
          .sum()
          .add(w!.mul(tf.tensor1d([0, 12])).sum()),
      optimizer: sgd({ learningRate: 1, clipNorm: 6.5 }),
      batchSpec: x2,
      engine,
    });
    const metrics = await step.step({ x: Float32Array.of(3, 4) });
    expect(metrics.gradientNorm).toBeCloseTo(13, 5);
    expectClose((await step.params()).v!.data, [-1.5, -2], 1e-5);
    expectClose((await step.params()).w!.data, [0, -6], 1e-5);
    await step.dispose();
  });

  it("leaves frozen parameters alone, applies updates and follows moving averages", async () => {
    const step = await createTrainStep({
      params: { w: vector(1, 1), fixed: vector(5, 5), count: vector(0, 0), key: vector(10, 10) },
      loss: ({ w, fixed, count }, { x }) => ({
        loss: w!.mul(x!).add(fixed!).sum(),
        updates: { count: count!.add(x!) },
      }),
      frozen: ["fixed", "count"],
      averages: [{ source: "w", target: "key", decay: 0.9 }],
      optimizer: sgd({ learningRate: 1 }),
      batchSpec: x2,
      engine,
    });
    await step.step({ x: Float32Array.of(1, 2) });
    await step.step({ x: Float32Array.of(1, 2) });
    const { w, fixed, count, key } = await step.params();
    expect([...w!.data]).toEqual([-1, -3]);
    expect([...fixed!.data]).toEqual([5, 5]);
    expect([...count!.data]).toEqual([2, 4]);
    // key: 0.9·10 + 0.1·0 = 9, then 0.9·9 + 0.1·(−1) = 8; second entry 0.9·10 + 0.1·(−1) = 8.9, 0.9·8.9 − 0.3 = 7.71.
    expectClose(key!.data, [8, 7.71], 1e-5);
    await step.dispose();
  });

  it("continues bit for bit from a checkpoint, dropout included", async () => {
    const { options, batch } = gruSeq2Seq();
    const make = () => createTrainStep({ ...options, engine, threads: 1, seed: 11 });
    const [whole, first, second] = await Promise.all([make(), make(), make()]);
    for (let i = 0; i < 6; i++) await whole.step(batch);
    for (let i = 0; i < 3; i++) await first.step(batch);
    const file = path.join(folder, `${engine}.safetensors`);
    await first.save(file, { metadata: { epoch: 3 } });
    expect(await second.load(file)).toEqual({ epoch: 3 });
    for (let i = 0; i < 3; i++) await second.step(batch);
    const expected = await whole.params();
    for (const [name, { data }] of Object.entries(await second.params()))
      expect(data).toEqual(expected[name]!.data);
    await Promise.all([whole, first, second].map((step) => step.dispose()));
  });

  it("draws other random numbers each step, the same for the same seed", async () => {
    const loss: Loss = ({ w }, _, context) => {
      const dropped = dropout(tf.ones([4, 50]), 0.5, context);
      return { loss: w!.sum(), kept: dropped.mean(), noise: context.random.normal([100]).square().mean() };
    };
    const run = async (seed: number) => {
      const step = await createTrainStep({
        params: { w: vector(1) },
        loss,
        optimizer: sgd({ learningRate: 1 }),
        batchSpec: {},
        engine,
        seed,
      });
      const draws = [await step.step({}), await step.step({})];
      await step.dispose();
      return draws.map(({ kept, noise }) => ({ kept: kept!, noise: noise! }));
    };
    const draws = await run(1);
    expect(await run(1)).toEqual(draws);
    expect(new Set([...draws, ...(await run(2))].map(({ noise }) => noise)).size).toBe(4);
    // 200 draws of 0 or 2 with mean 1: standard error 0.07.
    expect(Math.abs(draws[0]!.kept - 1)).toBeLessThan(0.35);
    expect(Math.abs(draws[0]!.noise - 1)).toBeLessThan(0.7);
  });

  it("trains batches of several lengths with one set of parameters", async () => {
    const { options } = gruSeq2Seq();
    const step = await createTrainStep({ ...options, engine, threads: 1 });
    const losses: number[] = [];
    for (const time of [4, 6, 4, 6]) losses.push((await step.step(sequenceBatch(time))).loss!);
    expect(losses[2]).toBeLessThan(losses[0]!);
    expect(step.compileInfo.graphCount).toBe(engine === "ort-cpu" ? 2 : 0);
    await step.dispose();
  });

  it("says what does not fit", async () => {
    const make = (loss: Loss) =>
      createTrainStep({
        params: { w: vector(1, 2), unused: vector(1) },
        loss,
        optimizer: sgd({ learningRate: 1 }),
        batchSpec: x2,
        engine,
      });
    const step = await make(({ w }, { x }) => w!.mul(x!).sum());
    await expect(step.step({ x: new Float32Array(3) })).rejects.toThrow(
      "TrainStep.step: x must have 2 values for shape [2], got 3",
    );
    await expect(step.step({ y: new Float32Array(2) })).rejects.toThrow(
      "TrainStep.step: batch entry y is not in the batchSpec (x)",
    );
    await expect(step.step({ x: new Int32Array(2) })).rejects.toThrow(
      "TrainStep.step: x must hold a Float32Array (float32), got Int32Array",
    );
    await expect(step.step({ x: new Float32Array(2) }, { phase: "other" })).rejects.toThrow(
      "TrainStep.step: phase must be one of train, got other",
    );
    await expect(step.step({ x: new Float32Array(2) })).rejects.toThrow(
      "trainStep: the loss of train does not depend on unused; freeze what it does not train",
    );
    const vectorLoss = await make(({ w, unused }, { x }) => w!.mul(x!).mul(unused!));
    await expect(vectorLoss.step({ x: new Float32Array(2) })).rejects.toThrow(
      "trainStep: loss of the loss must be a scalar, got shape [2]",
    );
    await Promise.all([step.dispose(), vectorLoss.dispose()]);
  });

  it("runs a forward function on inputs of any batch size", async () => {
    const inference = await createInference({
      forward: ({ w }, { x }) => ({ y: tf.matMul(x as Tensor2D, w as Tensor2D), index: x!.argMax(1) }),
      params: { w: { type: "float32", shape: [2, 1], data: Float32Array.of(1, 10) } },
      inputSpec: { x: { type: "float32", shape: [null, 2] } },
      engine,
    });
    const { y, index } = await inference.run({ x: Float32Array.of(1, 2, 4, 3) });
    expect([...y!.data]).toEqual([21, 34]);
    expect([...index!.data]).toEqual([1, 0]);
    expect([...(await inference.run({ x: Float32Array.of(5, 6) })).y!.data]).toEqual([65]);
    await inference.dispose();
  });
});

describe("what a recording cannot do", () => {
  const attempt = (loss: Loss) =>
    createTrainStep({
      params: { w: floats([2, 2, 2, 1], 1) },
      loss,
      optimizer: sgd({ learningRate: 1 }),
      batchSpec: {},
      engine: "ort-cpu",
    }).then((step) => step.step({}));

  it("names a kernel that is not recorded and the op that asked for it", async () => {
    await expect(attempt(({ w }) => tf.image.resizeBilinear(w as Tensor4D, [3, 3]).sum())).rejects.toThrow(
      "recording: kernel ResizeBilinear (asked for by tf.resizeBilinear) cannot be recorded; train with an eager engine or write it with other ops",
    );
  });

  it("refuses to read values", async () => {
    await expect(attempt(({ w }) => w!.mul(w!.sum().dataSync()[0]!).sum())).rejects.toThrow(
      "recording: a tensor's values were read (dataSync, data, arraySync or print), but they exist only when the compiled step runs",
    );
  });

  it("refuses randomness that would be drawn once", async () => {
    await expect(attempt(({ w }) => tf.dropout(w!, 0.5).sum())).rejects.toThrow(
      "recording: tf.dropout would draw once and repeat the same numbers every step",
    );
  });

  it("works after a failure, on the backend that was chosen before", async () => {
    await tf.setBackend("cpu");
    await expect(attempt(({ w }) => tf.randomNormal(w!.shape).mul(w!).sum())).rejects.toThrow(
      "tf.randomNormal",
    );
    expect(tf.getBackend()).toBe("cpu");
    expect((await attempt(({ w }) => w!.sum().mul(0))).loss).toBeCloseTo(0);
  });
});

describe("a compiled graph", () => {
  it("holds no tensor of a parameter's size: an embedding of 5 MB trains in a graph of a few kB", async () => {
    const step = await createTrainStep({
      params: { words: floats([20_000, 64], 1) },
      loss: ({ words }, { ids }) =>
        tf
          .gather(words!, ids as Tensor1D)
          .square()
          .mean(),
      optimizer: adam({ learningRate: 0.01, clipNorm: 1 }),
      batchSpec: { ids: { type: "int32", shape: [8] } },
      engine: "ort-cpu",
    });
    const { loss } = await step.step({ ids: Int32Array.of(0, 1, 2, 2, 1, 0, 19_999, 7) });
    expect(loss).toBeGreaterThan(0);
    expect(step.compileInfo.modelBytes).toBeLessThan(20_000);
    expect(step.compileInfo.nodeCount).toBeGreaterThan(0);
    await step.dispose();
  });
});

describe("engines", () => {
  const options = {
    params: { w: vector(1) },
    loss: (({ w }) => w!.sum()) as Loss,
    optimizer: sgd({ learningRate: 1 }),
    batchSpec: {},
  };

  it("passes over a native library that is missing, in one line", async () => {
    const messages: string[] = [];
    const step = await createTrainStep({
      ...options,
      engine: "tfjs-node",
      onMessage: (message) => messages.push(message),
    });
    if (step.engine === "ort-cpu") {
      expect(messages).toHaveLength(1);
      expect(messages[0]).toMatch(
        /^createTrainStep: @tensorflow\/tfjs-node does not load: .*; using ort-cpu$/,
      );
    } else expect(messages).toEqual([]);
    await step.dispose();
  });

  it("refuses an unknown engine", async () => {
    await expect(createTrainStep({ ...options, engine: "gpu" as Engine })).rejects.toThrow(
      'createTrainStep: engine must be one of auto, ort-cpu, ort-cuda, ort-webgpu, tfjs-node, tfjs-node-gpu, tfjs-cpu, got "gpu"',
    );
  });
});
