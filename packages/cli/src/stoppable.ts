/** Signals that ask a process to end, with the exit codes that shells give them. */
export const STOP_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/** Why the work ends; an `AbortError`, as every reason of a signal. */
export class StoppedError extends Error {
  /** What a shell sees of a process that the signal ended. */
  readonly exitCode: number;

  constructor(signal: keyof typeof STOP_CODES) {
    super(`stopped by ${signal}`);
    this.name = "AbortError";
    this.exitCode = STOP_CODES[signal];
  }
}

/**
 * Does work that Ctrl-C stops: the first one stops the work, so that nothing half-done stays; the second ends the process.
 *
 * @throws {StoppedError} the work failed after it was stopped
 */
export async function stoppable<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const listeners = (Object.keys(STOP_CODES) as (keyof typeof STOP_CODES)[]).map((name) => {
    const listener = () => stop.abort(new StoppedError(name));
    process.once(name, listener);
    return () => process.off(name, listener);
  });
  try {
    return await work(stop.signal);
  } catch (error) {
    // Whatever else fails once the work is stopped fails because of that.
    if (stop.signal.aborted) throw stop.signal.reason;
    throw error;
  } finally {
    for (const remove of listeners) remove();
  }
}
