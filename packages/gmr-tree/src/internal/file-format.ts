import { FormatError, ShapeError } from "@wayweave/geo-core";
import type { SignatureOptions } from "../signatures.js";
import { signatureWords } from "../signatures.js";
import { checksum } from "./checksum.js";
import { allocate, MAX_BLOCK, type Storage } from "./kernels.js";
import { HEADER_BYTES, type Layout, layoutOf } from "./layout.js";
import { LEAF, PackedTree, type TreeFrame } from "./packed-tree.js";

/*
 * The file is the tree's buffer, little-endian: a header of 128 bytes and the sections of layout.ts.
 *
 *   byte  0  "GMRT"              24  dimensions                48  signature threshold, float64
 *         4  version             28  nodes                     56  centre x, float64
 *         8  checksum            32  signature: 0 none,        64  centre y, float64
 *        12  bytes in all            1 threshold, 2 largest    72  scale, float64
 *        16  plane 1, sphere 0   36  signature: how many
 *        20  objects
 */
const MAGIC = 0x54524d47;
const VERSION = 2;
/** The checksum's place, in words. */
const CHECKSUM = 2;
const LARGEST_DIMENSIONS = 4096;
const LITTLE_ENDIAN = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

/** A copy of the tree's buffer with its header and checksum. */
export function writeTree(tree: PackedTree): ArrayBuffer {
  const { layout, frame, storage } = tree;
  const bytes = new Uint8Array(layout.totalBytes);
  bytes.set(new Uint8Array(storage.buffer, 0, layout.totalBytes));
  const words = new Uint32Array(bytes.buffer);
  const { signature } = frame;
  words.set([MAGIC, VERSION, 0, layout.totalBytes, frame.planar ? 1 : 0, tree.count, tree.dimensions], 0);
  words[7] = layout.shape.nodeCount;
  words[8] = signature === undefined ? 0 : signature.kind === "threshold" ? 1 : 2;
  words[9] = signature?.kind === "largest" ? Math.min(signature.count, tree.dimensions) : 0;
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

/**
 * Reads what {@link writeTree} wrote. Every number that later decides where memory is read, or how long a loop runs, is
 * checked here, whatever the checksum says.
 *
 * @param copy whether to copy the bytes to where the SIMD kernels can reach them
 * @throws {FormatError} not such a file, damaged, of another version, or read on a big-endian machine
 */
export function readTree(buffer: ArrayBufferLike, shared: boolean, copy: boolean): PackedTree {
  if (!LITTLE_ENDIAN) throw new FormatError("a tree's buffer is little-endian, but this machine is not");
  if (buffer.byteLength < HEADER_BYTES || buffer.byteLength % 64 !== 0) {
    throw new FormatError(`not a whole tree: ${buffer.byteLength} bytes`);
  }
  const words = new Uint32Array(buffer);
  if (words[0] !== MAGIC) throw new FormatError('a tree starts with "GMRT"', { byteOffset: 0 });
  if (words[1] !== VERSION) {
    throw new FormatError(`version ${words[1]} is not supported, only ${VERSION}`, { byteOffset: 4 });
  }
  if (words[3] !== buffer.byteLength) {
    throw new FormatError(`${words[3]} bytes expected, got ${buffer.byteLength}`, { byteOffset: 12 });
  }
  const sum = words[CHECKSUM]!;
  const actual = checksum(words, CHECKSUM);
  if (actual !== sum) {
    throw new FormatError(`damaged: checksum ${actual} instead of ${sum}`, { byteOffset: 8 });
  }
  const { layout, frame } = readHeader(words, new Float64Array(buffer, 48, 4));
  if (layout.totalBytes !== buffer.byteLength) {
    throw new FormatError(`its sections need ${layout.totalBytes} bytes, got ${buffer.byteLength}`);
  }
  let storage: Storage = { buffer: buffer as Storage["buffer"], memory: undefined };
  if (copy) {
    storage = allocate(layout, shared);
    new Uint8Array(storage.buffer).set(new Uint8Array(buffer));
  }
  const tree = new PackedTree(storage, layout, frame);
  checkNodes(tree);
  checkNumbers(tree);
  return tree;
}

function readHeader(words: Uint32Array, numbers: Float64Array): { layout: Layout; frame: TreeFrame } {
  const planar = words[4]!;
  const dimensions = words[6]!;
  const kind = words[8]!;
  const [threshold, centerX, centerY, scale] = [...numbers] as [number, number, number, number];
  if (planar > 1 || kind > 2) throw new FormatError("unknown flags in the header");
  if (dimensions < 1 || dimensions > LARGEST_DIMENSIONS) {
    throw new FormatError(`vectors of ${dimensions} dimensions`, { byteOffset: 24 });
  }
  if (![threshold, centerX, centerY, scale].every(Number.isFinite) || !(scale > 0)) {
    throw new FormatError("a number in the header is out of range", { byteOffset: 48 });
  }
  if (kind === 2 && words[9] === 0) throw new FormatError("signatures of no bits", { byteOffset: 36 });
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
    signatureWords: signature === undefined ? 0 : signatureWords(dimensions),
  };
  if (shape.nodeCount < 1) throw new FormatError("a tree without a root", { byteOffset: 28 });
  let layout: Layout;
  try {
    layout = layoutOf("GmrTree.from", shape);
  } catch (error) {
    throw new FormatError("the header asks for more than 4 GiB", {}, { cause: error });
  }
  return { layout, frame: { planar: planar === 1, centerX, centerY, scale, signature } };
}

/** Every node but the root is one node's child, after it, and every object is in one leaf. */
function checkNodes(tree: PackedTree): void {
  const { nodeStarts, nodeCounts, count } = tree;
  let nextNode = 1;
  let objects = 0;
  const seen = new Uint8Array(count);
  const claimed = new Uint8Array(nodeStarts.length);
  for (let node = 0; node < nodeStarts.length; node++) {
    const isLeaf = nodeCounts[node]! >= LEAF;
    const start = nodeStarts[node]!;
    const size = (nodeCounts[node]! & ~LEAF) >>> 0;
    const flags = isLeaf ? seen : claimed;
    const valid = size <= MAX_BLOCK && start + size <= flags.length && (isLeaf || (start > node && size > 0));
    if (!valid) throw new FormatError(`node ${node} points outside the tree`);
    for (let i = start; i < start + size; i++) {
      if (flags[i] === 1) throw new FormatError(`node ${node} shares what it holds with another`);
      flags[i] = 1;
    }
    if (isLeaf) objects += size;
    else nextNode += size;
  }
  if (nextNode !== nodeStarts.length || objects !== count) {
    throw new FormatError("nodes or objects are not in the tree");
  }
}

/** No NaN where a comparison would hide it, and positions where they may be. */
function checkNumbers(tree: PackedTree): void {
  for (const section of [tree.rows, tree.boxes, tree.vectors, tree.codeScales, tree.axes, tree.positions]) {
    for (let i = 0; i < section.length; i++) {
      if (!Number.isFinite(section[i])) throw new FormatError("a number is not finite");
    }
  }
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
  const isShared = typeof SharedArrayBuffer !== "undefined" && source instanceof SharedArrayBuffer;
  if (source instanceof ArrayBuffer || isShared) return source;
  throw new ShapeError(`${where}: buffer must be an ArrayBuffer, a SharedArrayBuffer or a view of one`);
}
