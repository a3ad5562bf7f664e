// Made-up objects in towns, and queries: objects.tsv, queries.tsv, and what a GMR-Tree answers in gmr-tree.json.
//
//   node objects.mjs FOLDER COUNT QUERIES
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Random } from "@wayweave/geo-core";
import { GmrTree } from "@wayweave/gmr-tree";

const [folder, count, queryCount] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const dimensions = 10;
const random = new Random(1);
const towns = Array.from({ length: 300 }, () => [random.uniform(6, 15), random.uniform(47, 55)]);
const place = () => {
  const [lon, lat] = towns[Math.floor(towns.length * random.next() ** 2)];
  return [lon + 0.05 * random.normal(), lat + 0.03 * random.normal()];
};
/** The posterior of a few topics, of length 1, in float32 as the tree stores it. */
const meaning = () => {
  const row = Array.from({ length: dimensions }, () => Math.exp(2 * random.normal()));
  const length = Math.hypot(...row);
  return row.map((value) => Math.fround(value / length));
};
const line = (values) => `${values.map((v) => (Array.isArray(v) ? `{${v.join(",")}}` : v)).join("\t")}\n`;

const objects = Array.from({ length: count }, () => ({ position: place(), vector: meaning() }));
writeFileSync(
  join(folder, "objects.tsv"),
  objects.map(({ position, vector }, id) => line([id, ...position, vector])).join(""),
);
const queries = Array.from({ length: queryCount }, (_, i) => ({
  position: place(),
  vector: meaning(),
  mu: [0.3, 0.5, 0.7][i % 3],
  scaleMeters: [1000, 5000, 20_000, 100_000][i % 4],
}));
writeFileSync(
  join(folder, "queries.tsv"),
  queries
    .map(({ position, vector, mu, scaleMeters }, i) => line([i, ...position, vector, mu, scaleMeters]))
    .join(""),
);

const tree = GmrTree.build({
  dimensions,
  positions: Float64Array.from(objects.flatMap(({ position }) => position)),
  vectors: Float32Array.from(objects.flatMap(({ vector }) => vector)),
});
const ask = ({ position, vector, mu, scaleMeters }) =>
  tree.search({ position, vector, mu, k: 10, proximity: { kind: "exponential", scaleMeters } });
for (const query of queries) ask(query);
const answers = queries.map((query) => {
  const started = performance.now();
  const hits = ask(query);
  return {
    ms: performance.now() - started,
    ids: hits.map(({ id }) => id),
    scores: hits.map(({ score }) => score),
  };
});
writeFileSync(join(folder, "gmr-tree.json"), JSON.stringify({ bytes: tree.byteLength, answers }));
