import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { inflateSync } from "node:zlib";
import { FormatError } from "@wayweave/geo-core";

/** A real matrix of a MATLAB file, row-major (the file's own order is by columns). */
export interface MatMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float64Array;
}

/** Element types of the format, with their sizes in bytes. */
const numbers: Readonly<Record<number, { bytes: number; read: (view: DataView, at: number) => number }>> = {
  1: { bytes: 1, read: (view, at) => view.getInt8(at) },
  2: { bytes: 1, read: (view, at) => view.getUint8(at) },
  3: { bytes: 2, read: (view, at) => view.getInt16(at, true) },
  4: { bytes: 2, read: (view, at) => view.getUint16(at, true) },
  5: { bytes: 4, read: (view, at) => view.getInt32(at, true) },
  6: { bytes: 4, read: (view, at) => view.getUint32(at, true) },
  7: { bytes: 4, read: (view, at) => view.getFloat32(at, true) },
  9: { bytes: 8, read: (view, at) => view.getFloat64(at, true) },
};
const MATRIX = 14;
const COMPRESSED = 15;
const HEADER_BYTES = 128;
const COMPLEX_FLAG = 0x0800;
/** Array classes from double (6) to uint32 (13): full numeric arrays. */
const FIRST_NUMERIC_CLASS = 6;
const LAST_NUMERIC_CLASS = 13;

interface Element {
  readonly type: number;
  readonly bytes: Uint8Array;
  /** Where the next element begins. */
  readonly next: number;
}

/**
 * The real, full, numeric two-dimensional arrays of a little-endian MATLAB 5 file, by name; others are left out.
 *
 * Source: MathWorks, "MAT-File Format" (R2024a), chapter 1. (The readers on npm are for browsers, or leave out compression.)
 *
 * @throws {FormatError} another format, or a damaged file
 */
export async function readMatFile(path: string): Promise<Map<string, MatMatrix>> {
  const file = basename(path);
  return parseMatFile(await readFile(path), file);
}

/** {@link readMatFile} for a file's bytes; `file` is for messages. */
export function parseMatFile(bytes: Uint8Array, file: string): Map<string, MatMatrix> {
  if (bytes.length < HEADER_BYTES || bytes[126] !== 0x49 || bytes[127] !== 0x4d) {
    throw new FormatError("must be a little-endian MATLAB 5 file", { file });
  }
  const matrices = new Map<string, MatMatrix>();
  for (let at = HEADER_BYTES; at < bytes.length; ) {
    const element = readElement(bytes, at, file);
    const matrix = element.type === COMPRESSED ? inflated(element.bytes, file, at) : element;
    if (matrix.type === MATRIX) addMatrix(matrices, matrix.bytes, file);
    // Unlike all others, a compressed element is not padded to eight bytes.
    at = element.type === COMPRESSED ? at + 8 + element.bytes.length : element.next;
  }
  return matrices;
}

function inflated(bytes: Uint8Array, file: string, at: number): Element {
  try {
    return readElement(inflateSync(bytes), 0, file);
  } catch (cause) {
    throw new FormatError("a compressed array is damaged", { file, byteOffset: at }, { cause });
  }
}

/** An element is a type, a size and that many bytes, padded to eight; up to four bytes fit into the tag itself. */
function readElement(bytes: Uint8Array, at: number, file: string): Element {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (at + 8 > bytes.length) throw new FormatError("the file ended early", { file, byteOffset: at });
  const type = view.getUint32(at, true);
  if (type >>> 16 !== 0) {
    const size = type >>> 16;
    return { type: type & 0xffff, bytes: bytes.subarray(at + 4, at + 4 + size), next: at + 8 };
  }
  const size = view.getUint32(at + 4, true);
  if (at + 8 + size > bytes.length) throw new FormatError("the file ended early", { file, byteOffset: at });
  return { type, bytes: bytes.subarray(at + 8, at + 8 + size), next: at + 8 + Math.ceil(size / 8) * 8 };
}

function addMatrix(matrices: Map<string, MatMatrix>, bytes: Uint8Array, file: string): void {
  const flags = readElement(bytes, 0, file);
  const [flagWord = 0] = readNumbers(flags, file);
  const arrayClass = flagWord & 0xff;
  if (arrayClass < FIRST_NUMERIC_CLASS || arrayClass > LAST_NUMERIC_CLASS || flagWord & COMPLEX_FLAG) return;
  const dimensions = readElement(bytes, flags.next, file);
  const name = readElement(bytes, dimensions.next, file);
  const shape = readNumbers(dimensions, file);
  if (shape.length !== 2) return;
  const [rows, columns] = shape as unknown as [number, number];
  const values = readNumbers(readElement(bytes, name.next, file), file);
  if (values.length !== rows * columns) {
    throw new FormatError(`an array must have ${rows} × ${columns} entries, got ${values.length}`, { file });
  }
  const data = new Float64Array(values.length);
  for (let j = 0; j < columns; j++) {
    for (let i = 0; i < rows; i++) data[i * columns + j] = values[j * rows + i]!;
  }
  matrices.set(new TextDecoder("latin1").decode(name.bytes), { rows, columns, data });
}

function readNumbers({ type, bytes }: Element, file: string): Float64Array {
  const kind = numbers[type];
  if (kind === undefined) throw new FormatError(`element type ${type} is not numeric`, { file });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float64Array.from({ length: Math.floor(bytes.length / kind.bytes) }, (_, i) =>
    kind.read(view, i * kind.bytes),
  );
}
