#!/usr/bin/env node
// Brings the GPU engines of this workspace to life, as far as the machine allows, and says which engines work.
//
//   npm run setup:gpu                     fetch what is missing, then report
//   npm run setup:gpu -- --dry-run        say what would be fetched, then report
//   npm run setup:gpu -- --from-wheel     build tfjs-node-gpu against a PyPI wheel instead of the official download
//
// Ends with 0 when at least one GPU engine works, with 1 when none does. Needs only Node and an installed workspace.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { cudaPlan, probeCode, reasonIn, summarise, tfjsPlan } from "./lib/gpu.mjs";
import { root } from "./lib/workspace.mjs";

const { values: options } = parseArgs({
  options: {
    "dry-run": { type: "boolean", default: false },
    "from-wheel": { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  },
});
if (options.help) {
  console.log("usage: npm run setup:gpu -- [--dry-run] [--from-wheel]");
  process.exit(0);
}

const downloadMs = 15 * 60_000;
const probeMs = 60_000;
/** Where a package is looked for: the two workspace packages that may have it. */
const homes = ["packages/nn", "apps/bench"].map((folder) =>
  createRequire(join(root, folder, "package.json")),
);

const onnxruntime = folderOf("onnxruntime-node");
const tfjsNodeGpu = folderOf("@tensorflow/tfjs-node-gpu");
follow(
  "onnxruntime's CUDA provider",
  cudaPlan({ folder: onnxruntime, platform: process.platform, arch: process.arch, exists: existsSync }),
);
const built = probe("tfjs-node-gpu");
follow(
  "tfjs-node-gpu",
  tfjsPlan({
    folder: tfjsNodeGpu,
    root,
    fromWheel: options["from-wheel"],
    // Without a GPU there is nothing that fetching it again would mend.
    works: built.works || built.detail.includes("uses no GPU"),
  }),
);

linkIntoNn("@tensorflow/tfjs-node-gpu");

const engines = ["ort-cpu", "ort-cuda", "ort-webgpu", "tfjs-node", "tfjs-node-gpu"];
const report = summarise(engines.map((engine) => ({ engine, ...probe(engine) })));
console.log(report.lines.join("\n"));
process.exitCode = report.exitCode;

/** Does what a plan says, in one line. A failure is told and does not stop the rest. */
function follow(what, plan) {
  if (plan.skip) {
    console.log(`${what}: ${plan.skip}`);
    return;
  }
  if (options["dry-run"]) {
    console.log(`${what}: would run ${[plan.command, ...plan.args].join(" ")} in ${plan.cwd}`);
    return;
  }
  console.log(`${what}: running ${[plan.command, ...plan.args].join(" ")}`);
  const { status, signal, error, stderr, stdout } = spawnSync(plan.command, plan.args, {
    cwd: plan.cwd,
    encoding: "utf8",
    timeout: downloadMs,
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status === 0 && plan.expects.every((file) => existsSync(file))) {
    console.log(`${what}: done`);
    return;
  }
  const reason = error?.message ?? reasonIn(stderr) ?? reasonIn(stdout) ?? `ended with ${status ?? signal}`;
  console.log(`${what}: failed: ${reason}`);
}

/** Computes a small product on an engine, in a process of its own: a native library may take its process down. */
function probe(engine) {
  const folder = engine.startsWith("ort-") ? onnxruntime : folderOf(`@tensorflow/${engine}`);
  if (folder === undefined) return { works: false, detail: "not installed" };
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, ["-e", probeCode(engine, folder)], {
    encoding: "utf8",
    timeout: probeMs,
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: "2" },
  });
  const works = status === 0 && stdout.includes("works");
  return {
    works,
    detail: works ? "works" : (reasonIn(stdout) ?? reasonIn(stderr) ?? `ended with ${status ?? signal}`),
  };
}

/** The engines look for a package from where @wayweave/nn lies; the bench's dependencies are not seen from there. */
function linkIntoNn(name) {
  const folder = folderOf(name);
  const link = join(root, "packages/nn/node_modules", name);
  if (options["dry-run"] || folder === undefined || existsSync(link) || !probe("tfjs-node-gpu").works) return;
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(folder, link, "junction");
}

function folderOf(name) {
  for (const home of homes) {
    try {
      return dirname(home.resolve(`${name}/package.json`));
    } catch {
      // Not installed there.
    }
  }
  return undefined;
}
