import { Random } from "@wayweave/geo-core";
import { type HostTensor, type Tensor, type TensorMap, tf } from "@wayweave/nn/train";
import { convolution, dense as denseParams } from "../model/initializers.js";
import { convolve, dense, relu } from "../model/layers.js";

/** Filters at a half, a quarter, an eighth and a sixteenth of the picture's size. */
export const readerChannels = [16, 32, 64, 96] as const;
/** A picture's sides must be multiples of this. */
export const readerStride = 16;

/**
 * A reader's parameters: a small U-Net (Ronneberger et al. 2015) that keeps half the picture's resolution. Downwards by strides, upwards by
 * moving channels into space (Shi et al. 2016), each level added to the one that it came from.
 */
export function initReader(seed: number): Record<string, HostTensor> {
  const random = new Random(seed).split("reader");
  const [half, quarter, eighth, sixteenth] = readerChannels;
  return {
    ...convolution(random, "down1", 5, 5, 3, half),
    ...convolution(random, "down2", 3, 3, half, quarter),
    ...convolution(random, "down2b", 3, 3, quarter, quarter),
    ...convolution(random, "down3", 3, 3, quarter, eighth),
    ...convolution(random, "down3b", 3, 3, eighth, eighth),
    ...convolution(random, "down4", 3, 3, eighth, sixteenth),
    ...convolution(random, "down4b", 3, 3, sixteenth, sixteenth),
    ...convolution(random, "down4c", 3, 3, sixteenth, sixteenth),
    ...denseParams(random, "whole", sixteenth, sixteenth),
    ...convolution(random, "up3", 1, 1, sixteenth, 4 * eighth),
    ...convolution(random, "up3b", 3, 3, eighth, eighth),
    ...convolution(random, "up2", 1, 1, eighth, 4 * quarter),
    ...convolution(random, "up2b", 3, 3, quarter, quarter),
    ...convolution(random, "up1", 1, 1, quarter, 4 * half),
    ...convolution(random, "up1b", 3, 3, half, half),
    ...convolution(random, "line", 1, 1, half, 1),
    ...convolution(random, "ends", 3, 3, half, 1),
  };
}

/** What the network says about each cell of 2 × 2 pixels, as logits, `[batch, height / 2, width / 2]` each. */
export interface ReadLogits {
  /** How sure it is that the line's middle runs there. */
  readonly line: Tensor;
  /** How sure it is that the line starts or ends there. */
  readonly ends: Tensor;
}

/** @param pixels 0 … 255, `[batch, height, width, 3]`, sides multiples of 16 */
export function readLine(params: TensorMap, pixels: Tensor): ReadLogits {
  const layer = (name: string, x: Tensor, stride = 1) => relu(convolve(params, name, x, stride, "same"));
  const half = layer("down1", pixels.div(127.5).sub(1), 2);
  const quarter = residual(layer("down2", half, 2), (x) => layer("down2b", x));
  const eighth = residual(layer("down3", quarter, 2), (x) => layer("down3b", x));
  let x = residual(layer("down4", eighth, 2), (y) => layer("down4b", y));
  x = residual(x, (y) => layer("down4c", y));
  // Every place knows what the whole picture holds: which colours are roads.
  const whole = relu(dense(params, "whole", x.mean([1, 2]))); // [batch, sixteenth]
  x = x.add(whole.expandDims(1).expandDims(1));
  for (const [level, skipped] of [
    [3, eighth],
    [2, quarter],
    [1, half],
  ] as const) {
    x = enlarged(convolve(params, `up${level}`, x, 1, "same")).add(skipped);
    x = residual(x, (y) => layer(`up${level}b`, y));
  }
  return {
    line: convolve(params, "line", x, 1, "same").squeeze([3]),
    ends: convolve(params, "ends", x, 1, "same").squeeze([3]),
  };
}

function residual(x: Tensor, layer: (x: Tensor) => Tensor): Tensor {
  return x.add(layer(x));
}

/** Channels into space: `[batch, h, w, 4c]` → `[batch, 2h, 2w, c]`. */
function enlarged(x: Tensor): Tensor {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  return x
    .reshape([batch * height, width, 2, 2, channels / 4])
    .transpose([0, 2, 1, 3, 4])
    .reshape([batch, 2 * height, 2 * width, channels / 4]);
}

/** A cell of the line weighs so many times one beside it, since they are few. */
const lineWeight = 4;
/** Cells about the line's ends are fewer still. */
const endWeight = 10;

/**
 * The loss of a batch: for the line cross-entropy a cell and one minus Dice's coefficient, for its ends cross-entropy.
 *
 * @param logits `[batch, height, width]` each
 * @param targets 0 … 1, of the same shape
 */
export function readingLoss(
  logits: ReadLogits,
  targets: { readonly line: Tensor; readonly ends: Tensor },
): { loss: Tensor; dice: Tensor; ends: Tensor } {
  const p = logits.line.sigmoid();
  const both = p.mul(targets.line).sum([1, 2]).mul(2);
  const all = p
    .square()
    .sum([1, 2])
    .add(targets.line.square().sum([1, 2]));
  const dice = tf.sub(1, both.add(1).div(all.add(1))).mean();
  const ends = weightedEntropy(logits.ends, targets.ends, endWeight);
  return { loss: weightedEntropy(logits.line, targets.line, lineWeight).add(dice).add(ends), dice, ends };
}

/** Mean of w·y·softplus(−z) + (1 − y)·softplus(z). */
function weightedEntropy(logits: Tensor, targets: Tensor, weight: number): Tensor {
  return targets
    .mul(logits.neg().softplus())
    .mul(weight)
    .add(tf.sub(1, targets).mul(logits.softplus()))
    .mean();
}
