import { readdir, readlink, realpath, stat } from "node:fs/promises";
import path from "node:path";
import { ValueError } from "@wayweave/geo-core";

/**
 * A place on disk, however its path is spelt. Links and `..` are followed, and case does not count where the file system ignores it: what
 * is there is known by the system's own number for it.
 */
export interface Place {
  /** One spelling of where a file of this name is put, links on the way followed. */
  readonly real: string;
  /** What is there; undefined where nothing is. */
  readonly id: string | undefined;
  /** The folders that it lies in, near and far; those of a link and those of what it leads to. */
  readonly folders: ReadonlySet<string>;
}

/** Where a path leads. Nothing need be there. */
export async function placeOf(file: string): Promise<Place> {
  const whole = path.resolve(file);
  const folders = new Set<string>();
  // The system goes through the link of `link/../a.csv`; path.resolve, by which folders are made, does not.
  for (const spelling of new Set([file, whole])) {
    const place = path.dirname(await realOf(spelling));
    for (const start of new Set([place, await realOf(path.dirname(spelling))])) {
      for (const folder of withAbove(start)) {
        const id = await idOf(folder);
        if (id !== undefined) folders.add(id);
      }
    }
  }
  const real = path.join(await realOf(path.dirname(whole)), path.basename(whole));
  return { real, id: (await idOf(file)) ?? (await idOf(whole)), folders };
}

/** Whether two paths, however they are spelt, lead to one place. */
export async function isSamePlace(a: string, b: string): Promise<boolean> {
  return isSame(await placeOf(a), await placeOf(b));
}

export function isSame(a: Place, b: Place): boolean {
  return a.real === b.real || (a.id !== undefined && a.id === b.id);
}

/** As many links as Linux follows. */
const MOST_LINKS = 40;

/**
 * A path and where it leads, link by link; the last one is no link, and need not be there.
 *
 * @throws {ValueError} links that lead to each other
 */
export async function linksOf(file: string): Promise<readonly string[]> {
  const links = [file];
  for (;;) {
    const last = links.at(-1)!;
    const target = await readlink(last).catch(() => undefined);
    if (target === undefined) return links;
    if (links.length > MOST_LINKS) {
      throw new ValueError(`${file} must be a file, got a link that leads to itself`);
    }
    // The system goes up from the folder that the link really lies in.
    links.push(path.resolve(await realOf(path.dirname(last)), target));
  }
}

/** What links in a folder, or in those below it, lead to. */
export async function linkedFrom(folder: string): Promise<ReadonlySet<string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const links = entries.filter((entry) => entry.isSymbolicLink());
  const ids = await Promise.all(links.map(({ parentPath, name }) => idOf(path.join(parentPath, name))));
  return new Set(ids.filter((id) => id !== undefined));
}

async function idOf(file: string): Promise<string | undefined> {
  const found = await stat(file, { bigint: true }).catch(() => undefined);
  return found === undefined ? undefined : `${found.dev}:${found.ino}`;
}

/** The path with all links followed, as far as anything is there. */
async function realOf(file: string): Promise<string> {
  const found = await realpath(file).catch(() => undefined);
  const above = path.dirname(file);
  if (found !== undefined || above === file) return found ?? file;
  return path.join(await realOf(above), path.basename(file));
}

function withAbove(folder: string): string[] {
  const above = path.dirname(folder);
  return above === folder ? [folder] : [folder, ...withAbove(above)];
}
