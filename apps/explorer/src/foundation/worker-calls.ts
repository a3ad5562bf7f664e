// Calls of functions in a worker: with progress, with cancelling, with errors that keep their name and message.

export interface Progress {
  readonly phase: string;
  readonly done: number;
  readonly total: number;
}

/** What a function in a worker is told beside its input. */
export interface Job {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

/** A worker's functions by name. */
export type WorkerApi = Readonly<Record<string, (input: never, job: Job) => Promise<unknown>>>;

type Request =
  | { readonly id: number; readonly name: string; readonly input: unknown }
  | { readonly id: number; readonly cancel: true };
type Reply =
  | { readonly id: number; readonly kind: "result"; readonly value: unknown }
  | { readonly id: number; readonly kind: "progress"; readonly value: Progress }
  | { readonly id: number; readonly kind: "error"; readonly value: { name: string; message: string } };

/** The little of a worker's scope, or of a page's worker, that is used here. */
export interface Channel {
  postMessage(message: unknown, transfer?: Transferable[]): void;
  addEventListener(type: "message", listener: (event: { data: unknown }) => void): void;
}

const toMove = new WeakMap<object, Transferable[]>();

/** A result whose buffers move to the page rather than being copied. */
export function moving<T extends object>(result: T, buffers: readonly ArrayBufferLike[]): T {
  toMove.set(result, buffers.filter(isArrayBuffer));
  return result;
}

/** Answers calls in a worker. */
export function serve(channel: Channel, api: WorkerApi): void {
  const running = new Map<number, AbortController>();
  channel.addEventListener("message", ({ data }) => {
    const request = data as Request;
    if ("cancel" in request) {
      running.get(request.id)?.abort();
      return;
    }
    const controller = new AbortController();
    running.set(request.id, controller);
    const reply = (message: Reply, transfer: Transferable[] = []) => channel.postMessage(message, transfer);
    const { id } = request;
    let last = 0;
    const job: Job = {
      signal: controller.signal,
      onProgress: (value) => {
        const now = performance.now();
        if (now - last < 50 && value.done < value.total) return;
        last = now;
        reply({ id, kind: "progress", value });
      },
    };
    run(api, request, job)
      .then(
        (value) => {
          const transfer = typeof value === "object" && value !== null ? toMove.get(value) : undefined;
          reply({ id, kind: "result", value }, transfer);
        },
        (error: unknown) => {
          const { name = "Error", message = String(error) } = error as Partial<Error>;
          reply({ id, kind: "error", value: { name, message } });
        },
      )
      .finally(() => running.delete(id));
  });
}

async function run(
  api: WorkerApi,
  { name, input }: Extract<Request, { name: string }>,
  job: Job,
): Promise<unknown> {
  const call = Object.hasOwn(api, name) ? api[name] : undefined;
  if (call === undefined) throw new Error(`the worker has no function ${name}`);
  return call(input as never, job);
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  readonly transfer?: readonly ArrayBuffer[];
}

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  readonly onProgress: CallOptions["onProgress"];
}

/** An error that came from a worker. */
export class WorkerError extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** The page's side of a worker. */
export class WorkerCalls<A extends WorkerApi> {
  readonly #channel: Channel;
  readonly #pending = new Map<number, Pending>();
  #next = 0;

  constructor(channel: Channel) {
    this.#channel = channel;
    channel.addEventListener("message", ({ data }) => this.#take(data as Reply));
  }

  /** Calls a function; it is rejected with an `AbortError` once the signal says so, and the worker stops. */
  call<K extends keyof A & string>(
    name: K,
    input: Parameters<A[K]>[0],
    { signal, onProgress, transfer = [] }: CallOptions = {},
  ): Promise<Awaited<ReturnType<A[K]>>> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const id = this.#next++;
      const stop = () => {
        this.#channel.postMessage({ id, cancel: true });
        this.#pending.delete(id);
        reject(signal?.reason);
      };
      signal?.addEventListener("abort", stop, { once: true });
      const done = () => signal?.removeEventListener("abort", stop);
      this.#pending.set(id, {
        resolve: (value) => {
          done();
          resolve(value as Awaited<ReturnType<A[K]>>);
        },
        reject: (error) => {
          done();
          reject(error);
        },
        onProgress,
      });
      this.#channel.postMessage({ id, name, input }, [...transfer]);
    });
  }

  /** Rejects what is waited for: the worker itself is broken. */
  fail(error: Error): void {
    for (const pending of this.#pending.values()) pending.reject(error);
    this.#pending.clear();
  }

  #take(reply: Reply): void {
    const pending = this.#pending.get(reply.id);
    if (pending === undefined) return;
    if (reply.kind === "progress") {
      pending.onProgress?.(reply.value);
      return;
    }
    this.#pending.delete(reply.id);
    if (reply.kind === "result") pending.resolve(reply.value);
    else pending.reject(new WorkerError(reply.value.name, reply.value.message));
  }
}

/** A worker's functions, with what breaks the worker itself told to everyone who waits. */
export function callsOf<A extends WorkerApi>(worker: Worker): WorkerCalls<A> {
  const calls = new WorkerCalls<A>(worker);
  worker.addEventListener("error", (event) => {
    event.preventDefault();
    calls.fail(
      new WorkerError("WorkerError", event.message || "the work in the background could not be started"),
    );
  });
  return calls;
}

/** Shared memory is not moved. */
function isArrayBuffer(buffer: ArrayBufferLike): buffer is ArrayBuffer {
  return Object.prototype.toString.call(buffer) === "[object ArrayBuffer]";
}
