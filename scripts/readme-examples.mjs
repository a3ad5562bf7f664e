#!/usr/bin/env node
// Extracts every ```ts block of the READMEs and guides, type-checks it and runs it. A block that is only shown says ```ts fragment.
//
//   node scripts/readme-examples.mjs                      all
//   node scripts/readme-examples.mjs packages/geo-core    one package's
//   node scripts/readme-examples.mjs docs                 the guides'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import ts from "typescript";
import { outputOf, runChecks } from "./lib/process.mjs";
import { filesBelow, root, workspacePackages } from "./lib/workspace.mjs";

const timeoutMs = 120_000;
const only = process.argv.slice(2).map((folder) => folder.replace(/\/$/, ""));
const packages = workspacePackages();
// The root README and the guides may use every package, as the bench does.
const readmes = [
  { file: join(root, "README.md"), folder: join(root, "apps/bench"), name: "." },
  ...filesBelow(join(root, "docs"), [".md"]).map((file) => ({
    file,
    folder: join(root, "apps/bench"),
    name: "docs",
  })),
  ...packages.map(({ path, folder }) => ({ file: join(path, "README.md"), folder: path, name: folder })),
].filter(({ file, name }) => existsSync(file) && (only.length === 0 || only.includes(name)));

await runChecks(
  readmes.flatMap(examplesOf).map((example) => ({ name: example.name, check: () => checkExample(example) })),
);

/** The runnable blocks of one README, with the line where each begins. */
function examplesOf({ file, folder }) {
  const text = readFileSync(file, "utf8");
  return [...text.matchAll(/^```ts[ \t]*\n([\s\S]*?)^```/gm)].map((match) => ({
    name: `${relative(root, file)}:${text.slice(0, match.index).split("\n").length + 1}`,
    code: match[1],
    folder,
  }));
}

async function checkExample({ name, code, folder }) {
  const scratch = join(folder, ".cache", `readme-${name.replace(/\W+/g, "-")}`);
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(scratch, { recursive: true });
  const source = join(scratch, "example.mts");
  writeFileSync(source, code);
  compile(source);
  await outputOf(process.execPath, ["example.mjs"], { cwd: scratch, timeout: timeoutMs });
  rmSync(scratch, { recursive: true, force: true });
}

function compile(source) {
  const program = ts.createProgram([source], {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    lib: ["lib.es2023.d.ts"],
    strict: true,
    skipLibCheck: true,
    types: ["node"],
    typeRoots: [join(root, "node_modules/@types")],
  });
  const emitted = program.emit();
  const problems = [...ts.getPreEmitDiagnostics(program), ...emitted.diagnostics];
  if (problems.length > 0) {
    throw new Error(
      ts.formatDiagnostics(problems, {
        getCanonicalFileName: (f) => f,
        getCurrentDirectory: () => root,
        getNewLine: () => "\n",
      }),
    );
  }
}
