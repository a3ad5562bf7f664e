import { existsSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { defineExperiment } from "../src/experiments/experiment.js";
import { checkpointFolder } from "../src/results/files.js";
import { Checkpoints } from "../src/runner/checkpoints.js";
import { bare } from "./fixtures/tiny-parts.mjs";
import { runQuick, temporaryFolder } from "./support.js";

const files = (folder: string) => join(folder, "saved");

describe("Checkpoints", () => {
  it("hands out what an earlier run has saved, but not of another origin, nor to a fresh run", async () => {
    const root = await temporaryFolder();
    const folder = await new Checkpoints(root, false).open(1, "model", "code 1");
    await writeFile(files(folder), "half");
    const other = await new Checkpoints(root, false).open(1, "other model", "code 2");
    expect(other).not.toBe(folder);

    const next = new Checkpoints(root, false);
    expect(await next.open(1, "model", "code 1")).toBe(folder);
    expect(await readFile(files(folder), "utf8")).toBe("half");

    const fresh = new Checkpoints(root, true);
    expect(existsSync(files(await fresh.open(1, "model", "code 1")))).toBe(false);
    await writeFile(files(folder), "anew");
    expect(await readFile(files(await fresh.open(1, "model", "code 1")), "utf8")).toBe("anew");

    const changed = await new Checkpoints(root, false).open(1, "model", "code 2");
    expect(existsSync(files(changed))).toBe(false);
    expect(existsSync(folder)).toBe(false);
  });

  it("removes all that is saved of the seeds that are done", async () => {
    const root = await temporaryFolder();
    const earlier = await new Checkpoints(root, false).open(1, "model", "code");
    const checkpoints = new Checkpoints(root, false);
    const [done, kept] = [
      await checkpoints.open(1, "other model", "code"),
      await checkpoints.open(2, "model", "code"),
    ];
    await checkpoints.clear([1]);
    expect([earlier, done, kept].map((folder) => existsSync(folder))).toEqual([false, false, true]);
  });
});

/** Counts to 4; stops at 2 when `stop` asks, and goes on from what it has saved. */
function counting(stop: AbortController | undefined, begun: number[]) {
  return defineExperiment({
    ...bare,
    id: "nn/counting",
    seedCounts: { quick: 1 },
    metrics: ["points"],
    rawSchema: z.object({ points: z.number() }),
    rows: () => [
      {
        system: "counter",
        dataset: "Numbers",
        paper: null,
        async run({ checkpointDir, signal }) {
          const file = files(await checkpointDir("count"));
          let points = existsSync(file) ? Number(await readFile(file, "utf8")) : 0;
          begun.push(points);
          while (points < 4) {
            if (points === 2) stop?.abort();
            signal.throwIfAborted();
            await writeFile(file, `${++points}`);
          }
          return { points };
        },
      },
    ],
    score: (raw) => raw,
  });
}

it("a run that was stopped goes on in the middle of a row, and cleans up when it is done", async () => {
  const out = await temporaryFolder();
  const begun: number[] = [];
  const run = (options: { readonly stop?: AbortController; readonly fresh?: boolean }) =>
    runQuick(counting(options.stop, begun), out, {
      fresh: options.fresh,
      ...(options.stop === undefined ? {} : { signal: options.stop.signal }),
    });
  const folder = checkpointFolder(out, "nn/counting", "quick");
  const interrupted = await run({ stop: new AbortController() });
  expect(interrupted.interrupted).toBe(true);
  expect((await run({})).result.rows[0]?.metrics.points?.mean).toBe(4);
  expect(begun).toEqual([0, 2]);
  await run({ stop: new AbortController(), fresh: true });
  await run({ fresh: true });
  expect(begun).toEqual([0, 2, 0, 0]);
  expect(await readdir(folder)).toEqual([]);
});
