#!/usr/bin/env node
// Writes docs/results.md from the committed results (lib/claims.mjs has the claims).
//
//   node scripts/results-page.mjs           writes
//   node scripts/results-page.mjs --check   fails where the page differs from the results
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { resultsPage } from "./lib/results-page.mjs";
import { root } from "./lib/workspace.mjs";

const args = process.argv.slice(2);
if (args.some((arg) => arg !== "--check")) {
  console.error(`results-page.mjs: knows --check only, got ${args.join(" ")}`);
  process.exit(2);
}
const folder = join(root, "apps/bench/results");
const experiments = readdirSync(folder)
  .flatMap((paper) => {
    const inside = join(folder, paper);
    return existsSync(inside) && !paper.includes(".")
      ? readdirSync(inside).map((artefact) => `${paper}/${artefact}`)
      : [];
  })
  .filter((id) => existsSync(join(folder, id, "standard.json")))
  .sort();
const results = (id, preset) => {
  const file = join(folder, id, `${preset}.json`);
  if (!existsSync(file)) throw new Error(`no committed results of ${id} at ${preset}`);
  return JSON.parse(readFileSync(file, "utf8"));
};
const page = join(root, "docs/results.md");
const text = resultsPage(results, experiments);
if (!args.includes("--check")) writeFileSync(page, text);
else if (!existsSync(page) || readFileSync(page, "utf8") !== text) {
  console.error("docs/results.md differs from the committed results; run pnpm results-page");
  process.exit(1);
} else console.log(`docs/results.md: agrees with ${experiments.length} results`);
