/**
 * Lets other work of the event loop in between two steps of a long computation, at most every 50 ms, and stops it
 * when the caller has aborted. Results never depend on it: only the moments of the pauses do.
 */
export class Pace {
  #lastPause = performance.now();
  readonly #signal: AbortSignal | undefined;

  /** @throws the signal's reason, when aborted already */
  constructor(signal?: AbortSignal) {
    this.#signal = signal;
    signal?.throwIfAborted();
  }

  /** @throws the signal's reason, when aborted */
  async step(): Promise<void> {
    if (performance.now() - this.#lastPause > 50) {
      await new Promise((resolve) => setTimeout(resolve, 0));
      this.#lastPause = performance.now();
    }
    this.#signal?.throwIfAborted();
  }
}
