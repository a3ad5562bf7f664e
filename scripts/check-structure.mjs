#!/usr/bin/env node
// Fails when the dependency arrows are broken or when the package.json files drift apart (rules: lib/structure.mjs).
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import ts from "typescript";
import { structureProblems } from "./lib/structure.mjs";
import { filesBelow, root, workspacePackages } from "./lib/workspace.mjs";

const packages = workspacePackages().map(({ folder, path, manifest }) => ({
  folder,
  manifest,
  files: existsSync(path) ? readdirSync(path) : [],
  sources: filesBelow(join(path, "src"), [".ts", ".tsx"]).map((file) => {
    const text = readFileSync(file, "utf8");
    const imports = ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
    return { file: relative(root, file), text, imports };
  }),
}));
const problems = structureProblems(packages);
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);
console.log(`structure: ${packages.length} packages, every rule holds`);
