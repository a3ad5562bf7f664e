/**
 * What a table holds under a name that a file or user gave; undefined where it holds nothing.
 *
 * `table[name]` would find `constructor` or `toString` in every object.
 */
export function lookup<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

/** An empty record without a prototype, so that a name may be "constructor" or "__proto__". */
export function emptyRecord<T>(): Record<string, T> {
  return Object.create(null) as Record<string, T>;
}
