// The ten nearest of 10,000 trips, by index and by a full scan, in one run on one thread: `pnpm build && node bench/nearest-trajectories.mjs`.
// With the path of Porto's train.csv.zip behind it, of the taxi trips there.
// Processor time, which a busy machine distorts less than the clock. The scan is distancesToMany, which prepares the set's points
// in each call; "prepared" leaves that time out, measured by a scan that looks at two pairs of points a trip. Every search is
// compared with its scan. The figures go to bench/results/nearest-trajectories.json.
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { createCity, distancesToMany, TrajectoryIndex } from "../dist/index.js";
import { readPorto } from "../dist/node.js";

const TRIPS = 10_000;
const QUERIES = 15;
const porto = process.argv[2];
const K = 10;

function processorMs(run) {
  const before = process.cpuUsage();
  return run().then((result) => {
    const { user, system } = process.cpuUsage(before);
    return { ms: (user + system) / 1000, result };
  });
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

const { set, queries, warmUp } = porto === undefined ? cityTrips() : await portoTrips(porto);
const far = queries.at(0).coordinates;
const built = await processorMs(async () => new TrajectoryIndex(set));
const index = built.result;
console.log(`${set.length} trips, ${set.pointCount} points; index built in ${built.ms.toFixed(0)} ms`);

const preparations = [];
for (let i = 0; i < 5; i++) {
  const run = () => distancesToMany(far, set, { name: "frechet", maxDistance: 0 });
  preparations.push((await processorMs(run)).ms);
}
const preparing = median(preparations);

const rows = [];
for (const distance of [
  { name: "dtw" },
  { name: "dtw", window: 10 },
  { name: "frechet" },
  { name: "hausdorff" },
  { name: "edr", epsilon: 200 },
  { name: "lcss", epsilon: 200 },
]) {
  for (const { coordinates } of warmUp) await index.nearest(coordinates, { distance, k: K });
  const [scans, searches] = [[], []];
  for (const { coordinates } of queries) {
    const scan = await processorMs(() => distancesToMany(coordinates, set, distance));
    const search = await processorMs(() => index.nearest(coordinates, { distance, k: K }));
    scans.push(scan.ms);
    searches.push(search.ms);
    const nearest = Array.from(scan.result, (value, i) => [value, i]).sort(
      (a, b) => a[0] - b[0] || a[1] - b[1],
    );
    for (const [at, hit] of search.result.entries()) {
      if (hit.index !== nearest[at][1] || hit.distance !== nearest[at][0])
        throw new Error("the search missed a trip");
    }
  }
  const [scan, search] = [median(scans), median(searches)];
  const prepared = scan - preparing;
  rows.push({ distance, scanMs: scan, preparedScanMs: prepared, searchMs: search, ratio: prepared / search });
  console.log(
    `${JSON.stringify(distance)}: scan ${scan.toFixed(1)} ms (prepared ${prepared.toFixed(1)}), search ${search.toFixed(2)} ms: ` +
      `${(scan / search).toFixed(1)} times, prepared ${(prepared / search).toFixed(1)} times as fast`,
  );
}

const result = {
  data: porto === undefined ? "createCity, seed 1" : "Porto taxi trips",
  trips: set.length,
  points: set.pointCount,
  queries: QUERIES,
  k: K,
  indexMs: built.ms,
  machine: `${cpus().length} × ${cpus()[0].model}, Node ${process.versions.node}`,
  rows,
};
writeFileSync(
  new URL(`results/nearest-${porto === undefined ? "trajectories" : "porto"}.json`, import.meta.url),
  `${JSON.stringify(result, null, 2)}\n`,
);

function cityTrips() {
  const { set: all } = createCity({ seed: 1, trips: TRIPS + 10 * QUERIES });
  const { set } = createCity({ seed: 1, trips: TRIPS });
  return { set, queries: all.slice(TRIPS, TRIPS + QUERIES), warmUp: all.slice(TRIPS + QUERIES) };
}

/** The first 10,000 trips with points but for those asked for, which stand apart at the end. */
async function portoTrips(path) {
  const { trajectories } = await readPorto(path, { lenient: true });
  const whole = Array.from({ length: trajectories.length }, (_, i) => i).filter(
    (i) => trajectories.pointCountOf(i) > 0,
  );
  const kept = whole.slice(0, TRIPS + 10 * QUERIES);
  const rest = kept.slice(-10 * QUERIES);
  return {
    set: trajectories.select(kept.slice(0, -10 * QUERIES)),
    queries: trajectories.select(rest.filter((_, i) => i % 10 === 0)),
    warmUp: trajectories.select(rest.filter((_, i) => i % 10 !== 0)),
  };
}
