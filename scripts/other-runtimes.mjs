#!/usr/bin/env node
// The packed packages, installed into an empty folder, in other runtimes than the Node that runs this: newer Nodes, Bun, Deno. Each does one thing
// with each package (scripts/lib/runtime-probe.mjs) and must have the results of this Node. The runtimes come from npm, without install
// scripts; one that npm does not have for this machine is skipped with a message.
//
//   node scripts/other-runtimes.mjs               all
//   node scripts/other-runtimes.mjs deno          one
import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { output, runChecks } from "./lib/process.mjs";
import { packAll } from "./lib/tarballs.mjs";
import { publicPackages } from "./lib/workspace.mjs";

const machine = `${process.platform}-${process.arch}`;
const runtimes = {
  "node 22": { from: `node-${machine}@22`, binary: "bin/node", args: [] },
  "node 24": { from: `node-${machine}@24`, binary: "bin/node", args: [] },
  bun: { from: `@oven/bun-${machine}-baseline@1.3.0`, binary: "bin/bun", args: ["run"] },
  deno: {
    from: `@deno/${machine === "linux-x64" ? "linux-x64-glibc" : machine}@2`,
    binary: "deno",
    args: ["run", "--allow-all", "--node-modules-dir=manual"],
  },
};

const work = mkdtempSync(join(tmpdir(), "wayweave-runtimes-"));
const environment = { ...process.env, ONNXRUNTIME_NODE_INSTALL: "skip" };
try {
  const app = await installPackages();
  const expected = probe(app, process.execPath, []);
  const wanted = process.argv.slice(2);
  await runChecks(
    Object.keys(runtimes)
      .filter((name) => wanted.length === 0 || wanted.includes(name.split(" ")[0]))
      .map((name) => ({ name, check: () => checkRuntime(name, app, expected) })),
  );
} finally {
  rmSync(work, { recursive: true, force: true });
}

/** All packages from their tarballs, beside the probe. */
async function installPackages() {
  const packages = publicPackages();
  const folder = join(work, "app");
  mkdirSync(folder);
  const dependencies = Object.fromEntries(await packAll(packages, work));
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({
      private: true,
      type: "module",
      dependencies: { ...dependencies, "@tensorflow/tfjs": "*" },
    }),
  );
  output("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: folder,
    env: environment,
  });
  const here = dirname(fileURLToPath(import.meta.url));
  copyFileSync(join(here, "lib/runtime-probe.mjs"), join(folder, "probe.mjs"));
  return folder;
}

function checkRuntime(name, app, expected) {
  const { from, binary, args } = runtimes[name];
  const folder = mkdtempSync(join(work, "runtime-"));
  writeFileSync(join(folder, "package.json"), "{}");
  const installed = spawnSync(
    "npm",
    ["install", from, "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
    { cwd: folder, encoding: "utf8", shell: process.platform === "win32" },
  );
  const program = join(folder, "node_modules", from.slice(0, from.lastIndexOf("@")), binary);
  if (installed.status !== 0 || !existsSync(program)) {
    console.log(`skipped ${name}: npm has no ${from} for this machine`);
    return;
  }
  chmodSync(program, 0o755);
  const found = probe(app, program, args);
  for (const [use, { value }] of Object.entries(expected)) {
    const here = found[use];
    if (here.error !== undefined || JSON.stringify(here.value) !== JSON.stringify(value)) {
      throw new Error(
        `${use}: ${here.error ?? JSON.stringify(here.value)}, where Node has ${JSON.stringify(value)}`,
      );
    }
  }
}

/** The probe's results in a runtime. */
function probe(app, program, args) {
  const results = JSON.parse(
    output(program, [...args, "probe.mjs"], { cwd: app })
      .trim()
      .split("\n")
      .at(-1),
  );
  if (program === process.execPath) {
    for (const [use, { error }] of Object.entries(results))
      if (error !== undefined) throw new Error(`${use}: ${error}`);
  }
  return results;
}
