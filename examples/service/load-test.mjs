#!/usr/bin/env node
// Load at saturation on loopback, for a bounded time: node load-test.mjs [--seconds 60] [--connections 24] [--workers 1] [--reloads 10] [--out results/load.json]
//
// Every connection asks again as soon as it is answered. The snapshot is reloaded meanwhile, so many times in all; at the end the server gets SIGTERM
// under load. Writes percentiles by route, memory by tenths of the run, and what was received, answered and refused.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Random } from "@wayweave/geo-core";
import { createClient, drawTrack, makeSnapshots, nextEvent } from "./test/fixtures.mjs";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "60" },
    connections: { type: "string", default: "24" },
    workers: { type: "string", default: "1" },
    reloads: { type: "string", default: "10" },
    trips: { type: "string", default: "2000" },
    objects: { type: "string", default: "100000" },
    out: { type: "string" },
  },
});
const [seconds, connections, workers, reloadCount, tripCount, objectCount] = [
  "seconds",
  "connections",
  "workers",
  "reloads",
  "trips",
  "objects",
].map((name) => Number(values[name]));

const made = await makeSnapshots({ tripCount, objectCount });
const pictures = await Promise.all([3, 14, 15].map((index) => drawTrack(made.folder, made.set, index)));
const server = fileURLToPath(new URL("server.mjs", import.meta.url));
const child = spawn(
  process.execPath,
  [
    server,
    "--snapshot",
    made.current,
    "--port",
    "0",
    "--workers",
    String(workers),
    "--queue",
    String(Math.ceil(connections / 2)),
    "--drain-ms",
    "500",
  ],
  // As the README starts it: with few arenas, so that what threads that have ended used is used again.
  { stdio: ["ignore", "pipe", "inherit"], env: { MALLOC_ARENA_MAX: "2", ...process.env } },
);
const ended = once(child, "exit");
const lines = createInterface({ input: child.stdout });
const events = [];
lines.on("line", (line) => events.push(JSON.parse(line)));
const { address } = await nextEvent(lines, "listening");
const client = createClient(address, { connections: connections + 1 });

const routes = {};
const samples = [];
let stopped = false;
let answered = 0;
let unanswered = 0;
await Promise.all([...Array.from({ length: connections }, (_, i) => askOn(new Random(i + 1))), conduct()]);
const [code] = await ended;
client.close();

const memory = samples.map(({ megabytes }) => megabytes);
const tenth = Math.max(1, Math.floor(memory.length / 10));
const counted = events.find(({ event }) => event === "stopped");
const report = {
  madeBy: "examples/service/load-test.mjs",
  machine: {
    cpu: cpus()[0].model,
    cores: cpus().length,
    node: process.version,
    note: "clients on the same machine, which had other work too",
  },
  settings: { seconds, connections, workers, reloads: reloadCount, tripCount, objectCount },
  routes: Object.fromEntries(
    Object.entries(routes)
      .sort()
      .map(([name, { times, statuses }]) => [name, { ...percentiles(times), statuses }]),
  ),
  answeredPerSecond: round(
    Object.values(routes).reduce((sum, { statuses }) => sum + (statuses[200] ?? 0), 0) / seconds,
  ),
  memoryMegabytes: Array.from({ length: 10 }, (_, i) =>
    round(median(memory.slice(i * tenth, (i + 1) * tenth))),
  ),
  eventLoopLagP99Ms: samples.at(-1)?.lagMs,
  reloads: events.filter(({ event }) => event === "reloaded").length,
  stop: {
    exitCode: code,
    received: counted?.received,
    answeredByServer: counted?.answered,
    answeredToClients: answered,
    connectionsRefusedAfterwards: unanswered,
  },
};
await rm(made.folder, { recursive: true });
console.log(JSON.stringify(report, undefined, 2));
if (values.out !== undefined) {
  await mkdir(dirname(values.out), { recursive: true });
  await writeFile(values.out, `${JSON.stringify(report, undefined, 2)}\n`);
}
const wrong = Object.values(routes).some(({ statuses }) =>
  Object.keys(statuses).some((status) => !["200", "503", "504"].includes(status)),
);
const lost = counted?.received !== counted?.answered || counted?.answered !== answered || code !== 0;
if (wrong || lost) {
  console.error("load-test.mjs: a request was lost or failed");
  process.exitCode = 1;
}

async function askOn(random) {
  for (;;) {
    const [path, body, type] = question(random);
    const started = performance.now();
    try {
      const { status } = await client.send(path, body, type);
      const route = path.split("?")[0];
      routes[route] ??= { times: [], statuses: {} };
      routes[route].statuses[status] = (routes[route].statuses[status] ?? 0) + 1;
      if (status === 200) routes[route].times.push(performance.now() - started);
      answered++;
      // A polite client: it waits before it asks again, though not as long as Retry-After says.
      if (status === 503) await new Promise((resolve) => setTimeout(resolve, 50));
    } catch (error) {
      if (!stopped) throw error;
      unanswered++;
      return;
    }
  }
}

/** Searches, predictions, similar trips and pictures as 4 : 3 : 2 : 1. */
function question(random) {
  const which = random.integer(10);
  const trip = () => made.set.at(random.integer(made.set.length)).coordinates;
  const pairs = (flat) => Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i], flat[2 * i + 1]]);
  if (which < 4) {
    const vector = Array.from({ length: 10 }, () => random.next());
    return [
      "/search",
      { position: [116.2 + 0.4 * random.next(), 39.8 + 0.3 * random.next()], vector, k: 10 },
    ];
  }
  if (which < 7) return ["/predict", { trips: Array.from({ length: 10 }, () => pairs(trip())) }];
  if (which < 9) return ["/similar", { trip: pairs(trip()), k: 10, distance: "frechet" }];
  const { bytes, corners } = pictures[random.integer(pictures.length)];
  return [`/find?k=3&bounds=${corners.join(",")}`, bytes, "image/png"];
}

/** Looks at the memory every second, reloads, and stops the server at the end. */
async function conduct() {
  const started = performance.now();
  let reloads = 0;
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const { body } = await client.send("/metrics");
    const metric = (name) => Number(new RegExp(`^${name} (\\S+)`, "m").exec(body)[1]);
    samples.push({
      megabytes: metric("process_resident_memory_bytes") / 2 ** 20,
      lagMs: round(1000 * metric("nodejs_eventloop_lag_p99_seconds")),
    });
    answered++;
    const passed = (performance.now() - started) / 1000;
    if (passed > ((reloads + 0.5) * seconds) / reloadCount && reloads < reloadCount) {
      reloads++;
      await symlink(reloads % 2 === 1 ? "b" : "a", `${made.current}.new`);
      await rename(`${made.current}.new`, made.current);
      child.kill("SIGHUP");
    }
    if (passed >= seconds) break;
  }
  stopped = true;
  child.kill("SIGTERM");
}

function percentiles(times) {
  const sorted = times.sort((a, b) => a - b);
  const at = (share) => round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]);
  return { answered: sorted.length, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: round(sorted.at(-1)) };
}

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

function round(value) {
  return value === undefined ? undefined : Number(value.toPrecision(3));
}
