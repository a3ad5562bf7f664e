import { createRequire } from "node:module";
import { StateError } from "@wayweave/geo-core";

/**
 * The one place where training reaches tfjs. It is an optional peer: only `@wayweave/nn/train` needs it.
 *
 * In Node, `@tensorflow/tfjs-core` alone registers neither gradients nor chained operators, so the whole of
 * `@tensorflow/tfjs` is asked for.
 */
type Tfjs = typeof import("@tensorflow/tfjs");

/** A tensor of tfjs, of any rank. */
export type Tensor = import("@tensorflow/tfjs").Tensor;
/** A vector of tfjs. */
export type Tensor1D = import("@tensorflow/tfjs").Tensor1D;
/** A matrix of tfjs. */
export type Tensor2D = import("@tensorflow/tfjs").Tensor2D;
/** A tensor of tfjs with three axes. */
export type Tensor3D = import("@tensorflow/tfjs").Tensor3D;
/** A tensor of tfjs with four axes, such as images `[batch, height, width, channels]`. */
export type Tensor4D = import("@tensorflow/tfjs").Tensor4D;
/** A tensor of tfjs without axes: one number. */
export type Scalar = import("@tensorflow/tfjs").Scalar;
export type TensorInfo = import("@tensorflow/tfjs").TensorInfo;
export type DataType = import("@tensorflow/tfjs").DataType;

/** By `require`: an entry that waits for an import cannot be required itself. */
function loadTfjs(): Tfjs {
  try {
    return createRequire(import.meta.url)("@tensorflow/tfjs") as Tfjs;
  } catch (cause) {
    throw new StateError(
      "@wayweave/nn/train: training needs the peer dependency @tensorflow/tfjs (4.22): npm install @tensorflow/tfjs",
      { cause },
    );
  }
}

/** tfjs itself, for model code: its engine and registries are process-wide, so any copy would do. */
export const tf: Tfjs = loadTfjs();
