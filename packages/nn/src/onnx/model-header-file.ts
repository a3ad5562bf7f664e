import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { type OnnxModelHeader, readHeader, readOnnxHeader } from "./model-header.js";

/**
 * Reads an ONNX model's header without its graph: a file of a gigabyte costs a few small reads.
 *
 * @param source path of an `.onnx` file, or its bytes
 * @throws {FormatError} not an ONNX model, or one cut short
 */
export function readOnnxHeaderOf(source: string | Uint8Array): OnnxModelHeader {
  if (typeof source !== "string") return readOnnxHeader(source);
  const descriptor = openSync(source, "r");
  try {
    return readHeader({
      name: source,
      size: fstatSync(descriptor).size,
      read: (position, length) => {
        const bytes = new Uint8Array(length);
        return bytes.subarray(0, readSync(descriptor, bytes, 0, length, position));
      },
    });
  } finally {
    closeSync(descriptor);
  }
}
