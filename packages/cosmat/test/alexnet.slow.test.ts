import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { ShapeError, ValueError } from "@wayweave/geo-core";
import { OnnxModel } from "@wayweave/nn";
import { type HostTensor, tf } from "@wayweave/nn/train";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { ImageBackbone } from "../src/images/image-backbone.js";
import { CoSMat } from "../src/model/cosmat.js";
import { alexNet, alexNetShapes, initAlexNet } from "../src/training/alexnet.js";
import { exportAlexNet, type FineTuneOptions, fineTuneAlexNet } from "../src/training/fine-tune.js";
import { threeClassPairs } from "./support.js";

function count(shapes: Readonly<Record<string, readonly number[]>>, layer = ""): number {
  return Object.entries(shapes)
    .filter(([name]) => name.startsWith(layer))
    .reduce((sum, [, shape]) => sum + shape.reduce((a, b) => a * b, 1), 0);
}

/** Red images and blue ones, in different shades. */
const images = await Promise.all(
  Array.from({ length: 8 }, (_, i) =>
    sharp({
      create: {
        width: 32,
        height: 32,
        channels: 3,
        background: i % 2 === 0 ? { r: 150 + 10 * i, g: 20, b: 20 } : { r: 20, g: 20, b: 150 + 10 * i },
      },
    })
      .png()
      .toBuffer(),
  ),
);
const labels = images.map((_, i) => i % 2);
const small = { width: 1 / 16 };

/** Made by scripts/parity/cosmat_alexnet.py. */
const golden = JSON.parse(readFileSync(new URL("golden/alexnet.json", import.meta.url), "utf8")) as {
  classes: number;
  fc7: number[][];
  logits: number[][];
};

/** scale · sin(0.7 i² + phase), as in the script: weights and pixels that no file has to hold. */
function wave(length: number, phase: number, scale: number): Float32Array {
  return Float32Array.from({ length }, (_, position) => {
    const i = position % 4001;
    return scale * Math.sin(0.7 * i * i + phase);
  });
}

/** The script's weights: layer n has phase n, its bias n + ½. */
function waveParams(): Record<string, HostTensor> {
  const params: Record<string, HostTensor> = {};
  const shapes = Object.entries(alexNetShapes({ classes: golden.classes, ...small }));
  shapes.forEach(([name, shape], i) => {
    const length = shape.reduce((product, axis) => product * axis, 1);
    const layer = Math.floor(i / 2) + 1;
    const data = name.endsWith("/bias")
      ? wave(length, layer + 0.5, 0.1)
      : wave(length, layer, Math.sqrt((2 * shape.at(-1)!) / length));
    params[name] = { type: "float32", shape, data };
  });
  return params;
}

describe("AlexNet", () => {
  it("has the published number of parameters", () => {
    const shapes = alexNetShapes();
    expect(count(shapes)).toBe(60_965_224);
    expect(count(shapes, "conv1")).toBe(11 * 11 * 3 * 96 + 96);
    expect(count(shapes, "conv2")).toBe(5 * 5 * 48 * 256 + 256); // two groups
    expect(count(shapes, "fc6")).toBe(9216 * 4096 + 4096);
  });

  it("has the published layers' shapes, here with a sixteenth of the channels, and leaves no tensor behind", () => {
    const host = initAlexNet({ classes: 3, ...small }, 1);
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const params = Object.fromEntries(
        Object.entries(host).map(([name, { data, shape }]) => [name, tf.tensor(data, [...shape])]),
      );
      const { convolutions, pool5, fc6, fc7, logits } = alexNet(params, tf.ones([1, 3, 224, 224]));
      expect(Object.values(convolutions).map(({ shape }) => shape)).toEqual([
        [1, 55, 55, 96 / 16],
        [1, 27, 27, 256 / 16],
        [1, 13, 13, 384 / 16],
        [1, 13, 13, 384 / 16],
        [1, 13, 13, 256 / 16],
      ]);
      expect(pool5.shape).toEqual([1, 6, 6, 256 / 16]);
      expect([fc6.shape, fc7.shape, logits.shape]).toEqual([
        [1, 256],
        [1, 256],
        [1, 3],
      ]);
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  it("agrees with PyTorch, as ONNX and in tfjs", async () => {
    const params = waveParams();
    const pixels = wave(2 * 3 * 224 * 224, 0, 60);
    const model = await OnnxModel.load(await exportAlexNet(params));
    const outputs = await model.run({ pixels: { data: pixels, shape: [2, 3, 224, 224] } });
    await model.dispose();
    golden.logits.flat().forEach((value, i) => {
      expect((outputs.logits!.data as Float32Array)[i]).toBeCloseTo(value, 4);
    });
    golden.fc7.forEach((row, image) => {
      row.forEach((value, i) => {
        expect((outputs.fc7!.data as Float32Array)[256 * image + i]).toBeCloseTo(value, 4);
      });
    });
    const eager = tf.tidy(() => {
      const tensors = Object.fromEntries(
        Object.entries(params).map(([name, { data, shape }]) => [name, tf.tensor(data, [...shape])]),
      );
      return alexNet(tensors, tf.tensor(pixels, [2, 3, 224, 224])).logits.dataSync();
    });
    golden.logits.flat().forEach((value, i) => {
      expect(eager[i]).toBeCloseTo(value, 4);
    });
  });

  it("goes from pixels to posteriors in one graph", async () => {
    const pairs = threeClassPairs(60, 3);
    const features = { rows: 60, columns: 256, data: Float64Array.from(wave(60 * 256, 0, 1)) };
    const corrProj = { components: 4, ridge: 1 };
    const cosmat = await CoSMat.fit({ ...pairs, images: features }, { corrProj, tune: false });
    const joint = cosmat.toOnnx("image", { backbone: await exportAlexNet(waveParams()), output: "fc7" });
    const model = await OnnxModel.load(joint);
    const pixels = wave(3 * 224 * 224, 0, 60);
    const { fc7, representation } = await model.run({ pixels: { data: pixels, shape: [1, 3, 224, 224] } });
    await model.dispose();
    const data = Float64Array.from(fc7!.data as Float32Array);
    const expected = cosmat.embedImage({ rows: 1, columns: 256, data });
    expected.data.forEach((value, i) => {
      expect((representation!.data as Float32Array)[i]).toBeCloseTo(value, 4);
    });
  });

  it("learns two kinds of images, freezes what it is told to, and goes on as an ONNX backbone", async () => {
    const start = initAlexNet({ classes: 5, ...small }, 1);
    const { params, losses } = await fineTuneAlexNet(images, labels, {
      params: start,
      epochs: 12,
      batchSize: 4,
      learningRate: 0.01,
      frozen: ["conv1"],
      engine: "ort-cpu",
    });
    expect(losses.at(-1)).toBeLessThan(losses[0]!);
    expect(params["conv1/kernel"]!.data).toEqual(start["conv1/kernel"]!.data);
    expect(params["conv2/kernel"]!.data).not.toEqual(start["conv2/kernel"]!.data);
    expect(params["fc8/weights"]!.shape).toEqual([256, 2]); // five classes became two
    const model = await exportAlexNet(params);
    const visNet = await ImageBackbone.load(model, { output: "logits" });
    const { data } = await visNet.features(images);
    await visNet.dispose();
    const right = labels.filter((label, i) => (data[2 * i + 1]! > data[2 * i]! ? 1 : 0) === label).length;
    expect(right).toBe(8);
    const features = await ImageBackbone.load(model, { output: "fc7" });
    expect(await features.features(images.slice(0, 1))).toMatchObject({ rows: 1, columns: 256 });
    await features.dispose();
  });

  it("draws squares and mirror images anew by the seed, and follows a schedule of rates", async () => {
    // Left black, right white: a mirrored or shifted square is another image.
    const halves = await sharp({ create: { width: 64, height: 64, channels: 3, background: "black" } })
      .composite([
        {
          input: { create: { width: 32, height: 64, channels: 3, background: "white" } },
          left: 32,
          top: 0,
        },
      ])
      .png()
      .toBuffer();
    const train = async (options: FineTuneOptions) => {
      const four = Array.from({ length: 4 }, () => halves);
      const common = { ...small, epochs: 2, batchSize: 4, engine: "ort-cpu", threads: 1 } as const;
      return fineTuneAlexNet(four, [0, 1, 0, 1], { ...common, ...options });
    };
    const plain = await train({});
    const augmented = await train({ augment: true });
    expect(augmented.losses[0]).not.toBe(plain.losses[0]);
    expect((await train({ augment: true })).losses[0]).toBeCloseTo(augmented.losses[0]!, 5);
    const slower = await train({ learningRate: (epoch) => (epoch === 0 ? 1e-3 : 1e-9) });
    expect(slower.losses).toEqual([plain.losses[0], expect.closeTo(plain.losses[1]!, 3)]);
    expect(slower.engine).toBe("ort-cpu");
    const [after, once] = [slower.params["fc8/weights"]!.data, plain.params["fc8/weights"]!.data];
    expect(after).not.toEqual(once);
  });

  it("goes on bit for bit from the last whole epoch, refuses other labels and a loss that is lost", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "wayweave-alexnet-"));
    const options = {
      ...small,
      epochs: 3,
      batchSize: 4,
      augment: true,
      engine: "ort-cpu",
      threads: 1,
    } as const;
    const whole = await fineTuneAlexNet(images, labels, options);
    const saved = { ...options, checkpointDir: folder };
    const cut = fineTuneAlexNet(images, labels, {
      ...saved,
      onProgress: ({ epoch }) => {
        if (epoch === 1) throw new Error("power cut");
      },
    });
    await expect(cut).rejects.toThrow("power cut");
    const done: number[] = [];
    const resumed = await fineTuneAlexNet(images, labels, {
      ...saved,
      onProgress: (progress) => done.push(progress.done),
    });
    expect(done).toEqual([3, 4, 5, 6]); // of 3 epochs of 2 steps
    expect(resumed).toEqual(whole);
    await expect(fineTuneAlexNet(images, labels.toReversed(), saved)).rejects.toThrow(
      "fineTuneAlexNet: checkpointDir must hold a run of this data and configuration",
    );
    await rm(folder, { recursive: true });
    await expect(fineTuneAlexNet(images, labels, { ...options, learningRate: 1e20 })).rejects.toThrow(
      /^fineTuneAlexNet: the loss must stay finite, got NaN in epoch \d at step \d; a lower learningRate may help$/,
    );
  });

  it("says what is wrong", async () => {
    await expect(fineTuneAlexNet(images, labels, { learning_rate: 1 } as object)).rejects.toThrow(
      'fineTuneAlexNet: unknown option "learning_rate"; did you mean "learningRate"?',
    );
    await expect(fineTuneAlexNet(images, [0, 1])).rejects.toThrow(
      new ShapeError("fineTuneAlexNet: labels must have length 8, got 2"),
    );
    await expect(fineTuneAlexNet(images, labels)).rejects.toThrow(
      new ValueError("fineTuneAlexNet: images must be at least a batch (32), got 8"),
    );
    const params = initAlexNet({ classes: 2, ...small });
    await expect(fineTuneAlexNet(images, labels, { batchSize: 8, params, ...small })).rejects.toThrow(
      new ValueError(
        "fineTuneAlexNet: width has no effect beside params, which have their own; leave one out",
      ),
    );
    await expect(fineTuneAlexNet(images, labels, { batchSize: 8, params: null as never })).rejects.toThrow(
      new ValueError("fineTuneAlexNet: params must be an object, got null"),
    );
    await expect(
      fineTuneAlexNet(images, labels, { ...small, batchSize: 8, frozen: ["conv6"] }),
    ).rejects.toThrow(
      new ValueError(
        'fineTuneAlexNet: frozen must be one of conv1, conv2, conv3, conv4, conv5, fc6, fc7, fc8, got "conv6"',
      ),
    );
    expect(() => alexNetShapes({ classes: 0 })).toThrow(ValueError);
  });
});
