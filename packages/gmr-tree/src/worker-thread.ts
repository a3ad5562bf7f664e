import { StateError } from "@wayweave/geo-core/foundation";

/** The part of a web worker or of a Node worker that is used here. */
export type SearchWorker =
  | {
      postMessage(message: unknown): void;
      addEventListener(type: "message" | "error" | "messageerror", listener: (event: never) => void): void;
      terminate(): unknown;
    }
  | {
      postMessage(message: unknown): void;
      on(event: "message" | "error" | "exit", listener: (value: never) => void): unknown;
      terminate(): unknown;
    };

const ADVICE =
  'bundlers that do not see it (esbuild) need a worker handed in: createWorker: () => new Worker(url of @wayweave/gmr-tree/search-worker, { type: "module" })';

/**
 * Starts a thread that runs `search-worker.js`.
 *
 * The address stands where bundlers look for it (Vite, webpack, Parcel, Rollup's plugins), and is the same seen from `src` and
 * from `dist`.
 *
 * @throws {StateError} there are no threads here, or no address
 */
export function openWorker(): SearchWorker {
  try {
    const threads = globalThis.process?.getBuiltinModule?.("node:worker_threads");
    if (threads !== undefined) {
      return new threads.Worker(
        new URL("../dist/search-worker.js", import.meta.url),
      ) as unknown as SearchWorker;
    }
    return new Worker(new URL("../dist/search-worker.js", import.meta.url), {
      type: "module",
    }) as SearchWorker;
  } catch (cause) {
    throw new StateError(
      `GmrTree.searchMany: no worker can be started here; leave out workers, or: ${ADVICE}`,
      { cause },
    );
  }
}

/** Sends a worker what it is to do, and listens. `onFailure` also hears of a worker that could not be loaded. */
export function listen<M>(
  worker: SearchWorker,
  onMessage: (message: M) => void,
  onFailure: (error: StateError) => void,
): void {
  const failed = (cause: unknown): void => {
    const said = (cause as { message?: unknown } | null | undefined)?.message;
    const text =
      typeof said === "string" && said !== ""
        ? `a worker failed: ${said}`
        : `a worker's file could not be loaded; ${ADVICE}`;
    onFailure(new StateError(`GmrTree.searchMany: ${text}`, { cause }));
  };
  if ("on" in worker) {
    worker.on("message", onMessage);
    worker.on("error", failed);
    worker.on("exit", (code: number) => failed({ message: `it ended early, with code ${code}` }));
    return;
  }
  worker.addEventListener("message", (event: { readonly data: M }) => onMessage(event.data));
  worker.addEventListener("error", failed);
  worker.addEventListener("messageerror", failed);
}
