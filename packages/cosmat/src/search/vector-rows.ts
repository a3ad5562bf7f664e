/** Rows of a block: growing by blocks, a hundred thousand vectors are never copied to make room for one more. */
const BLOCK_ROWS = 1024;

/** Vectors of equal length, added one after the other. */
export class VectorRows {
  readonly columns: number;
  readonly #blocks: Float32Array[] = [];
  #rows = 0;

  constructor(columns: number) {
    this.columns = columns;
  }

  get rows(): number {
    return this.#rows;
  }

  push(vector: ArrayLike<number>): void {
    const place = this.#rows % BLOCK_ROWS;
    if (place === 0) this.#blocks.push(new Float32Array(BLOCK_ROWS * this.columns));
    this.#blocks.at(-1)!.set(vector, place * this.columns);
    this.#rows++;
  }

  /** All of them, row-major, `[rows, columns]`; the rows are let go of. */
  take(): Float32Array {
    const all = new Float32Array(this.#rows * this.columns);
    let at = 0;
    for (let block = this.#blocks.shift(); block !== undefined; block = this.#blocks.shift()) {
      const part = block.subarray(0, Math.min(block.length, all.length - at));
      all.set(part, at);
      at += part.length;
    }
    this.#rows = 0;
    return all;
  }
}
