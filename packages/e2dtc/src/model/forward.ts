import {
  type GruLayer,
  type GruWeights,
  gru,
  gruSequence,
  type Tensor,
  type TensorMap,
  tf,
} from "@wayweave/nn/train";
import type { NetworkConfig } from "./config.js";
import { decoderLayer, encoderLayer, OFFSET_WAVES, TABLES } from "./params.js";

/** What the encoder makes of a batch. */
export interface Encoded {
  /** v_T, the last states of the top layer's two directions, `[batch, hidden]`. */
  readonly embedding: Tensor;
  /** The same of every layer, from the bottom: where the decoder's layers start. */
  readonly last: readonly Tensor[];
  /** The top layer's state at each token, `[time, batch, hidden]`. */
  readonly states: Tensor;
  /** `[batch]` */
  readonly lengths: Tensor;
}

/** What the encoder reads. */
export interface EncoderTensors {
  /** `[time, batch]`, int32, filled up with any token */
  readonly tokens: Tensor;
  /** `[batch]`, int32, each in 1 … time */
  readonly lengths: Tensor;
  /** Where in its cell each token lies, `[time, batch, 2]`; a network with `offsets` only. */
  readonly within?: Tensor;
  /** At what share of the day, in UTC, its trip came to each token's cell, `[time, batch]`; a network with `timeOfDay` only. */
  readonly timeOfDay?: Tensor;
}

/** The bidirectional GRU encoder (§V-C). */
export function encode(params: TensorMap, input: EncoderTensors, network: NetworkConfig): Encoded {
  const { lengths } = input;
  const layers = Array.from(
    { length: network.layers },
    (_, layer): GruLayer => ({
      forward: gruWeights(params, encoderLayer(layer, "forward")),
      reverse: gruWeights(params, encoderLayer(layer, "reverse")),
    }),
  );
  const { states, last } = gruSequence(inputsOf(params, input, network), lengths, layers);
  return { embedding: last[last.length - 1]!, last, states, lengths };
}

/**
 * The GRU decoder, told the right token before each (teacher forcing).
 *
 * @param before the tokens shifted by one, START_TOKEN in front, `[time, batch]`, int32
 * @returns its states, `[time × batch, hidden]`
 */
export function decode(params: TensorMap, before: Tensor, encoded: Encoded, network: NetworkConfig): Tensor {
  const [time, batch] = before.shape as [number, number];
  let states: Tensor = lookUp(params, before, network); // [time, batch, hidden]
  for (const [layer, initial] of encoded.last.entries()) {
    states = gru(states, initial, gruWeights(params, decoderLayer(layer)));
  }
  if (network.attention) states = attend(params, states, encoded);
  return states.reshape([time * batch, network.hidden]);
}

/**
 * Global attention of the decoder's states h to the encoder's s: tanh(W [Σ aₜ sₜ, h]), a = softmax(sᵀ W_q h) over the tokens there are.
 *
 * Source: Luong, Pham, Manning, _Effective approaches to attention-based neural machine translation_ (2015), eq. 5 and 8, "general".
 *
 * @param decoded `[time, batch, hidden]`
 * @returns `[time, batch, hidden]`
 */
function attend(params: TensorMap, decoded: Tensor, { states, lengths }: Encoded): Tensor {
  const [time, batch, hidden] = decoded.shape as [number, number, number];
  const flat = decoded.reshape([time * batch, hidden]);
  const asked = tf.matMul(flat, params["attention/query"]!).reshape([time, batch, hidden]);
  const keys = states.transpose([1, 0, 2]); // [batch, tokens, hidden]
  const scores = tf.matMul(asked.transpose([1, 0, 2]), keys, false, true); // [batch, time, tokens]
  const isToken = tf.range(0, states.shape[0], 1, "int32").expandDims(0).less(lengths.expandDims(1)); // [batch, tokens]
  const shares = tf.softmax(scores.add(isToken.toFloat().sub(1).mul(1e9).expandDims(1)));
  const context = tf
    .matMul(shares, keys)
    .transpose([1, 0, 2])
    .reshape([time * batch, hidden]);
  return tf
    .matMul(tf.concat([context, flat], 1), params["attention/output"]!)
    .tanh()
    .reshape([time, batch, hidden]);
}

/**
 * Eq. 9: Student-t similarity of embeddings to the clusters' centres, each row summing to 1.
 *
 * @param embeddings `[batch, hidden]`
 * @param centers `[k, hidden]`
 * @returns `[batch, k]`
 */
export function softAssign(embeddings: Tensor, centers: Tensor): Tensor {
  const similarity = tf.div(1, squaredDistances(embeddings, centers).add(1)); // [batch, k]
  return similarity.div(similarity.sum(1, true));
}

/** ‖v‖² − 2 v·c + ‖c‖², not below 0: `[batch, k]`. */
function squaredDistances(embeddings: Tensor, centers: Tensor): Tensor {
  const products = tf.matMul(embeddings, centers, false, true); // [batch, k]
  return embeddings
    .square()
    .sum(1, true)
    .sub(products.mul(2))
    .add(centers.square().sum(1).expandDims(0))
    .relu();
}

/** What the encoder reads of tokens: their vectors, and how and when the trip came to each. `[time, batch]` → `[time, batch, hidden]`. */
function inputsOf(params: TensorMap, input: EncoderTensors, network: NetworkConfig): Tensor {
  const { tokens, within, timeOfDay } = input;
  const { hidden } = network;
  const [time, batch] = tokens.shape as [number, number];
  let vectors = lookUp(params, tokens, network); // [time, batch, hidden]
  if (network.offsets) {
    const waves = wavesOf(within!.reshape([time * batch, 2]));
    vectors = vectors.add(tf.matMul(waves, params["input/offsets"]!).reshape([time, batch, hidden]));
  }
  if (network.timeOfDay) {
    const clock = clockOf(timeOfDay!.reshape([time * batch, 1]));
    vectors = vectors.add(tf.matMul(clock, params["input/timeOfDay"]!).reshape([time, batch, hidden]));
  }
  if (!network.directions) return vectors;
  const middles = tf.gather(params[TABLES.cells]!, tokens.toInt()); // [time, batch, 2]
  const at = network.offsets ? middles.add(within!) : middles;
  // The first token follows itself: it was come to from nowhere.
  const before = tf.concat([at.slice([0, 0, 0], [1, batch, 2]), at]).slice([0, 0, 0], [time, batch, 2]);
  const step = at.sub(before);
  const length = step.square().sum(2, true).sqrt(); // [time, batch, 1]
  // The direction as a unit vector, and the way in cells, compressed.
  const ways = tf.concat([step.div(length.add(1e-6)), length.add(1).log()], 2).reshape([time * batch, 3]);
  return vectors.add(tf.matMul(ways, params["input/directions"]!).reshape([time, batch, hidden]));
}

/** Sine and cosine of waves of 2, 1, ½ and ¼ cells: what is near within a cell is alike. `[rows, 2]` → `[rows, OFFSET_COLUMNS]` */
function wavesOf(offsets: Tensor): Tensor {
  const angles = OFFSET_WAVES.map((times) => offsets.mul(Math.PI * times));
  return tf.concat([...angles.map((angle) => angle.sin()), ...angles.map((angle) => angle.cos())], 1);
}

/** Sine and cosine of the hand of a clock with one turn a day: midnight is near both evening and morning. `[rows, 1]` → `[rows, 2]` */
function clockOf(shares: Tensor): Tensor {
  const angle = shares.mul(2 * Math.PI);
  return tf.concat([angle.sin(), angle.cos()], 1);
}

/** The vectors of tokens, gathered once for all steps: `[time, batch]` → `[time, batch, hidden]`. */
function lookUp(params: TensorMap, tokens: Tensor, network: NetworkConfig): Tensor {
  const { embedding } = params;
  // One mixed table: a product a cell in place of one a token.
  const vectors = network.places
    ? embedding!.add(tf.matMul(params[TABLES.places]!, params["input/places"]!))
    : embedding!;
  return tf.gather(vectors, tokens.toInt());
}

function gruWeights(params: TensorMap, name: string): GruWeights {
  return {
    kernel: params[`${name}/kernel`]!,
    recurrent: params[`${name}/recurrent`]!,
    bias: params[`${name}/bias`]!,
    recurrentBias: params[`${name}/recurrentBias`]!,
  };
}
