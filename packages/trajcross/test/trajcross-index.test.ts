import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { FormatError, slidingWindows, ValueError } from "@wayweave/geo-core";
import { type CheckpointTensor, loadCheckpoint, saveCheckpoint } from "@wayweave/nn";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildPairs } from "../src/data/pairs.js";
import { TrajCross } from "../src/model/trajcross.js";
import { TrajCrossIndex } from "../src/retrieval/trajcross-index.js";
import { type Trained, trainTrajCross } from "../src/training/train-trajcross.js";
import { walks } from "./walks.js";

const images = { size: 32 };
const { train, test } = buildPairs(slidingWindows(walks(20), { length: 20 }), {
  split: { trainCount: 32, testCount: 20 },
  images,
});
let trained: Trained;
/** Of the same configuration, but another training. */
let other: Trained;
let folder: string;
let gallery: string;

const trainOnce = (seed: number) =>
  trainTrajCross(train, {
    model: { imageSize: 32, embeddingSize: 16 },
    train: { epochs: 1, batchSize: 16 },
    engine: "ort-cpu",
    seed,
  });

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "trajcross-index-"));
  [trained, other] = [await trainOnce(1), await trainOnce(2)];
  gallery = path.join(folder, "gallery.safetensors");
  const index = new TrajCrossIndex(trained.model);
  await index.addImages(test.images);
  await index.addTrajectories(test.trajectories);
  await index.save(gallery);
});
afterAll(async () => {
  await Promise.all([trained.model.dispose(), other.model.dispose()]);
  await rm(folder, { recursive: true });
});

describe("TrajCross.load", () => {
  it("refuses towers of two trainings: a save that stopped between its two files", async () => {
    const [target, newer] = [path.join(folder, "mixed"), path.join(folder, "newer")];
    await trained.model.save(target);
    await other.model.save(newer);
    await copyFile(path.join(newer, "trajectory.onnx"), path.join(target, "trajectory.onnx"));
    const [mine, theirs] = [trained.model.trainingId, other.model.trainingId];
    expect(mine).toMatch(/^[0-9a-f]{64}$/);
    const refused = TrajCross.load(target);
    await expect(refused).rejects.toThrow(FormatError);
    await expect(refused).rejects.toThrow(
      `trajectory.onnx and image.onnx must be of one training, got ${theirs} and ${mine}`,
    );
  });
});

describe("TrajCrossIndex.load", () => {
  it("takes the model that the gallery was made with, saved and loaded too, and no other", async () => {
    await trained.model.save(path.join(folder, "model"));
    const model = await TrajCross.load(path.join(folder, "model"));
    expect((await TrajCrossIndex.load(gallery, model)).imageCount).toBe(20);
    await model.dispose();
    const refused = TrajCrossIndex.load(gallery, other.model);
    await expect(refused).rejects.toThrow(ValueError);
    await expect(refused).rejects.toThrow(
      `TrajCrossIndex.load: ${gallery} must be of this model, whose trainingId is ${other.model.trainingId}, got one of ${trained.model.trainingId}`,
    );
  });

  const floats = (length: number): CheckpointTensor => ({
    type: "float32",
    shape: [length],
    data: new Float32Array(length),
  });

  it.each<
    [
      what: string,
      tensors: Record<string, CheckpointTensor | undefined>,
      metadata: object,
      message: string | RegExp,
    ]
  >([
    [
      "a tensor is missing",
      { imagePixels: undefined },
      {},
      "must hold a tensor imagePixels of uint8, got none",
    ],
    [
      "a tensor is of another type",
      { coordinates: floats(4) },
      {},
      "must hold a tensor coordinates of float64, got float32",
    ],
    [
      "embeddings are not 20 × 16",
      { imageEmbeddings: floats(319) },
      {},
      "imageEmbeddings must have length 320, got 319",
    ],
    [
      "… nor for the trajectories",
      { trajectoryEmbeddings: floats(0) },
      {},
      "trajectoryEmbeddings must have length 320, got 0",
    ],
    ["ids are missing", {}, { imageIds: undefined }, "imageIds must hold 20 texts, got undefined"],
    ["ids are too few", {}, { trajectoryIds: ["a"] }, "trajectoryIds must hold 20 texts, got 1 values"],
    [
      "pixels and extents do not fit",
      { imageExtents: { type: "float64", shape: [8], data: Float64Array.of(0, 0, 1, 1, 0, 0, 1, 1) } },
      {},
      /images\.pixels must have length 2048, got 20480$/,
    ],
    [
      "offsets do not fit",
      { offsets: { type: "int32", shape: [21], data: new Int32Array(21) } },
      {},
      /TrajectorySet: coordinates must have length 0 .* got 800$/,
    ],
    [
      "the model is not named: an older version",
      {},
      { version: 1 },
      "must be a gallery saved by TrajCrossIndex.save, version 2",
    ],
  ])("names the file where %s", async (_, changedTensors, changedMetadata, message) => {
    const { tensors, metadata } = await loadCheckpoint(gallery);
    const changed = Object.entries({ ...Object.fromEntries(tensors), ...changedTensors }).filter(
      (entry): entry is [string, CheckpointTensor] => entry[1] !== undefined,
    );
    const file = path.join(folder, "broken.safetensors");
    const kept = JSON.parse(JSON.stringify({ ...(metadata as object), ...changedMetadata }));
    await saveCheckpoint(file, { tensors: Object.fromEntries(changed), metadata: kept });
    const refused = TrajCrossIndex.load(file, trained.model);
    await expect(refused).rejects.toThrow(FormatError);
    await expect(refused).rejects.toThrow(message);
    await expect(refused).rejects.toHaveProperty("file", file);
  });
});

describe.each(["findImages", "findTrajectories"] as const)("TrajCrossIndex.%s", (method) => {
  const find = async (options: Parameters<TrajCrossIndex["findImages"]>[1]) => {
    const index = await TrajCrossIndex.load(gallery, trained.model);
    return method === "findImages"
      ? index.findImages(test.trajectories, options)
      : index.findTrajectories(test.images, options);
  };

  it("counts the answered queries, whatever the size of a batch", async () => {
    const seen: number[] = [];
    const onProgress = ({ done, total }: { done: number; total: number }) => {
      expect(total).toBe(20);
      seen.push(done);
    };
    const hits = await find({ k: 3, rerank: 2, batchSize: 7, onProgress });
    expect(seen).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    const inOne = await find({ k: 3, rerank: 2 });
    expect(hits.map((own) => own.map(({ index }) => index))).toEqual(
      inOne.map((own) => own.map(({ index }) => index)),
    );
  });

  it("stops between two queries", async () => {
    const controller = new AbortController();
    let answered = 0;
    const stopped = find({
      signal: controller.signal,
      onProgress: ({ done }) => {
        answered = done;
        if (done === 5) controller.abort();
      },
    });
    await expect(stopped).rejects.toThrow(/abort/i);
    expect(answered).toBe(5);
  });

  it("lets the event loop run while it compares", async () => {
    const controller = new AbortController();
    let answered = 0;
    const stopped = find({
      rerank: 20,
      signal: controller.signal,
      onProgress({ done }) {
        answered = done;
        // As Ctrl-C does: only a turn of the event loop can hear it.
        if (done === 1) setImmediate(() => controller.abort());
        const startMs = performance.now();
        while (performance.now() - startMs < 30); // a slow query
      },
    });
    await expect(stopped).rejects.toThrow(/abort/i);
    expect(answered).toBeLessThan(20);
  });

  it("wants a batch", async () => {
    await expect(find({ batchSize: 0 })).rejects.toThrow(
      `TrajCrossIndex.${method}: batchSize must be a positive integer, got 0`,
    );
  });
});
