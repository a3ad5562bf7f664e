import { FormatError } from "@wayweave/geo-core";

/** The element types of ONNX tensors that this package reads and writes. */
export type OnnxType =
  | "float32"
  | "int32"
  | "int64"
  | "bool"
  | "float64"
  | "uint8"
  | "int8"
  | "string"
  | "float16";

/** A tensor in the graph: a graph input, a constant or a node's output. */
export interface Value {
  /** Unlike every other's in the model. */
  readonly name: string;
  /** The element type. */
  readonly type: OnnxType;
  /** One entry an axis; a string names a dynamic axis, such as `"batch"`. */
  readonly shape: readonly (number | string)[];
}

/** Values of a tensor, row-major. float16 travels as its bits, bool as 0 and 1. */
export type OnnxData =
  | Float32Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Float64Array
  | Int8Array
  | Uint16Array
  | readonly string[];

/** `TensorProto.DataType` of the ONNX schema, for the types above. */
const CODES: Readonly<Record<OnnxType, number>> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
};

const TYPES = new Map(Object.entries(CODES).map(([type, code]) => [code, type as OnnxType]));

/** Bytes of one element in `TensorProto.raw_data`; 0 for strings, which have no fixed size. */
export const ELEMENT_BYTES: Readonly<Record<OnnxType, number>> = {
  float32: 4,
  uint8: 1,
  int8: 1,
  int32: 4,
  int64: 8,
  string: 0,
  bool: 1,
  float16: 2,
  float64: 8,
};

export function isOnnxType(type: string): type is OnnxType {
  return Object.hasOwn(CODES, type);
}

/** The type's number in the ONNX schema (`TensorProto.DataType`), which `Cast` takes as its `to` attribute. */
export function onnxTypeCode(type: OnnxType): number {
  return CODES[type];
}

/** @throws {FormatError} a code this package has no array for (complex, bfloat16, float8, int4, …) */
export function onnxTypeOfCode(code: number, what: string): OnnxType {
  const type = TYPES.get(code);
  if (type === undefined) {
    throw new FormatError(`${what} has the ONNX element type ${code}, which is not supported`);
  }
  return type;
}
