import { createHash } from "node:crypto";
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";

/**
 * Folders in which rows save what they have done so far, so that a run that was stopped goes on in the middle of a row.
 *
 * Each is `<root>/seed-<n>/<what is made>/<from what>`: a folder made by other code, with other parameters or from other data
 * is never handed out again, but removed.
 */
export class Checkpoints {
  readonly #root: string;
  readonly #fresh: boolean;
  readonly #opened = new Map<string, Promise<string>>();

  /** @param fresh nothing that an earlier run has saved is handed out */
  constructor(root: string, fresh: boolean) {
    this.#root = root;
    this.#fresh = fresh;
  }

  /** The seed's folder of what is made under this name, from this. */
  open(seed: number, name: string, origin: string): Promise<string> {
    const parent = join(this.#ofSeed(seed), digest(name));
    const folder = join(parent, digest(origin));
    const known = this.#opened.get(folder) ?? this.#prepare(parent, folder);
    this.#opened.set(folder, known);
    return known;
  }

  async #prepare(parent: string, folder: string): Promise<string> {
    await mkdir(parent, { recursive: true });
    for (const entry of await readdir(parent)) {
      const other = join(parent, entry);
      if (this.#fresh || other !== folder) await rm(other, { recursive: true, force: true });
    }
    await mkdir(folder, { recursive: true });
    return folder;
  }

  /** Removes all of some seeds: their rows are done. */
  async clear(seeds: readonly number[]): Promise<void> {
    for (const seed of seeds) await rm(this.#ofSeed(seed), { recursive: true, force: true });
    this.#opened.clear();
  }

  #ofSeed(seed: number): string {
    return join(this.#root, `seed-${seed}`);
  }
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
