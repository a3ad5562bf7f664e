import type { OnnxTensor } from "../onnx/initializers.js";
import type { TensorValues } from "../onnx/tensor-data.js";
import type { OnnxType } from "../onnx/types.js";

/** A tensor to store. */
export interface CheckpointTensor {
  /** The element type. */
  readonly type: Exclude<OnnxType, "string">;
  /** Sizes of all axes; their product is the length of `data`. */
  readonly shape: readonly number[];
  /** Row-major. */
  readonly data: TensorValues;
}

/** What {@link saveCheckpoint} writes. */
export interface CheckpointContents {
  /** By name. */
  readonly tensors: ReadonlyMap<string, CheckpointTensor> | Readonly<Record<string, CheckpointTensor>>;
  /** Anything JSON can hold exactly: configuration, step, random state, provenance. */
  readonly metadata?: unknown;
}

/** What {@link loadCheckpoint} returns. */
export interface Checkpoint {
  /** By name, in the order of the file. */
  readonly tensors: Map<string, OnnxTensor>;
  /** The metadata as it was saved; `undefined` in a safetensors file written by something else. */
  readonly metadata: unknown;
}
