import { describe, expect, it } from "vitest";
import * as main from "../src/index.js";
import * as node from "../src/node.js";
import * as train from "../src/train.js";

const entries: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
  ["@wayweave/trajcross", main],
  ["@wayweave/trajcross/node", node],
  ["@wayweave/trajcross/train", train],
];

/** What a caller in JavaScript may hand in where an argument is missing or wrong. */
const wrongArguments: readonly (readonly unknown[])[] = [
  [],
  [null],
  [{}],
  [""],
  [7],
  [[]],
  [null, null],
  [{}, {}],
  ["no-such-file", {}],
];

/** Parts of networks, which take tensors; classes that `load` makes; and training, which needs no argument to begin. */
const inner =
  /^(TrajCross|encodeImages|encodeTrajectories|infoNce|modalityLoss|pairLoss|initParams|exportReader|trainReader|loadLineReader|openTrackFinder)$/;

type Callable = (...args: readonly unknown[]) => unknown;

/** Functions, constructors and the static methods of classes. */
function callables(entry: Readonly<Record<string, unknown>>): [name: string, call: Callable][] {
  return Object.entries(entry).flatMap(([name, value]): [string, Callable][] => {
    if (typeof value !== "function" || inner.test(name)) return [];
    const own = value as unknown as Record<string, unknown>;
    if (!/^class\b/.test(Function.prototype.toString.call(value))) return [[name, value as Callable]];
    const statics = Object.getOwnPropertyNames(value).filter((key) => typeof own[key] === "function");
    return [
      [name, (...args) => Reflect.construct(value, args)],
      ...statics.map((key): [string, Callable] => [`${name}.${key}`, (own[key] as Callable).bind(value)]),
    ];
  });
}

/** The error of a call, also of a promise; none where it accepts the arguments. */
async function errorOf(call: Callable, args: readonly unknown[]) {
  try {
    await call(...args);
    return undefined;
  } catch (error) {
    return error as { readonly code?: string; readonly message: string };
  }
}

describe.each(entries)("every function of %s", (_, entry) => {
  it.each(callables(entry))(
    "%s refuses missing and wrong arguments with a typed error",
    async (name, call) => {
      for (const args of wrongArguments) {
        const error = await errorOf(call, args);
        if (error === undefined || error.code === "ENOENT") continue;
        expect(`${name}${JSON.stringify(args)} ${error.code}: ${error.message}`).toMatch(/ WAYWEAVE_/);
      }
    },
  );
});
