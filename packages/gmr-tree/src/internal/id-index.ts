/** Finds an object's number by its id: a hash table with open addressing, eight to sixteen bytes an object. */
export class IdIndex {
  readonly #ids: ArrayLike<number>;
  /** Number + 1; 0 where free. */
  readonly #table: Uint32Array;
  readonly #shift: number;
  /** The first id met twice; undefined where all differ. */
  readonly duplicate: number | undefined;

  constructor(ids: ArrayLike<number>) {
    const bits = Math.max(4, Math.ceil(Math.log2(ids.length + 1)) + 1);
    this.#ids = ids;
    this.#table = new Uint32Array(2 ** bits);
    this.#shift = 32 - bits;
    let duplicate: number | undefined;
    for (let i = 0; i < ids.length; i++) {
      const place = this.#placeOf(ids[i]!);
      if (this.#table[place] !== 0) duplicate ??= ids[i]!;
      this.#table[place] = i + 1;
    }
    this.duplicate = duplicate;
  }

  get byteLength(): number {
    return this.#table.byteLength;
  }

  /** The number of the object with this id, or −1. */
  find(id: number): number {
    return this.#table[this.#placeOf(id)]! - 1;
  }

  /** Where the id is, or would be. */
  #placeOf(id: number): number {
    const table = this.#table;
    // Fibonacci hashing.
    let place = Math.imul(id, 0x9e3779b1) >>> this.#shift;
    while (table[place] !== 0 && this.#ids[table[place]! - 1] !== id)
      place = (place + 1) & (table.length - 1);
    return place;
  }
}
