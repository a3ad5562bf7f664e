import { FormatError } from "@wayweave/geo-core";
import type { OnnxTensor } from "../onnx/initializers.js";
import { checkBytes } from "../onnx/realm.js";
import { allocateData, bytesOf } from "../onnx/tensor-data.js";
import type { Checkpoint } from "./contents.js";
import { crc32 } from "./crc32.js";
import {
  CHECKSUM_KEY,
  decodeHeader,
  JSON_KEY,
  LENGTH_BYTES,
  MAX_HEADER_BYTES,
  type SafetensorsHeader,
  type TensorEntry,
} from "./safetensors-header.js";

/**
 * Reads a checkpoint, or any safetensors file of the supported element types, from its bytes. The tensors are copies.
 *
 * @param name for error messages
 * @throws {FormatError} the bytes are not safetensors, are cut short or damaged
 */
export function decodeCheckpoint(bytes: Uint8Array, name = "checkpoint"): Checkpoint {
  checkBytes("decodeCheckpoint", bytes);
  const length = headerLength(name, bytes.subarray(0, LENGTH_BYTES), bytes.byteLength);
  const start = LENGTH_BYTES + length;
  const header = decodeHeader(name, bytes.subarray(LENGTH_BYTES, start), bytes.byteLength - start);
  const tensors = new Map<string, OnnxTensor>();
  let checksum = 0;
  for (const entry of header.entries) {
    const { tensor, bytes: own } = allocate(entry);
    own.set(bytes.subarray(start + entry.begin, start + entry.end));
    checksum = crc32(own, checksum);
    tensors.set(entry.name, tensor);
  }
  return { tensors, metadata: checkedMetadata(name, header, checksum) };
}

/** @throws {FormatError} a file too short for the header that it claims */
export function headerLength(file: string, bytes: Uint8Array, fileSize: number): number {
  if (fileSize < LENGTH_BYTES) throw new FormatError("too short for a safetensors file", { file });
  const length = new DataView(bytes.buffer, bytes.byteOffset, LENGTH_BYTES).getBigUint64(0, true);
  if (length > BigInt(Math.min(MAX_HEADER_BYTES, fileSize - LENGTH_BYTES))) {
    throw new FormatError(`the safetensors header claims ${length} bytes`, { file, byteOffset: 0 });
  }
  return Number(length);
}

/** Room for a tensor, and the same room as bytes. */
export function allocate({ type, shape, begin, end }: TensorEntry): {
  tensor: OnnxTensor;
  bytes: Uint8Array;
} {
  const count = shape.reduce((product, axis) => product * axis, 1);
  const data = allocateData(type, count) as Float32Array;
  const bytes = bytesOf(data);
  if (bytes.byteLength !== end - begin) throw new RangeError("the header was not checked");
  return { tensor: { type, shape, data }, bytes };
}

/** @throws {FormatError} a wrong checksum, or metadata that is not JSON */
export function checkedMetadata(file: string, { metadata }: SafetensorsHeader, checksum: number): unknown {
  const expected = metadata[CHECKSUM_KEY];
  if (expected !== undefined && expected !== String(checksum)) {
    throw new FormatError("the checksum of the tensors is wrong: the file is damaged", { file });
  }
  const text = metadata[JSON_KEY];
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new FormatError("the checkpoint's metadata is not JSON", { file }, { cause: error });
  }
}
