import { StateError } from "@wayweave/geo-core";
import type { OnnxType } from "../../onnx/graph-builder.js";
import type { DataType } from "../tfjs.js";
import { type ConstantData, Graph, type GraphValue, sizeOf } from "./graph.js";
import {
  composePermutations,
  identityPermutation,
  inversePermutation,
  isIdentity,
  keepsOrder,
  type Permutation,
  samePermutation,
} from "./permutation.js";

/**
 * A tfjs tensor while it is recorded. What tfjs believes (`shape`, `dtype`) and what the graph holds differ in
 * two ways that save work:
 *
 * - the axes may be stored in another order (`permutation`): a tower of convolutions stays NCHW throughout, and a
 *   transposed operand of a product becomes a flag of that product;
 * - an axis may be stored once where tfjs sees n equal copies (the value's extent is 1): the `ones` and `fill` of
 *   tfjs's gradients are never spread out.
 */
export interface RecordedTensor {
  /** As tfjs sees it. */
  readonly shape: readonly number[];
  readonly dtype: DataType;
  /** Rank as `shape`; axis i is as long as `shape[permutation[i]]`, or 1. */
  readonly value: GraphValue;
  /** Axis i of the value holds axis `permutation[i]` of the tensor. */
  readonly permutation: Permutation;
}

const ONNX_TYPES: Readonly<Record<string, OnnxType>> = { float32: "float32", int32: "int32", bool: "bool" };

export function onnxTypeOf(dtype: DataType): OnnxType {
  const type = ONNX_TYPES[dtype];
  if (type === undefined) {
    throw new StateError(`recording: dtype must be float32, int32 or bool, got ${dtype}`);
  }
  return type;
}

/** The graph being recorded, with the moves between tfjs's view of a tensor and the stored one. */
export class Recorder {
  readonly graph = new Graph();

  /** A tensor stored in tfjs's own order, every element present. */
  wrap(value: GraphValue, dtype: DataType): RecordedTensor {
    return { shape: value.shape, dtype, value, permutation: identityPermutation(value.shape.length) };
  }

  /** A constant; one whose elements are all equal is stored as one element. */
  constant(data: ConstantData, shape: readonly number[], dtype: DataType): RecordedTensor {
    const type = onnxTypeOf(dtype);
    const permutation = identityPermutation(shape.length);
    const isUniform = data.length > 1 && allEqual(data);
    const value = isUniform
      ? this.graph.constant({ type, shape: shape.map(() => 1) }, data.slice(0, 1))
      : this.graph.constant({ type, shape }, data);
    return { shape, dtype, value, permutation };
  }

  /** A tensor of equal elements. */
  filled(x: number, shape: readonly number[], dtype: DataType): RecordedTensor {
    const data =
      dtype === "float32"
        ? Float32Array.of(x)
        : dtype === "int32"
          ? Int32Array.of(x)
          : Uint8Array.of(x ? 1 : 0);
    const value = this.graph.constant({ type: onnxTypeOf(dtype), shape: shape.map(() => 1) }, data);
    return { shape, dtype, value, permutation: identityPermutation(shape.length) };
  }

  /** The value with its axes in the wanted order; axes stored once stay stored once. */
  ordered(tensor: RecordedTensor, permutation: Permutation): GraphValue {
    if (samePermutation(tensor.permutation, permutation)) return tensor.value;
    const inverse = inversePermutation(tensor.permutation);
    return this.transpose(
      tensor.value,
      permutation.map((axis) => inverse[axis]!),
    );
  }

  /** The value with its axes in the wanted order (tfjs's own by default) and every element present. */
  full(
    tensor: RecordedTensor,
    permutation: Permutation = identityPermutation(tensor.shape.length),
  ): GraphValue {
    return this.expand(
      this.ordered(tensor, permutation),
      permutation.map((axis) => tensor.shape[axis]!),
    );
  }

  /** The axis of the stored value that holds a tensor's axis. */
  storedAxis(tensor: RecordedTensor, axis: number): number {
    return tensor.permutation.indexOf(axis);
  }

  transpose(value: GraphValue, permutation: Permutation): GraphValue {
    if (isIdentity(permutation)) return value;
    const shape = permutation.map((axis) => value.shape[axis]!);
    if (keepsOrder(value.shape, permutation)) return this.reshape(value, shape);
    const { node } = value;
    if (node?.op === "Transpose" && "ints" in node.attributes.perm!) {
      const combined = composePermutations(node.attributes.perm.ints, permutation);
      return this.transpose(node.inputs[0]!, combined);
    }
    return this.graph.node1(
      "Transpose",
      [value],
      { type: value.type, shape },
      { perm: { ints: permutation } },
    );
  }

  reshape(value: GraphValue, shape: readonly number[]): GraphValue {
    if (shape.length === value.shape.length && shape.every((extent, i) => extent === value.shape[i]))
      return value;
    if (value.data !== undefined) return this.graph.constant({ type: value.type, shape }, value.data);
    if (value.node?.op === "Reshape") return this.reshape(value.node.inputs[0]!, shape);
    return this.graph.node1("Reshape", [value, this.graph.int64(shape)], { type: value.type, shape });
  }

  expand(value: GraphValue, shape: readonly number[]): GraphValue {
    if (sizeOf(shape) === sizeOf(value.shape)) return this.reshape(value, shape);
    if (value.data?.length === 1 && value.type !== "bool") return this.#constantOfShape(value, shape);
    return this.graph.node1("Expand", [value, this.graph.int64(shape)], { type: value.type, shape });
  }

  cast(value: GraphValue, type: OnnxType): GraphValue {
    if (value.type === type) return value;
    const to = ONNX_TYPE_CODES[type];
    if (to === undefined) throw new StateError(`recording: cannot cast to ${type}`);
    return this.graph.node1("Cast", [value], { type, shape: value.shape }, { to: { i: to } });
  }

  /** Never an initializer of that size: the node costs a few bytes in the file whatever its shape. */
  #constantOfShape(value: GraphValue, shape: readonly number[]): GraphValue {
    const tensor = { type: value.type, shape: [1], data: value.data! };
    return this.graph.node1(
      "ConstantOfShape",
      [this.graph.int64(shape)],
      { type: value.type, shape },
      { value: { tensor } },
    );
  }
}

/** `TensorProto.DataType`. */
const ONNX_TYPE_CODES: Partial<Record<OnnxType, number>> = {
  float32: 1,
  uint8: 2,
  int32: 6,
  int64: 7,
  bool: 9,
};

function allEqual(data: ConstantData): boolean {
  const first = data[0];
  for (let i = 1; i < data.length; i++) if (!Object.is(data[i], first)) return false;
  return true;
}
