import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { differencesOf } from "../src/commands/compare.js";
import { writeResult } from "../src/results/files.js";
import type { ResultFile } from "../src/results/schema.js";

async function folderWith(nmi: readonly number[], medianMs: number): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "wayweave-compare-"));
  const mean = nmi.reduce((sum, value) => sum + value, 0) / nmi.length;
  const origin = {
    versions: {},
    machine: { platform: "linux", cpu: "a", cores: 2, memoryGiB: 8 },
    commit: null,
  };
  const result: ResultFile = {
    schemaVersion: 1,
    experiment: "paper/table1",
    preset: "quick",
    parameters: {},
    data: [],
    rows: [
      {
        system: "A",
        dataset: "City",
        data: [],
        metrics: {
          nmi: { mean, low: Math.min(...nmi), high: Math.max(...nmi), values: [...nmi] },
          medianMs: { mean: medianMs, low: medianMs, high: medianMs, values: [medianMs] },
        },
        paper: null,
        seconds: 1,
      },
    ],
    provenance: {
      ...origin,
      seeds: nmi.map((_, i) => i + 1),
      engine: "auto",
      startedAt: "2026-01-01T00:00:00.000Z",
      seconds: 1,
      peakMemoryMiB: 1,
      complete: true,
    },
  };
  await writeResult(join(folder, "paper", "table1", "quick.json"), result);
  return folder;
}

describe("differencesOf", () => {
  it("marks what differs by more than the seeds do, and leaves times out", async () => {
    const a = await folderWith([0.5, 0.6], 10);
    // Half of A's range is .05: .02 off is within it, .2 is not.
    const near = await differencesOf(a, await folderWith([0.57], 90));
    expect(near.map(({ metric, beyondSpread }) => [metric, beyondSpread])).toEqual([["nmi", false]]);
    const far = await differencesOf(a, await folderWith([0.75], 10));
    expect(far.map(({ beyondSpread }) => beyondSpread)).toEqual([true]);
  });

  it("names folders that have nothing in common", async () => {
    const a = await folderWith([0.5], 10);
    const empty = await mkdtemp(join(tmpdir(), "wayweave-compare-"));
    await expect(differencesOf(a, empty)).rejects.toThrow(
      `compare: both folders must hold results of one experiment at one preset, got paper/table1 at quick in ${a}; nothing in ${empty}`,
    );
  });
});
