// Trains two small models with @wayweave/e2dtc, one on longitudes and latitudes and one on the plane, for e2dtc_onnx.py to run.
//
//   pnpm --filter @wayweave/e2dtc... build && node scripts/parity/e2dtc_export_model.mjs
//
// Writes packages/e2dtc/test/golden/<name>.onnx and <name>.trips.json: trips that the models were not trained on, padded to
// `[trips, time, 2]`, and the number of points of each.
import { writeFileSync } from "node:fs";
import { fitE2DTC } from "../../packages/e2dtc/dist/train.js";
import {
  createCity,
  resampleToCount,
  TrajectorySet,
  webMercator,
} from "../../packages/geo-core/dist/index.js";

const golden = new URL("../../packages/e2dtc/test/golden/", import.meta.url);
const TRIPS = 60;

const city = resampleToCount(createCity({ seed: 5, trips: 500 }).set, { count: 7 });
const strangers = createCity({ seed: 5, trips: 700 }).set.select(
  Array.from({ length: TRIPS }, (_, i) => 600 + i),
);

/** The same trips in Web Mercator metres. */
function onThePlane({ coordinates, offsets }) {
  const planar = new Float64Array(coordinates.length);
  for (let p = 0; p < coordinates.length; p += 2) {
    planar.set(webMercator.forward([coordinates[p], coordinates[p + 1]]), p);
  }
  return new TrajectorySet({ coordinates: planar, offsets, coordinateSystem: "planar" });
}

/** Trips of 1, 2, 3, … points and of all of theirs, at most 24. */
function padded(set) {
  const lengths = Array.from({ length: set.length }, (_, i) =>
    Math.min(set.pointCountOf(i), i < 10 ? i + 1 : 24),
  );
  const time = Math.max(...lengths);
  const coordinates = new Array(set.length * time * 2).fill(0);
  lengths.forEach((length, i) => {
    set
      .at(i)
      .coordinates.subarray(0, 2 * length)
      .forEach((value, at) => {
        coordinates[2 * i * time + at] = value;
      });
  });
  return { shape: [set.length, time, 2], coordinates, lengths };
}

async function write(name, learnt, others, overrides) {
  const { model } = await fitE2DTC(learnt, {
    k: 5,
    seed: 1,
    threads: 1,
    engine: "ort-cpu",
    pretrain: { epochs: 4, learningRate: 1e-2 },
    selfTrain: { epochs: 3 },
    ...overrides,
  });
  await model.save(new URL(`${name}.onnx`, golden).pathname);
  writeFileSync(new URL(`${name}.trips.json`, golden), `${JSON.stringify(padded(others))}\n`);
  await model.dispose();
}

const tokens = { cellSizeMeters: 2000 };
await write("city-lonlat", city, strangers, { tokens, network: { hidden: 8 } });
await write("city-planar", onThePlane(city), onThePlane(strangers), {
  tokens: { ...tokens, keepRepeats: true },
  network: { layers: 2, hidden: 6 },
});
