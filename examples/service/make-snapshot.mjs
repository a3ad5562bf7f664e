#!/usr/bin/env node
// Writes a snapshot folder for server.mjs.
//
//   node make-snapshot.mjs --trips trips.parquet --model clusters.onnx --objects objects.gmr --out snapshots/2026-01-31
//   node make-snapshot.mjs --demo --out snapshots/demo [--seed 1] [--model clusters.onnx] [--trip-count 300] [--object-count 20000]
//
// --trips takes whatever readTrajectories does (a folder too). The demo is a made-up city; without --model it needs one from
// `wayweave-e2dtc cluster … --model`.
import { copyFile, mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { createCity, Random } from "@wayweave/geo-core";
import { readTrajectories, writeParquet } from "@wayweave/geo-core/node";
import { GmrTree } from "@wayweave/gmr-tree";
import { openTrackFinder, saveTrackFinder } from "@wayweave/trajcross/node";
import { sealSnapshot } from "./src/snapshot.mjs";

const options = {
  trips: { type: "string" },
  model: { type: "string" },
  objects: { type: "string" },
  out: { type: "string" },
  demo: { type: "boolean", default: false },
  seed: { type: "string", default: "1" },
  "trip-count": { type: "string", default: "300" },
  "object-count": { type: "string", default: "20000" },
};

/** Writes a snapshot beside `out`, then gives it its name: `out` is a whole snapshot or is not there. */
export async function makeSnapshot({ out, set, model, objects }) {
  await mkdir(dirname(resolve(out)), { recursive: true });
  const folder = await mkdtemp(join(dirname(resolve(out)), `.${basename(out)}-`));
  try {
    await copyFile(model, join(folder, "clusters.onnx"));
    await writeParquet(join(folder, "trips.parquet"), set);
    await writeFile(join(folder, "objects.gmr"), objects);
    const finder = await openTrackFinder();
    await finder.add(set);
    await saveTrackFinder(join(folder, "tracks.index"), finder);
    await finder.dispose();
    await sealSnapshot(folder);
    await rename(folder, out);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** A made-up city's trips, and objects with posteriors of ten topics, as a snapshot takes them. */
export function demoContents({ seed = 1, tripCount = 300, objectCount = 20_000 } = {}) {
  const { set } = createCity({ seed, trips: tripCount });
  const random = new Random(seed);
  const dimensions = 10;
  const positions = new Float64Array(2 * objectCount);
  const vectors = new Float32Array(dimensions * objectCount);
  for (let i = 0; i < objectCount; i++) {
    positions[2 * i] = 116.2 + 0.4 * random.next();
    positions[2 * i + 1] = 39.8 + 0.3 * random.next();
    for (let j = 0; j < dimensions; j++) vectors[i * dimensions + j] = random.next() ** 4;
  }
  const kind = Array.from({ length: objectCount }, (_, i) => ["bar", "park", "museum"][i % 3]);
  const tree = GmrTree.build({ dimensions, positions, vectors, attributes: { kind } });
  return { set, objects: new Uint8Array(tree.toBuffer()) };
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const { values } = parseArgs({ options });
  const needed = values.demo ? ["out", "model"] : ["out", "model", "trips", "objects"];
  for (const name of needed) {
    if (values[name] === undefined) {
      console.error(`make-snapshot.mjs: --${name} must be given`);
      process.exit(2);
    }
  }
  const { out, model, seed } = values;
  const contents = values.demo
    ? demoContents({
        seed: Number(seed),
        tripCount: Number(values["trip-count"]),
        objectCount: Number(values["object-count"]),
      })
    : { set: (await readTrajectories(values.trips)).set, objects: await readFile(values.objects) };
  await makeSnapshot({ out, model, ...contents });
  console.log(`${out}: ${contents.set.length} trips`);
}
