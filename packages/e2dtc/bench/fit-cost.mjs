// What a fit with default options costs: processor seconds of each phase, when the first progress came, and the most memory used. Trips are a
// synthetic city's, as recorded.
//
//   pnpm --filter @wayweave/e2dtc... build && node packages/e2dtc/bench/fit-cost.mjs [trips] [preset] [file to add to]
//
// The preset `clusterTrips` is no network: it clusters by `clusterTrips`; `clusterTrips-e2dtc` is its method `e2dtc`, which trains a network on a
// sample and labels all trips with it.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createCity } from "../../geo-core/dist/index.js";
import { clusterTrips } from "../dist/cluster.js";

const [trips, preset, file] = [
  Number(process.argv[2] ?? 1000),
  process.argv[3] ?? "standard",
  process.argv[4],
];
const { set } = createCity({ seed: 1, trips });
const cpuSeconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};
const begun = { cpu: cpuSeconds(), ms: performance.now() };
const phases = {};
let last = begun.cpu;
let phase;
let firstProgressMs = null;
const to = (next) => {
  const now = cpuSeconds();
  if (phase !== undefined) phases[phase] = (phases[phase] ?? 0) + now - last;
  [last, phase] = [now, next];
  console.error(`${next} begins after ${(now - begun.cpu).toFixed(1)} CPU s`);
};
const onProgress = ({ phase: now }) => {
  firstProgressMs ??= performance.now() - begun.ms;
  if (now !== phase) to(now);
};
if (preset === "clusterTrips") {
  await clusterTrips(set, { k: 12, onProgress });
} else if (preset === "clusterTrips-e2dtc") {
  const { fitE2DTC } = await import("../dist/train.js");
  const { history } = await clusterTrips(set, { k: 12, method: "e2dtc", fit: fitE2DTC, onProgress });
  console.error(history.network);
} else {
  const { fitE2DTC } = await import("../dist/train.js");
  const { model } = await fitE2DTC(set, { k: 12, preset, threads: 1, onProgress });
  await model.dispose();
}
to("end");
const rounded = (value) => Math.round(10 * value) / 10;
const cost = {
  trips: set.length,
  points: set.pointCount,
  preset,
  cpuSeconds: rounded(cpuSeconds() - begun.cpu),
  firstProgressMs: Math.round(firstProgressMs),
  peakMegabytes: Math.round(process.resourceUsage().maxRSS / 1024),
  phaseCpuSeconds: Object.fromEntries(Object.entries(phases).map(([name, value]) => [name, rounded(value)])),
  node: process.version,
};
console.log(JSON.stringify(cost, null, 2));
if (file !== undefined) {
  const { runs } = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : { runs: [] };
  const others = runs.filter((run) => run.trips !== cost.trips || run.preset !== preset);
  const all = [...others, cost].sort((a, b) => a.preset.localeCompare(b.preset) || a.trips - b.trips);
  writeFileSync(file, `${JSON.stringify({ runs: all }, null, 2)}\n`);
}
