import { Random } from "@wayweave/geo-core";
import type { RunContext } from "../src/experiments/experiment.js";

/** What a row gets on a machine without any data: every loader returns its synthetic stand-in. */
export function syntheticContext(): RunContext {
  const shared = new Map<string, Promise<unknown>>();
  const once = (key: string, compute: () => Promise<unknown>) =>
    shared.get(key) ?? shared.set(key, compute()).get(key);
  return {
    preset: "quick",
    seed: 1,
    random: new Random(1),
    engine: "auto",
    signal: new AbortController().signal,
    onProgress: () => {},
    reportEngine: () => {},
    load: (dataset: unknown, key: string, loader: (located: undefined) => Promise<unknown>) =>
      once(`${dataset} ${key}`, () => loader(undefined)),
    share: once,
  } as unknown as RunContext;
}
