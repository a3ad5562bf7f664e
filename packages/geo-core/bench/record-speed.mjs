// Puts what the benchmark of distances and the references print into bench/results/distances.json, run after run:
//
//   for run in 1 2; do
//     python ../../scripts/parity/geo-core_distances_speed.py
//     pnpm exec vitest bench --run bench/distances.bench.ts
//   done | node bench/record-speed.mjs
import { writeFileSync } from "node:fs";
import { arch, cpus, platform } from "node:os";
import { createInterface } from "node:readline";

const LINE =
  /^(?<dataset>Porto|GeoLife), \d+ trips, (?<name>.+): (?<median>[\d.]+) ns\/cell \((?<least>[\d.]+) to (?<most>[\d.]+)\)$/;

const medians = {};
for await (const line of createInterface({ input: process.stdin })) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the test runner colours its output
  const match = LINE.exec(line.replace(/\u001b\[\d+m/g, "").trim());
  if (match === null) continue;
  const { dataset, name, median } = match.groups;
  const ours = name.startsWith("{");
  const key = ours ? `wayweave ${name}` : name;
  medians[dataset] ??= {};
  medians[dataset][key] ??= [];
  medians[dataset][key].push(Number(median));
}

const result = {
  unit: "nanoseconds of processor time per cell, the median of each run",
  machine: `${cpus().length} × ${cpus()[0].model}, ${platform()} ${arch()}, Node ${process.versions.node}`,
  medians,
};
writeFileSync(new URL("results/distances.json", import.meta.url), `${JSON.stringify(result, null, 2)}\n`);
