/** The k objects with the highest scores so far, best first; of equal scores the one offered first. */
export class BestK {
  readonly ids: Uint32Array;
  /** What an object must exceed to enter: −∞ until there are k. */
  worst = Number.NEGATIVE_INFINITY;
  readonly #scores: Float64Array;

  constructor(k: number) {
    this.ids = new Uint32Array(k);
    this.#scores = new Float64Array(k).fill(Number.NEGATIVE_INFINITY);
  }

  offer(id: number, score: number): void {
    if (score <= this.worst) return;
    const { ids } = this;
    const scores = this.#scores;
    let place = ids.length - 1;
    for (; place > 0 && scores[place - 1]! < score; place--) {
      scores[place] = scores[place - 1]!;
      ids[place] = ids[place - 1]!;
    }
    scores[place] = score;
    ids[place] = id;
    this.worst = scores[ids.length - 1]!;
  }
}
