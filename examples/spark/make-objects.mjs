// Made-up objects in towns as Parquet (id, lon, lat, v0 … v9), queries, and what one GMR-Tree of all of them answers.
//
//   node make-objects.mjs FOLDER COUNT QUERIES
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Random } from "@wayweave/geo-core";
import { GmrTree } from "@wayweave/gmr-tree";
import { parquetWriteFile } from "hyparquet-writer";

const [folder, count, queryCount] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const dimensions = 10;
const random = new Random(1);
const towns = Array.from({ length: 300 }, () => [random.uniform(-170, 170), random.uniform(-55, 65)]);
const town = () => towns[Math.floor(towns.length * random.next() ** 2)];
const positions = new Float64Array(2 * count);
const vectors = new Float32Array(dimensions * count);
for (let i = 0; i < count; i++) {
  const [lon, lat] = town();
  positions[2 * i] = lon + 0.05 * random.normal();
  positions[2 * i + 1] = lat + 0.03 * random.normal();
  for (let j = 0; j < dimensions; j++) vectors[i * dimensions + j] = Math.exp(2 * random.normal());
}
const column = (data, name, type) => ({ data, name, type });
const every = (from, start, step) => Array.from({ length: count }, (_, i) => from[start + i * step]);
parquetWriteFile({
  filename: join(folder, "objects.parquet"),
  columnData: [
    column(
      Int32Array.from({ length: count }, (_, i) => i),
      "id",
      "INT32",
    ),
    column(Float64Array.from(every(positions, 0, 2)), "lon", "DOUBLE"),
    column(Float64Array.from(every(positions, 1, 2)), "lat", "DOUBLE"),
    ...Array.from({ length: dimensions }, (_, j) =>
      column(Float32Array.from(every(vectors, j, dimensions)), `v${j}`, "FLOAT"),
    ),
  ],
});

const queries = Array.from({ length: queryCount }, (_, i) => {
  const [lon, lat] = town();
  const position = [lon + 0.1 * random.normal(), lat + 0.05 * random.normal()];
  return {
    position,
    vector: Array.from({ length: dimensions }, () => Math.exp(2 * random.normal())),
    mu: [0.2, 0.5, 0.8][i % 3],
    k: 10,
  };
});
const built = performance.now();
const tree = GmrTree.build({ dimensions, positions, vectors });
const buildSeconds = (performance.now() - built) / 1000;
for (const query of queries) tree.search(query);
const answers = queries.map((query) => {
  const started = performance.now();
  const hits = tree.search(query);
  return { ms: performance.now() - started, hits: hits.map(({ id, score }) => ({ id, score })) };
});
writeFileSync(join(folder, "queries.json"), JSON.stringify(queries));
writeFileSync(
  join(folder, "one-tree.json"),
  JSON.stringify({ objects: count, bytes: tree.toBuffer().byteLength, buildSeconds, answers }),
);
