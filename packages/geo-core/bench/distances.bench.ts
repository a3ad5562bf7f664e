import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bench, describe } from "vitest";
import type { DistanceMetric, TrajectorySet } from "../src/index.js";
import type { TrajectoryBatch } from "../src/node/index.js";

// The built package, because the test runner's own module loading turns every call between modules of src into a property
// access, which makes the kernels several times slower than they are.
const built = (name: string) => import(new URL(`../dist/${name}.js`, import.meta.url).href);
const { pairwiseDistances, Random, TrajectorySetBuilder }: typeof import("../src/index.js") =
  await built("index");
const { streamGeoLife, streamPorto }: typeof import("../src/node/index.js") = await built("node");

/**
 * All pairs on one thread, printed as nanoseconds per cell (n × m point pairs of every pair of trajectories, whether or
 * not a kernel visits them) of processor time, which a busy
 * machine distorts less than the clock: median, minimum and maximum of 7 runs. The same trips as in
 * scripts/parity/geo-core_distances_speed.py, which prints the compiled references' figures. Without the data: walks.
 */
const PORTO_TRIPS = 200;
const RUNS = 7;
const EPSILON_METERS = 200;
const dataFolder =
  process.env.WAYWEAVE_DATA ?? fileURLToPath(new URL("../../../../shared/data", import.meta.url));
const porto = join(dataFolder, "porto/train.csv.zip");
const geolife = join(dataFolder, "geolife/geolife-users-000-020.zip");

const metrics: DistanceMetric[] = [
  { name: "dtw" },
  // The arithmetic of the references' plane, on degrees.
  { name: "dtw", pointMetric: "euclidean" },
  { name: "dtw", window: 10 },
  { name: "dtw", window: 10, pointMetric: "euclidean" },
  { name: "edr", epsilon: EPSILON_METERS },
  { name: "lcss", epsilon: EPSILON_METERS },
  { name: "hausdorff" },
  { name: "frechet" },
];

/** The first trips that are wanted, each id once. */
async function collect(
  stream: AsyncIterable<TrajectoryBatch>,
  count: number,
  isWanted: (id: string, points: number) => boolean,
): Promise<TrajectorySet> {
  const builder = new TrajectorySetBuilder();
  const seen = new Set<string>();
  for await (const { trajectories } of stream) {
    for (const { id, coordinates } of trajectories) {
      if (seen.size === count || seen.has(id) || !isWanted(id, coordinates.length / 2)) continue;
      seen.add(id);
      builder.begin(id);
      for (let i = 0; i < coordinates.length; i += 2) builder.addPoint(coordinates[i]!, coordinates[i + 1]!);
      builder.end();
    }
    if (seen.size === count) break;
  }
  return builder.build();
}

function walks(count: number, points: number): TrajectorySet {
  const random = new Random(1);
  const builder = new TrajectorySetBuilder();
  for (let i = 0; i < count; i++) {
    builder.begin(String(i));
    let lon = random.uniform(-8.65, -8.58);
    let lat = random.uniform(41.14, 41.18);
    for (let p = 0; p < points; p++) {
      builder.addPoint(lon, lat);
      lon += random.normal() * 0.001;
      lat += random.normal() * 0.001;
    }
    builder.end();
  }
  return builder.build();
}

async function datasets(): Promise<[string, TrajectorySet][]> {
  if (!existsSync(porto) || !existsSync(geolife)) return [["synthetic walks", walks(PORTO_TRIPS, 50)]];
  const goldenFile = new URL("../test/golden/distances.json", import.meta.url);
  const { ids }: { ids: string[] } = JSON.parse(readFileSync(goldenFile, "utf8")).geolife;
  return [
    [
      `Porto, ${PORTO_TRIPS} trips`,
      await collect(streamPorto(porto), PORTO_TRIPS, (_, points) => points >= 10),
    ],
    [
      `GeoLife, ${ids.length} trips`,
      await collect(streamGeoLife(geolife, { lenient: true }), ids.length, (id) => ids.includes(id)),
    ],
  ];
}

function cellsOf(set: TrajectorySet): number {
  let cells = 0;
  for (let i = 0; i < set.length; i++) {
    for (let j = i + 1; j < set.length; j++) cells += set.pointCountOf(i) * set.pointCountOf(j);
  }
  return cells;
}

function print(dataset: string, metric: DistanceMetric, cells: number, milliseconds: number[]): void {
  const sorted = milliseconds.map((ms) => (ms * 1e6) / cells).sort((a, b) => a - b);
  const [median, least, most] = [sorted[sorted.length >> 1]!, sorted[0]!, sorted.at(-1)!].map((ns) =>
    ns.toFixed(2),
  );
  console.log(`${dataset}, ${JSON.stringify(metric)}: ${median} ns/cell (${least} to ${most})`);
}

for (const [dataset, set] of await datasets()) {
  const cells = cellsOf(set);
  describe(`${dataset}, all pairs, ${(cells / 1e6).toFixed(1)} million cells`, () => {
    for (const metric of metrics) {
      const milliseconds: number[] = [];
      bench(
        JSON.stringify(metric),
        async () => {
          const before = process.cpuUsage();
          await pairwiseDistances(set, metric);
          const { user, system } = process.cpuUsage(before);
          milliseconds.push((user + system) / 1000);
        },
        {
          iterations: RUNS,
          time: 0,
          warmupIterations: 1,
          warmupTime: 0,
          teardown: (_task, mode) => {
            if (mode === "run") print(dataset, metric, cells, milliseconds);
            milliseconds.length = 0;
          },
        },
      );
    }
  });
}
