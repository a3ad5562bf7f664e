#!/usr/bin/env node
// Flickr photos of Dresden by place and tags: node examples/dresden.mjs [tags] [lon,lat] [data folder]
//
//   node examples/dresden.mjs "night;bridge;elbe" 13.7387,51.0546 ../../../shared/data
//
// Every tag is a dimension, weighted by how rare it is (its inverse document frequency).
import { GmrTree, kgmcms } from "@wayweave/gmr-tree";
import Papa from "papaparse";
import { openPromise } from "yauzl";

const [tagText = "night;bridge;elbe", place = "13.7387,51.0546", folder = "../../../shared/data"] =
  process.argv.slice(2);
const wanted = tagText.split(";");
const position = place.split(",").map(Number);

const { data } = Papa.parse(await readMember(`${folder}/flickr-dresden/flickr-dresden.csv.zip`), {
  header: true,
  skipEmptyLines: true,
});
const photos = data
  .map(({ lat, lng, hashtags }) => ({
    position: [Number(lng), Number(lat)],
    tags: hashtags.split(";").filter(Boolean),
  }))
  .filter(({ tags }) => tags.length > 0);
const counts = new Map();
for (const tag of photos.flatMap(({ tags }) => [...new Set(tags)]))
  counts.set(tag, (counts.get(tag) ?? 0) + 1);
const dimensionOf = new Map([...counts.keys()].map((tag, j) => [tag, j]));
const dimensions = counts.size;

const vectors = new Float32Array(photos.length * dimensions);
for (const [i, { tags }] of photos.entries()) vectors.set(vectorOf(tags), i * dimensions);
const start = performance.now();
const tree = GmrTree.build({
  dimensions,
  positions: photos.flatMap((photo) => photo.position),
  vectors,
  signature: { kind: "threshold", threshold: 0.01 },
});
console.log(
  `${photos.length} tagged photos of ${data.length}, ${dimensions} tags, packed in ${Math.round(performance.now() - start)} ms`,
);

const unknown = wanted.filter((tag) => !dimensionOf.has(tag));
if (unknown.length > 0) console.log(`no photo has the tag ${unknown.join(", ")}`);
const query = {
  position,
  vector: vectorOf(wanted),
  k: 8,
  proximity: { kind: "exponential", scaleMeters: 500 },
};
const hits = tree.search(query);
console.log(`\n${wanted.join(" + ")} near ${place}, half by proximity (e-folding 500 m), half by tags:`);
for (const { id, score, distanceMeters, similarity } of hits) {
  const metres = distanceMeters.toFixed(0).padStart(5);
  console.log(`${score.toFixed(3)}  ${metres} m  cos ${similarity.toFixed(2)}  ${photos[id].tags.join(" ")}`);
}
const printed = new Set(kgmcms(tree, query).hits.map(({ id }) => id));
console.log(
  `\nthe paper's kGMCMS finds ${hits.filter(({ id }) => printed.has(id)).length} of these ${hits.length}`,
);

function vectorOf(tags) {
  const vector = new Float32Array(dimensions);
  for (const tag of tags) {
    const j = dimensionOf.get(tag);
    if (j !== undefined) vector[j] = Math.log(photos.length / counts.get(tag));
  }
  return vector;
}

/** The text of a zip's only file. */
async function readMember(path) {
  const zip = await openPromise(path);
  for await (const entry of zip.eachEntry()) {
    const chunks = [];
    for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(chunk);
    return Buffer.concat(chunks).toString("utf8");
  }
  throw new Error(`${path} is empty`);
}
