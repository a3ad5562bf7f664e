// The pinned pnpm, also where none is installed. Needs nothing but Node.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The command and its first arguments: the pnpm that runs this script, else the installed one where its version is right, else npx's. */
export function findPnpm() {
  const { npm_execpath: running } = process.env;
  if (running?.endsWith("pnpm.cjs")) return [process.execPath, running];
  const pinned = JSON.parse(readFileSync(`${root}/package.json`, "utf8")).packageManager.split("@")[1];
  const installed = spawnSync("pnpm", ["--version"], {
    cwd: root,
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  if (installed.status === 0 && installed.stdout.trim() === pinned) return ["pnpm"];
  return ["npx", "--yes", `pnpm@${pinned}`];
}
