// Trips for label_trips.py, and what the TypeScript package says of a sample.
//
//   node make-trips.mjs FOLDER COUNT SAMPLE MODEL [PATH]
//
// Writes FOLDER/trips/trips.parquet (GeoParquet) with COUNT trips: those of PATH (anything that readTrajectories takes), or of a made-up city, again and
// again, each time with other points of theirs, moved by a few metres. FOLDER/expected.jsonl has label, confidence and embedding of every
// COUNT/SAMPLE-th, by E2DTC.predict; expected-tower.jsonl has the embedding of TrajCross' tower.

import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { E2DTC } from "@wayweave/e2dtc";
import { createCity, Random, TrajectorySet } from "@wayweave/geo-core";
import { readTrajectories, writeParquet } from "@wayweave/geo-core/node";
import { makeTower } from "./tower.mjs";

const [folder, countText, sampleText, modelFile, path] = process.argv.slice(2);
const [count, sample] = [Number(countText), Number(sampleText)];
const base =
  path === undefined
    ? createCity({ seed: 1, trips: 2000 }).set
    : (await readTrajectories(path, { lenient: true })).set;

const random = new Random(1);
const most = Array.from({ length: base.length }, (_, i) => base.pointCountOf(i)).reduce(
  (a, b) => Math.max(a, b),
  0,
);
let coordinates = new Float64Array(2 * most);
let used = 0;
const offsets = new Uint32Array(count + 1);
for (let i = 0; i < count; i++) {
  const trip = base.at(i % base.length).coordinates;
  if (used + trip.length > coordinates.length) {
    const larger = new Float64Array(2 * coordinates.length);
    larger.set(coordinates.subarray(0, used));
    coordinates = larger;
  }
  for (let at = 0; at < trip.length; at += 2) {
    // Each copy keeps three points in four, and the first.
    if (at > 0 && i >= base.length && random.next() < 0.25) continue;
    coordinates[used++] = trip[at] + 5e-5 * random.normal();
    coordinates[used++] = trip[at + 1] + 5e-5 * random.normal();
  }
  offsets[i + 1] = used / 2;
}
const ids = Array.from({ length: count }, (_, i) => `trip-${i}`);
const set = new TrajectorySet({ coordinates: coordinates.subarray(0, used), offsets, ids });
await mkdir(join(folder, "trips"), { recursive: true });
await writeParquet(join(folder, "trips", "trips.parquet"), set);

const step = Math.max(1, Math.floor(count / sample));
const chosen = Uint32Array.from({ length: Math.min(sample, count) }, (_, i) => i * step);
const model = await E2DTC.load(modelFile, { threads: 1 });
const started = performance.now();
const asked = set.select(chosen);
const { labels, softAssignments, embeddings } = await model.predict(asked);
const perSecond = Math.round((1000 * chosen.length) / (performance.now() - started));
const out = createWriteStream(join(folder, "expected.jsonl"));
const hidden = embeddings.length / chosen.length;
for (const [i, trip] of chosen.entries()) {
  const embedding = Array.from(embeddings.subarray(i * hidden, (i + 1) * hidden));
  const confidence = softAssignments[i * model.k + labels[i]];
  if (!out.write(`${JSON.stringify({ id: ids[trip], label: labels[i], confidence, embedding })}\n`))
    await once(out, "drain");
}
out.end();
await once(out, "finish");
await model.dispose();
await makeTower(folder, base, asked);
console.log(
  JSON.stringify({
    trips: count,
    points: offsets[count],
    sample: chosen.length,
    typescriptTripsPerSecond: perSecond,
  }),
);
