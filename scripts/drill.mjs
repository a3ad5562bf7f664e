#!/usr/bin/env node
// The reliability drill: processes killed at random moments, a full disk, changed and hostile inputs, a very long track.
//
//   node scripts/drill.mjs --small                        what CI runs
//   node scripts/drill.mjs --out docs/results/drill.json  the whole, with --kills, --trainings, --benches, --mutations, --seconds, --points, --megabytes
//   node scripts/drill.mjs --only hostile,disk            some parts; with --out they replace theirs in the file
//
// Fails where something ended in neither an answer nor a typed error, was lost, or took more memory than it may.
import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { fullDisk } from "./drill/full-disk.mjs";
import { hostileInputs } from "./drill/hostile.mjs";
import { killBench } from "./drill/kill-bench.mjs";
import { killTraining, killWriters } from "./drill/kills.mjs";
import { packageUrl } from "./lib/workspace.mjs";

const text = { type: "string" };
const { values } = parseArgs({
  options: {
    small: { type: "boolean", default: false },
    only: text,
    out: text,
    kills: text,
    trainings: text,
    benches: text,
    mutations: text,
    seconds: text,
    points: text,
    megabytes: text,
    seed: text,
  },
});
const size = (name, small, full) => Number(values[name] ?? (values.small ? small : full));
const { Random } = await import(packageUrl("geo-core", "index.js"));
const random = new Random(Number(values.seed ?? 1));

const parts = {
  writers: () => killWriters(size("kills", 2, 100), random),
  training: () => killTraining(size("trainings", 2, 100), random),
  bench: () => killBench(size("benches", 2, 100), random),
  disk: () => fullDisk(),
  hostile: () => hostileInputs(size("megabytes", 64, 1024)),
  mutations: () =>
    child(
      "mutations.mjs",
      [size("mutations", 2000, 1_000_000), size("seconds", 60, 100_000), values.seed ?? 1],
      ["--max-old-space-size=512"],
    ),
  track: () => child("long-track.mjs", [size("points", 100_000, 10_000_000)]),
};
const chosen = values.only?.split(",") ?? Object.keys(parts);
for (const name of chosen) {
  if (parts[name] === undefined) {
    console.error(`drill.mjs: --only knows ${Object.keys(parts).join(", ")}, got ${name}`);
    process.exit(2);
  }
}

const report =
  values.out !== undefined && existsSync(values.out) ? JSON.parse(readFileSync(values.out, "utf8")) : {};
report.madeBy = "scripts/drill.mjs";
report.machine = {
  cpu: cpus()[0].model,
  cores: cpus().length,
  node: process.version,
  note: "other work ran on it too",
};
let wrong = 0;
for (const name of chosen) {
  console.log(`--- ${name}`);
  report[name] = await parts[name]();
  console.log(JSON.stringify(report[name], undefined, 1));
  for (const problem of problemsOf(name, report[name])) {
    console.error(`FAILED: ${name}: ${problem}`);
    wrong++;
  }
  if (values.out !== undefined) writeFileSync(values.out, `${JSON.stringify(report, undefined, 2)}\n`);
}
process.exit(wrong > 0 ? 1 : 0);

/** What must not be, in a part's results. */
function problemsOf(name, result) {
  const isBad = ({ ended }) => ended !== "answer" && ended !== "typed error";
  switch (name) {
    case "writers":
      return result
        .filter(({ broken }) => broken > 0)
        .map(({ task, broken }) => `${task}: ${broken} files were broken`);
    case "bench":
      return result
        .filter(({ broken, rowsLost, endedOtherwise }) => broken + rowsLost + endedOtherwise > 0)
        .map((row) => JSON.stringify(row));
    case "training":
      return result
        .filter(({ endedOtherwise }) => endedOtherwise > 0)
        .map(({ task }) => `${task}: another model than without kills`);
    case "disk":
      return (result.rows ?? [])
        .filter(
          ({ ended, oldFileWhole, partsLeft }) => ended !== "typed error" || !oldFileWhole || partsLeft > 0,
        )
        .map((row) => JSON.stringify(row));
    case "hostile":
      return result
        .filter((row) => isBad(row) || row.peakMegabytes - row.megabytesBefore > 1536)
        .map((row) => JSON.stringify(row));
    case "mutations":
      return [
        ...result.failures.map((failure) => JSON.stringify(failure)),
        ...(result.peakMegabytes > 2048 ? [`${result.peakMegabytes} MB`] : []),
      ];
    default:
      return result.steps.filter(isBad).map((row) => JSON.stringify(row));
  }
}

/** A part in a process of its own, which prints JSON. */
function child(file, args, flags = []) {
  const path = fileURLToPath(new URL(`drill/${file}`, import.meta.url));
  const process_ = spawn(process.execPath, [...flags, path, ...args.map(String)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let out = "";
  process_.stdout.on("data", (chunk) => {
    out += chunk;
  });
  return new Promise((resolve, reject) =>
    process_.on("close", (code) =>
      code === 0 ? resolve(JSON.parse(out)) : reject(new Error(`${file} ended with ${code}`)),
    ),
  );
}
