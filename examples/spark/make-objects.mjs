// Made-up objects in towns as Parquet (id, lon, lat, v0 … v9), queries, and what one GMR-Tree of all of them answers.
//
//   node make-objects.mjs FOLDER COUNT QUERIES BRUTE
//
// The first BRUTE queries are answered by scoring every object too; that is what the tree must equal.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Random } from "@wayweave/geo-core";
import { GmrTree } from "@wayweave/gmr-tree";
import { fileWriter, ParquetWriter, schemaFromColumnData } from "hyparquet-writer";
import { bruteForce, isSame } from "./brute-force.mjs";

const folder = process.argv[2];
const [count, queryCount, bruteCount] = process.argv.slice(3).map(Number);
const dimensions = 10;
const random = new Random(1);
const towns = Array.from({ length: 300 }, () => [random.uniform(-170, 170), random.uniform(-55, 65)]);
const town = () => towns[Math.floor(towns.length * random.next() ** 2)];
const positions = new Float64Array(2 * count);
const vectors = new Float32Array(dimensions * count); // [count, dimensions], of length 1 as those of most models are
for (let i = 0; i < count; i++) {
  const [lon, lat] = town();
  positions[2 * i] = lon + 0.05 * random.normal();
  positions[2 * i + 1] = lat + 0.03 * random.normal();
  const vector = Array.from({ length: dimensions }, () => Math.exp(2 * random.normal()));
  const norm = Math.hypot(...vector);
  for (let j = 0; j < dimensions; j++) vectors[i * dimensions + j] = vector[j] / norm;
}
writeObjects(join(folder, "objects.parquet"));

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
const timed = (work) => {
  const started = performance.now();
  const hits = work();
  return { ms: performance.now() - started, hits: hits.map(({ id, score }) => ({ id, score })) };
};
const answers = queries.map((query) => timed(() => tree.search(query)));
const brute = queries
  .slice(0, bruteCount)
  .map((query) => timed(() => bruteForce({ positions, vectors, dimensions }, query)));
const bruteForceReport = {
  queries: brute.length,
  equal: brute.filter(({ hits }, i) => isSame(answers[i].hits, hits)).length,
  secondsPerQuery: brute.map(({ ms }) => ms / 1000),
};
const peakMegabytes = Math.round(process.resourceUsage().maxRSS / 1024);
writeFileSync(join(folder, "queries.json"), JSON.stringify(queries));
writeFileSync(
  join(folder, "one-tree.json"),
  JSON.stringify({
    objects: count,
    bytes: tree.byteLength,
    buildSeconds,
    peakMegabytes,
    bruteForce: bruteForceReport,
    answers,
  }),
);

/** Some rows at a time, so that memory holds a row group's columns and not the file's. */
function writeObjects(file) {
  // At least 16, which Spark deals to its partitions whole.
  const rowGroup = Math.min(100_000, Math.ceil(count / 16));
  let parquet;
  for (let from = 0; from < count; from += rowGroup) {
    const size = Math.min(rowGroup, count - from);
    const column = (name, type, Type, valueAt) => ({
      name,
      type,
      data: Type.from({ length: size }, (_, i) => valueAt(from + i)),
    });
    const columnData = [
      column("id", "INT32", Int32Array, (i) => i),
      column("lon", "DOUBLE", Float64Array, (i) => positions[2 * i]),
      column("lat", "DOUBLE", Float64Array, (i) => positions[2 * i + 1]),
      ...Array.from({ length: dimensions }, (_, j) =>
        column(`v${j}`, "FLOAT", Float32Array, (i) => vectors[i * dimensions + j]),
      ),
    ];
    parquet ??= new ParquetWriter({ writer: fileWriter(file), schema: schemaFromColumnData({ columnData }) });
    parquet.write({ columnData, rowGroupSize: rowGroup });
  }
  parquet.finish();
}
