/**
 * What is asked of an ONNX runtime, by its shape: onnxruntime-node and onnxruntime-web both have it. No type of theirs is named
 * here, so that an application chooses the runtime and its version.
 */

/** A tensor as a session takes and gives it. */
export interface SessionTensor {
  /** The element type as the runtime calls it, such as `float32` or `int64`. */
  readonly type: string;
  /** Sizes of all axes. */
  readonly dims: readonly number[];
  /** May throw where the values are in a GPU's memory; {@link getData} brings them over. */
  readonly data: unknown;
  /** The values, brought over first where they are in a GPU's memory. */
  getData?(): Promise<unknown>;
}

/** What a session says about an input or output. */
export interface SessionValue {
  /** Its name in the model. */
  readonly name: string;
  /** False for sequences and maps: a model with one is refused. */
  readonly isTensor: boolean;
  /** The element type, of tensors. */
  readonly type?: string;
  /** The size of each axis, or its name where it is dynamic; of tensors. */
  readonly shape?: readonly (number | string)[];
}

/** An `InferenceSession` of onnxruntime-node or onnxruntime-web (1.22 or later, which tells its inputs). */
export interface OnnxSession {
  /** What the model takes. */
  readonly inputMetadata: readonly SessionValue[];
  /** What the model gives. */
  readonly outputMetadata: readonly SessionValue[];
  /** Computes the outputs named in `fetches` from tensors by the inputs' names. Called for one run at a time. */
  run(
    feeds: Readonly<Record<string, unknown>>,
    fetches: readonly string[],
  ): Promise<Readonly<Record<string, SessionTensor>>>;
  /** Gives the session's memory back. */
  release(): Promise<void>;
}

/** The runtime's `Tensor` class. */
export type SessionTensorClass = new (type: never, data: never, dims: readonly number[]) => SessionTensor;

/** A module such as `import * as ort from "onnxruntime-web"`. */
export interface OnnxRuntime {
  /** Opens sessions: `create` takes the bytes of an `.onnx` file and the runtime's own options. */
  readonly InferenceSession: {
    create(model: Uint8Array, options?: Readonly<Record<string, unknown>>): Promise<OnnxSession>;
  };
  /** What inputs are handed to a session in. */
  readonly Tensor: SessionTensorClass;
}
