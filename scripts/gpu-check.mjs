#!/usr/bin/env node
// Checks an engine on this machine, each part against the CPU, and writes one JSON file. Needs no network; takes under eight minutes.
//
//   node scripts/gpu-check.mjs                       the best engine there is ("auto")
//   node scripts/gpu-check.mjs --engine ort-cuda     an engine of your choice
//   node scripts/gpu-check.mjs --engine ort-cpu      the script itself, on a machine without a GPU
//   … --out FILE     where the figures go (gpu-check.json)
//   … --only NAME    one part: parity, engines, trajcross, inference (may be repeated)
//
// Ends with 0 when every part passed on the engine that was asked for, with 1 when one failed or fell back to another engine.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { PARTS } from "./lib/gpu-check/parts.mjs";
import { packageUrl, root } from "./lib/workspace.mjs";

const { values: options } = parseArgs({
  options: {
    engine: { type: "string", default: "auto" },
    out: { type: "string", default: join(root, "gpu-check.json") },
    only: { type: "string", multiple: true },
    help: { type: "boolean", short: "h", default: false },
  },
});
if (options.help) {
  console.log("usage: node scripts/gpu-check.mjs [--engine NAME] [--out FILE] [--only PART]…");
  process.exit(0);
}
const unknown = (options.only ?? []).filter((name) => !(name in PARTS));
if (unknown.length > 0) {
  console.error(
    `gpu-check: --only must be among ${Object.keys(PARTS).join(", ")}, got ${unknown.join(", ")}`,
  );
  process.exit(1);
}

const nn = await import(packageUrl("nn", "train.js"));
const { describeProviders } = await import(packageUrl("nn", "index.js"));
const probe = await nn.createTrainStep({
  params: { w: { type: "float32", shape: [1], data: Float32Array.of(1) } },
  loss: ({ w }) => w.square().sum(),
  optimizer: nn.sgd({ learningRate: 0.1 }),
  batchSpec: {},
  engine: options.engine,
});
const engine = probe.engine;
await probe.dispose();
console.log(`engine: ${engine}${engine === options.engine ? "" : ` (asked for: ${options.engine})`}`);

const started = performance.now();
const report = {
  format: "wayweave-gpu-check",
  asked: options.engine,
  engine,
  machine: machineOf(),
  providers: await describeProviders(["cpu", "cuda", "webgpu"]),
  parts: {},
};
for (const [name, run] of Object.entries(PARTS)) {
  if (options.only !== undefined && !options.only.includes(name)) continue;
  const before = performance.now();
  try {
    const { passed, ...figures } = await run(engine);
    report.parts[name] = { passed, seconds: secondsSince(before), ...figures };
  } catch (error) {
    report.parts[name] = {
      passed: false,
      seconds: secondsSince(before),
      error: String(error?.stack ?? error),
    };
  }
  const part = report.parts[name];
  console.log(
    `${part.passed ? "passed" : "FAILED"}  ${name}  ${part.seconds} s${part.error ? `\n${part.error}` : ""}`,
  );
}
report.seconds = secondsSince(started);
report.passed =
  Object.values(report.parts).every(({ passed }) => passed) &&
  (options.engine === "auto" || engine === options.engine);
writeFileSync(options.out, `${JSON.stringify(report, null, 2)}\n`);
console.log(`${report.passed ? "passed" : "FAILED"} in ${report.seconds} s; figures in ${options.out}`);
// Not process.exit: GPU libraries want to be taken down in their own order.
process.exitCode = report.passed ? 0 : 1;

function machineOf() {
  return {
    cpu: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    gpu: gpuName(),
    commit: read("git", ["rev-parse", "HEAD"]) ?? "unknown",
  };
}

/** Names of NVIDIA GPUs with their driver, as the driver's own tool tells them. */
function gpuName() {
  return (
    read("nvidia-smi", ["--query-gpu=name,driver_version,memory.total", "--format=csv,noheader"]) ?? "none"
  );
}

function read(command, args) {
  try {
    return execFileSync(command, args, {
      cwd: root,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return undefined;
  }
}

function secondsSince(moment) {
  return Math.round((performance.now() - moment) / 100) / 10;
}
