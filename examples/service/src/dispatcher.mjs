// Who may wait, for how long, and for which snapshot: everything between a request and the worker threads.
import { openPool } from "./pool.mjs";

/** Too many wait already: HTTP 503 with Retry-After. */
export class BusyError extends Error {
  constructor(retryAfterSeconds) {
    super("the service is at its limit, ask again later");
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** No answer within the time allowed: HTTP 504. */
export class TimeoutError extends Error {}

/** What the worker said is wrong with the question. */
export class TaskError extends Error {
  constructor({ name, code, message }) {
    super(message);
    this.name = name;
    this.code = code;
  }
}

export class Dispatcher {
  #pool;
  #reloading;
  #running = 0;
  /** A moving mean of how long a task takes, for Retry-After. */
  #meanSeconds = 0.1;
  #options;

  /** @param options workers; queue: how many tasks may wait; timeoutMs; maxPixels */
  static async open(link, options) {
    const dispatcher = new Dispatcher();
    dispatcher.#options = options;
    dispatcher.#pool = await openPool(link, options);
    return dispatcher;
  }

  get snapshot() {
    return { id: this.#pool.id, ...this.#pool.contents };
  }

  /** Tasks that run or wait. */
  get inFlight() {
    return this.#running;
  }

  /**
   * @throws {BusyError} as many tasks wait as may
   * @throws {TimeoutError} no answer in time; a task that ran is stopped together with its thread, which the pool replaces
   * @throws {TaskError} a question that has no answer
   */
  async run(task, transfer = []) {
    const { workers, queue, timeoutMs } = this.#options;
    if (this.#running >= workers + queue) {
      throw new BusyError(Math.max(1, Math.ceil((this.#meanSeconds * this.#running) / workers)));
    }
    this.#running++;
    const started = performance.now();
    const late = AbortSignal.timeout(timeoutMs);
    const pool = this.#pool;
    pool.running++;
    try {
      const answer = await pool.threads.run(task, { signal: late, transferList: transfer });
      if (answer.error !== undefined) throw new TaskError(answer.error);
      return answer.value;
    } catch (error) {
      if (late.aborted) throw new TimeoutError(`no answer within ${timeoutMs} ms`, { cause: error });
      throw error;
    } finally {
      this.#running--;
      if (--pool.running === 0) pool.onIdle?.();
      this.#meanSeconds += 0.05 * ((performance.now() - started) / 1000 - this.#meanSeconds);
    }
  }

  /** Opens the snapshot that the link names now. Until that has succeeded, and where it fails, the old one answers. */
  reload(link) {
    this.#reloading ??= this.#swap(link).finally(() => {
      this.#reloading = undefined;
    });
    return this.#reloading;
  }

  async #swap(link) {
    const next = await openPool(link, this.#options);
    const old = this.#pool;
    this.#pool = next;
    void retire(old);
    return this.snapshot;
  }

  async close() {
    await this.#reloading?.catch(() => {});
    await retire(this.#pool);
  }
}

/** Ends a pool's threads after the tasks that it has, waiting ones included; Piscina's own `close` may drop these. */
async function retire(pool) {
  if (pool.running > 0) {
    await new Promise((resolve) => {
      pool.onIdle = resolve;
    });
  }
  await pool.threads.destroy();
}
