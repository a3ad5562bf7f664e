import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { FormatError, ShapeError, ValueError } from "@wayweave/geo-core";
import { OnnxModel } from "@wayweave/nn";
import { ccaTransform } from "@wayweave/numeric";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CanonicalCorrelation } from "../src/baselines/canonical-correlation.js";
import { GeneralizedMultiview } from "../src/baselines/generalized-multiview.js";
import { SemanticMatching } from "../src/baselines/semantic-matching.js";
import { CoSMat, type CoSMatConfig } from "../src/model/cosmat.js";
import { CrossModalModel } from "../src/model/cross-modal-model.js";
import { type LabeledPairs, type Pairs, UNLABELED } from "../src/model/pairs.js";
import { firstHitShare, threeClassPairs } from "./support.js";

const train = threeClassPairs(120, 1);
const test = threeClassPairs(60, 2);
const untuned = { tune: false } as const;
const systems: Readonly<Record<string, (pairs: LabeledPairs) => Promise<CrossModalModel>>> = {
  CoSMat: (pairs) => CoSMat.fit(pairs, { corrProj: { components: 4 }, ...untuned }),
  SM: (pairs) => SemanticMatching.fit(pairs, untuned),
  CCA: (pairs) => CanonicalCorrelation.fit(pairs, { corrProj: { components: 2 }, ...untuned }),
  GMA: (pairs) => GeneralizedMultiview.fit(pairs, untuned),
};
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "cosmat-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe.each(Object.entries(systems))("%s", (_, fit) => {
  let model: CrossModalModel;
  beforeAll(async () => {
    model = await fit(train);
  });

  it("finds images of a text's class, and texts of an image's", () => {
    const images = model.embedImage(test.images);
    const texts = model.embedText(test.texts);
    // Chance is a third.
    expect(firstHitShare(model.similarity(texts, images), test.labels)).toBeGreaterThan(0.8);
    expect(firstHitShare(model.similarity(images, texts), test.labels)).toBeGreaterThan(0.8);
  });

  it("gives index vectors whose dot product is the similarity", () => {
    const images = model.embedImage(test.images);
    const [a, b] = [model.toIndexVectors(images), model.similarity(images, images)];
    let dot = 0;
    for (let j = 0; j < a.columns; j++) dot += a.data[j]! * a.data[a.columns + j]!;
    expect(dot).toBeCloseTo(b.data[1]!, 12);
  });

  it("comes back from a file as it was", async () => {
    const file = path.join(folder, "model.safetensors");
    await model.save(file);
    const loaded = await CrossModalModel.load(file);
    expect(loaded.parts.system).toBe(model.parts.system);
    expect(loaded.embedImage(test.images)).toEqual(model.embedImage(test.images));
    expect(loaded.embedText(test.texts)).toEqual(model.embedText(test.texts));
    expect(loaded.parts.similarity).toBe(model.parts.similarity);
  });

  it("agrees with its ONNX export", async () => {
    for (const modality of ["image", "text"] as const) {
      const features = modality === "image" ? test.images : test.texts;
      const expected = modality === "image" ? model.embedImage(features) : model.embedText(features);
      const onnx = await OnnxModel.load(model.toOnnx(modality));
      const { representation } = await onnx.run({
        features: { data: Float32Array.from(features.data), shape: [features.rows, features.columns] },
      });
      expect(representation!.shape).toEqual([60, model.dimensions]);
      expect(largestDifference(representation!.data as Float32Array, expected.data)).toBeLessThan(2e-5);
      await onnx.dispose();
    }
  });

  it("refuses features of another width", () => {
    const system = model.parts.system;
    expect(() => model.embedText(test.images)).toThrow(
      new ShapeError(`${system}.embedText: texts must have 5 columns, got 8`),
    );
  });
});

describe("GeneralizedMultiview", () => {
  it("has a dimension less than there are classes, or as many as the features allow", async () => {
    expect((await GeneralizedMultiview.fit(train, untuned)).dimensions).toBe(2);
    const one = { rows: 120, columns: 1, data: train.texts.data.filter((_, i) => i % 5 === 0) };
    expect((await GeneralizedMultiview.fit({ ...train, texts: one }, untuned)).dimensions).toBe(1);
    await expect(GeneralizedMultiview.fit(train, { components: 6 })).rejects.toThrow(
      new ValueError("GeneralizedMultiview.fit: components must be in [1, 5], got 6"),
    );
  });
});

describe("CoSMat", () => {
  const config: CoSMatConfig = {
    features: {
      images: { root: true, chiSquared: { landmarks: 40 } },
      texts: { root: true, unitLength: true },
    },
    corrProj: { components: 4, ridge: 0.1 },
    tune: false,
  };

  it("represents by posteriors: positive, adding up to 1", async () => {
    const model = await CoSMat.fit(train, config);
    expect(model.semantic).toBe(true);
    const { data, columns } = model.embedText(test.texts);
    expect(columns).toBe(3);
    for (let i = 0; i < data.length; i += 3) {
      expect(data[i]! + data[i + 1]! + data[i + 2]!).toBeCloseTo(1, 12);
      expect(Math.min(data[i]!, data[i + 1]!, data[i + 2]!)).toBeGreaterThan(0);
    }
  });

  it("exports a kernel map, and saves it", async () => {
    const model = await CoSMat.fit(train, config);
    const onnx = await OnnxModel.load(model.toOnnx("image"));
    const { representation } = await onnx.run({
      features: { data: Float32Array.from(test.images.data), shape: [60, 8] },
    });
    await onnx.dispose();
    const expected = model.embedImage(test.images);
    expect(largestDifference(representation!.data as Float32Array, expected.data)).toBeLessThan(2e-4);
    const file = path.join(folder, "kernel.safetensors");
    await model.save(file);
    expect((await CrossModalModel.load(file)).embedImage(test.images)).toEqual(expected);
  });

  it("uses pairs without a label for CorrProj only", async () => {
    const half = { ...train, labels: train.labels.map((label, i) => (i < 60 ? label : UNLABELED)) };
    const model = await CoSMat.fit(half, { corrProj: { components: 2 }, ...untuned });
    const all = await CanonicalCorrelation.fit(train, { corrProj: { components: 2 }, ...untuned });
    expect(model.parts.image.projection).toEqual(all.parts.image.projection);
    const images = model.embedImage(test.images);
    expect(firstHitShare(model.similarity(model.embedText(test.texts), images), test.labels)).toBeGreaterThan(
      0.8,
    );
  });

  it("never reads the row of a missing modality", async () => {
    const hasImage = train.labels.map((_, i) => i % 4 !== 0);
    const fitWith = (fill: number) => {
      const data = train.images.data.map((value, k) => (hasImage[Math.floor(k / 8)] ? value : fill));
      return CoSMat.fit(
        { ...train, images: { ...train.images, data }, hasImage },
        { corrProj: { components: 2 }, ...untuned },
      );
    };
    const model = await fitWith(Number.NaN);
    expect(model.embedImage(test.images)).toEqual((await fitWith(7)).embedImage(test.images));
    expect(ccaTransform(model.parts.text.projection!, test.texts).columns).toBe(2);
  });

  it.each(Object.entries(systems))("%s can learn a class of one example", async (_, fit) => {
    const labels = train.labels.map((label, i) => (label === 2 && i > 2 ? UNLABELED : label));
    expect(labels.filter((label) => label === 2)).toHaveLength(1);
    const model = await fit({ ...train, labels });
    expect(model.embedText(test.texts).data.every(Number.isFinite)).toBe(true);
  });

  it("says what is wrong with the pairs", async () => {
    const refuses = (change: Partial<Pairs>, error: Error) =>
      expect(CoSMat.fit({ ...train, ...change })).rejects.toThrow(error);
    const skipped = train.labels.map((label) => (label === 1 ? 3 : label));
    await refuses(
      { labels: skipped },
      new ValueError("CoSMat.fit: class 1 must have at least one image, got none"),
    );
    await refuses(
      { hasText: train.labels.map((label) => label !== 2) },
      new ValueError("CoSMat.fit: class 2 must have at least one text, got none"),
    );
    await refuses(
      { labels: train.labels.map(() => 0) },
      new ValueError("CoSMat.fit: labels must name at least 2 classes, got 1"),
    );
    await refuses(
      { labels: train.labels.map((label) => label - 2) },
      new ValueError("CoSMat.fit: labels[0] must be a class number from 0, or -1, got -2"),
    );
    await refuses({ labels: [0, 1] }, new ShapeError("CoSMat.fit: labels must have length 120, got 2"));
    await refuses({ texts: test.texts }, new ShapeError("CoSMat.fit: texts must have 120 rows, got 60"));
    const damaged = { ...train.texts, data: train.texts.data.slice().fill(Number.NaN, 5, 6) };
    await refuses(
      { texts: damaged },
      new ValueError("CoSMat.fit: texts row 1, entry [0] must be finite, got NaN"),
    );
    await refuses(
      { hasImage: train.labels.map((_, i) => i < 6), hasText: train.labels.map((_, i) => i >= 5) },
      new ValueError("CoSMat.fit: at least 2 pairs must have an image and a text, got 1 of 120"),
    );
  });
});

describe("CrossModalModel.load", () => {
  it("refuses other files", async () => {
    const file = path.join(folder, "other.safetensors");
    await (await CoSMat.fit(train, untuned)).save(file);
    const bytes = await readFile(file);
    await writeFile(
      file,
      Buffer.from(bytes.toString("latin1").replace("wayweave.cosmat", "wayweave.others"), "latin1"),
    );
    await expect(CrossModalModel.load(file)).rejects.toThrow(
      new FormatError("not a cross-modal model", { file }),
    );
  });
});

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i]! - b[i]!);
    if (!(difference <= largest)) largest = difference;
  }
  return largest;
}
