import { checkOptions } from "@wayweave/geo-core";
import type { TensorValues } from "../onnx/tensor-data.js";
import type { OnnxData, OnnxType } from "../onnx/types.js";

/** Name, element type and shape of a model's input or output. A string in the shape names a dynamic axis. */
export interface TensorSpec {
  /** Its name in the model. */
  readonly name: string;
  /** The element type. */
  readonly type: OnnxType;
  /** The size of each axis, or its name where it is dynamic; axes of one name have one size in every run. */
  readonly shape: readonly (number | string)[];
}

/** Values for one input, row-major: a typed array of the input's kind, or an array of numbers or strings. */
export interface InputTensor {
  /** The values; arrays of numbers are checked and turned into the input's type. */
  readonly data: TensorValues;
  /** Sizes of all axes; their product is the length of `data`. */
  readonly shape: readonly number[];
}

/** Values of one output, row-major: int64 as BigInt64Array, bool as Uint8Array, float16 as bits in Uint16Array. */
export interface OutputTensor {
  /** The element type. */
  readonly type: OnnxType;
  /** Sizes of all axes; their product is the length of `data`. */
  readonly shape: readonly number[];
  /** The values, in an array of the type's kind. */
  readonly data: OnnxData;
}

/** A model's inputs by name. */
export type Inputs = Readonly<Record<string, InputTensor>>;
/** A model's outputs by name. */
export type Outputs = Record<string, OutputTensor>;

/** How far a long run has come, in rows of the batch axis. */
export interface RunProgress {
  /** Rows that are computed. */
  readonly done: number;
  /** Rows of the input; 1 for a model without a batch axis. */
  readonly total: number;
}

/** What of a model is computed, in which portions, and how that is watched and stopped. */
export interface RunOptions {
  /** The outputs to compute; default all. */
  readonly outputs?: readonly string[];
  /**
   * Rows of the batch axis computed at once; a longer input is cut into batches and the outputs are joined.
   * Default: everything in one go.
   */
  readonly batchSize?: number;
  /** Cancels: the promise is rejected with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called after every batch. */
  readonly onProgress?: (progress: RunProgress) => void;
}

const RUN_OPTIONS = ["outputs", "batchSize", "signal", "onProgress"] as const;

/**
 * @param more options that a function takes besides
 * @throws {ValueError} an unknown option
 */
export function checkRunOptions(where: string, options: RunOptions, more: readonly string[] = []): void {
  checkOptions<Record<string, unknown>>(where, options as Record<string, unknown>, [...RUN_OPTIONS, ...more]);
}

/** Something that maps named tensors to named tensors: an ONNX model here, or a pool of workers that hold one. */
export interface Predictor {
  /** What the model takes. */
  readonly inputs: readonly TensorSpec[];
  /** What the model gives. */
  readonly outputs: readonly TensorSpec[];
  /** The model's `metadata_props`. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Runs the model on a tensor for each of its inputs, and gives its outputs, or those that the options name. */
  run(inputs: Inputs, options?: RunOptions): Promise<Outputs>;
  /** Gives the model's memory back; it cannot be run any more. */
  dispose(): Promise<void>;
}

/** `x: float32 [batch, 2], lengths: int32 [batch]`, for messages. */
export function describeSpecs(specs: readonly TensorSpec[]): string {
  return specs.map(({ name, type, shape }) => `${name}: ${type} [${shape.join(", ")}]`).join(", ");
}
