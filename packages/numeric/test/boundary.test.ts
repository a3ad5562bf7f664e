import { describe, expect, it } from "vitest";
import * as main from "../src/index.js";

/** What a caller in JavaScript may hand in where an argument is missing or wrong. */
const wrongArguments: readonly (readonly unknown[])[] = [
  [],
  [null],
  [{}],
  [""],
  [[]],
  [[1, 2, 3]],
  [null, null],
  [{}, {}],
  ["x", {}],
  ["x", { set: 1 }, null],
];

/** Checks are told their callers' names. */
const inner = /^(check.*|countClasses)$/;

const functions = (entry: Readonly<Record<string, unknown>>) =>
  Object.entries(entry).filter(
    (pair): pair is [string, (...args: readonly unknown[]) => unknown] =>
      typeof pair[1] === "function" && !inner.test(pair[0]),
  );

/** The error of a call, also of a promise or an iterator; none where it accepts the arguments. */
async function errorOf(call: (...args: readonly unknown[]) => unknown, args: readonly unknown[]) {
  const isClass = /^class\b/.test(Function.prototype.toString.call(call));
  try {
    const result = isClass ? Reflect.construct(call, args) : await call(...args);
    if (result !== null && typeof result === "object" && Symbol.asyncIterator in result)
      await (result as AsyncIterable<unknown>)[Symbol.asyncIterator]().next();
    return undefined;
  } catch (error) {
    return error as { readonly code?: string; readonly message: string };
  }
}

describe("every function of @wayweave/numeric", () => {
  it.each(functions(main))(
    "%s refuses missing and wrong arguments with a typed error",
    async (_name, call) => {
      for (const args of wrongArguments) {
        const error = await errorOf(call, args);
        if (error === undefined) continue;
        expect(`${error.code}: ${error.message}`).toMatch(/^WAYWEAVE_/);
      }
    },
  );
});
