import type { Id } from "../query.js";

/** What is ranked: a hit, or anything else with a score and an id. */
export interface Ranked {
  readonly score: number;
  readonly id: Id;
}

/** The k best hits so far: higher scores first, among equals lower ids. A heap with the worst on top. */
export class TopK<T extends Ranked> {
  readonly #k: number;
  #heap: T[] = [];
  /** The score that a newcomer must reach: the least that is asked for, until there are k hits. */
  threshold: number;

  constructor(k: number, leastScore: number) {
    this.#k = k;
    this.threshold = leastScore;
  }

  /** A copy to go back to. */
  copy(): TopK<T> {
    const copy = new TopK<T>(this.#k, this.threshold);
    copy.#heap = [...this.#heap];
    return copy;
  }

  /** Becomes what a copy is. */
  restore(copy: TopK<T>): void {
    this.#heap = [...copy.#heap];
    this.threshold = copy.threshold;
  }

  offer(hit: T): void {
    const heap = this.#heap;
    if (heap.length < this.#k) {
      heap.push(hit);
      this.#siftUp(heap.length - 1);
    } else if (isBefore(hit, heap[0]!)) {
      heap[0] = hit;
      this.#siftDown();
    }
    if (heap.length === this.#k) this.threshold = heap[0]!.score;
  }

  /** The hits, best first. */
  ranking(): T[] {
    return [...this.#heap].sort((a, b) => (isBefore(a, b) ? -1 : 1));
  }

  #siftUp(from: number): void {
    const heap = this.#heap;
    const hit = heap[from]!;
    let i = from;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!isBefore(heap[parent]!, hit)) break;
      heap[i] = heap[parent]!;
      i = parent;
    }
    heap[i] = hit;
  }

  #siftDown(): void {
    const heap = this.#heap;
    const hit = heap[0]!;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child]!, heap[child + 1]!)) child++;
      if (!isBefore(hit, heap[child]!)) break;
      heap[i] = heap[child]!;
      i = child;
    }
    heap[i] = hit;
  }
}

/** The order of results. */
export function isBefore(a: Ranked, b: Ranked): boolean {
  return a.score > b.score || (a.score === b.score && a.id < b.id);
}
