import { FormatError, ShapeError, ValueError } from "@wayweave/geo-core/foundation";
import { type AttributeSpec, attributeTypes, Schema } from "../attributes/schema.js";
import type { SignatureOptions } from "../signatures.js";
import { checksum } from "./checksum.js";
import { alignUp, type Storage } from "./kernels.js";
import { HEADER_BYTES, type Layout, layoutOf, type TreeShape } from "./layout.js";
import { PackedTree, type TreeFrame } from "./packed-tree.js";
import { intact, requireIntact, verifyTree } from "./verify-tree.js";
import { allocate } from "./wasm-kernels.js";

/*
 * The file is the tree's buffer, little-endian: a header of 128 bytes and the sections of layout.ts; then, where there are
 * attributes or string ids, their names as JSON in ASCII (jsdom has no TextEncoder), filled up with spaces to 64 bytes.
 *
 *   byte  0  "GMRT"              24  dimensions                48  signature threshold, float64
 *         4  version             28  nodes                     56  centre x, float64
 *         8  checksum            32  signature: 0 none,        64  centre y, float64
 *        12  bytes in all            1 threshold, 2 largest    72  scale, float64
 *        16  plane 1, sphere 0   36  signature: how many
 *        20  objects                   40  attributes
 *                                      44  bytes of JSON
 */
const MAGIC = 0x54524d47;
const VERSION = 3;
/** The checksum's place, in words. */
const CHECKSUM = 2;
const LARGEST_DIMENSIONS = 4096;
const LITTLE_ENDIAN = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

/** Names that stand behind the sections. */
interface Names {
  readonly attributes: readonly AttributeSpec[];
  /** By slot, where ids are strings. */
  readonly ids?: readonly string[];
}

/** A copy of the tree's buffer with its header, its names and its checksum. @throws {ValueError} more than 4 GiB */
export function writeTree(
  where: string,
  tree: PackedTree,
  schema: Schema,
  names: readonly string[] | undefined,
): ArrayBuffer {
  const { layout, frame, storage } = tree;
  const json = encodeNames(tree, schema, names);
  const total = layout.totalBytes + json.length;
  if (total >= 2 ** 32)
    throw new ValueError(`${where}: a tree and its names must fit into 4 GiB, got ${total} bytes`);
  const bytes = new Uint8Array(total);
  bytes.set(new Uint8Array(storage.buffer, 0, layout.totalBytes));
  bytes.set(json, layout.totalBytes);
  const words = new Uint32Array(bytes.buffer);
  const { signature } = frame;
  if (names !== undefined) {
    const ids = new Uint32Array(bytes.buffer, layout.idsOffset, tree.count);
    for (let slot = 0; slot < tree.count; slot++) ids[slot] = slot;
  }
  words.set([MAGIC, VERSION, 0, total, frame.planar ? 1 : 0, tree.count, tree.dimensions], 0);
  words[7] = layout.shape.nodeCount;
  words[8] = signature === undefined ? 0 : signature.kind === "threshold" ? 1 : 2;
  words[9] = signature?.kind === "largest" ? Math.min(signature.count, tree.dimensions) : 0;
  words[10] = layout.shape.attributes;
  words[11] = json.length;
  const numbers = new Float64Array(bytes.buffer, 48, 4);
  numbers.set([
    signature?.kind === "threshold" ? signature.threshold : 0,
    frame.centerX,
    frame.centerY,
    frame.scale,
  ]);
  words[CHECKSUM] = checksum(words, CHECKSUM);
  return bytes.buffer;
}

function encodeNames(tree: PackedTree, schema: Schema, names: readonly string[] | undefined): Uint8Array {
  if (schema.count === 0 && names === undefined) return new Uint8Array(0);
  const content: Names = { attributes: schema.specs() };
  const ids = names === undefined ? {} : { ids: Array.from(tree.ids, (number) => names[number]!) };
  const text = JSON.stringify({ ...content, ...ids }).replace(/[^\x20-\x7e]/g, escaped);
  const padded = new Uint8Array(alignUp(text.length)).fill(0x20);
  for (let i = 0; i < text.length; i++) padded[i] = text.charCodeAt(i);
  return padded;
}

function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** A tree that was read, and its names. */
export interface ReadTree {
  readonly tree: PackedTree;
  readonly schema: Schema;
  readonly names: readonly string[] | undefined;
}

/**
 * Reads what {@link writeTree} wrote. Every number that later decides where memory is read, or how long a loop runs, is
 * checked, and so is everything that bounds others or is made of others, whatever the checksum says.
 *
 * @param copy whether to copy the bytes to where the SIMD kernels can reach them
 * @throws {FormatError} not such a file, damaged, of another version, or read on a big-endian machine
 */
export function readTree(where: string, buffer: ArrayBufferLike, shared: boolean, copy: boolean): ReadTree {
  if (!LITTLE_ENDIAN)
    throw new FormatError(`${where}: a tree's buffer is little-endian, but this machine is not`);
  if (buffer.byteLength < HEADER_BYTES || buffer.byteLength % 64 !== 0) {
    throw new FormatError(`${where}: not a whole tree: ${buffer.byteLength} bytes`);
  }
  const words = new Uint32Array(buffer);
  if (words[0] !== MAGIC) throw new FormatError(`${where}: a tree starts with "GMRT"`, { byteOffset: 0 });
  if (words[1] !== VERSION) {
    throw new FormatError(`${where}: version ${words[1]} is not supported, only ${VERSION}`, {
      byteOffset: 4,
    });
  }
  if (words[3] !== buffer.byteLength) {
    throw new FormatError(`${words[3]} bytes expected, got ${buffer.byteLength}`, { byteOffset: 12 });
  }
  const sum = words[CHECKSUM]!;
  const actual = checksum(words, CHECKSUM);
  if (actual !== sum) {
    throw new FormatError(`${where}: damaged: checksum ${actual} instead of ${sum}`, { byteOffset: 8 });
  }
  const { layout, frame } = readHeader(where, words, new Float64Array(buffer, 48, 4));
  requireIntact(where, layout.totalBytes + words[11]! === buffer.byteLength, "sections");
  const { schema, names } = decodeNames(where, new Uint8Array(buffer, layout.totalBytes), layout.shape);
  let storage: Storage = {
    buffer: buffer as Storage["buffer"],
    memory: undefined,
    shared: Object.prototype.toString.call(buffer) === "[object SharedArrayBuffer]",
  };
  if (copy) {
    storage = allocate(layout, shared);
    new Uint8Array(storage.buffer).set(new Uint8Array(buffer, 0, layout.totalBytes));
  }
  const tree = new PackedTree(storage, layout, frame);
  verifyTree(where, tree, schema);
  requireIntact(where, names === undefined || tree.ids.every((id, slot) => id === slot), "ids");
  return { tree, schema, names };
}

function decodeNames(
  where: string,
  bytes: Uint8Array,
  { attributes, count }: TreeShape,
): { schema: Schema; names: readonly string[] | undefined } {
  if (bytes.length === 0 && attributes === 0) return { schema: new Schema([]), names: undefined };
  const content = intact(where, "names", (): Partial<Names> | null => {
    let text = "";
    for (let i = 0; i < bytes.length; i += 4096) text += String.fromCharCode(...bytes.subarray(i, i + 4096));
    return JSON.parse(text);
  });
  const { attributes: specs, ids } = content ?? {};
  const areSpecs = Array.isArray(specs) && specs.length === attributes && specs.every(isSpec);
  const areIds =
    ids === undefined || (areStrings(ids) && ids.length === count && new Set(ids).size === count);
  requireIntact(where, areSpecs && areIds, "names");
  return { schema: new Schema(specs!), names: ids };
}

function isSpec(spec: AttributeSpec | null): boolean {
  if (typeof spec?.name !== "string" || !attributeTypes.includes(spec.type)) return false;
  return spec.type !== "category" || areStrings(spec.categories);
}

function areStrings(strings: unknown): strings is string[] {
  return Array.isArray(strings) && strings.every((each) => typeof each === "string");
}

function readHeader(
  where: string,
  words: Uint32Array,
  numbers: Float64Array,
): { layout: Layout; frame: TreeFrame } {
  const planar = words[4]!;
  const dimensions = words[6]!;
  const kind = words[8]!;
  const [threshold, centerX, centerY, scale] = [...numbers] as [number, number, number, number];
  const isWhole =
    planar < 2 &&
    kind < 3 &&
    dimensions > 0 &&
    dimensions <= LARGEST_DIMENSIONS &&
    [threshold, centerX, centerY, scale].every(Number.isFinite) &&
    scale > 0 &&
    (kind !== 2 || words[9]! > 0) &&
    words[7]! > 0;
  requireIntact(where, isWhole, "header");
  const signature: SignatureOptions | undefined =
    kind === 0
      ? undefined
      : kind === 1
        ? { kind: "threshold", threshold }
        : { kind: "largest", count: words[9]! };
  const shape = {
    count: words[5]!,
    dimensions,
    nodeCount: words[7]!,
    attributes: words[10]!,
  };
  // More than 4 GiB is a ValueError where a tree is built.
  const layout = intact(where, "header", () => layoutOf(where, shape));
  return { layout, frame: { planar: planar === 1, centerX, centerY, scale, signature } };
}

/**
 * The memory of a buffer or of a view of one (what Node's `readFile` returns); a view that does not begin on a cache line
 * or end with its buffer is copied.
 *
 * @throws {ShapeError} neither a buffer nor a view
 */
export function asBuffer(where: string, source: unknown): ArrayBufferLike {
  if (ArrayBuffer.isView(source)) {
    const { buffer, byteOffset, byteLength } = source;
    return byteOffset === 0 && byteLength === buffer.byteLength
      ? buffer
      : buffer.slice(byteOffset, byteOffset + byteLength);
  }
  if (/^\[object (Shared)?ArrayBuffer\]$/.test(Object.prototype.toString.call(source)))
    return source as ArrayBufferLike;
  throw new ShapeError(`${where}: buffer must be an ArrayBuffer, a SharedArrayBuffer or a view of one`);
}
