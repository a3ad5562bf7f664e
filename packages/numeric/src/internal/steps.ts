import { Pace } from "@wayweave/geo-core";

/**
 * Work that pauses now and then: each pause tells the multiplications, about, since the one before. A caller runs it
 * through ({@link runThrough}), or lets other work in between ({@link runPaced}).
 */
export type Steps<T> = Generator<number, T>;

/** What the asynchronous form of a long computation takes. */
export interface PacedOptions {
  /** Called at most a hundred times; `done` and `total` count multiplications, about. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
  /** Stops at the next pause; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

export const PACED_OPTIONS = ["onProgress", "signal"] as const;

export function runThrough<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/**
 * @param total multiplications in all, about
 * @throws the signal's reason
 */
export async function runPaced<T>(
  steps: Steps<T>,
  total: number,
  { onProgress, signal }: PacedOptions,
): Promise<T> {
  const pace = new Pace(signal);
  let done = 0;
  let reported = 0;
  for (;;) {
    const step = steps.next();
    if (step.done) {
      onProgress?.({ done: total, total });
      return step.value;
    }
    done += step.value;
    if (done - reported >= total / 100 && done < total) {
      reported = done;
      onProgress?.({ done, total });
    }
    await pace.step();
  }
}
