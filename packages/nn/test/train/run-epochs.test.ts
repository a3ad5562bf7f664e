import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Random, StateError, ValueError } from "@wayweave/geo-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  adam,
  createTrainStep,
  dropout,
  type Engine,
  type EpochStart,
  halfCosine,
  type RunEpochsOptions,
  runEpochs,
  sgd,
  shuffledBatches,
  type TrainProgress,
  type TrainStep,
  tf,
} from "../../src/train/index.js";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "wayweave-nn-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** Nine points of a plane, and noise from dropout: losses that no two steps share. */
const ROWS = 9;
const X = Float32Array.from({ length: ROWS * 2 }, (_, i) => Math.sin(3 * i));
const Y = Float32Array.from({ length: ROWS }, (_, i) => 2 * X[2 * i]! - X[2 * i + 1]!);

const plane = (engine: Engine = "ort-cpu") =>
  createTrainStep({
    params: { w: { type: "float32", shape: [2, 1], data: Float32Array.of(0.5, 0.5) } },
    loss: ({ w }, { x, y }, context) => {
      const residuals = tf.matMul(dropout(x!, 0.2, context), w!).sub(y!);
      const fit = residuals.square().mean();
      return { loss: fit.add(w!.abs().sum().mul(0.01)), fit };
    },
    optimizer: adam({ learningRate: 0.05 }),
    batchSpec: { x: { type: "float32", shape: [2, 2] }, y: { type: "float32", shape: [2, 1] } },
    seed: 3,
    threads: 1,
    engine,
  });

const entriesOf = (rows: Uint32Array) => ({
  x: Float32Array.from([...rows].flatMap((row) => [X[2 * row]!, X[2 * row + 1]!])),
  y: Float32Array.from(rows, (row) => Y[row]!),
});

const epochOf = ({ random }: EpochStart<null>) => {
  const batches = shuffledBatches(ROWS, 2, random);
  return { steps: batches.length, batches: batches.map((rows) => ({ entries: entriesOf(rows) })) };
};

const options = (more: Partial<RunEpochsOptions<null>> = {}): RunEpochsOptions<null> => ({
  where: "fit",
  epochs: 3,
  random: new Random(7),
  epoch: epochOf,
  ...more,
});

/** w ← w − rate·x: as a loss whatever x says. */
const line = (more: { start?: number } = {}) =>
  createTrainStep({
    params: { w: { type: "float32", shape: [1], data: Float32Array.of(more.start ?? 1) } },
    loss: ({ w }, { x }) => w!.mul(x!).sum(),
    optimizer: sgd({ learningRate: 1 }),
    batchSpec: { x: { type: "float32", shape: [1] } },
    engine: "tfjs-cpu",
  });
const xs = (...values: number[]) => ({
  steps: values.length,
  batches: values.map((x) => ({ entries: { x: Float32Array.of(x) } })),
});

async function using<Result>(step: TrainStep, run: (step: TrainStep) => Promise<Result>): Promise<Result> {
  try {
    return await run(step);
  } finally {
    await step.dispose();
  }
}

describe("runEpochs", () => {
  it("takes the steps that a loop written out would take, to the last digit", async () => {
    const schedule = halfCosine({ learningRate: 0.05, warmUp: 0.25 });
    const expected = await using(await plane(), async (step) => {
      const losses: number[] = [];
      for (let epoch = 0; epoch < 3; epoch++) {
        let sum = 0;
        for (const rows of shuffledBatches(ROWS, 2, new Random(7).split(epoch))) {
          const at = { epoch, epochs: 3, step: step.stepCount(), total: 12 };
          const { loss } = await step.step(entriesOf(rows), { learningRate: schedule(at) });
          sum += loss!;
        }
        losses.push(sum / 4);
      }
      return { losses, params: await step.params() };
    });
    const { history, params, epoch, steps } = await using(await plane(), (step) =>
      runEpochs(step, options({ learningRate: schedule })),
    );
    expect(history.map(({ means }) => means.loss)).toEqual(expected.losses);
    expect(params).toEqual(expected.params);
    expect({ epoch, steps }).toEqual({ epoch: 2, steps: 12 });
    expect(history[0]).toEqual({
      means: { loss: expected.losses[0], fit: expect.any(Number) },
      validation: null,
      note: null,
    });
  });

  it("weights a batch by its weight: (1·2 + 3·(−1·w))/4 after w fell from 2 to 1", async () => {
    const { history } = await using(await line({ start: 2 }), (step) =>
      runEpochs(step, {
        ...options({ epochs: 1 }),
        epoch: () => ({
          steps: 2,
          batches: [
            { entries: { x: Float32Array.of(1) }, weight: 1 },
            { entries: { x: Float32Array.of(-1) }, weight: 3 },
          ],
        }),
      }),
    );
    expect(history[0]!.means).toEqual({ loss: (1 * 2 + 3 * -1) / 4 });
  });

  it("goes on bit for bit where it was interrupted, whatever the epoch was doing", async () => {
    /** A stateful generator that lives across epochs: only `carried` can bring it back. */
    const run = (file: string, stopAt: number) => {
      let seen = 0;
      const more: Partial<RunEpochsOptions<null>> = {
        file,
        identity: "plane",
        epochs: 4,
        keepBest: true,
        // Best after the first epoch: the kept parameters must survive too.
        validate: ({ epoch }) => (epoch === 0 ? 0.1 : 1 + epoch + seen / 1000),
        carried: {
          save: () => ({ seen }),
          restore: (saved) => {
            seen = (saved as { seen: number }).seen;
          },
        },
        epoch: (start) => {
          seen += start.epoch + 1;
          return epochOf(start);
        },
        onProgress: ({ done }) => {
          if (done === stopAt) throw new Error("power cut");
        },
      };
      return plane().then((step) => using(step, () => runEpochs(step, options(more))));
    };
    const whole = await run(path.join(folder, "whole.safetensors"), -1);
    const file = path.join(folder, "cut.safetensors");
    await expect(run(file, 3)).rejects.toThrow("power cut"); // in the first epoch: nothing is saved yet
    await expect(run(file, 6)).rejects.toThrow("power cut");
    await expect(run(file, 8)).rejects.toThrow("power cut"); // with the last step of an epoch
    await expect(run(file, 15)).rejects.toThrow("power cut");
    expect(await run(file, -1)).toEqual(whole);
    expect(await readFile(file)).toEqual(await readFile(path.join(folder, "whole.safetensors")));
    expect(await run(file, -1)).toEqual(whole); // what is finished is not trained again
    expect(whole.epoch).toBe(0);
    expect((await readdir(folder)).filter((name) => name.startsWith("cut"))).toEqual(["cut.safetensors"]);
  });

  it("refuses the save of another run", async () => {
    const file = path.join(folder, "other.safetensors");
    const run = (identity: string) =>
      line().then((step) =>
        using(step, () => runEpochs(step, { ...options({ epochs: 1, file, identity }), epoch: () => xs(0) })),
      );
    await run("a");
    await expect(run("b")).rejects.toThrow(
      new ValueError(
        `fit: checkpointDir must hold a run of this data and configuration, ${file} is of another`,
      ),
    );
  });

  it("keeps the epoch of least loss and ends when patience is over", async () => {
    const validations = [3, 1, 2, 2.5, 0];
    const { history, params, epoch } = await using(await line({ start: 10 }), (step) =>
      runEpochs(step, {
        ...options({ epochs: 5, keepBest: true, patience: 2, validate: (end) => validations[end.epoch]! }),
        epoch: () => xs(1),
      }),
    );
    expect(history.map(({ validation }) => validation)).toEqual([3, 1, 2, 2.5]);
    expect(epoch).toBe(1);
    expect([...params.w!.data]).toEqual([8]); // 10 − 1 − 1
  });

  it("without held-out data the objective decides, and progress shows it", async () => {
    const told: TrainProgress[] = [];
    const { history, epoch } = await using(await plane("tfjs-cpu"), (step) =>
      runEpochs(step, options({ keepBest: true, objective: "fit", onProgress: (p) => told.push(p) })),
    );
    const fits = history.map(({ means }) => means.fit!);
    expect(epoch).toBe(fits.indexOf(Math.min(...fits)));
    expect(fits[0]).toBeCloseTo(told.slice(0, 4).reduce((sum, { loss }) => sum + loss, 0) / 4, 12);
  });

  it("ends before an epoch that has no plan, and keeps notes", async () => {
    const { history, params, epoch, steps } = await using(await line(), (step) =>
      runEpochs<string>(step, {
        where: "fit",
        epochs: 9,
        random: new Random(0),
        epoch: (start) =>
          start.history.length === 2 ? undefined : { ...xs(1), note: `after ${start.history.length}` },
      }),
    );
    expect(history.map(({ note }) => note)).toEqual(["after 0", "after 1"]);
    expect([...params.w!.data]).toEqual([-1]);
    expect({ epoch, steps }).toEqual({ epoch: 1, steps: 2 });
  });

  it("tells steps of the whole training, and foresees epochs of another length", async () => {
    const told: TrainProgress[] = [];
    await using(await line(), (step) =>
      runEpochs(step, {
        ...options({ epochs: 2, phase: "second", otherSteps: { before: 10, after: 5 } }),
        epoch: ({ epoch }) => (epoch === 0 ? xs(1, 2) : xs(3)),
        onProgress: (progress) => told.push(progress),
      }),
    );
    expect(told.map(({ phase, epoch, epochs, done, total }) => [phase, epoch, epochs, done, total])).toEqual([
      ["second", 0, 2, 11, 19], // 10 + 2·2 + 5
      ["second", 0, 2, 12, 19],
      ["second", 1, 2, 13, 18], // the second epoch has one step
    ]);
    for (const { elapsedMs, remainingMs, done, total } of told) {
      expect(remainingMs).toBeCloseTo((elapsedMs / (done - 10)) * (total - done), 6);
    }
  });

  it("stops between steps when a timer aborts, and closes the generator of batches", async () => {
    const controller = new AbortController();
    let closed = false;
    async function* endless() {
      try {
        for (;;) yield { entries: { x: Float32Array.of(0) } };
      } finally {
        closed = true;
      }
    }
    setTimeout(() => controller.abort(new Error("enough")), 20);
    const running = using(await line(), (step) =>
      runEpochs(step, {
        ...options({ signal: controller.signal }),
        epoch: () => ({ steps: 1, batches: endless() }),
      }),
    );
    await expect(running).rejects.toThrow("enough");
    expect(closed).toBe(true);
  });

  it("names epoch, step and term of a loss that is lost", async () => {
    const step = await createTrainStep({
      params: { w: { type: "float32", shape: [1], data: Float32Array.of(1) } },
      loss: ({ w }, { x }) => {
        const logarithm = w!.mul(x!).log().sum();
        return { loss: logarithm.add(w!.sum()), logarithm, weight: w!.sum() };
      },
      optimizer: sgd({ learningRate: 1 }),
      batchSpec: { x: { type: "float32", shape: [1] } },
      engine: "tfjs-cpu",
    });
    await expect(
      using(step, () =>
        runEpochs(step, {
          ...options({ learningRate: () => 0 }),
          epoch: ({ epoch }) => (epoch === 0 ? xs(1, 2) : xs(1, -1)),
        }),
      ),
    ).rejects.toThrow(
      new StateError(
        "fit: the loss must stay finite, got NaN (its terms logarithm) in epoch 2 at step 4; a lower learningRate may help",
      ),
    );
  });

  it("finds what the last step of an epoch has done to the parameters, and what validation says", async () => {
    await expect(
      using(await line(), (step) =>
        runEpochs(step, { ...options({ epochs: 1, learningRate: () => 3e38 }), epoch: () => xs(100) }),
      ),
    ).rejects.toThrow(
      "fit: parameters must stay finite, w[0] is -Infinity after epoch 1; a lower learningRate may help",
    );
    await expect(
      using(await line(), (step) =>
        runEpochs(step, { ...options({ validate: () => Number.NaN }), epoch: () => xs(1) }),
      ),
    ).rejects.toThrow("fit: the validation loss must stay finite, got NaN after epoch 1");
  });

  it("says what is wrong with what it is asked", async () => {
    const run = async (more: object) =>
      using(await line(), (step) => runEpochs(step, { ...options(), ...more }));
    await expect(run({ epoch: () => xs() })).rejects.toThrow(
      new ValueError("fit: epoch 1 must have at least one batch of positive weight"),
    );
    await expect(run({ epoch: () => xs(1), objective: "fits" })).rejects.toThrow(
      new ValueError('fit: objective must be one of loss, got "fits"'),
    );
    await expect(run({ epochs: -1 })).rejects.toThrow("fit: epochs must be a non-negative integer, got -1");
    await expect(run({ patience: 1 })).rejects.toThrow("runEpochs: patience needs keepBest");
    await expect(run({ file: "x" })).rejects.toThrow("runEpochs: file needs identity");
    await expect(run({ learnRate: 1 })).rejects.toThrow(
      'runEpochs: unknown option "learnRate"; did you mean "learningRate"?',
    );
  });
});

describe("halfCosine", () => {
  it("rises, then falls to nothing", () => {
    const rate = halfCosine({ learningRate: 2, warmUp: 0.5 });
    const at = (step: number) => rate({ epoch: 0, epochs: 1, step, total: 4 });
    expect(at(0)).toBe(1); // half of the rise of two steps, of (1 + cos 0)
    expect(at(2)).toBeCloseTo(1, 15); // risen; 1 + cos(π/2)
    expect(halfCosine({ learningRate: 2 })({ epoch: 0, epochs: 1, step: 4, total: 4 })).toBe(0);
    expect(() => halfCosine({ learningRate: 0 })).toThrow(ValueError);
  });
});

describe("shuffledBatches", () => {
  it("cuts a permutation into whole batches", () => {
    const batches = shuffledBatches(7, 3, new Random(1));
    expect(batches.map((batch) => batch.length)).toEqual([3, 3]);
    expect(batches.flatMap((batch) => [...batch])).toEqual([...new Random(1).permutation(7)].slice(0, 6));
  });
});
