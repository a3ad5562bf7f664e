import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Random, slidingWindows, TrajectorySet } from "@wayweave/geo-core";
import { createInference } from "@wayweave/nn/train";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { renderImages } from "../src/data/images.js";
import { buildPairs } from "../src/data/pairs.js";
import { encodeImages } from "../src/model/forward.js";
import { imageBatch, prepareImages } from "../src/model/inputs.js";
import { TrajCross } from "../src/model/trajcross.js";
import { nearestRows } from "../src/retrieval/nearest.js";
import { TrajCrossIndex } from "../src/retrieval/trajcross-index.js";
import { type Trained, trainTrajCross } from "../src/training/train-trajcross.js";
import { walks } from "./walks.js";

const images = { size: 32 };
const { train, test } = buildPairs(slidingWindows(walks(20), { length: 20 }), {
  split: { trainCount: 80, testCount: 20 },
  images,
});
let trained: Trained;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "trajcross-"));
  trained = await trainTrajCross(train, {
    model: { imageSize: 32, embeddingSize: 16 },
    train: { epochs: 8, batchSize: 16 },
    engine: "ort-cpu",
  });
});
afterAll(async () => {
  await trained.model.dispose();
  await rm(folder, { recursive: true });
});

describe("TrajCross", () => {
  it("exports towers that agree with the training engine within 1e-4", async () => {
    const { config, normalization, params, model } = trained;
    const inference = await createInference({
      forward: (parameters, { pixels, extents }) =>
        encodeImages(parameters, { pixels: pixels!, extents: extents! }, config.model, normalization)
          .embeddings,
      params,
      inputSpec: {
        pixels: { type: "float32", shape: [20, 32, 32, 1] },
        extents: { type: "float32", shape: [20, 4] },
      },
      engine: "tfjs-cpu",
    });
    const all = Uint32Array.from({ length: 20 }, (_, i) => i);
    const { output } = await inference.run(imageBatch(prepareImages(test.images, normalization), all));
    const exported = await model.encodeImages(test.images, { batchSize: 7 });
    exported.forEach((value, i) => {
      expect(Math.abs(value - output!.data[i]!)).toBeLessThan(1e-4);
    });
    await inference.dispose();
  });

  it("gives the same embeddings after saving and loading", async () => {
    const target = path.join(folder, "model");
    await trained.model.save(target);
    const loaded = await TrajCross.load(target);
    expect(loaded.config).toEqual(trained.model.config);
    expect(loaded.trainingId).toBe(trained.model.trainingId);
    expect(await loaded.encodeTrajectories(test.trajectories)).toEqual(
      await trained.model.encodeTrajectories(test.trajectories),
    );
    await loaded.dispose();
  });

  it("names what is wrong", async () => {
    const { model } = trained;
    const large = renderImages(test.trajectories, new Random(1), { size: 64 });
    await expect(model.encodeImages(large)).rejects.toThrow(
      "TrajCross.encodeImages: images must be 32 pixels wide, got 64",
    );
    const lonlat = TrajectorySet.fromArrays([[[1, 2]]]);
    await expect(model.encodeTrajectories(lonlat)).rejects.toThrow(/set must be planar/);
    await expect(model.encodeImages(test.images, { batchSize: 0 })).rejects.toThrow(
      "TrajCross.encodeImages: batchSize must be a positive integer, got 0",
    );
    await expect(model.encodeTrajectories(test.trajectories, { batchSize: 0 })).rejects.toThrow(
      "TrajCross.encodeTrajectories: batchSize must be a positive integer, got 0",
    );
  });
});

describe("TrajCrossIndex", () => {
  it("finds pairs better than chance, and nearly always with re-ranking", async () => {
    const index = new TrajCrossIndex(trained.model);
    await index.addImages(test.images);
    await index.addTrajectories(test.trajectories);
    const share = (hits: { index: number }[][]) =>
      hits.filter((own, i) => own[0]!.index === i).length / hits.length;
    const shareOfThree = (hits: { index: number }[][]) =>
      hits.filter((own, i) => own.some(({ index }) => index === i)).length / hits.length;
    expect(shareOfThree(await index.findImages(test.trajectories, { k: 3 }))).toBeGreaterThan(0.3); // chance: 0.15
    expect(share(await index.findImages(test.trajectories, { k: 3, rerank: 20 }))).toBeGreaterThanOrEqual(
      0.9,
    );
    expect(share(await index.findTrajectories(test.images, { k: 3, rerank: 20 }))).toBeGreaterThanOrEqual(
      0.9,
    );
  });

  it("keeps ids, and answers the same after saving and loading", async () => {
    const index = new TrajCrossIndex(trained.model);
    const ids = Array.from({ length: 20 }, (_, i) => `map-${i}.png`);
    await index.addImages(test.images, ids);
    await index.addTrajectories(test.trajectories.slice(0, 8));
    await index.addTrajectories(test.trajectories.slice(8, 20));
    expect([index.imageCount, index.trajectoryCount]).toEqual([20, 20]);
    const file = path.join(folder, "gallery.safetensors");
    await index.save(file);
    const loaded = await TrajCrossIndex.load(file, trained.model);
    const queries = test.trajectories.slice(0, 3);
    const hits = await loaded.findImages(queries, { k: 2, rerank: 4 });
    expect(hits).toEqual(await index.findImages(queries, { k: 2, rerank: 4 }));
    expect(ids).toContain(hits[0]![0]!.id);
    expect(await loaded.findTrajectories(test.images, { k: 2 })).toEqual(
      await index.findTrajectories(test.images, { k: 2 }),
    );
  });

  it("does not depend on how its content was added, nor on what becomes of the arrays", async () => {
    const [whole, piecemeal] = [new TrajCrossIndex(trained.model), new TrajCrossIndex(trained.model)];
    await whole.addImages(test.images);
    const { pixels, extents } = test.images;
    const one = { size: 32, pixels: new Uint8Array(32 * 32), extents: new Float64Array(4) };
    const query = test.trajectories.slice(0, 2);
    for (let i = 0; i < 20; i++) {
      one.pixels.set(pixels.subarray(i * 32 * 32, (i + 1) * 32 * 32));
      one.extents.set(extents.subarray(4 * i, 4 * i + 4));
      await piecemeal.addImages(one);
      if (i === 10) expect((await piecemeal.findImages(query, { k: 20 }))[0]).toHaveLength(11);
    }
    const places = async (index: TrajCrossIndex) =>
      (await index.findImages(query, { k: 20, rerank: 5 })).map((hits) =>
        hits.map(({ index, id }) => [index, id]),
      );
    expect(await places(piecemeal)).toEqual(await places(whole));
  });

  it("names what is wrong", async () => {
    const index = new TrajCrossIndex(trained.model);
    await expect(index.addImages(test.images, ["one"])).rejects.toThrow(
      "TrajCrossIndex.addImages: ids must have length 20, got 1",
    );
    await expect(index.findImages(test.trajectories, { k: 0 })).rejects.toThrow(
      "TrajCrossIndex.findImages: k must be a positive integer, got 0",
    );
  });
});

describe("nearestRows", () => {
  it("finds the largest dot products, ties to the smaller index", () => {
    const rows = Float32Array.of(1, 0, 0, 1, 1, 0, 0.5, 0.5);
    expect([...nearestRows(Float32Array.of(1, 0), rows, 3).indices]).toEqual([0, 2, 3]);
    expect([...nearestRows(Float32Array.of(1, 0), rows, 3).scores]).toEqual([1, 1, 0.5]);
  });

  it("equals sorting all rows", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 50 }),
        (values, k) => {
          const sorted = values
            .map((value, i) => ({ value, i }))
            .sort((a, b) => b.value - a.value || a.i - b.i);
          const { indices } = nearestRows(Float32Array.of(1), Float32Array.from(values), k);
          expect([...indices]).toEqual(sorted.slice(0, k).map(({ i }) => i));
        },
      ),
    );
  });
});
