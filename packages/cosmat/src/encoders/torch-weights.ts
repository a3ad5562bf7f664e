import { FormatError, isUint8Array, ValueError } from "@wayweave/geo-core";

/** One tensor of a PyTorch state dict, as float32. */
export interface TorchTensor {
  /** Sizes of all axes; their product is the length of `data`. */
  readonly shape: readonly number[];
  /** Row-major, whatever order it was stored in. */
  readonly data: Float32Array;
}

/** The state dict of a network: layers' names, as PyTorch gives them, to tensors. */
export type TorchWeights = ReadonlyMap<string, TorchTensor>;

/** A tensor that waits for its storage. */
interface StorageView {
  readonly key: string;
  readonly offset: number;
  readonly shape: readonly number[];
  /** Elements between two neighbours along each axis: a transposed tensor keeps its storage. */
  readonly strides: readonly number[];
}

interface Storage {
  readonly kind: string;
  readonly key: string;
}

/** Bytes an element, of the kinds of storage that are read. */
const itemBytes: Readonly<Record<string, number>> = {
  FloatStorage: 4,
  DoubleStorage: 8,
  LongStorage: 8,
  IntStorage: 4,
  HalfStorage: 2,
  ByteStorage: 1,
  BoolStorage: 1,
};

/**
 * Reads the state dict of a `.pth` file as PyTorch wrote it before version 1.6 (a run of pickles, then the storages).
 *
 * A pickle is a program; only what a state dict needs is understood here, nothing is executed, and anything else is an error.
 * Tensors of float32 are returned, others (counters of batches) are left out.
 *
 * @throws {FormatError} another kind of file, or one that ended early; the message says how to convert newer ones
 */
export function readTorchWeights(bytes: Uint8Array): TorchWeights {
  if (!isUint8Array(bytes)) {
    throw new ValueError(
      `readTorchWeights: bytes must be a Uint8Array, got ${bytes === null ? "null" : typeof bytes}`,
    );
  }
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) {
    throw new FormatError(
      "must be a state dict of the format before PyTorch 1.6, or safetensors; write it so by torch.save(state, file, _use_new_zipfile_serialization=False)",
    );
  }
  const reader = new Unpickler(bytes);
  reader.load(); // a magic number
  reader.load(); // the protocol
  reader.load(); // the machine
  const state = reader.load();
  const keys = reader.load();
  if (!(isMap(state) && Array.isArray(keys))) throw new FormatError("must be a PyTorch state dict");
  const storages = readStorages(bytes, reader.position, keys as readonly string[], reader.kinds);
  const weights = new Map<string, TorchTensor>();
  for (const [name, value] of state) {
    if (!isStorageView(value)) continue;
    const storage = storages.get(value.key);
    if (storage === undefined || reader.kinds.get(value.key) !== "FloatStorage") continue;
    weights.set(String(name), { shape: value.shape, data: contiguous(String(name), storage, value) });
  }
  return weights;
}

/** A tensor's elements in the order of its axes. */
function contiguous(
  name: string,
  storage: Float32Array,
  { offset, shape, strides }: StorageView,
): Float32Array {
  const count = shape.reduce((product, axis) => product * axis, 1);
  const last = shape.reduce((sum, axis, i) => sum + (axis - 1) * strides[i]!, offset);
  if (strides.length !== shape.length || (count > 0 && !(last < storage.length))) {
    throw new FormatError(`the storage of ${name} is too short`);
  }
  const data = new Float32Array(count);
  const index = shape.map(() => 0);
  let at = offset;
  for (let i = 0; i < count; i++) {
    data[i] = storage[at]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += strides[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      at -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return data;
}

function readStorages(
  bytes: Uint8Array,
  start: number,
  keys: readonly string[],
  kinds: ReadonlyMap<string, string>,
): Map<string, Float32Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const storages = new Map<string, Float32Array>();
  let at = start;
  for (const key of keys) {
    if (at + 8 > bytes.length) throw new FormatError("the file ended early", { byteOffset: at });
    const count = Number(view.getBigInt64(at, true));
    at += 8;
    const kind = kinds.get(key) ?? "FloatStorage";
    const size = itemBytes[kind];
    if (size === undefined)
      throw new FormatError(`storages of kind ${kind} are not read here`, { byteOffset: at });
    const end = at + count * size;
    if (count < 0 || end > bytes.length) throw new FormatError("the file ended early", { byteOffset: at });
    // A Buffer's own `slice` would share its memory.
    if (kind === "FloatStorage") {
      storages.set(key, new Float32Array(Uint8Array.prototype.slice.call(bytes, at, end).buffer));
    }
    at = end;
  }
  return storages;
}

function isMap(value: unknown): value is Map<unknown, unknown> {
  return Object.prototype.toString.call(value) === "[object Map]";
}

function isStorageView(value: unknown): value is StorageView {
  return typeof value === "object" && value !== null && "offset" in value && "shape" in value;
}

const MARK = Symbol("mark");

/** The part of pickle's protocol 2 that a state dict uses. */
class Unpickler {
  position = 0;
  /** Kinds of the storages that were referred to, by key. */
  readonly kinds = new Map<string, string>();
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #stack: unknown[] = [];
  #memo = new Map<number, unknown>();

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** The next pickle of the file. */
  load(): unknown {
    this.#stack = [];
    this.#memo = new Map();
    for (;;) {
      const at = this.position;
      const code = this.#byte();
      if (code === 0x2e) return this.#stack.pop(); // STOP
      if (!this.#step(code)) {
        const shown = `0x${code.toString(16).padStart(2, "0")}`;
        throw new FormatError(`a pickle with operation ${shown} is not read here`, { byteOffset: at });
      }
    }
  }

  /** @returns false for an operation that is not known */
  #step(code: number): boolean {
    return this.#pushValue(code) || this.#build(code);
  }

  #pushValue(code: number): boolean {
    const stack = this.#stack;
    switch (code) {
      case 0x80: // PROTO
        this.#byte();
        return true;
      case 0x4e: // NONE
        stack.push(undefined);
        return true;
      case 0x88: // NEWTRUE
      case 0x89: // NEWFALSE
        stack.push(code === 0x88);
        return true;
      case 0x4b: // BININT1
        stack.push(this.#byte());
        return true;
      case 0x4d: // BININT2
        stack.push(this.#byte() + 256 * this.#byte());
        return true;
      case 0x4a: // BININT
        stack.push(this.#view.getInt32(this.#advance(4), true));
        return true;
      case 0x47: // BINFLOAT
        stack.push(this.#view.getFloat64(this.#advance(8), false));
        return true;
      case 0x8a: // LONG1
        stack.push(this.#long());
        return true;
      case 0x58: // BINUNICODE
        stack.push(this.#text(this.#view.getUint32(this.#advance(4), true)));
        return true;
      case 0x63: // GLOBAL
        this.#line();
        stack.push(this.#line());
        return true;
      case 0x28: // MARK
        stack.push(MARK);
        return true;
      case 0x7d: // EMPTY_DICT
        stack.push(new Map());
        return true;
      case 0x5d: // EMPTY_LIST
      case 0x29: // EMPTY_TUPLE
        stack.push([]);
        return true;
      default:
        return false;
    }
  }

  #build(code: number): boolean {
    const stack = this.#stack;
    switch (code) {
      case 0x71: // BINPUT
        this.#memo.set(this.#byte(), stack.at(-1));
        return true;
      case 0x72: // LONG_BINPUT
        this.#memo.set(this.#view.getUint32(this.#advance(4), true), stack.at(-1));
        return true;
      case 0x68: // BINGET
        stack.push(this.#memo.get(this.#byte()));
        return true;
      case 0x6a: // LONG_BINGET
        stack.push(this.#memo.get(this.#view.getUint32(this.#advance(4), true)));
        return true;
      case 0x74: // TUPLE
        stack.push(this.#sinceMark());
        return true;
      case 0x85: // TUPLE1
      case 0x86: // TUPLE2
      case 0x87: // TUPLE3
        stack.push(stack.splice(stack.length - (code - 0x84)));
        return true;
      case 0x61: // APPEND
      case 0x65: // APPENDS
        this.#append(code === 0x61 ? [stack.pop()] : this.#sinceMark());
        return true;
      case 0x73: // SETITEM
      case 0x75: // SETITEMS
        this.#setItems(code === 0x73 ? stack.splice(stack.length - 2) : this.#sinceMark());
        return true;
      case 0x51: // BINPERSID
        stack.push(this.#storage(stack.pop()));
        return true;
      case 0x52: // REDUCE
        this.#reduce();
        return true;
      case 0x62: // BUILD: attributes of an object, which no tensor here has
        stack.pop();
        return true;
      default:
        return false;
    }
  }

  #append(values: readonly unknown[]): void {
    const list = this.#stack.at(-1);
    if (Array.isArray(list)) list.push(...values);
  }

  #setItems(values: readonly unknown[]): void {
    const target = this.#stack.at(-1);
    if (!isMap(target)) return;
    for (let i = 0; i + 1 < values.length; i += 2) target.set(values[i], values[i + 1]);
  }

  /** ("storage", kind, key, place, length, view) */
  #storage(id: unknown): Storage {
    const [, kind, key] = (Array.isArray(id) ? id : []) as unknown[];
    if (typeof kind !== "string" || typeof key !== "string") {
      throw new FormatError("must be a PyTorch state dict", { byteOffset: this.position });
    }
    this.kinds.set(key, kind);
    return { kind, key };
  }

  /** A call of one of the three functions that a state dict needs. */
  #reduce(): void {
    const given = this.#stack.pop() as readonly unknown[];
    const name = this.#stack.pop();
    if (name === "OrderedDict") this.#stack.push(new Map());
    else if (name === "_rebuild_tensor_v2" || name === "_rebuild_tensor") {
      const [storage, offset, shape, strides] = given as [Storage, number, number[], number[]];
      this.#stack.push({ key: storage.key, offset, shape, strides } satisfies StorageView);
    } else if (name === "_rebuild_parameter") this.#stack.push(given[0]);
    else
      throw new FormatError(`a pickle that calls ${String(name)} is not read here`, {
        byteOffset: this.position,
      });
  }

  #sinceMark(): unknown[] {
    const at = this.#stack.lastIndexOf(MARK);
    const values = this.#stack.splice(at);
    return values.slice(1);
  }

  #byte(): number {
    return this.#bytes[this.#advance(1)]!;
  }

  #advance(count: number): number {
    const at = this.position;
    if (at + count > this.#bytes.length) throw new FormatError("the file ended early", { byteOffset: at });
    this.position += count;
    return at;
  }

  #text(length: number): string {
    const at = this.#advance(length);
    return new TextDecoder().decode(this.#bytes.subarray(at, at + length));
  }

  #line(): string {
    const end = this.#bytes.indexOf(0x0a, this.position);
    if (end < 0) throw new FormatError("the file ended early", { byteOffset: this.position });
    const text = this.#text(end - this.position);
    this.position = end + 1;
    return text;
  }

  /** A whole number of any length, lowest byte first, two's complement. */
  #long(): number {
    const length = this.#byte();
    let value = 0n;
    for (let i = 0; i < length; i++) value |= BigInt(this.#byte()) << BigInt(8 * i);
    return Number(BigInt.asIntN(8 * length, value));
  }
}

/** Requires what {@link readTorchWeights} returns. */
export function checkTorchWeights(where: string, weights: TorchWeights): void {
  if (typeof (weights as Partial<TorchWeights> | null | undefined)?.get === "function") return;
  throw new ValueError(
    `${where}: weights must be those that readTorchWeights returns, got ${weights === null ? "null" : typeof weights}`,
  );
}
