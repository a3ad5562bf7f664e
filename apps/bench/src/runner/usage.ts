import type { DatasetId } from "../datasets/catalogue.js";
import type { DataProvenance } from "../experiments/experiment.js";

/** What a computation looked at: it decides whether its output still holds, and stands beside its results. */
export class Usage {
  /** SHA-256 of the files of each dataset that was asked for; empty where no place has it. */
  readonly sources = new Map<DatasetId, readonly string[]>();
  readonly data = new Map<string, DataProvenance>();
  readonly engines = new Set<string>();

  add({ sources, data, engines }: Usage): void {
    for (const [id, sha256] of sources) this.sources.set(id, sha256);
    for (const [name, provenance] of data) this.data.set(name, provenance);
    for (const engine of engines) this.engines.add(engine);
  }
}

interface Shared {
  readonly value: Promise<unknown>;
  readonly usage: Usage;
}

/** Costly things that rows share, each with what it was made from: whoever takes it was made from that too. */
export class SharedResults {
  readonly #known = new Map<string, Shared>();

  /**
   * Computes what has not been computed yet. A failed computation is forgotten, so that the next row that needs it fails with
   * its own message, not a stale one.
   *
   * @param users what is being made now, and is to note what it is made from: a row, and shared results that it computes
   */
  async once<T>(key: string, users: Set<Usage>, compute: () => Promise<T>): Promise<T> {
    const shared = this.#known.get(key) ?? this.#begin(key, users, compute);
    const value = (await shared.value) as T;
    for (const user of users) user.add(shared.usage);
    return value;
  }

  #begin(key: string, users: Set<Usage>, compute: () => Promise<unknown>): Shared {
    const usage = new Usage();
    users.add(usage);
    const shared = { value: compute().finally(() => users.delete(usage)), usage };
    this.#known.set(key, shared);
    shared.value.catch(() => this.#known.delete(key));
    return shared;
  }
}
