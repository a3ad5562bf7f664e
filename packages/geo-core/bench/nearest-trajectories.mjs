// The ten nearest of 10,000 trips, by index and by a full scan, in one run on one thread: `pnpm build && node bench/nearest-trajectories.mjs`.
// With the path of Porto's train.csv.zip behind it, of the first taxi trips there; with names of distances behind that, of those only.
// Processor time, which a busy machine distorts less than the clock; a time is the least of three, because what else runs on the machine
// only ever adds to it. Every search is compared with its scan.
//
// The scan is distancesToMany, which prepares the set's points in each call; `scanRatio` is median scan by median search. "Prepared"
// leaves the preparation out, measured beside each scan by one that looks at two pairs of points a trip; `ratio` is the same with that, and
// `ratioPerQuery` the least, the median and the most of the queries' own ratios, in which a query of few points counts as one of many.
// The "limited" scan knows the k-th distance beforehand and gives up each distance that exceeds it: what a scan that gives up early costs
// at least. The figures go to bench/results/nearest-trajectories.json (Porto's to nearest-porto.json).
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { createCity, distancesToMany, TrajectoryIndex, TrajectorySet } from "../dist/index.js";
import { streamPorto } from "../dist/node.js";

const TRIPS = 10_000;
const QUERIES = 15;
const [porto, asked] = process.argv.slice(2);
const K = 10;

function processorMs(run) {
  const before = process.cpuUsage();
  return run().then((result) => {
    const { user, system } = process.cpuUsage(before);
    return { ms: (user + system) / 1000, result };
  });
}

/** The least of three times, and the result. */
async function leastOf(run) {
  let least = await processorMs(run);
  for (let i = 0; i < 2; i++) {
    const again = await processorMs(run);
    if (again.ms < least.ms) least = again;
  }
  return least;
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

const { set, queries, warmUp } = porto === undefined ? cityTrips() : await portoTrips(porto);
const built = await processorMs(async () => new TrajectoryIndex(set));
const index = built.result;
console.log(`${set.length} trips, ${set.pointCount} points; index built in ${built.ms.toFixed(0)} ms`);

const rows = [];
const distances = [
  { name: "dtw" },
  { name: "dtw", window: 10 },
  { name: "frechet" },
  { name: "hausdorff" },
  { name: "edr", epsilon: 200 },
  { name: "lcss", epsilon: 200 },
].filter(({ name }) => asked === undefined || asked.split(",").includes(name));
for (const distance of distances) {
  for (const { coordinates } of warmUp) await index.nearest(coordinates, { distance, k: K });
  const [scans, prepared, searches, limited, ratios] = [[], [], [], [], []];
  for (const { coordinates } of queries) {
    const preparing = await leastOf(() =>
      distancesToMany(coordinates, set, { name: "frechet", maxDistance: 0 }),
    );
    const scan = await leastOf(() => distancesToMany(coordinates, set, distance));
    const search = await leastOf(() => index.nearest(coordinates, { distance, k: K }));
    const maxDistance = search.result.at(-1).distance;
    const within = await leastOf(() => distancesToMany(coordinates, set, { ...distance, maxDistance }));
    scans.push(scan.ms);
    searches.push(search.ms);
    prepared.push(scan.ms - preparing.ms);
    limited.push(within.ms - preparing.ms);
    ratios.push((scan.ms - preparing.ms) / search.ms);
    const nearest = Array.from(scan.result, (value, i) => [value, i]).sort(
      (a, b) => a[0] - b[0] || a[1] - b[1],
    );
    for (const [at, hit] of search.result.entries()) {
      if (hit.index !== nearest[at][1] || hit.distance !== nearest[at][0])
        throw new Error("the search missed a trip");
    }
  }
  const [scan, search, preparedMs, limitedMs] = [scans, searches, prepared, limited].map(median);
  rows.push({
    distance,
    scanMs: scan,
    preparedScanMs: preparedMs,
    limitedScanMs: limitedMs,
    searchMs: search,
    scanRatio: scan / search,
    ratio: preparedMs / search,
    ratioPerQuery: { least: Math.min(...ratios), median: median(ratios), most: Math.max(...ratios) },
  });
  console.log(
    `${JSON.stringify(distance)}: scan ${scan.toFixed(1)} ms (prepared ${preparedMs.toFixed(1)}), search ${search.toFixed(2)} ms: ` +
      `${(scan / search).toFixed(1)} times, prepared ${(preparedMs / search).toFixed(1)} times as fast, ` +
      `by query ${Math.min(...ratios).toFixed(1)} to ${Math.max(...ratios).toFixed(1)}, median ${median(ratios).toFixed(1)}; ` +
      `a scan that knows the limit ${limitedMs.toFixed(1)} ms`,
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
  `${JSON.stringify(result, (_, value) => (Number.isInteger(value) || typeof value !== "number" ? value : Number(value.toPrecision(3))), 2)}\n`,
);

function cityTrips() {
  const { set: all } = createCity({ seed: 1, trips: TRIPS + 10 * QUERIES });
  const { set } = createCity({ seed: 1, trips: TRIPS });
  return { set, queries: all.slice(TRIPS, TRIPS + QUERIES), warmUp: all.slice(TRIPS + QUERIES) };
}

/** The first 10,000 trips with points but for those asked for, which stand apart at the end. */
async function portoTrips(path) {
  const wanted = TRIPS + 10 * QUERIES;
  const parts = [];
  let count = 0;
  for await (const { trajectories } of streamPorto(path, { lenient: true })) {
    const whole = Array.from({ length: trajectories.length }, (_, i) => i).filter(
      (i) => trajectories.pointCountOf(i) > 0,
    );
    parts.push(trajectories.select(whole));
    count += whole.length;
    if (count >= wanted) break;
  }
  const trajectories = TrajectorySet.concat(parts);
  const kept = Array.from({ length: Math.min(count, wanted) }, (_, i) => i);
  const rest = kept.slice(-10 * QUERIES);
  return {
    set: trajectories.select(kept.slice(0, -10 * QUERIES)),
    queries: trajectories.select(rest.filter((_, i) => i % 10 === 0)),
    warmUp: trajectories.select(rest.filter((_, i) => i % 10 !== 0)),
  };
}
