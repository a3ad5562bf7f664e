import { MAX_THREADS } from "./kernels.js";

/** The scratch areas of a tree's memory: a worker takes one while it runs, and waits for one where all are taken. */
export class ScratchAreas {
  /** 0 is the owner's, who may search meanwhile. */
  readonly #free = Array.from({ length: MAX_THREADS }, (_, i) => i + 1);
  readonly #waiting: ((area: number) => void)[] = [];

  /** Runs with an area that nobody else has meanwhile. */
  async use(run: (area: number) => Promise<void>): Promise<void> {
    const area = this.#free.pop() ?? (await new Promise<number>((resolve) => this.#waiting.push(resolve)));
    try {
      await run(area);
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free.push(area);
      else next(area);
    }
  }
}
