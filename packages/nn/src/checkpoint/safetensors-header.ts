import { FormatError, ValueError } from "@wayweave/geo-core";
import { elementCount } from "../onnx/tensor-data.js";
import { ELEMENT_BYTES, type OnnxType } from "../onnx/types.js";

/** Where a tensor lies in a safetensors file; bytes are counted from the end of the header. */
export interface TensorEntry {
  readonly name: string;
  readonly type: StoredType;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/** Element types that safetensors can hold. */
export type StoredType = Exclude<OnnxType, "string">;

export interface SafetensorsHeader {
  /** In the order of their bytes, which they fill without a gap. */
  readonly entries: readonly TensorEntry[];
  /** The file's `__metadata__`. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** The length of the header, a 64-bit little-endian integer, comes first. */
export const LENGTH_BYTES = 8;
/** The limit that the reference implementation sets. */
export const MAX_HEADER_BYTES = 100_000_000;
const METADATA_KEY = "__metadata__";
/** Keys of the file's `__metadata__`. */
export const JSON_KEY = "wayweave.metadata";
export const CHECKSUM_KEY = "wayweave.crc32";

const DTYPES: Readonly<Record<StoredType, string>> = {
  float64: "F64",
  int64: "I64",
  float32: "F32",
  int32: "I32",
  float16: "F16",
  int8: "I8",
  uint8: "U8",
  bool: "BOOL",
};

const TYPES = new Map(Object.entries(DTYPES).map(([type, dtype]) => [dtype, type as StoredType]));

/**
 * Lays tensors out, widest elements first so that each is aligned for its type, and names breaking ties.
 *
 * @throws {ValueError} an empty or reserved name
 */
export function layOut(
  where: string,
  tensors: ReadonlyMap<string, { readonly type: StoredType; readonly shape: readonly number[] }>,
): TensorEntry[] {
  const names = [...tensors.keys()].sort((a, b) => {
    const widths = ELEMENT_BYTES[tensors.get(b)!.type] - ELEMENT_BYTES[tensors.get(a)!.type];
    if (widths !== 0) return widths;
    return a < b ? -1 : 1;
  });
  let position = 0;
  return names.map((name) => {
    if (name === "" || name === METADATA_KEY) {
      throw new ValueError(`${where}: a tensor's name must not be ${name === "" ? "empty" : METADATA_KEY}`);
    }
    const { type, shape } = tensors.get(name)!;
    const begin = position;
    position += elementCount(shape) * ELEMENT_BYTES[type];
    return { name, type, shape, begin, end: position };
  });
}

/** The length and the header, padded with spaces so that the data starts at a multiple of 8 bytes. */
export function encodeHeader({ entries, metadata }: SafetensorsHeader): Uint8Array {
  const header = Object.fromEntries<unknown>(
    entries.map(({ name, type, shape, begin, end }) => [
      name,
      { dtype: DTYPES[type], shape, data_offsets: [begin, end] },
    ]),
  );
  const json = new TextEncoder().encode(JSON.stringify({ [METADATA_KEY]: metadata, ...header }));
  const padded = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(LENGTH_BYTES + padded).fill(" ".charCodeAt(0));
  new DataView(bytes.buffer).setBigUint64(0, BigInt(padded), true);
  bytes.set(json, LENGTH_BYTES);
  return bytes;
}

/**
 * Reads the header's JSON and checks it against the number of bytes that follow.
 *
 * @throws {FormatError} anything that the format does not allow
 */
export function decodeHeader(file: string, json: Uint8Array, dataBytes: number): SafetensorsHeader {
  const fail = (message: string): never => {
    throw new FormatError(message, { file });
  };
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(json));
  } catch (error) {
    throw new FormatError(
      "the safetensors header is not JSON",
      { file, byteOffset: LENGTH_BYTES },
      { cause: error },
    );
  }
  if (!isRecord(parsed)) return fail("the safetensors header must be an object");
  const entries: TensorEntry[] = [];
  let metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(parsed)) {
    if (name === METADATA_KEY) metadata = readMetadata(value, fail);
    else entries.push(readEntry(name, value, fail));
  }
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let position = 0;
  for (const { name, begin, end } of entries) {
    if (begin !== position) fail(`tensor ${name} begins at byte ${begin} of the data, expected ${position}`);
    position = end;
  }
  if (position !== dataBytes) fail(`the tensors take ${position} bytes, but ${dataBytes} follow the header`);
  return { entries, metadata };
}

function readMetadata(value: unknown, fail: (message: string) => never): Record<string, string> {
  if (!isRecord(value)) return fail("__metadata__ must be an object");
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== "string") fail(`__metadata__.${key} must be a string`);
  }
  return value as Record<string, string>;
}

function readEntry(name: string, value: unknown, fail: (message: string) => never): TensorEntry {
  if (name === "") return fail("a tensor has no name");
  if (!isRecord(value)) return fail(`tensor ${name} must be described by an object`);
  const { dtype, shape, data_offsets: offsets } = value;
  const type = TYPES.get(String(dtype));
  if (type === undefined)
    return fail(`tensor ${name} has the dtype ${String(dtype)}, which is not supported`);
  if (!isCounts(shape)) return fail(`tensor ${name} must have a shape of counts`);
  if (!isCounts(offsets) || offsets.length !== 2) return fail(`tensor ${name} must have two data_offsets`);
  const [begin, end] = offsets as [number, number];
  const bytes = elementCount(shape) * ELEMENT_BYTES[type];
  if (end - begin !== bytes) {
    return fail(`tensor ${name} of shape [${shape.join(", ")}] takes ${bytes} bytes, but has ${end - begin}`);
  }
  return { name, type, shape, begin, end };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}
