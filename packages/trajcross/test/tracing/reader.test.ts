import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Random } from "@wayweave/geo-core";
import { OnnxModel, saveCheckpoint } from "@wayweave/nn";
import { createInference } from "@wayweave/nn/train";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exportReader, exportTrainedReader } from "../../src/tracing/export-reader.js";
import { LineReader } from "../../src/tracing/line-reader.js";
import { drawExamples } from "../../src/tracing/pictures/examples.js";
import { LineSource } from "../../src/tracing/pictures/line-source.js";
import { initReader, readLine } from "../../src/tracing/reader-net.js";
import { scalePicture } from "../../src/tracing/scale-picture.js";
import { type TrainedReader, trainReader } from "../../src/tracing/train-reader.js";

describe("exportReader", () => {
  it("gives what the training network gives, for pictures of any size", async () => {
    const params = initReader(3);
    const model = await OnnxModel.load(exportReader(params));
    for (const [height, width] of [
      [32, 48],
      [64, 16],
    ] as const) {
      const random = new Random(height);
      const shape = [2, height, width, 3];
      const pixels = {
        type: "float32" as const,
        shape,
        data: Float32Array.from({ length: 6 * height * width }, () => random.uniform(0, 255)),
      };
      for (const name of ["line", "ends"] as const) {
        const inference = await createInference({
          forward: (values, inputs) => readLine(values, inputs.pixels!)[name].sigmoid(),
          params,
          inputSpec: { pixels: { type: "float32", shape } },
          engine: "ort-cpu",
        });
        const expected = (await inference.run({ pixels })).output!;
        const read = (await model.run({ pixels }))[name]!;
        expect(read.shape).toEqual([2, height / 2, width / 2]);
        const differences = Array.from(read.data as Float32Array, (value, i) =>
          Math.abs(value - expected.data[i]!),
        );
        expect(Math.max(...differences)).toBeLessThan(1e-5);
        await inference.dispose();
      }
    }
    await model.dispose();
  });
});

describe("trainReader", () => {
  const small = { seed: 2, batchSize: 8, engine: "ort-cpu" } as const;
  let folder: string;
  let trained: TrainedReader;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "reader-"));
    const checkpointDir = path.join(folder, "first");
    trained = await trainReader({ ...small, pictures: 16, learningRate: 1e-3, epochs: 3, checkpointDir });
  });
  afterAll(() => rm(folder, { recursive: true }));

  it("learns, and is exported as a reader", async () => {
    expect(trained.losses).toHaveLength(3);
    expect(trained.losses[2]).toBeLessThan(trained.losses[0]!);
    const model = await OnnxModel.load(exportTrainedReader(trained));
    const reader = new LineReader(model);
    const reading = await reader.read({
      width: 40,
      height: 20,
      channels: 3,
      data: new Uint8Array(2400).fill(255),
    });
    // 40 × 20 pixels are doubled, and read in cells of 2 × 2
    expect([reading.columns, reading.rows, reading.line.length]).toEqual([40, 20, 800]);
    expect(reading.ends).toHaveLength(800);
    await reader.dispose();
  });

  it("begins with another run's parameters, and refuses a save of something else", async () => {
    // A learning rate of next to nothing: what it began with is what it ends with.
    const second = await trainReader({
      ...small,
      seed: 3,
      pictures: 8,
      showings: 1,
      epochs: 1,
      learningRate: 1e-12,
      from: path.join(folder, "first"),
    });
    const [a, b] = [trained, second].map(({ params }) => params["down1/weight"]!.data as Float32Array);
    a!.forEach((value, i) => {
      expect(b![i]).toBeCloseTo(value, 6);
    });
    const other = path.join(folder, "other.safetensors");
    await saveCheckpoint(other, {
      tensors: { x: { type: "float32", shape: [1], data: new Float32Array(1) } },
    });
    await expect(trainReader({ ...small, epochs: 1, from: other })).rejects.toThrow(
      "must hold a reader's parameters, got none of them",
    );
  });

  it("refuses options that it does not know", async () => {
    await expect(trainReader({ epoch: 3 } as never)).rejects.toThrow(
      'trainReader: unknown option "epoch"; did you mean "epochs"?',
    );
  });
});

describe("LineReader", () => {
  it("refuses a model that is no reader", async () => {
    const model = await OnnxModel.load(exportReader(initReader(1)));
    expect(() => new LineReader(model)).toThrow(
      "LineReader: the model must be a line reader, whose metadata holds wayweave.trajcross.reader",
    );
    await model.dispose();
  });
});

describe("drawExamples", () => {
  const source = () => new LineSource(new Random(1), { cities: 1, tripsPerCity: 10, crowdFrames: 40 });

  it("draws the same pictures from the same seed, and a line in each", async () => {
    const [a, b] = [
      await drawExamples(source(), 12, new Random(4)),
      await drawExamples(source(), 12, new Random(4)),
    ];
    expect(Buffer.compare(a.pixels, b.pixels)).toBe(0);
    expect(Buffer.compare(a.targets, b.targets)).toBe(0);
    expect(Buffer.compare(a.ends, b.ends)).toBe(0);
    for (let i = 0; i < 12; i++)
      expect(a.targets.subarray(i * 4096, (i + 1) * 4096).some((value) => value > 100)).toBe(true);
  });
});

describe("scalePicture", () => {
  it("doubles small pictures, keeps middle ones, averages large ones, and repeats the edge up to a multiple of 16", () => {
    const picture = (width: number, height: number) => ({
      width,
      height,
      channels: 3,
      data: new Uint8Array(3 * width * height).fill(77),
    });
    const sizes = (width: number, height: number) => {
      const {
        width: w,
        height: h,
        usedWidth,
        usedHeight,
        pixels,
      } = scalePicture(picture(width, height), 256);
      expect(pixels.every((value) => Math.abs(value - 77) < 1e-3)).toBe(true);
      return [w, h, usedWidth, usedHeight];
    };
    expect(sizes(40, 20)).toEqual([80, 48, 80, 40]);
    expect(sizes(200, 100)).toEqual([208, 112, 200, 100]);
    expect(sizes(1024, 512)).toEqual([256, 128, 256, 128]);
  });
});
