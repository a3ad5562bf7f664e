import { checkGiven, checkOptions, ValueError } from "@wayweave/geo-core";
import { bytesOf, checkSizes, toOnnxData } from "../onnx/tensor-data.js";
import { isOnnxType, type OnnxType } from "../onnx/types.js";
import type { CheckpointContents, CheckpointTensor } from "./contents.js";
import { type Checksum, crc32 } from "./crc32.js";
import { toJson } from "./json.js";
import { CHECKSUM_KEY, encodeHeader, JSON_KEY, layOut, type StoredType } from "./safetensors-header.js";

/**
 * Tensors and JSON metadata as the bytes of one safetensors file.
 *
 * @throws {ValueError} a bad name, an unknown key, values that do not fit their type, or metadata that JSON cannot hold
 * @throws {ShapeError} a shape that is none, or values that do not fit it
 */
export function encodeCheckpoint(contents: CheckpointContents): Uint8Array {
  const pieces = encodePieces("encodeCheckpoint", contents, crc32);
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.byteLength, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.byteLength;
  }
  return bytes;
}

/** The pieces of the file, in order. Arrays are copied: they may change before their turn to be written comes. */
export function encodePieces(
  where: string,
  contents: CheckpointContents,
  continueChecksum: Checksum,
): Uint8Array[] {
  checkGiven(where, "contents", contents);
  checkOptions(where, contents, ["tensors", "metadata"]);
  const { tensors, metadata } = contents;
  checkGiven(where, "contents.tensors", tensors);
  const map = isMap(tensors) ? tensors : new Map(Object.entries(tensors));
  for (const [name, tensor] of map) {
    checkGiven(where, `tensor ${name}`, tensor);
    const { type, shape } = tensor;
    if (!isOnnxType(type) || (type as OnnxType) === "string") {
      throw new ValueError(`${where}: tensor ${name} must be of a numeric type or bool, got ${type}`);
    }
    checkSizes(`${where}: tensor ${name}`, shape);
  }
  const entries = layOut(where, map as ReadonlyMap<string, { type: StoredType; shape: readonly number[] }>);
  const pieces = entries.map(({ name, type, shape }) =>
    bytesOf(toOnnxData(`${where}: tensor ${name}`, type, shape, map.get(name)!.data) as Float32Array).slice(),
  );
  const checksum = pieces.reduce((sum, piece) => continueChecksum(piece, sum), 0);
  const header = encodeHeader({
    entries,
    metadata: {
      [CHECKSUM_KEY]: String(checksum),
      ...(metadata === undefined ? {} : { [JSON_KEY]: toJson(`${where}: metadata`, metadata) }),
    },
  });
  return [header, ...pieces];
}

function isMap(tensors: CheckpointContents["tensors"]): tensors is ReadonlyMap<string, CheckpointTensor> {
  return Object.prototype.toString.call(tensors) === "[object Map]";
}
