// A small TrajCross model for embed_trips.py, and what the TypeScript package says of a sample of trips.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { projectSet, webMercator } from "@wayweave/geo-core";
import { buildPairs } from "@wayweave/trajcross";
import { trainTrajCross } from "@wayweave/trajcross/train";

const TRAINED_ON = 256;

/**
 * Trains on the first trips, so briefly that it retrieves little: what is shown is that Spark computes the same. Writes `tower/trajectory.onnx` and
 * `expected-tower.jsonl`, a line of id and embedding a trip of `sample`.
 */
export async function makeTower(folder, trips, sample) {
  const planar = projectSet(trips.slice(0, TRAINED_ON), webMercator);
  const own = Uint32Array.from({ length: planar.length }, (_, i) => i);
  const windows = { set: planar, sources: own, starts: new Uint32Array(planar.length) };
  const { train } = buildPairs(windows, { seed: 1, split: { train: own.slice(1), test: own.slice(0, 1) } });
  const { model } = await trainTrajCross(train, { seed: 1, train: { epochs: 1, batchSize: 64 } });
  await model.save(join(folder, "tower"));
  const embeddings = await model.encodeTrajectories(projectSet(sample, webMercator));
  const width = model.config.embeddingSize;
  const lines = sample.ids.map((id, i) =>
    JSON.stringify({ id, embedding: Array.from(embeddings.subarray(i * width, (i + 1) * width)) }),
  );
  await writeFile(join(folder, "expected-tower.jsonl"), `${lines.join("\n")}\n`);
  await model.dispose();
}
