import { Random } from "@wayweave/geo-core";
import { splitWindows } from "@wayweave/trajcross";
import { describe, expect, it } from "vitest";
import { developmentSplit } from "../src/experiments/trajcross/systems/development.js";

/** 60 walks of 20 windows each. */
const sources = Uint32Array.from({ length: 1200 }, (_, i) => Math.floor(i / 20));
const sizes = { trainCount: 400, testCount: 80 };

describe("developmentSplit", () => {
  it.each(["windows", "pedestrians"] as const)(
    "tests on none of the %s that any seed's table tests on",
    (protocol) => {
      const { train, test } = developmentSplit(sources, protocol, sizes, new Random(1));
      expect(test.length).toBeGreaterThan(20);
      expect(train.length).toBeGreaterThan(100);
      const of = (window: number) => (protocol === "pedestrians" ? sources[window]! : window);
      const trained = new Set(Array.from(train, of));
      expect([...test].filter((window) => trained.has(of(window)))).toEqual([]);
      for (const seed of [1, 2, 3]) {
        const pairs = new Random(new Random(seed).split("pairs").uint32()).split("split");
        const tested = new Set(Array.from(splitWindows(sources, pairs, { protocol, ...sizes }).test, of));
        expect([...test].filter((window) => tested.has(of(window)))).toEqual([]);
      }
    },
  );
});
