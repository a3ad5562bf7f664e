import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { arch, cpus, platform, totalmem } from "node:os";
import { checkoutFolder } from "../datasets/locate.js";
import type { AnyExperiment } from "../experiments/experiment.js";
import type { Origin, Provenance, RawFile } from "../results/schema.js";

/** The code that runs now, and where. */
export function originOf(experiment: AnyExperiment): Origin {
  return {
    versions: versionsOf(experiment),
    machine: {
      platform: `${platform()} ${arch()}`,
      cpu: cpus()[0]?.model.trim() || "unknown",
      cores: Math.max(1, cpus().length),
      memoryGiB: Math.round(totalmem() / 2 ** 30),
    },
    commit: commitOf(checkoutFolder()),
  };
}

/** The process's largest resident set so far, its worker threads included. */
export function peakMemoryMiB(): number {
  return Math.round(process.resourceUsage().maxRSS / 1024);
}

/** Where rows came from: the newest run's origin, and how many came from others. @param raws at least one */
export function summariseOrigins(
  raws: readonly RawFile[],
): Pick<Provenance, "versions" | "machine" | "commit" | "startedAt" | "earlier" | "peakMemoryMiB"> {
  const newest = raws.reduce((best, raw) => (raw.startedAt > best.startedAt ? raw : best));
  const runs = new Map<string, number>();
  for (const { origin } of raws) runs.set(placeOf(origin), (runs.get(placeOf(origin)) ?? 0) + 1);
  runs.delete(placeOf(newest.origin));
  const earlier = [...runs].map(([place, count]) => ({
    ...(JSON.parse(place) as Pick<Origin, "machine" | "commit">),
    runs: count,
  }));
  return {
    ...newest.origin,
    startedAt: newest.startedAt,
    ...(earlier.length === 0 ? {} : { earlier }),
    peakMemoryMiB: Math.max(...raws.map(({ peakMemoryMiB }) => peakMemoryMiB)),
  };
}

function placeOf({ machine, commit }: Origin): string {
  return JSON.stringify({ machine, commit });
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
