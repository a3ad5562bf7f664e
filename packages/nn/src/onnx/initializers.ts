import { readFileSync } from "node:fs";
import { FormatError } from "@wayweave/geo-core";
import { onnx } from "./generated/onnx-ml.js";
import { checkBytes } from "./realm.js";
import { allocateData, dataFromBytes, elementCount } from "./tensor-data.js";
import { type OnnxData, type OnnxType, onnxTypeOfCode } from "./types.js";

/** A tensor with its values. */
export interface OnnxTensor {
  /** The element type. */
  readonly type: OnnxType;
  /** Sizes of all axes. */
  readonly shape: readonly number[];
  /** Row-major. */
  readonly data: OnnxData;
}

/**
 * The weights stored in an ONNX model, by name: initializers, and the values of `Constant` nodes of the main
 * graph (some exporters store weights as such).
 *
 * @param source path of an `.onnx` file, or its bytes; arrays of the result may be views of the bytes
 * @throws {FormatError} not an ONNX model, a tensor of an unsupported type, or one kept in another file
 */
export function readOnnxInitializers(source: string | Uint8Array): Map<string, OnnxTensor> {
  if (typeof source !== "string") checkBytes("readOnnxInitializers", source);
  const file = typeof source === "string" ? source : "ONNX model";
  const graph = decodeGraph(typeof source === "string" ? readFileSync(source) : source, file);
  const tensors = new Map<string, OnnxTensor>();
  for (const tensor of graph.initializer ?? []) {
    tensors.set(tensor.name ?? "", readTensor(tensor, tensor.name ?? "", file));
  }
  for (const node of graph.node ?? []) {
    const name = node.output?.[0];
    const value = node.attribute?.find((attribute) => attribute.name === "value")?.t;
    if (node.opType === "Constant" && name && value) tensors.set(name, readTensor(value, name, file));
  }
  return tensors;
}

function decodeGraph(bytes: Uint8Array, file: string): onnx.GraphProto.$Properties {
  let model: onnx.ModelProto;
  try {
    model = onnx.ModelProto.decode(bytes);
  } catch (error) {
    throw new FormatError("not an ONNX model", { file }, { cause: error });
  }
  if (!model.graph) throw new FormatError("not an ONNX model: it has no graph", { file });
  return model.graph;
}

function readTensor(tensor: onnx.TensorProto.$Properties, name: string, file: string): OnnxTensor {
  const what = `${file}: initializer ${name}`;
  if (tensor.dataLocation === onnx.TensorProto.DataLocation.EXTERNAL) {
    throw new FormatError(`${what} keeps its values in another file, which is not supported`);
  }
  const type = onnxTypeOfCode(tensor.dataType ?? 0, what);
  const shape = (tensor.dims ?? []).map(Number);
  if (shape.some((size) => !Number.isSafeInteger(size) || size < 0)) {
    throw new FormatError(`${what} has the shape [${shape.join(", ")}]`);
  }
  if (type === "string") {
    const data = (tensor.stringData ?? []).map((bytes) => new TextDecoder().decode(bytes));
    checkCount(what, shape, data.length);
    return { type, shape, data };
  }
  if (tensor.rawData?.length) return { type, shape, data: dataFromBytes(what, type, shape, tensor.rawData) };
  const values = typedField(tensor, type);
  checkCount(what, shape, values.length);
  const data = allocateData(type, values.length) as Float32Array;
  for (let i = 0; i < values.length; i++) {
    data[i] = values[i] as number;
    if (type !== "float32" && type !== "float64" && data[i] !== values[i]) {
      throw new FormatError(`${what} of type ${type} holds ${values[i]}`);
    }
  }
  return { type, shape, data };
}

/** The field of `TensorProto` that holds values of the type when `raw_data` does not. */
function typedField(tensor: onnx.TensorProto.$Properties, type: OnnxType): readonly (number | bigint)[] {
  if (type === "float32") return tensor.floatData ?? [];
  if (type === "float64") return tensor.doubleData ?? [];
  if (type === "int64") return (tensor.int64Data ?? []).map((value) => BigInt(String(value)));
  return tensor.int32Data ?? [];
}

function checkCount(what: string, shape: readonly number[], count: number): void {
  if (count !== elementCount(shape)) {
    throw new FormatError(`${what} of shape [${shape.join(", ")}] holds ${count} values`);
  }
}
