import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const CHILD = fileURLToPath(new URL("fixtures/resume-child.mjs", import.meta.url));
const STEPS = 12;

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "wayweave-nn-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** Runs the child; kills it without warning when it has reported `killAfter` saved steps. */
function run(file: string, killAfter = Number.POSITIVE_INFINITY): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [CHILD, file, String(STEPS)], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let reported = 0;
    let errors = "";
    child.stderr.on("data", (chunk: Buffer) => {
      errors += chunk.toString();
    });
    child.stdout.on("data", (chunk: Buffer) => {
      reported += chunk.toString().split("\n").length - 1;
      if (reported >= killAfter) child.kill("SIGKILL");
    });
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (code !== 0 && signal !== "SIGKILL") reject(new Error(`child exited with ${code}: ${errors}`));
      else resolve(reported);
    });
  });
}

describe("a run that is killed", () => {
  it("resumes and ends bit-identical to one that was never interrupted", async () => {
    const [whole, killed] = [path.join(folder, "whole.safetensors"), path.join(folder, "killed.safetensors")];
    expect(await run(whole)).toBe(STEPS);
    // Killed right after a report: most likely in the middle of the next step or its save.
    for (const killAfter of [3, 2, 1]) await run(killed, killAfter);
    await run(killed);
    expect(Buffer.compare(await readFile(killed), await readFile(whole))).toBe(0);
  });
});
