#!/usr/bin/env node
// Whether reloads leak: resident memory after every fifth of many, with the C library's own number of arenas and with two.
//
//   node reload-memory.mjs [--reloads 40] [--trips 2000] [--objects 100000] [--out results/reloads.json]
//
// Between two reloads each worker answers a few questions, so that its models have been used. Linux only.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { rename, rm, symlink } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Dispatcher } from "./src/dispatcher.mjs";
import { makeSnapshots } from "./test/fixtures.mjs";

const text = (value) => ({ type: "string", default: value });
const { values } = parseArgs({
  options: {
    reloads: text("40"),
    trips: text("2000"),
    objects: text("100000"),
    out: { type: "string" },
    measure: { type: "boolean", default: false },
  },
});
const [reloads, tripCount, objectCount] = [values.reloads, values.trips, values.objects].map(Number);

if (values.measure) console.log(JSON.stringify(await measure()));
else report();

function report() {
  const settings = { reloads, tripCount, objectCount, workers: 1 };
  const rows = [undefined, "2"].map((arenas) => {
    const { MALLOC_ARENA_MAX: _, ...environment } = process.env;
    const { stdout, status } = spawnSync(
      process.execPath,
      [fileURLToPath(import.meta.url), "--measure", ...process.argv.slice(2)],
      {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "inherit"],
        env: arenas === undefined ? environment : { ...environment, MALLOC_ARENA_MAX: arenas },
      },
    );
    if (status !== 0) throw new Error(`reload-memory.mjs: the measurement ended with ${status}`);
    return { MALLOC_ARENA_MAX: arenas ?? "unset", ...JSON.parse(stdout) };
  });
  const made = `${JSON.stringify({ madeBy: "examples/service/reload-memory.mjs", node: process.version, settings, rows }, undefined, 2)}\n`;
  console.log(made);
  if (values.out !== undefined) writeFileSync(values.out, made);
}

async function measure() {
  const made = await makeSnapshots({ tripCount, objectCount });
  const options = { workers: 1, queue: 32, timeoutMs: 60_000, maxPixels: 25e6 };
  const dispatcher = await Dispatcher.open(made.current, options);
  const megabytes = [];
  for (let reload = 1; reload <= reloads; reload++) {
    for (let i = 0; i < 5; i++) {
      const flat = made.set.at((7 * reload + i) % made.set.length).coordinates;
      const trip = Array.from({ length: flat.length / 2 }, (_, at) => [flat[2 * at], flat[2 * at + 1]]);
      await dispatcher.run({ kind: "predict", trips: Array(10).fill(trip) });
      await dispatcher.run({ kind: "similar", trip, k: 10, distance: "frechet" });
    }
    await symlink(reload % 2 === 1 ? "b" : "a", `${made.current}.new`);
    await rename(`${made.current}.new`, made.current);
    await dispatcher.reload(made.current);
    // The threads of the snapshot before end in the background.
    await new Promise((resolve) => setTimeout(resolve, 100));
    if (reload % 5 === 0) megabytes.push(residentMegabytes());
  }
  const threads = Number(/Threads:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))[1]);
  await dispatcher.close();
  await rm(made.folder, { recursive: true });
  return { megabytes, threads };
}

function residentMegabytes() {
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))[1]) / 1024);
}
