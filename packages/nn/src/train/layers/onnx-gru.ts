import { runKernel } from "../engines/tf-engine.js";
import { GRU_KERNEL } from "../record/kernels/gru.js";
import { type Tensor, type Tensor2D, type Tensor3D, tf } from "../tfjs.js";
import type { GruRun, GruWeights } from "./gru-parts.js";

/**
 * A GRU layer as one ONNX operator, equal to `gru` where the mask is 1 up to a sequence's length and 0 after it
 * (for `"reverse"`, the sequence is read from its last entry to its first). Past the end the last state stays; read
 * backwards, the initial state is not left there.
 *
 * @param inputs [time, batch, inputs]
 * @returns [time, batch, hidden]
 */
export function onnxGru(inputs: Tensor, weights: GruWeights, { initial, mask, direction }: GruRun): Tensor3D {
  const [time, batch] = inputs.shape as [number, number, number];
  const hidden = initial.shape[1]!;
  const lengths =
    mask === undefined ? tf.fill([batch], time, "int32") : (mask.sum(0).round().toInt() as Tensor);
  const [states, last] = runKernel(
    GRU_KERNEL,
    {
      x: inputs,
      kernel: stackGates(weights.kernel),
      recurrent: stackGates(weights.recurrent),
      bias: tf.concat([reorder(weights.bias, 0), reorder(weights.recurrentBias, 0)]).expandDims(0),
      initial: initial.expandDims(0),
      lengths,
    },
    { hidden, direction },
  ) as [Tensor, Tensor];
  const sequence = states.reshape([time, batch, hidden]) as Tensor3D;
  if (mask === undefined) return sequence;
  // ONNX gives zeros past the end.
  const past = tf.sub(1, mask.reshape([time, batch, 1]));
  const kept = direction === "forward" ? last : initial.expandDims(0);
  return sequence.add(kept.mul(past)) as Tensor3D;
}

/** [reset | update | candidate] → [update | reset | candidate], ONNX's order. */
function reorder(tensor: Tensor, axis: number): Tensor {
  const [reset, update, candidate] = tf.split(tensor, 3, axis);
  return tf.concat([update!, reset!, candidate!], axis);
}

/** [inputs, 3·hidden] → [1, 3·hidden, inputs] */
function stackGates(kernel: Tensor): Tensor {
  return (reorder(kernel, 1) as Tensor2D).transpose().expandDims(0);
}
