import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { defineExperiment, type RunContext } from "../src/experiments/experiment.js";
import { readResult } from "../src/results/files.js";
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
});
