// Running other programs from the workspace's scripts.
import { spawnSync } from "node:child_process";

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

/** Runs named checks one after another, prints a line for each, and ends the process with 1 if one failed. */
export async function runChecks(checks) {
  let failed = 0;
  for (const { name, check } of checks) {
    const startedAt = performance.now();
    try {
      await check();
      console.log(`ok   ${name} (${((performance.now() - startedAt) / 1000).toFixed(1)} s)`);
    } catch (error) {
      failed++;
      console.error(`FAIL ${name}\n${error instanceof Error ? error.message : error}`);
    }
  }
  console.log(`${checks.length - failed} of ${checks.length} held`);
  if (failed > 0) process.exitCode = 1;
}
