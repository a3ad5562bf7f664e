import { bench, describe } from "vitest";
import { boundNames, boxesOf, makeBound } from "./bounds/bounds.js";
import { countWork } from "./bounds/count-work.js";
import { drawRows, type MeaningName } from "./bounds/objects.js";
import { type PackingName, packings, packRows, type Tree } from "./bounds/packings.js";

// Which packing and which bound leave the least work, counted, not timed: the tables of docs/decisions/0010-gmr-tree.md.
// The alternatives live in bounds/ beside this file; the package holds only what came out ahead.

// Built, since sources of another package are not resolved here.
const { Random }: typeof import("@wayweave/geo-core") = await import(
  new URL("../../geo-core/dist/index.js", import.meta.url).href
);

const OBJECTS = 200_000;
const DIMENSIONS = 10;
const QUERIES = 40;
/** Queries are like objects, but not among them: the last rows drawn. */
const DRAWN = OBJECTS + QUERIES;
const HALF_CIRCUMFERENCE = 20_015_115;
const proximities = {
  relative: (meters: number) => 1 - meters / HALF_CIRCUMFERENCE,
  "20 km": (meters: number) => Math.exp(-meters / 20_000),
};

/** Every query's ten best scores: whatever the packing and the bound, they must be the same. */
const expected = new Map<Float32Array, Map<(meters: number) => number, number[]>>();

/** Nodes bounded / objects looked at, a query, for both proximities. */
function workOf(tree: Tree, boundName: (typeof boundNames)[number], queries: Float32Array[]): string[] {
  const boxes = boxesOf(tree);
  const bound = makeBound(boundName, tree, boxes);
  return Object.values(proximities).map((proximity) => {
    let nodes = 0;
    let objects = 0;
    for (const [q, query] of queries.entries()) {
      const work = countWork(tree, boxes, bound, query, proximity);
      const known = expected.get(query)?.get(proximity);
      if (known !== undefined && work.best.some((score, i) => Math.abs(score - known[i]!) > 1e-9)) {
        throw new Error(`${boundName}: query ${q} has other results than the first packing gave`);
      }
      if (known === undefined)
        expected.set(query, (expected.get(query) ?? new Map()).set(proximity, work.best));
      nodes += work.nodesBounded;
      objects += work.objectsBounded;
    }
    const mean = (sum: number) => Math.round(sum / queries.length).toLocaleString("en");
    return `${mean(nodes)} / ${mean(objects)}`;
  });
}

const lines: string[] = [];
const trees = new Map<MeaningName, Tree>();
for (const meaning of ["posteriors", "mixtures"] as const) {
  const drawn = drawRows(new Random(1), DRAWN, DIMENSIONS, meaning);
  const { length } = drawn;
  const source = { ...drawn, count: OBJECTS, rows: drawn.rows.subarray(0, OBJECTS * length) };
  const queries = Array.from({ length: QUERIES }, (_, q) =>
    drawn.rows.slice((OBJECTS + q) * length, (OBJECTS + q + 1) * length),
  );
  const row = (name: string, work: readonly string[]) =>
    lines.push(`| ${meaning} | ${name} | ${work.join(" | ")} |`);
  const pack = (packing: PackingName, spaceWeight = 2) => packRows(source, packing, spaceWeight);
  for (const packing of packings) row(`${packing}, box`, workOf(pack(packing), "box", queries));
  for (const weight of [0.5, 1, 4, 8])
    row(`mixed ×${weight}, box`, workOf(pack("mixed", weight), "box", queries));
  const mixed = pack("mixed");
  trees.set(meaning, mixed);
  for (const name of boundNames) {
    // A signature bounds nothing where entries are signed.
    if (name !== "signature" || meaning === "posteriors") row(`mixed, ${name}`, workOf(mixed, name, queries));
  }
}
console.log(["| | | relative | 20 km |", "|---|---|---|---|", ...lines].join("\n"));

const mixtures = trees.get("mixtures")!;
const boxes = boxesOf(mixtures);
const query = mixtures.rows.slice(0, mixtures.length);
let sink = 0;
describe("bounding every node of a mixed tree of mixtures", () => {
  for (const name of boundNames) {
    const bound = makeBound(name, mixtures, boxes);
    bench(name, () => {
      for (let node = 0; node < mixtures.starts.length; node++) sink += bound(node, query);
    });
  }
});
if (!Number.isFinite(sink)) throw new Error("nothing was bounded");
