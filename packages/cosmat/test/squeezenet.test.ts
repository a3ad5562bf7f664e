import { readFileSync } from "node:fs";
import { FormatError, Random, ValueError } from "@wayweave/geo-core";
import { GraphBuilder, OnnxModel } from "@wayweave/nn";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { ImageBackbone } from "../src/images/image-backbone.js";
import { addSqueezeNet, type SqueezeNetWeights, squeezeNetOnnx } from "../src/images/squeezenet.js";
import { CoSMat } from "../src/model/cosmat.js";
import { addTower } from "../src/model/export-onnx.js";
import { threeClassPairs } from "./support.js";

/** The network's layout in little: 8 channels everywhere, 5 classes, seeded weights. */
function smallWeights(): SqueezeNetWeights {
  const random = new Random(1);
  const tensors: { layer: string; kind: string; shape: number[]; offset: number }[] = [];
  const values: number[] = [];
  const put = (layer: number, kind: string, shape: number[]) => {
    tensors.push({ layer: `convrelu_${layer}`, kind, shape, offset: 4 * values.length });
    const count = shape.reduce((a, b) => a * b, 1);
    for (let i = 0; i < count; i++) values.push(random.normal() / 3);
  };
  const convolution = (layer: number, output: number, input: number, size: number) => {
    put(layer, "weight", [output, input, size, size]);
    put(layer, "bias", [output]);
  };
  convolution(0, 8, 3, 3);
  for (let i = 0; i < 8; i++) {
    convolution(3 * i + 1, 2, 8, 1);
    convolution(3 * i + 2, 4, 2, 3);
    convolution(3 * i + 3, 4, 2, 1);
  }
  convolution(25, 5, 8, 1);
  return { values: Float32Array.from(values), manifest: { tensors } };
}

const images = ["red", "green", "navy"].map((background) =>
  sharp({ create: { width: 40, height: 30, channels: 3, background } })
    .png()
    .toBuffer(),
);

/** Made by scripts/parity/cosmat_squeezenet.py. */
const golden = JSON.parse(readFileSync(new URL("golden/squeezenet.json", import.meta.url), "utf8")) as {
  manifest: SqueezeNetWeights["manifest"];
  values: number[];
  side: number;
  pixels: number[];
  features: number[];
  logits: number[];
};

describe("squeezeNetOnnx", () => {
  it("agrees with PyTorch", async () => {
    const { manifest, side } = golden;
    const values = Float32Array.from(golden.values);
    const model = await OnnxModel.load(squeezeNetOnnx({ values, manifest }, side));
    const { features, logits } = await model.run({
      pixels: { data: Float32Array.from(golden.pixels), shape: [1, 3, side, side] },
    });
    await model.dispose();
    for (const [ours, theirs] of [
      [features, golden.features],
      [logits, golden.logits],
    ] as const) {
      expect(ours!.data).toHaveLength(theirs.length);
      theirs.forEach((value, i) => {
        expect((ours!.data as Float32Array)[i]).toBeCloseTo(value, 5);
      });
    }
  });

  it("runs by file and output name, in batches of any size alike", async () => {
    const model = squeezeNetOnnx(smallWeights(), 64);
    const visNet = await ImageBackbone.load(model, { output: "features", resize: 72, crop: 64 });
    const files = await Promise.all(images);
    const together = await visNet.features(files);
    expect([together.rows, together.columns]).toEqual([3, 8]);
    const one = await visNet.features(files, { batchSize: 1 });
    together.data.forEach((value, i) => {
      expect(one.data[i]).toBeCloseTo(value, 4);
    });
    await visNet.dispose();
  });

  it("refuses an output that is not there, and weights of another network", async () => {
    const model = squeezeNetOnnx(smallWeights(), 64);
    await expect(ImageBackbone.load(model, { output: "fc7" })).rejects.toThrow(
      new ValueError("ImageBackbone.load: output must be one of features, logits, got fc7"),
    );
    await expect(ImageBackbone.load(model)).rejects.toThrow(ValueError);
    const { values, manifest } = smallWeights();
    expect(() => squeezeNetOnnx({ values: values.subarray(0, -1), manifest })).toThrow(
      new FormatError("SqueezeNet's weights must hold the bias of convrelu_25"),
    );
  });

  it("goes from pixels to posteriors in one graph", async () => {
    const cosmat = await CoSMat.fit(threeClassPairs(60, 3), { corrProj: { components: 3 }, tune: false });
    const backbone = squeezeNetOnnx(smallWeights(), 64);
    const model = await OnnxModel.load(cosmat.toOnnx("image", { backbone, output: "features" }));
    const random = new Random(4);
    const data = Float32Array.from({ length: 2 * 3 * 64 * 64 }, () => random.normal());
    const outputs = await model.run({ pixels: { data, shape: [2, 3, 64, 64] } });
    await model.dispose();
    const features64 = Float64Array.from(outputs.features!.data as Float32Array);
    const expected = cosmat.embedImage({ rows: 2, columns: 8, data: features64 });
    (outputs.representation!.data as Float32Array).forEach((value, i) => {
      expect(value).toBeCloseTo(expected.data[i]!, 4);
    });
    expect(() => cosmat.toOnnx("image", { backbone, output: "fc7" })).toThrow(
      new ValueError("appendOnnx: the first model's outputs are features, logits, got fc7"),
    );
  });

  it("can be a part of a graph, with a tower behind it", async () => {
    const cosmat = await CoSMat.fit(threeClassPairs(60, 3), { corrProj: { components: 3 }, tune: false });
    const graph = new GraphBuilder({ name: "pixels to posteriors" });
    const pixels = graph.input("pixels", "float32", ["batch", 3, 64, 64]);
    const { features } = addSqueezeNet(graph, smallWeights(), pixels);
    graph.output(addTower(graph, cosmat.parts.image, features), "posterior");
    const model = await OnnxModel.load(graph.toBytes());
    const data = new Float32Array(3 * 64 * 64).fill(0.5);
    const { posterior } = await model.run({ pixels: { data, shape: [1, 3, 64, 64] } });
    await model.dispose();
    const sum = (posterior!.data as Float32Array).reduce((a, b) => a + b, 0);
    expect(sum).toBeCloseTo(1, 5);
  });
});
