#!/usr/bin/env node
// The licences of everything that the packages and examples need at run time, from what is installed; no network.
//
//   node scripts/licences.mjs           checks, and writes docs/licences.md
//   node scripts/licences.mjs --check   checks: every licence is permissive, no package of ours has an install script
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { licenceProblems, licenceTable, scriptProblems } from "./lib/licences.mjs";
import { findPnpm } from "./lib/pnpm.mjs";
import { output } from "./lib/process.mjs";
import { root, workspacePackages } from "./lib/workspace.mjs";

const args = process.argv.slice(2);
if (args.some((arg) => arg !== "--check")) {
  console.error(`licences.mjs: knows --check only, got ${args.join(" ")}`);
  process.exit(2);
}
const [command, ...before] = findPnpm();
const licences = JSON.parse(
  output(command, [...before, "licenses", "list", "--json", "--prod"], { cwd: root }),
);
const problems = [...licenceProblems(licences), ...scriptProblems(workspacePackages())];
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);
const count = Object.values(licences).flat().length;
if (!args.includes("--check")) {
  writeFileSync(
    join(root, "docs/licences.md"),
    `# Licences\n\nWhat is installed with the packages, the bench and the examples, development tools left out; written by \`node scripts/licences.mjs\`.\nBinaries that npm brings for one system only (sharp's libvips is LGPL-3.0-or-later, loaded unchanged) are not listed. No package of this\nrepository has an install script, and none of another's is run here (\`onlyBuiltDependencies: []\`).\n\n| licence | packages | |\n| --- | ---: | --- |\n${licenceTable(licences)}`,
  );
}
console.log(`licences: ${count} packages, all permissive; no install script`);
