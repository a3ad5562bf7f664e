import { describe, expect, it } from "vitest";
import { checkOptions } from "../../src/foundation/check-options.js";

const where = "GmrTree.search";
const known = ["k", "mu", "maxDistanceMeters", "filter"] as const;

function check(options: object | undefined): void {
  checkOptions(where, options as { k?: number }, known as unknown as readonly "k"[]);
}

describe("checkOptions", () => {
  it("passes nothing, known keys, and known keys without a value", () => {
    check(undefined);
    check({});
    check({ k: 3, mu: 0.5, maxDistanceMeters: undefined });
  });

  it("names the key and the nearest known one", () => {
    expect(() => check({ maxDistance: 5 })).toThrow(
      'GmrTree.search: unknown option "maxDistance"; did you mean "maxDistanceMeters"?',
    );
    expect(() => check({ Filter: 5 })).toThrow('unknown option "Filter"; did you mean "filter"?');
    expect(() => check({ flter: 5 })).toThrow('unknown option "flter"; did you mean "filter"?');
  });

  it("lists what is known where nothing is alike", () => {
    expect(() => check({ temperature: 1 })).toThrow(
      'GmrTree.search: unknown option "temperature"; known are k, mu, maxDistanceMeters, filter',
    );
    expect(() => checkOptions("now", { x: 1 }, [])).toThrow('now: unknown option "x"; no options are known');
  });

  it("refuses what is no object", () => {
    expect(() => check(null as unknown as object)).toThrow(
      "GmrTree.search: options must be an object, got null",
    );
    expect(() => check([1])).toThrow("GmrTree.search: options must be an object, got an array");
    for (const hiding of [new Map([["k", 3]]), new Set(["k"]), Promise.resolve({ k: 3 })]) {
      expect(() => check(hiding)).toThrow(
        `GmrTree.search: options must be an object, got a ${hiding.constructor.name}`,
      );
    }
    expect(() => check(Object.create({ k: 3 }))).not.toThrow(); // Read as any other property.
    expect(() => check(5 as unknown as object)).toThrow(
      "GmrTree.search: options must be an object, got a number",
    );
  });
});
