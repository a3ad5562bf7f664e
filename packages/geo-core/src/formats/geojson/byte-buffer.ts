import { textOf } from "../../reading/bytes.js";

/** Bytes that grow. */
export class ByteBuffer {
  length = 0;
  #bytes = new Uint8Array(4096);

  append(byte: number): void {
    if (this.length === this.#bytes.length) this.#grow(this.length + 1);
    this.#bytes[this.length++] = byte;
  }

  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.length);
  }

  tail(count: number): string {
    return textOf(this.#bytes, Math.max(0, this.length - count), this.length);
  }

  clear(): void {
    this.length = 0;
  }

  /** Puts other bytes in the place of those from `start` to before `end`. */
  replace(start: number, end: number, bytes: Uint8Array): void {
    const length = this.length - (end - start) + bytes.length;
    if (length > this.#bytes.length) this.#grow(length);
    this.#bytes.copyWithin(start + bytes.length, end, this.length);
    this.#bytes.set(bytes, start);
    this.length = length;
  }

  #grow(length: number): void {
    const grown = new Uint8Array(2 * Math.max(length, this.#bytes.length));
    grown.set(this.#bytes);
    this.#bytes = grown;
  }
}
