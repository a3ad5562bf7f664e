#!/usr/bin/env node
// Writes the figures of the READMEs and guides from the committed results (marks: lib/readme-figures.mjs, lib/json-figures.mjs).
//
//   node scripts/readme-figures.mjs           writes
//   node scripts/readme-figures.mjs --check   fails where a README differs from the results
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { withJsonFigures } from "./lib/json-figures.mjs";
import { withFigures } from "./lib/readme-figures.mjs";
import { filesBelow, root, workspacePackages } from "./lib/workspace.mjs";

const args = process.argv.slice(2);
if (args.some((arg) => arg !== "--check")) {
  console.error(`readme-figures.mjs: knows --check only, got ${args.join(" ")}`);
  process.exit(2);
}
const check = args.includes("--check");
const readmes = [
  join(root, "README.md"),
  ...workspacePackages().map(({ path }) => join(path, "README.md")),
  ...filesBelow(join(root, "docs"), [".md"]),
  ...filesBelow(join(root, "examples"), [".md"]),
].filter(existsSync);

const cache = new Map();
function results(experiment, preset) {
  const file = join(root, "apps/bench/results", experiment, `${preset}.json`);
  if (!cache.has(file)) {
    if (!existsSync(file)) throw new Error(`no committed results of ${experiment} at ${preset}`);
    cache.set(file, JSON.parse(readFileSync(file, "utf8")));
  }
  return cache.get(file);
}

const readJson = (file) => JSON.parse(readFileSync(join(root, file), "utf8"));

let wrong = 0;
for (const file of readmes) {
  const text = readFileSync(file, "utf8");
  let updated;
  try {
    updated = withJsonFigures(withFigures(text, results), readJson);
  } catch (error) {
    console.error(`${relative(root, file)}: ${error.message}`);
    wrong++;
    continue;
  }
  if (updated === text) continue;
  if (check) {
    console.error(
      `${relative(root, file)}: figures differ from the committed results; run pnpm readme-figures`,
    );
    wrong++;
  } else {
    writeFileSync(file, updated);
    console.log(`${relative(root, file)}: written`);
  }
}
if (wrong > 0) process.exit(1);
if (check) console.log(`figures: ${readmes.length} files agree with the committed results`);
