import type { Random } from "@wayweave/geo-core";
import type { GraphBuilder, Value } from "../onnx/graph-builder.js";
import type { HostTensor, TensorType } from "../train/host-tensor.js";
import type { TensorMap } from "../train/step-definition.js";
import type { Tensor } from "../train/tfjs.js";

/** One input of an exported model. */
export interface ExportInput {
  /** The element type. */
  readonly type: TensorType;
  /** A name stands for a dynamic axis; axes of one name always have the same size. */
  readonly shape: readonly (number | string)[];
  /**
   * Values to verify the export with; needed where random ones make no sense (indices, lengths). Default: normal
   * numbers for float32, zeros for int32, random bits for bool. `sizes` tells the size of each dynamic axis.
   */
  readonly sample?: (
    shape: readonly number[],
    random: Random,
    sizes: Readonly<Record<string, number>>,
  ) => HostTensor["data"];
}

/** Nodes that go before or after the model in the same graph, built by hand. */
export type GraphPart = (
  graph: GraphBuilder,
  values: Readonly<Record<string, Value>>,
) => Readonly<Record<string, Value>>;

/** A model, and what {@link exportOnnx} writes beside it. */
export interface ExportOptions {
  /** The model: a pure function over tfjs tensors. */
  readonly forward: (params: TensorMap, inputs: TensorMap) => Tensor | TensorMap;
  /** Trained values by name, from `TrainStep.params()`. A `/` or `.` in a name makes a group. */
  readonly params: Readonly<Record<string, HostTensor>>;
  /** What `forward` takes, by name; at most three names of dynamic axes in all. */
  readonly inputs: Readonly<Record<string, ExportInput>>;
  /** Name of the output when `forward` returns a single tensor. Default `"output"`. */
  readonly output?: string;
  /** Name of the graph. Default `"model"`. */
  readonly name?: string;
  /** Written to the model's `metadata_props`: configuration and provenance. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** ONNX operator set, ≥ 18. Default 18. */
  readonly opset?: number;
  /**
   * Preprocessing inside the model: declares the model's real inputs on the graph and returns values for inputs of
   * `forward`; those it does not return become inputs of the model themselves.
   */
  readonly prepend?: (graph: GraphBuilder) => Readonly<Record<string, Value>>;
  /** Postprocessing inside the model: turns `forward`'s outputs into the model's. */
  readonly append?: GraphPart;
}
