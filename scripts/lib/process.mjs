// Running other programs from the workspace's scripts.
import { spawn, spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";

/** Runs a command and returns its output; throws with all of it when the command fails. */
export function output(command, args, options = {}) {
  const result = spawnSync(command, args, {
    encoding: "utf8",
    maxBuffer: 256 * 1024 * 1024,
    shell: process.platform === "win32" && command !== process.execPath,
    ...options,
  });
  if (result.error) throw new Error(`${command} could not be started: ${result.error.message}`);
  if (result.status !== 0) {
    throw new Error(
      `${command} ${args.join(" ")} ended with ${result.status ?? result.signal}\n${result.stdout}${result.stderr}`,
    );
  }
  return result.stdout;
}

/** {@link output} without waiting for it: for checks of which several run at once. */
export function outputOf(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: ["ignore", "pipe", "pipe"],
      shell: process.platform === "win32" && command !== process.execPath,
      ...options,
    });
    const said = { stdout: "", stderr: "" };
    for (const stream of ["stdout", "stderr"]) {
      child[stream].setEncoding("utf8").on("data", (text) => {
        said[stream] += text;
      });
    }
    child.on("error", (error) => reject(new Error(`${command} could not be started: ${error.message}`)));
    child.on("close", (code, signal) => {
      if (code === 0) resolve(said.stdout);
      else
        reject(
          new Error(
            `${command} ${args.join(" ")} ended with ${code ?? signal}\n${said.stdout}${said.stderr}`,
          ),
        );
    });
  });
}

/** Runs named checks, as many at once as there are cores or as `atOnce` says, prints a line for each, and ends the process with 1 if one failed. */
export async function runChecks(checks, atOnce = availableParallelism()) {
  let failed = 0;
  await forEach(checks, atOnce, async ({ name, check }) => {
    const startedAt = performance.now();
    try {
      await check();
      console.log(`ok   ${name} (${((performance.now() - startedAt) / 1000).toFixed(1)} s)`);
    } catch (error) {
      failed++;
      console.error(`FAIL ${name}\n${error instanceof Error ? error.message : error}`);
    }
  });
  console.log(`${checks.length - failed} of ${checks.length} held`);
  if (failed > 0) process.exitCode = 1;
}

/** Works on all items, at most `atOnce` at a time. */
export async function forEach(items, atOnce, work) {
  const waiting = [...items];
  await Promise.all(
    Array.from({ length: Math.max(1, atOnce) }, async () => {
      for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
    }),
  );
}
