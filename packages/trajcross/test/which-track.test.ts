import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";

it("examples/which-track.mjs finds the track that its demo screenshot shows", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "trajcross-example-"));
  try {
    const example = path.join(import.meta.dirname, "../examples/which-track.mjs");
    const { stdout } = await promisify(execFile)(process.execPath, [example], {
      env: { ...process.env, TMPDIR: folder, TEMP: folder },
    });
    expect(stdout).toContain("the screenshot shows ride-42");
    expect(stdout).toMatch(/80 tracks searched in \d+ ms.*\n {2}0\.\d+ {2}ride-42\/0\/0\n/);
  } finally {
    await rm(folder, { recursive: true });
  }
});
