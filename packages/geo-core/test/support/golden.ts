import { readFileSync } from "node:fs";

/** A file of reference values under test/golden; the script named in it made it. */
export function readGolden<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../golden/${name}`, import.meta.url), "utf8")) as T;
}
