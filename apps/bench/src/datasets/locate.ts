import { createHash } from "node:crypto";
import { createReadStream, existsSync, statSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, dirname, isAbsolute, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { ValueError } from "@wayweave/geo-core";
import { type DatasetEntry, type DatasetId, datasetCatalogue, type LocatedDataset } from "./catalogue.js";

export interface DataLookup {
  /** `--data DIR`; `none` looks nowhere, so that everything is synthetic. */
  readonly data?: string | undefined;
  /** @defaultValue process.env */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** The checkout, beside which `shared/data` may lie. @defaultValue the one this file belongs to */
  readonly checkout?: string;
}

/**
 * The folders that are searched, in order: `--data`, `$WAYWEAVE_DATA`, `../shared/data` beside the checkout, and the cache that
 * `fetch` writes into.
 *
 * @throws {ValueError} `--data` or `$WAYWEAVE_DATA` names no folder: a typing error must not turn real data into synthetic
 */
export function dataRoots({ data, environment = process.env, checkout }: DataLookup = {}): string[] {
  if (data === "none") return [];
  const roots: string[] = [];
  const explicit = { "--data": data, $WAYWEAVE_DATA: environment.WAYWEAVE_DATA };
  for (const [name, folder] of Object.entries(explicit)) {
    if (folder === undefined || folder === "") continue;
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
      throw new ValueError(`${name} must be an existing folder, got "${folder}"`);
    }
    roots.push(resolve(folder));
  }
  const besideCheckout = join(checkout ?? checkoutFolder(), "..", "shared", "data");
  return [...roots, besideCheckout, downloadCache(environment)].filter((root) => existsSync(root));
}

/** `$XDG_CACHE_HOME/wayweave`, or `~/.cache/wayweave`. */
export function downloadCache(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): string {
  const base = environment.XDG_CACHE_HOME;
  return join(base !== undefined && isAbsolute(base) ? base : join(homedir(), ".cache"), "wayweave");
}

/** The workspace's root: the nearest folder above this file that holds `pnpm-workspace.yaml`. */
export function checkoutFolder(): string {
  const start = dirname(fileURLToPath(import.meta.url));
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, "pnpm-workspace.yaml"))) return folder;
    if (folder === dirname(folder)) return start;
  }
}

/** Finds datasets in the given roots; each is looked for, and its files hashed, once. */
export class DatasetLocator {
  readonly #roots: readonly string[];
  readonly #hash: boolean;
  readonly #found = new Map<DatasetId, Promise<LocatedDataset | undefined>>();
  readonly #usedRoots = new Set<string>();

  /** @param options.hash false leaves `sha256` empty: for a listing, large files need not be read */
  constructor(roots: readonly string[], options: { readonly hash?: boolean } = {}) {
    this.#roots = roots;
    this.#hash = options.hash ?? true;
  }

  /** The dataset in the first root that has all of its files; undefined where none has. */
  locate(id: DatasetId): Promise<LocatedDataset | undefined> {
    let found = this.#found.get(id);
    if (found === undefined) {
      found = this.#search(id);
      this.#found.set(id, found);
    }
    return found;
  }

  /** Whether a dataset was found in this folder, or none was looked for. */
  used(root: string): boolean {
    return this.#found.size === 0 || this.#usedRoots.has(resolve(root));
  }

  async #search(id: DatasetId): Promise<LocatedDataset | undefined> {
    const entry: DatasetEntry | undefined = datasetCatalogue.find((candidate) => candidate.id === id);
    if (entry === undefined) throw new ValueError(`DatasetLocator.locate: no dataset is called "${id}"`);
    for (const root of this.#roots) {
      const paths = entry.files.map((choices) =>
        choices.map((choice) => join(root, choice)).find((path) => existsSync(path)),
      );
      if (!paths.every((path) => path !== undefined)) continue;
      this.#usedRoots.add(root);
      const sha256 = this.#hash ? await Promise.all(paths.map(sha256Of)) : [];
      return { id, paths, files: paths.map((path) => basename(path)), sha256 };
    }
    return undefined;
  }
}

/** Hex SHA-256 of a file; of a folder, that of its files' relative names and contents in the order of the names. */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  if ((await stat(path)).isDirectory()) {
    const entries = await readdir(path, { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    for (const file of files.sort()) {
      hash.update(`${relative(path, file).replaceAll("\\", "/")}\0`);
      for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
    }
  } else {
    for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  }
  return hash.digest("hex");
}
