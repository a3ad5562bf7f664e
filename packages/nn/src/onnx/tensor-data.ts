import { checkArray, FormatError, ShapeError, ValueError } from "@wayweave/geo-core";
import { asOwnArray, kindOf } from "./realm.js";
import { ELEMENT_BYTES, type OnnxData, type OnnxType } from "./types.js";

/** What callers may pass as a tensor's values: an array of the type's own kind, or plain numbers to convert. */
export type TensorValues = OnnxData | readonly number[] | readonly bigint[] | readonly boolean[];

type NumericData = Exclude<OnnxData, readonly string[]>;

interface ArrayClass {
  readonly name: string;
  new (length: number): NumericData;
  new (buffer: ArrayBuffer, byteOffset: number, length: number): NumericData;
}

const ARRAYS: Readonly<Record<Exclude<OnnxType, "string">, ArrayClass>> = {
  float32: Float32Array,
  int32: Int32Array,
  int64: BigInt64Array,
  bool: Uint8Array,
  float64: Float64Array,
  uint8: Uint8Array,
  int8: Int8Array,
  float16: Uint16Array,
};

/** A zeroed array of the type's own kind; empty strings for `"string"`. */
export function allocateData(type: OnnxType, length: number): OnnxData {
  return type === "string" ? new Array<string>(length).fill("") : new ARRAYS[type](length);
}

/** Number of elements of a shape with no dynamic axis; 1 for a scalar. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/**
 * Requires a shape with no dynamic axis: the product of other things than counts may be the number of values, too.
 *
 * @throws {ShapeError} no array, or an axis that is no count
 */
export function checkSizes(where: string, shape: readonly number[]): void {
  if (!Array.isArray(shape) || !Array.from(shape).every((size) => Number.isSafeInteger(size) && size >= 0)) {
    const got = Array.isArray(shape) ? `[${shape.join(", ")}]` : String(shape);
    throw new ShapeError(`${where}: shape must be an array of counts, got ${got}`);
  }
}

/**
 * The values as an array of the type's own kind. An array that already is one comes back as it is, uncopied.
 *
 * @throws {ShapeError} a shape that is none, or the number of values differs from the shape's
 * @throws {ValueError} values of another kind, or a number that the integer type cannot hold
 */
export function toOnnxData(
  where: string,
  type: OnnxType,
  shape: readonly number[],
  values: TensorValues,
): OnnxData {
  checkSizes(where, shape);
  checkArray(where, "values", values);
  const expected = elementCount(shape);
  if (values.length !== expected) {
    throw new ShapeError(
      `${where}: values of shape [${shape.join(", ")}] must have length ${expected}, got ${values.length}`,
    );
  }
  if (type === "string") return toStrings(where, values);
  const own = asOwnArray(ARRAYS[type], values);
  if (own !== undefined) return own;
  if (!Array.isArray(values)) {
    throw new ValueError(
      `${where}: values of type ${type} must be a ${ARRAYS[type].name} or an array of numbers, got ${kindOf(values)}`,
    );
  }
  const data = new ARRAYS[type](expected);
  if (type === "int64") {
    for (let i = 0; i < expected; i++) data[i] = toInt64(where, values[i], i);
    return data;
  }
  for (let i = 0; i < expected; i++) {
    const value = toNumber(where, type, values[i], i);
    data[i] = value;
    if (Number.isInteger(data[i]) && !(type === "float32" || type === "float64") && data[i] !== value) {
      throw new ValueError(`${where}: values[${i}] must fit ${type}, got ${value}`);
    }
  }
  return data;
}

function toNumber(where: string, type: OnnxType, value: unknown, index: number): number {
  if (typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  if (type === "bool" && typeof value === "boolean") return value ? 1 : 0;
  throw new ValueError(
    `${where}: values[${index}] must be a number, got ${JSON.stringify(value) ?? kindOf(value)}`,
  );
}

function toStrings(where: string, values: TensorValues): readonly string[] {
  for (let i = 0; i < values.length; i++) {
    if (typeof values[i] !== "string") throw new ValueError(`${where}: values[${i}] must be a string`);
  }
  return values as readonly string[];
}

function toInt64(where: string, value: unknown, index: number): bigint {
  if (typeof value === "bigint") return value;
  if (typeof value === "number" && Number.isSafeInteger(value)) return BigInt(value);
  throw new ValueError(`${where}: values[${index}] must be an integer, got ${String(value)}`);
}

/** The bytes of numeric data, without copying. Little-endian, as every platform that Node runs on here. */
export function bytesOf(data: NumericData): Uint8Array {
  return new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
}

/**
 * Numeric data from `raw_data` bytes: a view where the bytes are aligned for the type, a copy elsewhere.
 *
 * @throws {FormatError} the byte length is not the shape's element count times the element size
 */
export function dataFromBytes(
  what: string,
  type: Exclude<OnnxType, "string">,
  shape: readonly number[],
  bytes: Uint8Array,
): NumericData {
  const count = elementCount(shape);
  if (bytes.byteLength !== count * ELEMENT_BYTES[type]) {
    throw new FormatError(
      `${what} of type ${type} and shape [${shape.join(", ")}] must hold ${count * ELEMENT_BYTES[type]} bytes, got ${bytes.byteLength}`,
    );
  }
  const aligned =
    kindOf(bytes.buffer) === "ArrayBuffer" && bytes.byteOffset % ELEMENT_BYTES[type] === 0
      ? bytes
      : new Uint8Array(bytes);
  return new ARRAYS[type](aligned.buffer as ArrayBuffer, aligned.byteOffset, count);
}
