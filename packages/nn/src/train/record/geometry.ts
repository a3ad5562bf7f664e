import { ValueError } from "@wayweave/geo-core";
import { tf } from "../tfjs.js";

/** The attributes that tfjs's convolutions and pools share. */
export interface WindowAttributes {
  strides: [number, number] | number;
  pad: "valid" | "same" | number | [[number, number], [number, number], [number, number], [number, number]];
  dataFormat?: "NHWC" | "NCHW";
  dilations?: [number, number] | number;
  dimRoundingMode?: "floor" | "round" | "ceil";
}

type Shape4 = [number, number, number, number];

/** Where a convolution's or pool's windows lie, in the image's rows (first) and columns (second). */
export interface WindowGeometry {
  readonly kernel: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  /** Rows and columns added before and after: [top, left, bottom, right], ONNX's order. */
  readonly pads: readonly [number, number, number, number];
  readonly input: readonly [number, number];
  readonly output: readonly [number, number];
}

export function convolutionGeometry(
  inputShape: readonly number[],
  filterShape: readonly number[],
  attrs: WindowAttributes,
  isDepthwise = false,
): WindowGeometry {
  if (attrs.dataFormat === "NCHW") {
    throw new ValueError(
      "recording: a convolution's dataFormat must be NHWC (it is stored as NCHW by itself)",
    );
  }
  const info = tf.backend_util.computeConv2DInfo(
    [...inputShape] as Shape4,
    [...filterShape] as Shape4,
    attrs.strides,
    attrs.dilations ?? 1,
    attrs.pad,
    attrs.dimRoundingMode,
    isDepthwise,
  );
  return geometryOf(info);
}

export function poolGeometry(
  inputShape: readonly number[],
  filterSize: [number, number] | number,
  attrs: WindowAttributes,
): WindowGeometry {
  const info = tf.backend_util.computePool2DInfo(
    [...inputShape] as Shape4,
    filterSize,
    attrs.strides,
    1,
    attrs.pad,
    attrs.dimRoundingMode,
  );
  return geometryOf(info);
}

function geometryOf(info: import("@tensorflow/tfjs").backend_util.Conv2DInfo): WindowGeometry {
  const { padInfo } = info;
  const given: WindowGeometry = {
    kernel: [info.filterHeight, info.filterWidth],
    strides: [info.strideHeight, info.strideWidth],
    dilations: [info.dilationHeight, info.dilationWidth],
    pads: [padInfo.top, padInfo.left, padInfo.bottom, padInfo.right],
    input: [info.inHeight, info.inWidth],
    output: [info.outHeight, info.outWidth],
  };
  const [rows, columns] = [unreached(given, 0), unreached(given, 1)];
  if (rows >= given.strides[0] || columns >= given.strides[1]) {
    throw new ValueError(
      `recording: tfjs gives windows of [${given.kernel}] with a numeric pad the output [${given.output}], which leaves out the last ones (it takes the height for both extents); pass "same", "valid" or a pad for each side`,
    );
  }
  // Rounding up adds windows that reach past the padding: it has to grow.
  const [top, left, bottom, right] = given.pads;
  return { ...given, pads: [top, left, bottom + Math.max(0, -rows), right + Math.max(0, -columns)] };
}

/** The attributes of ONNX's Conv and pools. */
export function windowAttributes(geometry: WindowGeometry): Record<string, { ints: readonly number[] }> {
  return {
    kernel_shape: { ints: geometry.kernel },
    strides: { ints: geometry.strides },
    pads: { ints: geometry.pads },
    dilations: { ints: geometry.dilations },
  };
}

/** Rows (0) or columns (1) of the padded image that no window reaches: what a transposed convolution must add. */
export function unreached(geometry: WindowGeometry, axis: 0 | 1): number {
  const { kernel, strides, dilations, pads, input, output } = geometry;
  const reach = (output[axis] - 1) * strides[axis] + (kernel[axis] - 1) * dilations[axis] + 1;
  return input[axis] + pads[axis] + pads[axis + 2]! - reach;
}
