// Processes that are killed at a moment, or left to end.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** Starts Node and kills it so long after it said that it is at work (its first line). @returns false where it had ended before */
export async function killedAtWork(args, afterMs) {
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "ignore"] });
  const gone = wasKilled(child);
  await new Promise((resolve) =>
    createInterface({ input: child.stdout }).once("line", resolve).once("close", resolve),
  );
  const timer = setTimeout(() => child.kill("SIGKILL"), afterMs);
  return gone.finally(() => clearTimeout(timer));
}

/**
 * Starts Node and kills it when the moment has come.
 *
 * @param moment (kill) => a function that stops waiting
 * @returns false where it had ended before
 */
export async function killedWhen(args, moment) {
  const child = spawn(process.execPath, args, { stdio: "ignore" });
  const stop = moment(() => child.kill("SIGKILL"));
  return wasKilled(child).finally(stop);
}

/** Runs Node to its end. @returns how long it took, in ms */
export async function ended(args) {
  const started = performance.now();
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (text) => {
    said += text;
  });
  const code = await new Promise((resolve) => child.on("exit", resolve));
  if (code !== 0) throw new Error(`${args.join(" ")} must end with 0, got ${code}: ${said.slice(-500)}`);
  return performance.now() - started;
}

/** A process that ends by itself must end well: a run that was killed before goes on. */
function wasKilled(child) {
  return new Promise((resolve, reject) =>
    child.on("exit", (code, signal) => {
      if (signal === "SIGKILL") resolve(true);
      else if (code === 0) resolve(false);
      else reject(new Error(`${child.spawnargs.join(" ")} must end with 0, got ${code ?? signal}`));
    }),
  );
}
