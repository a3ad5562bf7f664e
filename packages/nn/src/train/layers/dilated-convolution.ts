import { checkPositiveInteger } from "@wayweave/geo-core";
import { type Tensor, type Tensor4D, tf } from "../tfjs.js";

/**
 * A 2-D convolution whose filter's cells lie `dilation` pixels apart, with a gradient (tfjs differentiates only
 * undilated ones): the filter is spread out with zeros first.
 *
 * @param x [batch, height, width, in]
 * @param filter [filterHeight, filterWidth, in, out]
 * @param dilation rows and columns, positive integers
 * @throws {ValueError} a dilation that is not a positive integer
 */
export function dilatedConv2d(
  x: Tensor4D,
  filter: Tensor4D,
  strides: [number, number] | number,
  pad: "valid" | "same" | number,
  dilation: readonly [number, number],
): Tensor4D {
  for (const extent of dilation) checkPositiveInteger("dilatedConv2d", "dilation", extent);
  const spread = spreadAxis(spreadAxis(filter, 0, dilation[0]), 1, dilation[1]);
  return tf.conv2d(x, spread as Tensor4D, strides, pad);
}

/** Inserts `step − 1` zeros between the entries of an axis. */
function spreadAxis(x: Tensor, axis: number, step: number): Tensor {
  const extent = x.shape[axis]!;
  if (step === 1 || extent === 1) return x;
  const split = [...x.shape.slice(0, axis + 1), 1, ...x.shape.slice(axis + 1)];
  const paddings = split.map((_, i): [number, number] => [0, i === axis + 1 ? step - 1 : 0]);
  const merged = x.shape.map((size, i) => (i === axis ? size * step : size));
  const zeroed = tf.pad(x.reshape(split), paddings).reshape(merged);
  const begin = merged.map(() => 0);
  const size = merged.map((whole, i) => (i === axis ? whole - (step - 1) : whole));
  return tf.slice(zeroed, begin, size);
}
