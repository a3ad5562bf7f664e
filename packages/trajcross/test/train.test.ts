import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Random, slidingWindows } from "@wayweave/geo-core";
import { tf } from "@wayweave/nn/train";
import { afterAll, describe, expect, it } from "vitest";
import { buildPairs, type PairSet } from "../src/data/pairs.js";
import { encodeImages, placeInImages } from "../src/model/forward.js";
import { imageBatch, prepareImages, prepareTrajectories, trajectoryBatch } from "../src/model/inputs.js";
import { traceLoss } from "../src/model/loss.js";
import { epochBatches } from "../src/training/batches.js";
import { type TrainOptions, trainTowers } from "../src/training/train-towers.js";
import { walks } from "./walks.js";

const images = { size: 32 };
const { train: pairs } = buildPairs(slidingWindows(walks(20), { length: 20 }), {
  split: { trainCount: 80, testCount: 20 },
  images,
});
const quick: TrainOptions = {
  model: { imageSize: 32, embeddingSize: 16 },
  train: { epochs: 4, batchSize: 16 },
  engine: "ort-cpu",
  seed: 2,
};

/** What {@link quick} ends with, trained once. */
let once: ReturnType<typeof trainTowers> | undefined;
const trainedQuick = () => {
  once ??= trainTowers(pairs, quick);
  return once;
};

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

describe("trainTrajCross", () => {
  it("learns: the loss falls", async () => {
    const { losses } = await trainedQuick();
    expect(losses).toHaveLength(4);
    expect(losses[3]).toBeLessThan(losses[0]! - 0.2);
  });

  it("learns to trace the line, unless told not to", async () => {
    const traceOf = async (traceWeight: number, epochs: number) => {
      const { params, config, normalization } = await trainTowers(pairs, {
        ...quick,
        train: { ...quick.train, epochs, learningRate: 5e-3, traceWeight },
      });
      const tensors = Object.fromEntries(
        Object.entries(params).map(([name, { data, shape }]) => [name, tf.tensor(data, [...shape])]),
      );
      const some = Array.from({ length: 16 }, (_, i) => 5 * i);
      const { pixels, extents } = imageBatch(prepareImages(pairs.images, normalization), some);
      const trajectories = trajectoryBatch(
        prepareTrajectories(pairs.trajectories, config.model, normalization),
        some,
        config.model,
      );
      const where = tf.tensor2d(extents, [some.length, 4]);
      const { traced } = encodeImages(
        tensors,
        { pixels: tf.tensor4d(pixels, [some.length, 32, 32, 1]), extents: where },
        config.model,
        normalization,
      );
      const own = tf.tensor3d(trajectories.points!, [some.length, config.model.points, 2]);
      return traceLoss(traced!, placeInImages(own, where)).dataSync()[0]!;
    };
    const learnt = await traceOf(20, 12);
    expect(learnt).toBeLessThan(0.1); // image sides
    expect(learnt).toBeLessThan((await traceOf(0, 2)) / 2);
  });

  it("disturbs trajectories where asked, and only then", async () => {
    const train = { ...quick.train, epochs: 1 };
    const [plain, none, noisy] = await Promise.all(
      [{}, { noiseMeters: 0 }, { noiseMeters: 0.5 }].map((noise) =>
        trainTowers(pairs, { ...quick, train: { ...train, ...noise } }),
      ),
    );
    expect(none!.losses).toEqual(plain!.losses);
    expect(noisy!.losses).not.toEqual(plain!.losses);
  });

  it("trains the paper's model with its modality classifier", async () => {
    const train = { ...quick.train, epochs: 2 };
    const { losses, params } = await trainTowers(pairs, { ...quick, train, preset: "paper" });
    expect(losses[1]).toBeLessThan(losses[0]!);
    expect(Object.keys(params)).toContain("modality/out/weight");
  });

  it("ends bit for bit the same when it was interrupted", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "trajcross-"));
    folders.push(folder);
    const whole = await trainedQuick();
    const stop = new AbortController();
    const interrupted = trainTowers(pairs, {
      ...quick,
      checkpointDir: folder,
      signal: stop.signal,
      onProgress: ({ epoch }) => {
        if (epoch === 2) stop.abort();
      },
    });
    await expect(interrupted).rejects.toThrow(/abort/i);
    const resumed = await trainTowers(pairs, { ...quick, checkpointDir: folder });
    expect(resumed.params).toEqual(whole.params);
    expect(resumed.losses).toEqual(whole.losses);
  });

  it("does not continue the run of another configuration, or of other pairs", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "trajcross-"));
    folders.push(folder);
    await trainTowers(pairs, { ...quick, train: { epochs: 1, batchSize: 16 }, checkpointDir: folder });
    const refusal = /^trainTrajCross: checkpointDir must hold a run of this data and configuration/;
    const sameRun = { ...quick, train: { epochs: 1, batchSize: 16 }, checkpointDir: folder };
    await expect(trainTowers(pairs, { ...quick, checkpointDir: folder })).rejects.toThrow(refusal);
    const moved = {
      ...pairs,
      images: { ...pairs.images, extents: pairs.images.extents.map((side) => side + 1) },
    };
    await expect(trainTowers(moved, sameRun)).rejects.toThrow(refusal);
    await expect(trainTowers(pairs, sameRun)).resolves.toHaveProperty("losses.length", 1);
  });

  it("names what is wrong", async () => {
    await expect(trainTowers(pairs, { ...quick, model: { imageSize: 64 } })).rejects.toThrow(
      "trainTrajCross: images must be 64 pixels wide, got 32",
    );
    await expect(trainTowers(pairs, { ...quick, train: { batchSize: 128 } })).rejects.toThrow(
      "trainTrajCross: there must be at least a batch of 128 pairs, got 80",
    );
  });

  it("refuses pairs that do not fit each other", async () => {
    const { alikeOrder, images: all, trajectories } = pairs;
    const half = {
      trajectories: trajectories.slice(0, 40),
      images: { ...all, pixels: all.pixels.slice(0, 40 * 32 * 32), extents: all.extents.slice(0, 160) },
    };
    const refused = (broken: Partial<PairSet>) => expect(trainTowers({ ...pairs, ...broken }, quick)).rejects;
    await refused(half).toThrow("trainTrajCross: pairs.alikeOrder must have length 40, got 80");
    await refused({ ...half, alikeOrder: alikeOrder!.slice(0, 40).fill(63, 3, 4) }).toThrow(
      /^trainTrajCross: pairs\.alikeOrder must hold each index from 0 to 39 once, got \d+/,
    );
    await refused({ alikeOrder: new Uint32Array(80) }).toThrow(
      "trainTrajCross: pairs.alikeOrder must hold each index from 0 to 79 once, got 0 twice",
    );
    await refused({ images: { ...all, pixels: all.pixels.slice(0, 1024) } }).toThrow(
      "trainTrajCross: images.pixels must have length 81920, got 1024",
    );
    const extents = all.extents.with(4 * 3 + 2, Number.NaN); // maxX of image 3
    await refused({ images: { ...all, extents } }).toThrow(
      "trainTrajCross: images.extents: width of image 3 must be a positive finite number, got NaN",
    );
    const flat = all.extents.with(4 * 3 + 3, all.extents[4 * 3 + 1]!); // maxY = minY
    await refused({ images: { ...all, extents: flat } }).toThrow(
      "trainTrajCross: images.extents: height of image 3 must be a positive finite number, got 0",
    );
  });

  it("refuses a rendering of other channels than the model's", async () => {
    const colored = { ...pairs.images, channels: 3, pixels: new Uint8Array(3 * 80 * 32 * 32) } as const;
    await expect(
      trainTowers({ ...pairs, images: colored }, { ...quick, model: { ...quick.model, channels: 3 } }),
    ).rejects.toThrow("trainTrajCross: pairs.rendering.channels must be 3, the model's, got 1");
  });

  it("refuses to draw images anew that nothing says how to draw", async () => {
    const { rendering, ...own } = pairs;
    expect(rendering).toEqual({ size: 32 });
    await expect(trainTowers(own, quick)).rejects.toThrow(
      "trainTrajCross: pairs.rendering must say how the images were drawn, since train.redraw draws them anew, got none; train: { redraw: false } uses the images as they are",
    );
  });

  it("stops where the loss is no longer a number", async () => {
    await expect(
      trainTowers(pairs, { ...quick, train: { ...quick.train, learningRate: 1e30 } }),
    ).rejects.toThrow(
      /^trainTrajCross: the loss must stay finite, got (NaN|-?Infinity) \(its terms .*\) in epoch 1 at step [2-5]; a lower learningRate may help$/,
    );
  });
});

describe("epochBatches", () => {
  const order = Uint32Array.from({ length: 50 }, (_, i) => i);

  it("draws every pair at most once, in runs of neighbours", () => {
    const batches = epochBatches(order, 8, 4, new Random(1));
    expect(batches.map((batch) => batch.length)).toEqual([8, 8, 8, 8, 8, 8]);
    expect(new Set(batches.flatMap((batch) => [...batch])).size).toBe(48);
    for (const batch of batches) {
      for (let i = 0; i < 8; i += 4) {
        expect([1, 2, 3].map((j) => (batch[i + j]! - batch[i]! + 50) % 50)).toEqual([1, 2, 3]);
      }
    }
  });
});
