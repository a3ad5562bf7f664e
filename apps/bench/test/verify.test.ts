import { rm } from "node:fs/promises";
import { join } from "node:path";
import { FormatError, ValueError } from "@wayweave/geo-core";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { listCommand } from "../src/commands/list.js";
import { verifyResults } from "../src/commands/verify.js";
import { defineExperiment } from "../src/experiments/experiment.js";
import {
  rawArchivePath,
  readRawArchive,
  readResult,
  writeRawArchive,
  writeResult,
  writeText,
} from "../src/results/files.js";
import { rawArrays } from "../src/results/raw-arrays.js";
import { bare } from "./fixtures/tiny-parts.mjs";
import { runQuick, temporaryFolder } from "./support.js";

/** Two rows of labels; the metric is the share of ones, the speedup relative to the first row's time. */
const counting = defineExperiment({
  ...bare,
  id: "test/counting",
  seedCounts: { quick: 2 },
  metrics: ["nmi", "medianMs", "speedup"],
  reference: { system: "slow", metric: "medianMs" },
  rawSchema: z.object({ labels: rawArrays.uint32, ms: z.number() }),
  rows: () =>
    ["slow", "fast"].map((system, i) => ({
      system,
      dataset: "Numbers",
      paper: null,
      run: async ({ seed }) => ({ labels: Uint32Array.of(1, 0, seed % 2, 0), ms: 10 - 5 * i }),
    })),
  score: ({ labels, ms }) => ({
    nmi: labels.filter((label) => label === 1).length / labels.length,
    medianMs: ms,
  }),
});

let out: string;
let path: string;

beforeEach(async () => {
  out = await temporaryFolder();
  ({ path } = await runQuick(counting, out, { threads: 2 }));
});

describe("verify", () => {
  it("computes every metric again from the raw outputs that a run leaves beside its results", async () => {
    const [file] = await verifyResults(out, [counting]);
    expect(file).toMatchObject({ state: "verified", metrics: 6, problems: [] });
    const { provenance } = await readResult(path);
    expect(provenance.threads).toBe(2);
    expect(provenance.fingerprint).toMatch(/^[0-9a-f]{64}$/);
  });

  it("names a figure that the raw outputs do not give", async () => {
    const result = await readResult(path);
    result.rows[1]!.metrics.nmi!.values[0]! += 0.25;
    await writeResult(path, result);
    const [file] = await verifyResults(out, [counting]);
    expect(file?.problems).toEqual([
      "fast on Numbers: nmi must be [0.5, 0.25] by the raw outputs, got [0.75, 0.25]",
    ]);
    expect(file?.state).toBe("differs");
  });

  it("names rows without raw outputs, and raw outputs without a row", async () => {
    const archive = (await readRawArchive(rawArchivePath(path)))!;
    const runs = archive.runs.map((run) => (run.system === "fast" ? { ...run, system: "faster" } : run));
    await writeRawArchive(rawArchivePath(path), { ...archive, runs });
    const [file] = await verifyResults(out, [counting]);
    expect(file?.problems).toContain("fast on Numbers: has no raw output");
    expect(file?.problems).toContain("faster on Numbers: has raw outputs and no row");
  });

  it("says where there is nothing to compute from, and refuses what is no archive", async () => {
    await rm(rawArchivePath(path));
    expect((await verifyResults(out, [counting]))[0]?.state).toBe("no raw outputs");
    await writeText(rawArchivePath(path), "{}");
    await expect(verifyResults(out, [counting])).rejects.toThrow(FormatError);
    await expect(verifyResults(join(out, "none"), [counting])).rejects.toThrow(/must find results files/);
    await expect(verifyResults(out, [counting], ["test/other"])).rejects.toThrow(ValueError);
  });
});

describe("list", () => {
  it("says which results other code has made", async () => {
    const context = { experiments: [counting], downloads: {}, signal: new AbortController().signal };
    const listed = async () => {
      const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
      await listCommand({ out, data: "none", json: true }, context);
      const text = write.mock.calls.map(([chunk]) => String(chunk)).join("");
      write.mockRestore();
      return (JSON.parse(text) as { experiments: { results: unknown }[] }).experiments[0]?.results;
    };
    expect(await listed()).toEqual({ quick: "current" });
    const result = await readResult(path);
    await writeResult(path, {
      ...result,
      provenance: { ...result.provenance, fingerprint: "0".repeat(64) },
    });
    expect(await listed()).toEqual({ quick: "stale" });
    delete result.provenance.fingerprint;
    await writeResult(path, result);
    expect(await listed()).toEqual({ quick: "of unknown age" });
    await writeText(path, "{}");
    expect(await listed()).toEqual({ quick: "broken" });
  });
});
