import { GraphBuilder } from "@wayweave/nn";
import type { TorchWeights } from "../encoders/torch-weights.js";
import { checkTorchWeights } from "../encoders/torch-weights.js";
import { ConvNetBuilder } from "./conv-net.js";

const convolutions = [
  { layer: 0, channels: 3, size: 11, stride: 4, pad: 2, pool: true },
  { layer: 3, channels: 64, size: 5, stride: 1, pad: 2, pool: true },
  { layer: 6, channels: 192, size: 3, stride: 1, pad: 1, pool: false },
  { layer: 8, channels: 384, size: 3, stride: 1, pad: 1, pool: false },
  { layer: 10, channels: 256, size: 3, stride: 1, pad: 1, pool: true },
] as const;
const filters = [64, 192, 384, 256, 256] as const;

/**
 * AlexNet with the weights that PyTorch publishes (torchvision's `alexnet`, by file): `pixels` → `fc6`, `fc7`, `logits`. It is
 * the variant of "One weird trick for parallelizing convolutional neural networks" (Krizhevsky, 2014): one group, no response
 * normalisation. Its pixels are `readPixels`' defaults.
 *
 * @param weights by PyTorch's names (`features.0.weight`, …, `classifier.6.bias`)
 * @throws {FormatError} weights that are not this network's; names the layer
 */
export function torchAlexNetOnnx(weights: TorchWeights): Uint8Array {
  checkTorchWeights("torchAlexNetOnnx", weights);
  const graph = new GraphBuilder({ name: "AlexNet" });
  const net = new ConvNetBuilder(graph, weights, "AlexNet");
  let x = graph.input("pixels", "float32", ["batch", 3, 224, 224]);
  convolutions.forEach(({ layer, channels, size, stride, pad, pool }, i) => {
    const kernel = net.tensor(`features.${layer}.weight`, [filters[i]!, channels, size, size]);
    const bias = net.tensor(`features.${layer}.bias`, [filters[i]!]);
    x = net.convolve(x, kernel, bias.data, { stride, pad, activation: "relu" });
    if (pool) x = net.maxPool(x, 3, 2);
  });
  const flat = Number(x.shape[1]) * Number(x.shape[2]) * Number(x.shape[3]);
  const spec = { type: "float32", shape: [x.shape[0]!, flat] } as const;
  x = graph.node1("Flatten", [x], spec, { axis: { i: 1 } });
  const fc6 = net.linear(x, "classifier.1", flat, "relu");
  const fc7 = net.linear(fc6, "classifier.4", Number(fc6.shape[1]), "relu");
  const logits = net.linear(fc7, "classifier.6", Number(fc7.shape[1]));
  graph.output(fc6, "fc6");
  graph.output(fc7, "fc7");
  graph.output(logits, "logits");
  return graph.toBytes();
}
