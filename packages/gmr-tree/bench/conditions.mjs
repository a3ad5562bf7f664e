#!/usr/bin/env node
// What conditions and further signals cost, in CPU time of one run: node bench/conditions.mjs [objects]
//
// Posteriors of ten classes at made-up cities. Every figure is a mean over queries, and the last column its ratio to a plain search.
import { Random } from "@wayweave/geo-core";
import { GmrTree } from "@wayweave/gmr-tree";

const objects = Number(process.argv[2] ?? 300_000);
const dimensions = 10;
const random = new Random(1);
const cities = Array.from({ length: 1000 }, () => [random.uniform(-180, 180), random.uniform(-55, 65)]);
const positions = new Float64Array(2 * objects);
const vectors = new Float32Array(dimensions * objects);
for (let i = 0; i < objects; i++) {
  const [lon, lat] = cities[random.integer(cities.length)];
  positions[2 * i] = Math.max(-180, Math.min(180, lon + 0.1 * random.normal()));
  positions[2 * i + 1] = lat + 0.1 * random.normal();
  const peak = random.integer(dimensions);
  const row = Array.from({ length: dimensions }, (_, j) =>
    Math.exp(random.normal() + (j === peak ? 3.8 : 0)),
  );
  const length = Math.hypot(...row);
  vectors.set(
    row.map((x) => x / length),
    dimensions * i,
  );
}
const kind = Array.from({ length: objects }, () => {
  const draw = random.next();
  return draw < 1e-4 ? "rare" : draw < 0.1 ? "tenth" : "most";
});
const rating = Float64Array.from({ length: objects }, () => random.next());

const tree = GmrTree.build({ dimensions, positions, vectors, attributes: { kind, rating } });
GmrTree.useKernels("typescript");
const scalar = GmrTree.from(tree.toBuffer());
GmrTree.useKernels(undefined);

const proximity = { kind: "exponential", scaleMeters: 20_000 };
const queries = Array.from({ length: 400 }, () => {
  const [at, like] = [random.integer(objects), random.integer(objects)];
  return {
    position: [positions[2 * at], positions[2 * at + 1]],
    vector: vectors.subarray(dimensions * like, dimensions * (like + 1)),
  };
});

const cpuMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
/** Over all queries again and again, for half a second: what is compiled meanwhile must not weigh in. */
function meanMs(search) {
  const once = () => {
    for (const query of queries) search(query);
  };
  once();
  const start = cpuMs();
  let rounds = 0;
  while (rounds === 0 || cpuMs() - start < 500) {
    once();
    rounds++;
  }
  return (cpuMs() - start) / (rounds * queries.length);
}

/** Unit vectors of the places, so that a distance is one square root and one arcsine. */
const points = new Float64Array(3 * objects);
const pointOf = ([lon, lat]) => {
  const [x, y] = [(lon * Math.PI) / 180, (lat * Math.PI) / 180];
  return [Math.cos(y) * Math.cos(x), Math.cos(y) * Math.sin(x), Math.sin(y)];
};
for (let i = 0; i < objects; i++) points.set(pointOf([positions[2 * i], positions[2 * i + 1]]), 3 * i);

/** The plain loop over all objects that pass, or over a list of them. */
function scan({ position, vector }, passes, list) {
  const [px, py, pz] = pointOf(position);
  const scores = new Float64Array(10).fill(Number.NEGATIVE_INFINITY);
  const best = new Uint32Array(10);
  for (let c = 0, count = list?.length ?? objects; c < count; c++) {
    const i = list?.[c] ?? c;
    if (passes !== undefined && !passes(i)) continue;
    let product = 0;
    for (let j = 0; j < dimensions; j++) product += vector[j] * vectors[dimensions * i + j];
    if (0.5 + 0.5 * product <= scores[9]) continue;
    const [dx, dy, dz] = [px - points[3 * i], py - points[3 * i + 1], pz - points[3 * i + 2]];
    const meters = 2 * 6_371_008.8 * Math.asin(Math.min(1, Math.sqrt(dx * dx + dy * dy + dz * dz) / 2));
    const score = 0.5 * Math.exp(-meters / 20_000) + 0.5 * product;
    if (score <= scores[9]) continue;
    let place = 9;
    for (; place > 0 && scores[place - 1] < score; place--) {
      scores[place] = scores[place - 1];
      best[place] = best[place - 1];
    }
    scores[place] = score;
    best[place] = i;
  }
  return best;
}

const rare = Array.from({ length: objects }, (_, i) => i).filter((i) => kind[i] === "rare");
const rows = {
  "plain search, two terms": meanMs((query) => tree.search({ ...query, proximity })),
  "three terms (rating weighs .2)": meanMs((query) =>
    tree.search({
      ...query,
      proximity,
      weights: { proximity: 0.4, similarity: 0.4 },
      signals: [{ attribute: "rating", kind: "ramp", weight: 0.2, from: 0, to: 1 }],
    }),
  ),
  "plain search, kernels in TypeScript": meanMs((query) => scalar.search({ ...query, proximity })),
  "where: 1 in 10,000": meanMs((query) => tree.search({ ...query, proximity, where: { kind: "rare" } })),
  "  the loop over these alone, listed": meanMs((query) => scan(query, undefined, rare)),
  "  the loop over all that tests": meanMs((query) => scan(query, (i) => kind[i] === "rare")),
  "where: 1 in 10": meanMs((query) => tree.search({ ...query, proximity, where: { kind: "tenth" } })),
  "where: a hundredth of a range": meanMs((query) =>
    tree.search({ ...query, proximity, where: { rating: { min: 0.99 } } }),
  ),
  "near, 10 nearest": meanMs(({ position }) => tree.near({ position })),
  "alike, 10 most similar": meanMs(({ vector }) => tree.alike({ vector })),
};
const plain = rows["plain search, two terms"];
for (const [name, ms] of Object.entries(rows)) {
  console.log(`${name.padEnd(40)} ${ms.toFixed(4)} ms  ${(ms / plain).toFixed(2)}×`);
}
