/**
 * Something that grows by parts, joined when the whole is first asked for: adding one at a time costs no copy of all that is
 * there.
 */
export class Parts<T> {
  #parts: T[];
  readonly #join: (parts: readonly T[]) => T;

  constructor(first: T, join: (parts: readonly T[]) => T) {
    this.#parts = [first];
    this.#join = join;
  }

  add(part: T): void {
    this.#parts.push(part);
  }

  get whole(): T {
    if (this.#parts.length > 1) this.#parts = [this.#join(this.#parts)];
    return this.#parts[0]!;
  }
}

/** Typed arrays one after the other. */
export function joinArrays<T extends Float32Array | Float64Array | Uint8Array>(
  type: new (length: number) => T,
  arrays: readonly T[],
): T {
  const whole = new type(arrays.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const array of arrays) {
    whole.set(array, at);
    at += array.length;
  }
  return whole;
}
