/**
 * A max-heap of numbered entries in two typed arrays. (flatqueue keeps plain arrays and is a min-queue; this heap is in the
 * innermost loop.)
 */
export class Frontier {
  size = 0;
  #keys = new Float64Array(256);
  #items = new Uint32Array(256);

  get maxKey(): number {
    return this.#keys[0]!;
  }

  push(key: number, item: number): void {
    if (this.size === this.#keys.length) this.#grow();
    const keys = this.#keys;
    const items = this.#items;
    let i = this.size++;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (keys[parent]! >= key) break;
      keys[i] = keys[parent]!;
      items[i] = items[parent]!;
      i = parent;
    }
    keys[i] = key;
    items[i] = item;
  }

  /** The item of the largest key. Only where `size > 0`. */
  pop(): number {
    const keys = this.#keys;
    const items = this.#items;
    const top = items[0]!;
    const last = --this.size;
    const key = keys[last]!;
    const item = items[last]!;
    const parents = last >> 1;
    let i = 0;
    while (i < parents) {
      let child = 2 * i + 1;
      if (child + 1 < last && keys[child + 1]! > keys[child]!) child++;
      if (keys[child]! <= key) break;
      keys[i] = keys[child]!;
      items[i] = items[child]!;
      i = child;
    }
    keys[i] = key;
    items[i] = item;
    return top;
  }

  #grow(): void {
    const keys = new Float64Array(2 * this.#keys.length);
    const items = new Uint32Array(keys.length);
    keys.set(this.#keys);
    items.set(this.#items);
    this.#keys = keys;
    this.#items = items;
  }
}
