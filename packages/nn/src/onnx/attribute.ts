import { ValueError } from "@wayweave/geo-core";
import { onnx } from "./generated/onnx-ml.js";
import { bytesOf, type TensorValues, toOnnxData } from "./tensor-data.js";
import { type OnnxType, onnxTypeCode } from "./types.js";

/** An attribute of a node, by kind; `Graph` is what the body of a control-flow node is built with. */
export type AttributeOf<Graph> =
  | { readonly i: number }
  | { readonly f: number }
  | { readonly s: string }
  | { readonly ints: readonly number[] }
  | { readonly floats: readonly number[] }
  | { readonly strings: readonly string[] }
  | { readonly tensor: OnnxTensorAttribute }
  | { readonly graph: Graph };

/** A tensor as an attribute, such as the value of `ConstantOfShape`. */
export interface OnnxTensorAttribute {
  readonly type: OnnxType;
  readonly shape: readonly number[];
  readonly data: TensorValues;
}

const { AttributeType } = onnx.AttributeProto;
const utf8 = new TextEncoder();

/** @param graphOf writes the body of a control-flow node */
export function toAttributeProto<Graph>(
  name: string,
  value: AttributeOf<Graph>,
  graphOf: (body: Graph) => onnx.GraphProto.$Properties,
): onnx.AttributeProto.$Properties {
  if ("i" in value) {
    checkIntegers(name, [value.i]);
    return { name, type: AttributeType.INT, i: value.i };
  }
  if ("f" in value) return { name, type: AttributeType.FLOAT, f: value.f };
  if ("s" in value) return { name, type: AttributeType.STRING, s: utf8.encode(value.s) };
  if ("ints" in value) {
    checkIntegers(name, value.ints);
    return { name, type: AttributeType.INTS, ints: [...value.ints] };
  }
  if ("floats" in value) return { name, type: AttributeType.FLOATS, floats: [...value.floats] };
  if ("strings" in value) {
    return { name, type: AttributeType.STRINGS, strings: value.strings.map((text) => utf8.encode(text)) };
  }
  if ("tensor" in value) {
    const { type, shape, data } = value.tensor;
    return { name, type: AttributeType.TENSOR, t: toTensorProto("GraphBuilder.node", type, shape, data) };
  }
  return { name, type: AttributeType.GRAPH, g: graphOf(value.graph) };
}

/** A tensor of the schema. Numeric data is referred to, not copied. */
export function toTensorProto(
  where: string,
  type: OnnxType,
  shape: readonly number[],
  data: TensorValues,
): onnx.TensorProto.$Properties {
  const values = toOnnxData(where, type, shape, data);
  const tensor: onnx.TensorProto.$Properties = { dims: [...shape], dataType: onnxTypeCode(type) };
  if (isNumeric(values)) tensor.rawData = bytesOf(values);
  else tensor.stringData = values.map((text) => utf8.encode(text));
  return tensor;
}

function isNumeric<T extends { length: number }>(values: T): values is Exclude<T, readonly string[]> {
  return ArrayBuffer.isView(values);
}

function checkIntegers(name: string, values: readonly number[]): void {
  const bad = values.find((value) => !Number.isSafeInteger(value));
  if (bad !== undefined) {
    throw new ValueError(`GraphBuilder.node: attribute ${name} must hold integers, got ${bad}`);
  }
}
