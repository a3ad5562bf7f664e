// One track of very many points through what people do with tracks: node scripts/drill/long-track.mjs POINTS

import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageUrl } from "../lib/workspace.mjs";
import { attempt } from "./typed.mjs";

const core = await import(packageUrl("geo-core", "index.js"));
const node = await import(packageUrl("geo-core", "node.js"));
const points = Number(process.argv[2]);
const folder = await mkdtemp(join(tmpdir(), "drill-"));
const file = join(folder, "long.csv");
const out = createWriteStream(file);
const random = new core.Random(1);
let [lon, lat] = [11, 48];
out.write("id,lon,lat,time\n");
for (let i = 0; i < points; ) {
  let text = "";
  for (const end = Math.min(points, i + 10_000); i < end; i++) {
    lon = Math.min(170, Math.max(-170, lon + 1e-4 * random.normal()));
    lat = Math.min(80, Math.max(-80, lat + 1e-4 * random.normal()));
    text += `a,${lon.toFixed(6)},${lat.toFixed(6)},${new Date(1.6e12 + 1000 * i).toISOString()}\n`;
  }
  if (!out.write(text)) await once(out, "drain");
}
out.end();
await once(out, "finish");

const steps = [];
let set;
async function step(name, work, check) {
  const started = performance.now();
  const result = await attempt(async () => {
    const value = await work();
    if (check !== undefined && !check(value)) throw new Error(`${name}: the result is not what it must be`);
  }, 550_000);
  steps.push({
    step: name,
    ...result,
    seconds: Number(((performance.now() - started) / 1000).toPrecision(2)),
    peakMegabytes: Math.round(process.resourceUsage().maxRSS / 1024),
  });
}
await step(
  "readTrajectories (CSV)",
  async () => {
    ({ set } = await node.readTrajectories(file));
    return set;
  },
  (read) => read.length === 1 && read.coordinates.length === 2 * points,
);
if (set !== undefined) {
  await step(
    "writeParquet, readParquet",
    async () => {
      await node.writeParquet(join(folder, "long.parquet"), set);
      return (await node.readParquet(join(folder, "long.parquet"))).trajectories;
    },
    (read) => read.coordinates.length === 2 * points,
  );
  await step(
    "simplify (10 m)",
    () => core.simplify(set, { toleranceMeters: 10 }),
    (made) => made.length === 1,
  );
  await step(
    "resampleToCount (1,000)",
    () => core.resampleToCount(set, { count: 1000 }),
    (made) => made.coordinates.length === 2000,
  );
  await step("findStops", () => core.findStops(set, { maxDiameterMeters: 50, minDurationMs: 60_000 }));
  await step(
    "TrajectoryIndex.nearest (Hausdorff, itself)",
    async () =>
      new core.TrajectoryIndex(set).nearest(set.at(0).coordinates.slice(0, 2000), {
        distance: { name: "hausdorff" },
        k: 1,
      }),
    (hits) => hits.length === 1,
  );
}
const megabytes = Math.round((await stat(file)).size / 2 ** 20);
await rm(folder, { recursive: true });
process.stdout.write(JSON.stringify({ points, fileMegabytes: megabytes, steps }), () => process.exit(0));
