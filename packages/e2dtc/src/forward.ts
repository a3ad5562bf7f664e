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
import { decoderLayer, encoderLayer } from "./params.js";

/** What the encoder makes of a batch. */
export interface Encoded {
  /** v_T, the last states of the top layer's two directions, `[batch, hidden]`. */
  readonly embedding: Tensor;
  /** The same of every layer, from the bottom: where the decoder's layers start. */
  readonly last: readonly Tensor[];
}

/**
 * The bidirectional GRU encoder (§V-C).
 *
 * @param tokens `[time, batch]`, int32, filled up with any token
 * @param lengths `[batch]`, int32, each in 1 … time
 */
export function encode(params: TensorMap, tokens: Tensor, lengths: Tensor, network: NetworkConfig): Encoded {
  const layers = Array.from(
    { length: network.layers },
    (_, layer): GruLayer => ({
      forward: gruWeights(params, encoderLayer(layer, "forward")),
      reverse: gruWeights(params, encoderLayer(layer, "reverse")),
    }),
  );
  const { last } = gruSequence(lookUp(params, tokens), lengths, layers);
  return { embedding: last[last.length - 1]!, last };
}

/**
 * The GRU decoder, told the right token before each (teacher forcing).
 *
 * @param before the tokens shifted by one, START_TOKEN in front, `[time, batch]`, int32
 * @returns its states, `[time × batch, hidden]`
 */
export function decode(params: TensorMap, before: Tensor, start: readonly Tensor[]): Tensor {
  const [time, batch] = before.shape as [number, number];
  let states: Tensor = lookUp(params, before); // [time, batch, hidden]
  for (const [layer, initial] of start.entries()) {
    states = gru(states, initial, gruWeights(params, decoderLayer(layer)));
  }
  return states.reshape([time * batch, states.shape[2]!]);
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

/** The vectors of tokens, gathered once for all steps: `[time, batch]` → `[time, batch, hidden]`. */
function lookUp(params: TensorMap, tokens: Tensor): Tensor {
  return tf.gather(params.embedding!, tokens.toInt());
}

function gruWeights(params: TensorMap, name: string): GruWeights {
  return {
    kernel: params[`${name}/kernel`]!,
    recurrent: params[`${name}/recurrent`]!,
    bias: params[`${name}/bias`]!,
    recurrentBias: params[`${name}/recurrentBias`]!,
  };
}
