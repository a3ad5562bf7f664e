import { readFile } from "node:fs/promises";
import type { SqueezeNetManifest, SqueezeNetWeights } from "@wayweave/cosmat/images";
import { Random } from "@wayweave/geo-core";
import type { LoadedData, RunContext } from "../experiments/experiment.js";

export interface SqueezeNet extends LoadedData {
  readonly weights: SqueezeNetWeights;
}

const name = "SqueezeNet 1.1";

/** SqueezeNet 1.1 trained on ImageNet; the same network with random weights where they are not found. */
export function loadSqueezeNet(context: RunContext): Promise<SqueezeNet> {
  return context.load("squeezenet", "weights", async (located) => {
    if (located === undefined) return randomWeights();
    const bytes = await readFile(located.paths[0]!);
    const manifest = JSON.parse(await readFile(located.paths[1]!, "utf8")) as SqueezeNetManifest;
    const values = new Float32Array(bytes.length / 4);
    new Uint8Array(values.buffer).set(bytes.subarray(0, 4 * values.length));
    const { files, sha256 } = located;
    const counts = { weights: values.length };
    return { weights: { values, manifest }, provenance: { name, source: "real", files, sha256, counts } };
  });
}

/** He's initialisation: random convolutions still tell textures apart. */
function randomWeights(): SqueezeNet {
  const random = new Random(1).split("squeezenet");
  const tensors: { layer: string; kind: string; shape: number[]; offset: number }[] = [];
  const values: number[] = [];
  const convolution = (layer: number, output: number, input: number, size: number) => {
    const shape = [output, input, size, size];
    tensors.push({ layer: `convrelu_${layer}`, kind: "weight", shape, offset: 4 * values.length });
    const scale = Math.sqrt(2 / (input * size * size));
    for (let i = 0; i < output * input * size * size; i++) values.push(scale * random.normal());
    tensors.push({ layer: `convrelu_${layer}`, kind: "bias", shape: [output], offset: 4 * values.length });
    for (let i = 0; i < output; i++) values.push(0);
  };
  convolution(0, 64, 3, 3);
  let channels = 64;
  [16, 16, 32, 32, 48, 48, 64, 64].forEach((squeeze, i) => {
    convolution(3 * i + 1, squeeze, channels, 1);
    convolution(3 * i + 2, 4 * squeeze, squeeze, 3);
    convolution(3 * i + 3, 4 * squeeze, squeeze, 1);
    channels = 8 * squeeze;
  });
  convolution(25, 1000, channels, 1);
  const counts = { weights: values.length };
  return {
    weights: { values: Float32Array.from(values), manifest: { tensors } },
    provenance: { name, source: "synthetic", files: [], sha256: [], counts },
  };
}
