// A worker thread of the pool: opens the snapshot once, then answers tasks one at a time.
import { join } from "node:path";
import { E2DTC } from "@wayweave/e2dtc";
import { TrajectoryIndex, TrajectorySet } from "@wayweave/geo-core";
import { readParquet } from "@wayweave/geo-core/node";
import { GmrTree } from "@wayweave/gmr-tree";
import { openTrackFinder } from "@wayweave/trajcross/node";
import { workerData } from "piscina";
import sharp from "sharp";

const { folder, objects, maxPixels } = workerData;
/** One thread a worker: the pool is what uses the cores. */
const session = { threads: 1 };
let opened;

/**
 * Answers a task: `{ kind, … }`. Errors come back as values, for a thrown one would lose its code on its way.
 *
 * @returns {Promise<{ value: unknown } | { error: { name: string, code?: string, message: string } }>}
 */
export default async function answer(task) {
  try {
    opened ??= open();
    return { value: await tasks[task.kind](await opened, task) };
  } catch (error) {
    return { error: { name: error.name, code: error.code, message: error.message } };
  }
}

async function open() {
  // The objects lie in memory that all workers share.
  const tree = GmrTree.from(objects, { copy: false });
  const model = await E2DTC.load(join(folder, "clusters.onnx"), session);
  const { trajectories: set } = await readParquet(join(folder, "trips.parquet"));
  const finder = await openTrackFinder({ index: join(folder, "tracks.index"), session });
  return { tree, model, trips: new TrajectoryIndex(set), finder };
}

const tasks = {
  /** Opens the snapshot, asks every part something, and waits until `count` workers have, so that each has done it. */
  async warm({ tree, model, trips, finder }, { arrived, count }) {
    const first = trips.set.slice(0, 1);
    await model.predict(first);
    await trips.nearest(first.at(0).coordinates, { distance: { name: "hausdorff" }, k: 1 });
    tree.search({ position: [0, 0], vector: new Float32Array(tree.dimensions).fill(1), k: 1 });
    const seen = new Int32Array(arrived);
    Atomics.add(seen, 0, 1);
    while (Atomics.load(seen, 0) < count) await new Promise((resolve) => setTimeout(resolve, 5));
    return {
      clusters: model.k,
      trips: trips.set.length,
      tracks: finder.size,
      objects: tree.size,
      dimensions: tree.dimensions,
    };
  },

  async predict({ model }, { trips }) {
    const { labels, softAssignments } = await model.predict(TrajectorySet.fromArrays(trips));
    return Array.from(labels, (label, i) => ({ label, confidence: softAssignments[i * model.k + label] }));
  },

  similar({ trips: index }, { trip, k, distance }) {
    return index.nearest(Float64Array.from(trip.flat()), { distance: { name: distance }, k });
  },

  async find({ finder }, { bytes, k, bounds }) {
    const picture = await decode(bytes);
    const { hits, confidence, by } = await finder.find(picture, bounds === undefined ? { k } : { k, bounds });
    return { hits: hits.map(({ id, score }) => ({ id, score })), confidence, by };
  },

  search: ({ tree }, { query }) => tree.search(query),
};

/** A picture's pixels; one that unpacks to too many is refused before it is unpacked. */
async function decode(bytes) {
  try {
    const { data, info } = await sharp(bytes, { limitInputPixels: maxPixels })
      .flatten({ background: "#ffffff" })
      .toColourspace("srgb")
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, channels: info.channels, data: new Uint8Array(data) };
  } catch (cause) {
    throw Object.assign(
      new Error(
        `find: picture must be a whole PNG, JPEG or WebP file of at most ${maxPixels} pixels: ${cause.message}`,
      ),
      {
        code: "WAYWEAVE_FORMAT",
      },
    );
  }
}
