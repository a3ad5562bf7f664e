import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { slowModel } from "./support/models.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "nn-pool-"));
  await writeFile(path.join(folder, "slow.onnx"), slowModel(256, 40));
});
afterAll(() => rm(folder, { recursive: true }));

// A process whose threads keep it alive no longer ends in the middle of an await, with code 13.
describe("a process that awaits OnnxModelPool.dispose goes on after it", () => {
  const child = path.join(import.meta.dirname, "support/dispose-pool.mjs");
  const disposed = "OnnxModelPool.run: the pool was disposed";
  it.each([
    ["running", [disposed, "disposed"]],
    ["cancelled", ["cancelled", "cancelled", "disposed"]],
    ["twice", [disposed, "disposed"]],
  ])("when a run is %s", async (how, lines) => {
    const file = path.join(folder, "slow.onnx");
    const { stdout } = await promisify(execFile)(process.execPath, [child, how, file]);
    expect(stdout.trim().split("\n")).toEqual(lines);
  });
});
