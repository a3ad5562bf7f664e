import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "streams-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** A process of its own that runs a program whose one command does `work`; its standard output and standard error are pipes. */
function start(work: string) {
  const script = `
    import { writeFileSync } from "node:fs";
    import { setTimeout as pause } from "node:timers/promises";
    import { Command } from "commander";
    import { runProgram } from "./dist/index.js";
    const program = new Command("program").action(async () => { ${work} });
    process.argv = [process.execPath]; // with --eval, words begin at once
    await runProgram(program);`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", script], {
    cwd: fileURLToPath(new URL("..", import.meta.url)),
    stdio: ["ignore", "pipe", "pipe"],
  });
  const code = new Promise<number | null>((resolve) => child.once("close", resolve));
  return { child, code };
}

describe("a command whose output nobody takes", () => {
  it("finishes its work where the reader of its progress has gone", async () => {
    const file = join(folder, "out.txt");
    const { child, code } = start(`
      for (let i = 0; i < 20; i++) { process.stderr.write("progress\\n"); await pause(5); }
      writeFileSync(${JSON.stringify(file)}, "done");`);
    child.stderr.destroy();
    child.stdout.resume();
    expect(await code).toBe(0);
    expect(await readFile(file, "utf8")).toBe("done");
  });

  it("ends without a word where the reader has seen enough", async () => {
    const { child, code } = start(`for (;;) { process.stdout.write("a line\\n"); await pause(5); }`);
    let said = "";
    child.stderr.on("data", (bytes) => {
      said += bytes;
    });
    child.stdout.once("data", () => child.stdout.destroy());
    expect([await code, said]).toEqual([0, ""]);
  });

  it("tells in a line where it cannot be written", async () => {
    const { child, code } = start(`
      const full = Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC", syscall: "write" });
      process.stdout.destroy(full);
      await pause(60_000);`);
    let said = "";
    child.stderr.on("data", (bytes) => {
      said += bytes;
    });
    child.stdout.resume();
    expect([await code, said]).toEqual([
      1,
      "error: standard output: ENOSPC: no space left on device, write\n",
    ]);
  });
});
