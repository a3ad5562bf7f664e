#!/usr/bin/env node
// The supply chain: every dependency pinned by a checksum and from a registry, none withdrawn by its authors, no install script that runs or that
// nobody has looked at. None of it needs a network. Where an advisory service is reached, no grave advisory for what users install.
//
//   node scripts/check-lockfile.mjs
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { auditFindings, buildProblems, lockfileProblems, packagesWithScripts } from "./lib/lockfile.mjs";
import { findPnpm } from "./lib/pnpm.mjs";
import { root } from "./lib/workspace.mjs";

const read = (file) => parse(readFileSync(join(root, file), "utf8"));
const lock = read("pnpm-lock.yaml");
const scripted = packagesWithScripts(join(root, "node_modules/.pnpm"));
const [command, ...before] = findPnpm();
const { stdout, stderr } = spawnSync(command, [...before, "audit", "--prod", "--json"], {
  cwd: root,
  encoding: "utf8",
  timeout: 60_000,
  shell: process.platform === "win32" && command !== process.execPath,
});
const { unreachable, problems: advisories, notes } = auditFindings(stdout || stderr || "");
const problems = [
  ...lockfileProblems(lock),
  ...buildProblems(read("pnpm-workspace.yaml"), scripted),
  ...advisories,
];

for (const note of notes) console.log(`note: ${note}`);
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);
console.log(
  `lockfile: ${Object.keys(lock.packages).length} packages, each pinned by its checksum, none marked as withdrawn; ${scripted.length} have an install script, none is run`,
);
console.log(
  unreachable === undefined
    ? `advisories: none that is high or critical, ${notes.length} lower`
    : `advisories: not looked up, the service was not reached (${unreachable})`,
);
