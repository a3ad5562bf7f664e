import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { arch, cpus, platform, totalmem } from "node:os";
import { checkoutFolder } from "../datasets/locate.js";
import type { AnyExperiment } from "../experiment.js";
import type { Provenance } from "../results/schema.js";

/** What ran, where, on which code: everything in a provenance block that is known before the first row. */
export function describeRun(
  experiment: AnyExperiment,
): Pick<Provenance, "versions" | "machine" | "commit" | "startedAt"> {
  return {
    versions: versionsOf(experiment),
    machine: {
      platform: `${platform()} ${arch()}`,
      cpu: cpus()[0]?.model.trim() || "unknown",
      cores: Math.max(1, cpus().length),
      memoryGiB: Math.round(totalmem() / 2 ** 30),
    },
    commit: commitOf(checkoutFolder()),
    startedAt: new Date().toISOString(),
  };
}

/** The process's largest resident set so far, its worker threads included. */
export function peakMemoryMiB(): number {
  return Math.round(process.resourceUsage().maxRSS / 1024);
}

function versionsOf(experiment: AnyExperiment): Record<string, string> {
  const require = createRequire(import.meta.url);
  const versions: Record<string, string> = { node: process.versions.node };
  for (const name of experiment.packages) {
    const manifest: unknown = JSON.parse(readFileSync(require.resolve(`${name}/package.json`), "utf8"));
    versions[name] = (manifest as { version: string }).version;
  }
  return versions;
}

/** The checkout's commit, with `+changes` where tracked files differ from it; null without git. */
function commitOf(folder: string): string | null {
  const git = (...args: string[]) => spawnSync("git", args, { cwd: folder, encoding: "utf8" });
  const head = git("rev-parse", "HEAD");
  if (head.status !== 0) return null;
  const changed = git("status", "--porcelain", "--untracked-files=no").stdout.trim() !== "";
  return head.stdout.trim() + (changed ? "+changes" : "");
}
