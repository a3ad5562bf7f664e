import { describe, expect, it } from "vitest";
import {
  type BaselineName,
  baselineNames,
  baselinePresets,
  resolveBaselineConfig,
} from "../../src/baselines/config.js";

describe("resolveBaselineConfig", () => {
  it.each(baselineNames)("%s: its preset is in its own ranges", (name) => {
    expect(resolveBaselineConfig(name)).toEqual(baselinePresets[name]);
  });

  it("changes what it is told to, and nothing else", () => {
    expect(resolveBaselineConfig("corr-ae", { correspondence: 0.5 })).toEqual({
      ...baselinePresets["corr-ae"],
      correspondence: 0.5,
    });
  });

  it("names what is wrong", () => {
    const resolve = (name: string, overrides: object) => () =>
      resolveBaselineConfig(name as BaselineName, overrides as never);
    expect(resolve("dcca", {})).toThrow(
      'resolveBaselineConfig: name must be one of cca, moco, acmr, corr-ae, corr-cross-ae, dbrlm, got "dcca"',
    );
    expect(resolve("cca", { epochs: 3 })).toThrow("resolveBaselineConfig: cca has no setting epochs");
    expect(resolve("moco", { momentum: 1.5 })).toThrow(/momentum must be .*got 1.5/);
    expect(resolve("moco", { queueSize: 100 })).toThrow(
      "resolveBaselineConfig: queueSize must be a multiple of batchSize, got 100 and 256",
    );
    expect(resolve("dbrlm", { batchSize: 1 })).toThrow("batchSize must be at least 2, got 1");
    expect(resolve("acmr", { hidden: [64, 0] })).toThrow(
      "resolveBaselineConfig: hidden must be a positive integer, got 0",
    );
    expect(resolve("acmr", { margin: 0 })).toThrow(/margin must be .*got 0/);
  });
});
