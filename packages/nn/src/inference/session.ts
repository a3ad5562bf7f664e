/**
 * What is asked of an ONNX runtime, by its shape: onnxruntime-node and onnxruntime-web both have it. No type of theirs is named
 * here, so that an application chooses the runtime and its version.
 */

/** A tensor as a session takes and gives it. */
export interface SessionTensor {
  readonly type: string;
  readonly dims: readonly number[];
  /** May throw where the values are in a GPU's memory; {@link getData} brings them over. */
  readonly data: unknown;
  getData?(): Promise<unknown>;
}

/** What a session says about an input or output. */
export interface SessionValue {
  readonly name: string;
  readonly isTensor: boolean;
  readonly type?: string;
  readonly shape?: readonly (number | string)[];
}

/** An `InferenceSession` of onnxruntime-node or onnxruntime-web (1.22 or later, which tells its inputs). */
export interface OnnxSession {
  readonly inputMetadata: readonly SessionValue[];
  readonly outputMetadata: readonly SessionValue[];
  run(
    feeds: Readonly<Record<string, unknown>>,
    fetches: readonly string[],
  ): Promise<Readonly<Record<string, SessionTensor>>>;
  release(): Promise<void>;
}

/** The runtime's `Tensor` class. */
export type SessionTensorClass = new (type: never, data: never, dims: readonly number[]) => SessionTensor;

/** A module such as `import * as ort from "onnxruntime-web"`. */
export interface OnnxRuntime {
  readonly InferenceSession: {
    create(model: Uint8Array, options?: Readonly<Record<string, unknown>>): Promise<OnnxSession>;
  };
  readonly Tensor: SessionTensorClass;
}
