import { setImmediate } from "node:timers/promises";

/** Long enough that pausing costs nothing, short enough that Ctrl-C seems to act at once. */
const busyMs = 50;

/**
 * Pauses of long work in one thread: call it between two pieces of the work. About every 50 ms it lets the event loop run (timers, signal
 * handlers, other requests), and it throws when the signal was aborted.
 */
export function createPauses(signal?: AbortSignal): () => Promise<void> {
  let sinceMs = performance.now();
  return async () => {
    signal?.throwIfAborted();
    if (performance.now() - sinceMs < busyMs) return;
    await setImmediate();
    sinceMs = performance.now();
    signal?.throwIfAborted();
  };
}
