// What other-runtimes.mjs runs in each runtime: one use of each package, its results as one JSON line.
import { writeFile } from "node:fs/promises";
import { CanonicalCorrelation } from "@wayweave/cosmat";
import { clusterTrips } from "@wayweave/e2dtc/cluster";
import { uacc } from "@wayweave/eval";
import { createCity, toGpx } from "@wayweave/geo-core";
import { pairwiseDistances, readTrajectories, writeParquet } from "@wayweave/geo-core/node";
import { GmrTree } from "@wayweave/gmr-tree";
import { OnnxModel } from "@wayweave/nn";
import { adam, createTrainStep, exportOnnx, tf } from "@wayweave/nn/train";
import { times } from "@wayweave/numeric";
import { openTrackFinder } from "@wayweave/trajcross/node";

const city = createCity({ seed: 1, trips: 60 }).set;

const uses = {
  async "gmr-tree, in workers too"() {
    const tree = GmrTree.build({
      dimensions: 4,
      positions: Float64Array.from({ length: 10_000 }, (_, i) =>
        i % 2 === 0 ? (i % 360) - 180 : (i % 178) - 89,
      ),
      vectors: Float32Array.from({ length: 20_000 }, (_, i) => Math.sin(1.7 * i)),
    });
    const query = { k: 3, mu: 0.5 };
    const here = tree.search({ position: [1, 2], vector: [1, 0, 0, 0], ...query });
    const many = await tree.searchMany(
      { positions: [1, 2], vectors: [1, 0, 0, 0], ...query },
      { workers: 2 },
    );
    return [GmrTree.kernels, here.map(({ id }) => id), [...many].map((hits) => hits.map(({ id }) => id))];
  },
  async "geo-core: GPX and Parquet"() {
    await writeFile("city.gpx", toGpx(city));
    await writeParquet("city.parquet", city);
    const read = await Promise.all(["city.gpx", "city.parquet"].map((file) => readTrajectories(file)));
    return read.map(({ set }) => [set.length, set.pointCount]);
  },
  async "geo-core: distances in worker threads"() {
    const distances = await pairwiseDistances(city, { name: "dtw" }, { workers: 2 });
    return distances.reduce((sum, distance) => sum + distance, 0).toPrecision(9);
  },
  async "e2dtc: clusters"() {
    return [...(await clusterTrips(city, { k: 3 })).sizes];
  },
  async "trajcross: the line reader"() {
    const finder = await openTrackFinder();
    await finder.add(city);
    return "opened";
  },
  async "nn: training, export, inference"() {
    const forward = (p, { x }) => tf.matMul(x, p.w);
    const step = await createTrainStep({
      params: { w: { type: "float32", shape: [2, 1], data: new Float32Array(2) } },
      loss: (p, batch) => tf.losses.meanSquaredError(batch.y, forward(p, batch)),
      optimizer: adam({ learningRate: 0.05 }),
      batchSpec: { x: { type: "float32", shape: [2, 2] }, y: { type: "float32", shape: [2, 1] } },
    });
    for (let i = 0; i < 300; i++)
      await step.step({ x: Float32Array.of(1, 0, 0, 1), y: Float32Array.of(2, -1) });
    const { bytes } = await exportOnnx({
      forward,
      params: await step.params(),
      inputs: { x: { type: "float32", shape: ["batch", 2] } },
    });
    const model = await OnnxModel.load(bytes);
    const { output } = await model.run({ x: { data: Float32Array.of(10, 1), shape: [1, 2] } });
    return output.data[0].toFixed(2);
  },
  async "cosmat: CCA"() {
    const features = (step) => ({
      rows: 60,
      columns: 4,
      data: Float64Array.from({ length: 240 }, (_, i) => Math.sin(step * i)),
    });
    await CanonicalCorrelation.fit({ images: features(1.3), texts: features(2.1) }, { onWarning() {} });
    return "fitted";
  },
  async "eval, numeric"() {
    const matrix = { rows: 2, columns: 2, data: Float64Array.of(1, 2, 3, 4) };
    return [uacc([0, 1, 1], [1, 0, 0]), [...times(matrix, matrix).data]];
  },
};

const results = {};
for (const [name, use] of Object.entries(uses)) {
  try {
    results[name] = { value: await use() };
  } catch (error) {
    results[name] = { error: `${error?.name}: ${error?.message}` };
  }
}
console.log(JSON.stringify(results));
