import { type FileHandle, open } from "node:fs/promises";
import path from "node:path";
import { crc32 } from "node:zlib";
import { FormatError, ValueError } from "@wayweave/geo-core";
import { type WriteBytes, writeAtomically } from "@wayweave/geo-core/atomic-file";
import type { OnnxTensor } from "../onnx/initializers.js";
import { allocateData, bytesOf, type TensorValues, toOnnxData } from "../onnx/tensor-data.js";
import { isOnnxType, type OnnxType } from "../onnx/types.js";
import { toJson } from "./json.js";
import {
  decodeHeader,
  encodeHeader,
  LENGTH_BYTES,
  layOut,
  MAX_HEADER_BYTES,
  type StoredType,
} from "./safetensors-header.js";

/** A tensor to store. */
export interface CheckpointTensor {
  readonly type: Exclude<OnnxType, "string">;
  readonly shape: readonly number[];
  /** Row-major. */
  readonly data: TensorValues;
}

export interface CheckpointContents {
  readonly tensors: ReadonlyMap<string, CheckpointTensor> | Readonly<Record<string, CheckpointTensor>>;
  /** Anything JSON can hold exactly: configuration, step, random state, provenance. */
  readonly metadata?: unknown;
}

/** What {@link loadCheckpoint} returns. */
export interface Checkpoint {
  readonly tensors: Map<string, OnnxTensor>;
  /** The metadata as it was saved; `undefined` in a safetensors file written by something else. */
  readonly metadata: unknown;
}

/** Keys of the file's `__metadata__`. */
const JSON_KEY = "wayweave.metadata";
const CHECKSUM_KEY = "wayweave.crc32";

/** Saves to the same path are done one after the other: they share the temporary file. */
const saving = new Map<string, Promise<void>>();

/**
 * Saves tensors and JSON metadata in one safetensors file, atomically: the bytes go to `<path>.tmp`, are synced
 * to the disk, and take the file's place by renaming. Whoever reads the path, even after a crash at any moment,
 * finds the old file or the new one, whole. One process may save to a path at a time.
 *
 * @throws {ValueError} a bad name, values that do not fit their type, or metadata that JSON cannot hold
 * @throws {ShapeError} values that do not fit their shape
 */
export async function saveCheckpoint(file: string, contents: CheckpointContents): Promise<void> {
  const target = path.resolve(file);
  const parts = encode(contents);
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
  const handle = await open(file, "r");
  try {
    const { size } = await handle.stat();
    if (size < LENGTH_BYTES) throw new FormatError("too short for a safetensors file", { file });
    const length = (await readBytes(handle, file, 0, LENGTH_BYTES)).readBigUInt64LE();
    if (length > BigInt(Math.min(MAX_HEADER_BYTES, size - LENGTH_BYTES))) {
      throw new FormatError(`the safetensors header claims ${length} bytes`, { file, byteOffset: 0 });
    }
    const start = LENGTH_BYTES + Number(length);
    const json = await readBytes(handle, file, LENGTH_BYTES, Number(length));
    const { entries, metadata } = decodeHeader(file, json, size - start);
    const tensors = new Map<string, OnnxTensor>();
    let checksum = 0;
    for (const { name, type, shape, begin, end } of entries) {
      const data = allocateData(
        type,
        shape.reduce((product, axis) => product * axis, 1),
      ) as Float32Array;
      const bytes = bytesOf(data);
      await readInto(handle, file, bytes, start + begin, end - begin);
      checksum = continueChecksum(checksum, bytes);
      tensors.set(name, { type, shape, data });
    }
    const expected = metadata[CHECKSUM_KEY];
    if (expected !== undefined && expected !== String(checksum)) {
      throw new FormatError("the checksum of the tensors is wrong: the file is damaged", { file });
    }
    return { tensors, metadata: readJson(file, metadata[JSON_KEY]) };
  } finally {
    await handle.close();
  }
}

/** CRC-32 of more bytes. zlib begins anew where there are none. */
function continueChecksum(checksum: number, bytes: Uint8Array): number {
  return bytes.length === 0 ? checksum : crc32(bytes, checksum);
}

/** The pieces of the file, in order. Arrays are copied: they may change before their turn to be written comes. */
function encode({ tensors, metadata }: CheckpointContents): Uint8Array[] {
  const where = "saveCheckpoint";
  const map =
    tensors instanceof Map ? (tensors as Map<string, CheckpointTensor>) : new Map(Object.entries(tensors));
  for (const [name, { type }] of map) {
    if (!isOnnxType(type) || (type as OnnxType) === "string") {
      throw new ValueError(`${where}: tensor ${name} must be of a numeric type or bool, got ${type}`);
    }
  }
  const entries = layOut(map as Map<string, { type: StoredType; shape: readonly number[] }>);
  const pieces = entries.map(({ name, type, shape }) =>
    bytesOf(toOnnxData(`${where}: tensor ${name}`, type, shape, map.get(name)!.data) as Float32Array).slice(),
  );
  const checksum = pieces.reduce(continueChecksum, 0);
  const header = encodeHeader({
    entries,
    metadata: {
      [CHECKSUM_KEY]: String(checksum),
      ...(metadata === undefined ? {} : { [JSON_KEY]: toJson(`${where}: metadata`, metadata) }),
    },
  });
  return [header, ...pieces];
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

function readJson(file: string, text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new FormatError("the checkpoint's metadata is not JSON", { file }, { cause: error });
  }
}
