import { ValueError } from "./errors.js";
import { tagOf } from "./realms.js";

/** The keys of an options object, of every member where it is a union. */
export type OptionName<T> = T extends unknown ? keyof T & string : never;

/**
 * Requires an options object to hold known keys only, so that a mistyped option is an error and not ignored.
 *
 * `undefined` passes (no options given), and so does a known key whose value is `undefined`.
 *
 * @param where the public function that was called
 * @param options what it was given
 * @param known every option it takes
 * @throws {ValueError} no object, a Map or a promise, or an unknown key: the message names it and the nearest known one
 * @example
 * checkOptions("GmrTree.search", { maxDistance: 5 }, ["k", "maxDistanceMeters"]);
 * // GmrTree.search: unknown option "maxDistance"; did you mean "maxDistanceMeters"?
 */
export function checkOptions<T extends object>(
  where: string,
  options: T | undefined,
  known: readonly OptionName<T>[],
): void {
  if (options === undefined) return;
  if (typeof options !== "object" || options === null || builtIn.test(tagOf(options))) {
    throw new ValueError(`${where}: options must be an object, got ${describe(options)}`);
  }
  for (const key of Object.keys(options)) {
    if ((known as readonly string[]).includes(key)) continue;
    throw new ValueError(`${where}: unknown option "${key}"; ${suggestion(key, known)}`);
  }
}

/** The options that are given: one that is undefined leaves its default. */
export function withoutUndefined<T extends object>(options: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as never;
}

/** What holds its contents where no key shows them, or not yet: an option in it would be ignored. */
const builtIn = /^\[object (Array|Map|Set|Promise)\]$/;

function describe(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  return `a ${typeof value === "object" ? tagOf(value).slice(8, -1) : typeof value}`;
}

function suggestion(key: string, known: readonly string[]): string {
  let nearest: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const name of known) {
    const distance = nameDistance(key.toLowerCase(), name.toLowerCase());
    if (distance < least) {
      least = distance;
      nearest = name;
    }
  }
  // Half of the longer name may differ; anything less alike is a guess.
  if (nearest !== undefined && least <= Math.max(key.length, nearest.length) / 2) {
    return `did you mean "${nearest}"?`;
  }
  return known.length === 0 ? "no options are known" : `known are ${known.join(", ")}`;
}

/** Edit distance; one name within the other costs one, so that a left-out unit is found. */
function nameDistance(a: string, b: string): number {
  if (a.length > 2 && b.length > 2 && (a.includes(b) || b.includes(a))) return 1;
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(replaced, previous[j]! + 1, row[j - 1]! + 1));
    }
    previous = row;
  }
  return previous[b.length]!;
}
