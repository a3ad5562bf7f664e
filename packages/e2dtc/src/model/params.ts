import type { Random } from "@wayweave/geo-core";
import type { HostTensor } from "@wayweave/nn/train";
import type { NetworkConfig } from "./config.js";

/** Parameters by name. */
export type Params = Readonly<Record<string, HostTensor>>;

/** The two directions of an encoder layer. */
export const directions = ["forward", "reverse"] as const;

/** Name of a layer's weights. */
export function encoderLayer(layer: number, direction: (typeof directions)[number]): string {
  return `encoder/layer${layer}/${direction}`;
}

/** Name of a layer's weights. */
export function decoderLayer(layer: number): string {
  return `decoder/layer${layer}`;
}

/**
 * Initial parameters of encoder and decoder, deterministic by seed: GRU weights uniform within ±1/√hidden as in PyTorch.
 *
 * @param cellVectors the embedding of tokens, row-major, `[vocabulary, hidden]`
 */
export function initParams(
  network: NetworkConfig,
  vocabularySize: number,
  cellVectors: Float32Array,
  random: Random,
): Record<string, HostTensor> {
  const { layers, hidden } = network;
  const params: Record<string, HostTensor> = {
    embedding: { type: "float32", shape: [vocabularySize, hidden], data: cellVectors.slice() },
  };
  for (let layer = 0; layer < layers; layer++) {
    for (const direction of directions) {
      Object.assign(params, gruParams(random, encoderLayer(layer, direction), hidden, hidden / 2));
    }
    Object.assign(params, gruParams(random, decoderLayer(layer), hidden, hidden));
  }
  if (network.attention) {
    const bound = 1 / Math.sqrt(hidden);
    const own = random.split("attention");
    params["attention/query"] = uniform(own, [hidden, hidden], bound);
    params["attention/output"] = uniform(own, [2 * hidden, hidden], bound);
  }
  params["output/weight"] = uniform(random.split("output"), [vocabularySize, hidden], 1 / Math.sqrt(hidden));
  params["output/bias"] = zeros([vocabularySize]);
  return params;
}

function gruParams(random: Random, name: string, inputs: number, hidden: number): Record<string, HostTensor> {
  const bound = 1 / Math.sqrt(hidden);
  const own = random.split(name);
  return {
    [`${name}/kernel`]: uniform(own, [inputs, 3 * hidden], bound),
    [`${name}/recurrent`]: uniform(own, [hidden, 3 * hidden], bound),
    [`${name}/bias`]: uniform(own, [3 * hidden], bound),
    [`${name}/recurrentBias`]: uniform(own, [3 * hidden], bound),
  };
}

function uniform(random: Random, shape: readonly number[], bound: number): HostTensor {
  const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
  for (let i = 0; i < data.length; i++) data[i] = random.uniform(-bound, bound);
  return { type: "float32", shape, data };
}

function zeros(shape: readonly number[]): HostTensor {
  return { type: "float32", shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) };
}
