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
  };
}

/**
 * How sure it is that the line's middle runs through each cell of 2 × 2 pixels, as logits.
 *
 * @param pixels 0 … 255, `[batch, height, width, 3]`, sides multiples of 16
 * @returns `[batch, height / 2, width / 2]`
 */
export function readLine(params: TensorMap, pixels: Tensor): Tensor {
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
  return convolve(params, "line", x, 1, "same").squeeze([3]);
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

/**
 * The loss of a batch: cross-entropy a cell, cells of the line weighing more since they are few, and one minus Dice's coefficient.
 *
 * @param logits `[batch, height, width]`
 * @param targets 0 … 1, of the same shape
 */
export function readingLoss(logits: Tensor, targets: Tensor): { loss: Tensor; dice: Tensor } {
  const lineWeight = 4;
  // y·w·softplus(−z) + (1 − y)·softplus(z)
  const entropy = targets
    .mul(logits.neg().softplus())
    .mul(lineWeight)
    .add(tf.sub(1, targets).mul(logits.softplus()))
    .mean();
  const p = logits.sigmoid();
  const both = p.mul(targets).sum([1, 2]).mul(2);
  const all = p
    .square()
    .sum([1, 2])
    .add(targets.square().sum([1, 2]));
  const dice = tf.sub(1, both.add(1).div(all.add(1))).mean();
  return { loss: entropy.add(dice), dice };
}
