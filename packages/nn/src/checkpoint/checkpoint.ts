import { type FileHandle, open } from "node:fs/promises";
import path from "node:path";
import { crc32 } from "node:zlib";
import { FormatError, ValueError } from "@wayweave/geo-core";
import { type WriteBytes, writeAtomically } from "@wayweave/geo-core/atomic-file";
import type { OnnxTensor } from "../onnx/initializers.js";
import type { Checkpoint, CheckpointContents } from "./contents.js";
import { allocate, checkedMetadata, headerLength } from "./decode-checkpoint.js";
import { encodePieces } from "./encode-checkpoint.js";
import { decodeHeader, LENGTH_BYTES } from "./safetensors-header.js";

/** Saves to the same path are done one after the other: they share the temporary file. */
const saving = new Map<string, Promise<void>>();

/**
 * Saves tensors and JSON metadata in one safetensors file, atomically: the bytes go to `<path>.tmp`, are synced
 * to the disk, and take the file's place by renaming. Whoever reads the path, even after a crash at any moment,
 * finds the old file or the new one, whole. One process may save to a path at a time.
 *
 * @throws {ValueError} a bad name, an unknown key, values that do not fit their type, or metadata that JSON cannot hold
 * @throws {ShapeError} a shape that is none, or values that do not fit it
 */
export async function saveCheckpoint(file: string, contents: CheckpointContents): Promise<void> {
  checkPath("saveCheckpoint", file);
  const target = path.resolve(file);
  const parts = encodePieces("saveCheckpoint", contents, continueChecksum);
  const writeParts = async (write: WriteBytes) => {
    for (const part of parts) await write(part);
  };
  const previous = saving.get(target) ?? Promise.resolve();
  const save = previous
    .catch(() => undefined)
    .then(() => writeAtomically(target, writeParts, { temporary: "fixed" }));
  saving.set(target, save);
  try {
    await save;
  } finally {
    if (saving.get(target) === save) saving.delete(target);
  }
}

/**
 * Loads a checkpoint, or any safetensors file of the supported element types.
 *
 * @throws {FormatError} the file is not safetensors, is cut short or damaged
 */
export async function loadCheckpoint(file: string): Promise<Checkpoint> {
  checkPath("loadCheckpoint", file);
  const handle = await open(file, "r");
  try {
    const { size } = await handle.stat();
    const start = await readBytes(handle, file, 0, Math.min(size, LENGTH_BYTES));
    const length = headerLength(file, start, size);
    const json = await readBytes(handle, file, LENGTH_BYTES, length);
    const dataStart = LENGTH_BYTES + length;
    const header = decodeHeader(file, json, size - dataStart);
    const tensors = new Map<string, OnnxTensor>();
    let checksum = 0;
    for (const entry of header.entries) {
      const { tensor, bytes } = allocate(entry);
      await readInto(handle, file, bytes, dataStart + entry.begin, entry.end - entry.begin);
      checksum = continueChecksum(bytes, checksum);
      tensors.set(entry.name, tensor);
    }
    return { tensors, metadata: checkedMetadata(file, header, checksum) };
  } finally {
    await handle.close();
  }
}

/** CRC-32 of more bytes. zlib begins anew where there are none. */
function continueChecksum(bytes: Uint8Array, checksum: number): number {
  return bytes.length === 0 ? checksum : crc32(bytes, checksum);
}

async function readBytes(
  handle: FileHandle,
  file: string,
  position: number,
  length: number,
): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  await readInto(handle, file, bytes, position, length);
  return bytes;
}

async function readInto(
  handle: FileHandle,
  file: string,
  bytes: Uint8Array,
  position: number,
  length: number,
): Promise<void> {
  for (let done = 0; done < length; ) {
    const { bytesRead } = await handle.read(bytes, done, Math.min(2 ** 30, length - done), position + done);
    if (bytesRead === 0) throw new FormatError("the file ended early", { file, byteOffset: position + done });
    done += bytesRead;
  }
}

/** @throws {ValueError} no path */
function checkPath(where: string, file: string): void {
  if (typeof file !== "string" || file === "") {
    throw new ValueError(`${where}: file must be a path, got ${file === "" ? "an empty text" : typeof file}`);
  }
}
