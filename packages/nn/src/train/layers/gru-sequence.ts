import { ShapeError, ValueError } from "@wayweave/geo-core";
import { type Tensor, type Tensor2D, type Tensor3D, tf } from "../tfjs.js";
import { type GruWeights, gruLayer } from "./gru.js";

/** The weights of one layer of {@link gruSequence}; `reverse` reads the sequence backwards. */
export interface GruLayer {
  /** From the first entry to the last. */
  readonly forward: GruWeights;
  /** From each sequence's last entry to its first; absent: one direction only. */
  readonly reverse?: GruWeights;
}

/** What {@link gruSequence} computes. */
export interface GruSequence {
  /** States of the last layer, [time, batch, directions·hidden]; past a sequence's end, the last state (backwards: 0). */
  readonly states: Tensor3D;
  /** The last state of each layer, [batch, directions·hidden]. */
  readonly last: readonly Tensor2D[];
}

/**
 * GRU layers on top of each other, each perhaps in both directions, over sequences of different lengths. The
 * backward direction starts at each sequence's own end. `exportOnnx` writes every direction of a layer as one ONNX
 * GRU operator with `sequence_lens`, so that the exported model takes sequences of any length.
 *
 * @param inputs [time, batch, inputs]
 * @param lengths [batch], int32, each in 1 … time
 * @param layers from the first to the last; the second reads what the first gives
 * @throws {ValueError} no layers
 * @throws {ShapeError} lengths that do not fit the batch
 */
export function gruSequence(inputs: Tensor, lengths: Tensor, layers: readonly GruLayer[]): GruSequence {
  const [time, batch] = inputs.shape as [number, number, number];
  if (layers.length === 0) throw new ValueError("gruSequence: layers must name at least one layer");
  if (lengths.shape.length !== 1 || lengths.shape[0] !== batch) {
    throw new ShapeError(
      `gruSequence: lengths must have shape [${batch}], got [${lengths.shape.join(", ")}]`,
    );
  }
  const mask = tf.range(0, time, 1, "int32").expandDims(1).less(lengths.expandDims(0)).toFloat();
  const last: Tensor2D[] = [];
  let states = inputs as Tensor3D;
  for (const { forward, reverse } of layers) {
    const hidden = forward.recurrent.shape[0]!;
    const initial = tf.zeros([batch, hidden]);
    const run = { initial, mask, isMaskOfLengths: true };
    const ahead = gruLayer(states, forward, { ...run, direction: "forward" });
    const ends = [ahead.slice([time - 1, 0, 0], [1, batch, hidden])];
    const directions = [ahead];
    if (reverse !== undefined) {
      // Where padding comes first, the mask keeps the initial state.
      const back = gruLayer(states, reverse, { ...run, direction: "reverse" });
      // Read backwards, a sequence ends at its first entry.
      ends.push(back.slice([0, 0, 0], [1, batch, hidden]));
      directions.push(back);
    }
    states = tf.concat(directions, 2) as Tensor3D;
    last.push(tf.concat(ends, 2).reshape([batch, hidden * directions.length]) as Tensor2D);
  }
  return { states, last };
}
