import { GraphBuilder, type Value } from "@wayweave/nn";
import type { TorchTensor, TorchWeights } from "../encoders/torch-weights.js";
import { checkTorchWeights } from "../encoders/torch-weights.js";
import { ConvNetBuilder, type ConvolutionOptions } from "./conv-net.js";

/** Blocks of EfficientNet-B0, whose Lite version leaves out squeeze-and-excitation: repeats, kernel, stride, expansion, channels. */
const stages = [
  { repeats: 1, size: 3, stride: 1, expand: 1, out: 16 },
  { repeats: 2, size: 3, stride: 2, expand: 6, out: 24 },
  { repeats: 2, size: 5, stride: 2, expand: 6, out: 40 },
  { repeats: 3, size: 3, stride: 2, expand: 6, out: 80 },
  { repeats: 3, size: 5, stride: 1, expand: 6, out: 112 },
  { repeats: 4, size: 5, stride: 2, expand: 6, out: 192 },
  { repeats: 1, size: 3, stride: 1, expand: 6, out: 320 },
] as const;
const STEM = 32;
const FEATURES = 1280;
/** Added to a variance before its root, as the network was trained. */
const EPSILON = 1e-3;

/** How its pixels are prepared: (x − 127) / 128 of bytes, 256 × 256 of which 224 × 224 are cut. */
export const efficientNetLitePixels = {
  resize: 256,
  crop: 224,
  mean: [127 / 255, 127 / 255, 127 / 255],
  deviation: [128 / 255, 128 / 255, 128 / 255],
} as const;

/**
 * EfficientNet-Lite0 as a model: `pixels` → `features`, the last map averaged over the image, `[batch, 1280]`, and `logits`.
 * Normalisations are folded into the convolutions.
 *
 * Source: Tan and Le, "EfficientNet" (ICML 2019), Table 1, without squeeze-and-excitation and with ReLU6.
 *
 * @param weights by the names of the PyTorch version (`_conv_stem.weight`, …)
 * @throws {FormatError} weights that are not this network's; names the layer
 */
export function efficientNetLiteOnnx(weights: TorchWeights, side = 224): Uint8Array {
  checkTorchWeights("efficientNetLiteOnnx", weights);
  const graph = new GraphBuilder({ name: "EfficientNet-Lite0" });
  const net = new LiteBuilder(graph, weights);
  let x = graph.input("pixels", "float32", ["batch", 3, side, side]);
  x = net.block(x, "_conv_stem", "_bn0", [STEM, 3, 3, 3], { stride: 2, pad: "same", activation: "relu6" });
  let [index, channels] = [0, STEM];
  for (const { repeats, size, stride, expand, out } of stages) {
    for (let r = 0; r < repeats; r++) {
      const block = `_blocks.${index++}`;
      const before = x;
      const wide = channels * expand;
      if (expand > 1) {
        x = net.block(x, `${block}._expand_conv`, `${block}._bn0`, [wide, channels, 1, 1], {
          activation: "relu6",
        });
      }
      const depthwise = {
        stride: r === 0 ? stride : 1,
        pad: "same",
        groups: wide,
        activation: "relu6",
      } as const;
      x = net.block(x, `${block}._depthwise_conv`, `${block}._bn1`, [wide, 1, size, size], depthwise);
      x = net.block(x, `${block}._project_conv`, `${block}._bn2`, [out, wide, 1, 1]);
      if (r > 0) x = graph.node1("Add", [x, before], { type: "float32", shape: x.shape });
      channels = out;
    }
  }
  x = net.block(x, "_conv_head", "_bn1", [FEATURES, channels, 1, 1], { activation: "relu6" });
  const features = net.average(x);
  graph.output(features, "features");
  graph.output(net.linear(features, "_fc", FEATURES), "logits");
  return graph.toBytes();
}

class LiteBuilder extends ConvNetBuilder {
  constructor(graph: GraphBuilder, weights: TorchWeights) {
    super(graph, weights, "EfficientNet-Lite0");
  }

  /** Convolution, normalisation, activation. */
  block(
    x: Value,
    convolution: string,
    normalization: string,
    shape: readonly number[],
    options: ConvolutionOptions = {},
  ): Value {
    const kernel = this.tensor(`${convolution}.weight`, shape);
    const { scaled, bias } = this.#fold(kernel, normalization, shape[0]!);
    return this.convolve(x, scaled, bias, options);
  }

  /** (w·x − mean)·γ/√(variance + ε) + β as one convolution. */
  #fold(kernel: TorchTensor, name: string, filters: number): { scaled: TorchTensor; bias: Float32Array } {
    const part = (kind: string) => this.tensor(`${name}.${kind}`, [filters]).data;
    const [gamma, beta, mean, variance] = [
      part("weight"),
      part("bias"),
      part("running_mean"),
      part("running_var"),
    ];
    const scale = gamma.map((value, i) => value / Math.sqrt(variance[i]! + EPSILON));
    const size = kernel.data.length / filters;
    return {
      scaled: {
        shape: kernel.shape,
        data: kernel.data.map((value, i) => value * scale[Math.floor(i / size)]!),
      },
      bias: beta.map((value, i) => value - mean[i]! * scale[i]!),
    };
  }
}
