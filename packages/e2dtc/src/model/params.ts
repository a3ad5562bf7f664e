import type { Random } from "@wayweave/geo-core";
import type { HostTensor } from "@wayweave/nn/train";
import { PLACE_COLUMNS, placeCode, tokenCells } from "../tokens/place-code.js";
import type { Vocabulary } from "../tokens/vocabulary.js";
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

/** Tables of the vocabulary that the network reads and never changes. */
export const TABLES = { places: "tables/places", cells: "tables/cells" } as const;

/** Which of some parameters are such tables. */
export function frozenOf(params: Params): string[] {
  return Object.values(TABLES).filter((name) => name in params);
}

/** Waves of a place within its cell: so many halves of a turn a cell. */
export const OFFSET_WAVES = [1, 2, 4, 8] as const;

/** Whether a parameter is the decoder's alone. */
export function isDecoders(name: string): boolean {
  return /^(decoder|attention|output)\//.test(name);
}

/**
 * Initial parameters of encoder and decoder, deterministic by seed: GRU weights uniform within ±1/√hidden as in PyTorch.
 *
 * @param vocabulary a network that reads more of a token than its cell needs all of it; of another its size will do
 * @param cellVectors the embedding of tokens, row-major, `[vocabulary, hidden]`
 */
export function initParams(
  network: NetworkConfig,
  vocabulary: number | Vocabulary,
  cellVectors: Float32Array,
  random: Random,
): Record<string, HostTensor> {
  const { layers, hidden } = network;
  const vocabularySize = typeof vocabulary === "number" ? vocabulary : vocabulary.size;
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
  if (typeof vocabulary !== "number") Object.assign(params, inputParams(network, vocabulary, random));
  params["output/weight"] = uniform(random.split("output"), [vocabularySize, hidden], 1 / Math.sqrt(hidden));
  params["output/bias"] = zeros([vocabularySize]);
  return params;
}

/** What makes vectors of where a token's cell lies, and how and when its trip came there. */
function inputParams(
  { hidden, places, directions, offsets, timeOfDay }: NetworkConfig,
  vocabulary: Vocabulary,
  random: Random,
): Record<string, HostTensor> {
  const { size } = vocabulary;
  const params: Record<string, HostTensor> = {};
  if (places) {
    params[TABLES.places] = { type: "float32", shape: [size, PLACE_COLUMNS], data: placeCode(vocabulary) };
    // As large as the cells' own vectors, whose entries have unit variance.
    const bound = Math.sqrt(3 / (PLACE_COLUMNS / 2));
    params["input/places"] = uniform(random.split("places"), [PLACE_COLUMNS, hidden], bound);
  }
  if (directions) {
    params[TABLES.cells] = { type: "float32", shape: [size, 2], data: tokenCells(vocabulary) };
    params["input/directions"] = uniform(random.split("directions"), [3, hidden], Math.sqrt(3));
  }
  if (offsets) {
    const columns = 4 * OFFSET_WAVES.length;
    params["input/offsets"] = uniform(random.split("offsets"), [columns, hidden], Math.sqrt(6 / columns));
  }
  if (timeOfDay) {
    params["input/timeOfDay"] = uniform(random.split("timeOfDay"), [2, hidden], Math.sqrt(3));
  }
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
