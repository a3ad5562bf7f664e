import { describe, expect, it } from "vitest";

type Callable = (...args: readonly unknown[]) => unknown;

/** What a caller in JavaScript may hand in where an argument is missing or wrong. */
const wrongArguments: readonly (readonly unknown[])[] = [
  [],
  [null],
  [{}],
  [""],
  [7],
  [[]],
  [[1, 2, 3]],
  [null, null],
  [{}, {}],
  ["x", {}],
  ["no-such-file", {}],
  ["x", { set: 1 }, null],
];

/**
 * Tests that every function, constructor and static method that entries export refuses missing and wrong arguments with a typed error.
 * Those that accept them are not judged.
 *
 * @param entries modules by their names
 * @param inner names (of static methods with their class) that are left out: not called by users, or known to fall short
 * @param accepted codes of errors that are right too: a file that is not there
 */
export function describeWrongArguments(
  entries: Readonly<Record<string, object>>,
  inner: RegExp,
  accepted: readonly string[] = [],
): void {
  describe.each(Object.entries(entries))("every function of %s", (_, entry) => {
    it.each(callables(entry, inner))(
      "%s refuses missing and wrong arguments with a typed error",
      async (name, call) => {
        for (const args of wrongArguments) {
          const error = await errorOf(call, args);
          if (error === undefined || accepted.includes(error.code ?? "")) continue;
          expect(`${name}${JSON.stringify(args)} ${error.code}: ${error.message}`).toMatch(/ WAYWEAVE_/);
        }
      },
    );
  });
}

function callables(entry: object, inner: RegExp): [name: string, call: Callable][] {
  return Object.entries(entry).flatMap(([name, value]): [string, Callable][] => {
    if (typeof value !== "function" || inner.test(name)) return [];
    if (!/^class\b/.test(Function.prototype.toString.call(value))) return [[name, value as Callable]];
    const own = value as unknown as Record<string, unknown>;
    const statics = Object.getOwnPropertyNames(value).filter(
      (key) => typeof own[key] === "function" && !inner.test(`${name}.${key}`),
    );
    return [
      [name, (...args) => Reflect.construct(value, args)],
      ...statics.map((key): [string, Callable] => [`${name}.${key}`, (own[key] as Callable).bind(value)]),
    ];
  });
}

/** The error of a call, also of a promise or an iterator; none where it accepts the arguments. */
async function errorOf(call: Callable, args: readonly unknown[]) {
  try {
    const result = await call(...args);
    if (result !== null && typeof result === "object" && Symbol.asyncIterator in result)
      await (result as AsyncIterable<unknown>)[Symbol.asyncIterator]().next();
    return undefined;
  } catch (error) {
    return error as { readonly code?: string; readonly message: string };
  }
}
