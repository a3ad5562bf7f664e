import { existsSync } from "node:fs";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { defineExperiment, type RunContext } from "../src/experiments/experiment.js";
import { rawArchivePath, readRawArchive, readResult, writeRawArchive } from "../src/results/files.js";
import type { RunOptions } from "../src/runner/run-experiment.js";
import { bare, californiaPoints } from "./fixtures/tiny-parts.mjs";
import { runQuick, temporaryFolder } from "./support.js";

/** Two rows that share one computation on California's points: how many there are, and twice as many. */
const sharing = defineExperiment({
  ...bare,
  id: "test/sharing",
  seedCounts: { quick: 1 },
  metrics: ["points"],
  rawSchema: z.object({ points: z.number() }),
  rows: () =>
    [1, 2].map((factor) => ({
      system: `× ${factor}`,
      dataset: "California",
      paper: null,
      run: async (context) => ({ points: factor * (await context.share("count", () => count(context))) }),
    })),
  score: (raw) => raw,
});

async function count(context: RunContext): Promise<number> {
  context.reportEngine("abacus");
  return californiaPoints(context.load);
}

const located = {
  id: "california-road-nodes" as const,
  paths: [],
  files: ["cal.txt"],
  sha256: ["ab".repeat(32)],
};

function run(
  out: string,
  { isThere = false, ...options }: Partial<Omit<RunOptions, "locator">> & { isThere?: boolean },
) {
  return runQuick(sharing, out, { locate: async () => (isThere ? located : undefined), ...options });
}

const points = (rows: Awaited<ReturnType<typeof run>>["result"]["rows"]) =>
  rows.map(({ metrics }) => metrics.points?.mean);

describe("runExperiment", () => {
  it("notes the data and the engine of a row that takes what another has computed, and makes both anew for other data", async () => {
    const out = await temporaryFolder();
    const synthetic = await run(out, {});
    expect(points(synthetic.result.rows)).toEqual([7, 14]);
    expect(synthetic.result.rows.map(({ data }) => data)).toEqual([["California"], ["California"]]);
    expect(synthetic.result.provenance.engine).toBe("abacus");
    const real = await run(out, { isThere: true });
    expect(points(real.result.rows)).toEqual([21048, 42096]);
    expect(real.reused).toBe(0);
    expect((await run(out, { isThere: true })).reused).toBe(2);
    // The second row alone computes what it shares, and says so too.
    const alone = await run(await temporaryFolder(), { only: /× 2/ });
    expect(alone.result.rows[0]?.data).toEqual(["California"]);
  });

  it("keeps an earlier run's file as long as that has more rows", async () => {
    const out = await temporaryFolder();
    const whole = await run(out, {});
    const stopped = new AbortController();
    stopped.abort();
    const none = await run(out, { isThere: true, signal: stopped.signal });
    expect([none.interrupted, none.result.rows.length]).toEqual([true, 0]);
    const one = await run(out, { isThere: true, only: /× 1/ });
    expect(one.path).toBe(join(out, "test/sharing/quick.partial.json"));
    expect(points((await readResult(one.path)).rows)).toEqual([21048]);
    expect(points((await readResult(whole.path)).rows)).toEqual([7, 14]);
    const both = await run(out, { isThere: true });
    expect(both.path).toBe(whole.path);
    expect(points((await readResult(whole.path)).rows)).toEqual([21048, 42096]);
    expect(existsSync(one.path)).toBe(false);
  });

  it("takes finished rows from disk also when it is stopped before them", async () => {
    const out = await temporaryFolder();
    await run(out, {});
    const stopped = new AbortController();
    stopped.abort();
    const outcome = await run(out, { signal: stopped.signal, fresh: true });
    expect(points(outcome.result.rows)).toEqual([7, 14]);
  });

  it("says which rows earlier code made", async () => {
    const out = await temporaryFolder();
    const { result } = await run(out, {});
    expect(result.provenance.earlier).toBeUndefined();
    const path = join(out, "test/sharing/raw/quick/california/1/seed-1.json");
    const raw = JSON.parse(await readFile(path, "utf8")) as Record<string, unknown>;
    const origin = { ...(raw.origin as object), commit: "0123abc" };
    await writeFile(path, JSON.stringify({ ...raw, origin, startedAt: "2026-01-01T00:00:00.000Z" }));
    const { earlier, commit } = (await run(out, {})).result.provenance;
    expect(earlier).toMatchObject([{ commit: "0123abc", runs: 1 }]);
    expect(commit).not.toBe("0123abc");
  });

  it("adds seeds to published results, and takes none of other code or data", async () => {
    const publish = async (isThere: boolean) => {
      const out = await temporaryFolder();
      const { path } = await run(out, { isThere, fingerprint: "as published" });
      await rm(join(out, "test/sharing/raw"), { recursive: true });
      return { out, path };
    };
    const again = { isThere: true, seedCount: 2, fingerprint: "as published", fromPublished: true } as const;
    const { out, path } = await publish(true);
    const published = (await readResult(path)).provenance;
    expect((await run(out, { ...again, fingerprint: "newer" })).otherPublished).toBe(2);
    expect((await readResult(path)).provenance.fingerprint).toBe("newer");

    const other = await publish(true);
    const added = await run(other.out, again);
    expect([added.reused, added.otherPublished]).toEqual([2, 0]);
    expect(added.result.rows[0]?.metrics.points?.values).toEqual([21048, 21048]);
    expect(added.result.provenance).toMatchObject({
      engine: "abacus",
      seeds: [1, 2],
      commit: published.commit,
    });
    const made = (await readRawArchive(rawArchivePath(other.path)))?.runs.map(({ seed, made }) => [
      seed,
      made?.sources,
    ]);
    const sources = [{ id: "california-road-nodes", sha256: ["ab".repeat(32)] }];
    expect(made).toEqual([1, 2, 1, 2].map((seed) => [seed, sources]));

    const synthetic = await publish(true);
    expect((await run(synthetic.out, { ...again, isThere: false })).reused).toBe(0);
    const plain = await publish(true);
    expect((await run(plain.out, { ...again, fromPublished: false })).reused).toBe(0);
  });

  it("adds seeds to results of the time before their runs said what made them", async () => {
    const out = await temporaryFolder();
    const { path } = await run(out, { isThere: true });
    const archive = await readRawArchive(rawArchivePath(path));
    const runs = archive!.runs.map(({ made: _, ...rest }) => rest);
    await writeRawArchive(rawArchivePath(path), { ...archive!, runs });
    await rm(join(out, "test/sharing/raw"), { recursive: true });
    const added = await run(out, { isThere: true, seedCount: 2, fromPublished: true });
    expect([added.reused, added.otherPublished]).toEqual([2, 0]);
    expect(added.result.data.map(({ sha256 }) => sha256)).toEqual([["ab".repeat(32)]]);
  });

  it("leaves no picture of a partial file behind", async () => {
    const drawn = {
      ...sharing,
      id: "test/drawn" as const,
      pictures: () => [{ title: "Counts", svg: "<svg ></svg>" }],
    };
    const out = await temporaryFolder();
    const options = { locate: async () => undefined };
    await runQuick(drawn, out, options);
    await runQuick(drawn, out, { ...options, fingerprint: "newer", only: /× 1/ });
    const names = async () =>
      (await readdir(join(out, "test/drawn"))).filter((name) => name.includes("partial"));
    expect(await names()).toEqual(["quick.partial.counts.svg", "quick.partial.json"]);
    await runQuick(drawn, out, { ...options, fingerprint: "newer" });
    expect(await names()).toEqual([]);
  });
});
