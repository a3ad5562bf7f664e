/** How far a training has come: told after each step. */
export interface TrainProgress {
  /** The part of the training, where it has several. */
  readonly phase: string;
  /** Epochs of the phase done, and to do at most. */
  readonly epoch: number;
  /** Epochs of the phase at most. */
  readonly epochs: number;
  /** Steps of the whole training done, other phases and an interrupted run included. */
  readonly done: number;
  /** Steps of the whole training. An estimate where epochs differ in length; less where the training ends early. */
  readonly total: number;
  /** Of the last step. */
  readonly loss: number;
  /** Since this process began the phase. */
  readonly elapsedMs: number;
  /** What is left, should it go on as fast as since then. */
  readonly remainingMs: number;
}

/** Counts the steps of a run and foretells its end. */
export class StepCounter {
  readonly #started = performance.now();
  readonly #before: number;
  readonly #after: number;
  readonly #first: number;
  #done: number;
  #planned = 0;

  /** @param done steps of this phase that an interrupted run has taken */
  constructor(done: number, { before = 0, after = 0 }: { before?: number; after?: number } = {}) {
    this.#done = done;
    this.#first = done;
    this.#before = before;
    this.#after = after;
  }

  /** Steps of the phase done. */
  get done(): number {
    return this.#done;
  }

  /** Steps of the phase, done and to do. */
  get planned(): number {
    return Math.max(this.#planned, this.#done);
  }

  /** At the start of an epoch: this one and all that follow are expected to take so many steps. */
  plan(steps: number, epochsLeft: number): void {
    this.#planned = this.#done + steps * epochsLeft;
  }

  step(): void {
    this.#done++;
  }

  /** @returns progress but for what is not counted in steps */
  tell(): Pick<TrainProgress, "done" | "total" | "elapsedMs" | "remainingMs"> {
    const done = this.#before + this.#done;
    const total = this.#before + this.planned + this.#after;
    const elapsedMs = performance.now() - this.#started;
    const remainingMs = (elapsedMs / (this.#done - this.#first)) * (total - done);
    return { done, total, elapsedMs, remainingMs };
  }
}
