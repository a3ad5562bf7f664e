import Flatbush from "flatbush";
import { bench, describe } from "vitest";

// The built packages: what users run. Figures are ratios within one run; apps/bench's gmr-tree/speed is the full table.
const built = (name: string) => import(new URL(`../${name}/dist/index.js`, import.meta.url).href);
const { GmrTree }: typeof import("../src/index.js") = await built(".");
const { Random }: typeof import("@wayweave/geo-core") = await built("../geo-core");

const OBJECTS = 200_000;
const DIMENSIONS = 10;
const random = new Random(1);

/** Peaked class probabilities. */
function posterior(target: Float32Array, row: number): void {
  const peak = random.integer(DIMENSIONS);
  for (let j = 0; j < DIMENSIONS; j++) {
    target[row * DIMENSIONS + j] = Math.exp(random.normal() + (j === peak ? 3.8 : 0));
  }
}

const positions = new Float64Array(2 * OBJECTS);
const vectors = new Float32Array(OBJECTS * DIMENSIONS);
for (let i = 0; i < OBJECTS; i++) {
  positions[2 * i] = random.uniform(-125, -67);
  positions[2 * i + 1] = random.uniform(25, 49);
  posterior(vectors, i);
}
const queries = Array.from({ length: 1000 }, () => {
  const object = random.integer(OBJECTS);
  const vector = new Float32Array(DIMENSIONS);
  posterior(vector, 0);
  return { position: [positions[2 * object]!, positions[2 * object + 1]!] as const, vector };
});
let sink = 0;
let turn = 0;
const next = () => queries[turn++ % queries.length]!;

function buildTree() {
  return GmrTree.build({ dimensions: DIMENSIONS, positions, vectors });
}

function buildFlatbush(): Flatbush {
  const index = new Flatbush(OBJECTS);
  for (let i = 0; i < OBJECTS; i++) index.add(positions[2 * i]!, positions[2 * i + 1]!);
  index.finish();
  return index;
}

describe(`build of ${OBJECTS} objects`, () => {
  bench("GMR-Tree", () => {
    sink += buildTree().size;
  });
  bench("flatbush (positions only)", () => {
    sink += buildFlatbush().numItems;
  });
});

const tree = buildTree();
const uncopied = GmrTree.from(tree.toBuffer(), { copy: false });
const flatbush = buildFlatbush();

describe("ten best of 200,000, μ = 0.5", () => {
  bench("relative", () => {
    sink += tree.search(next())[0]!.id;
  });
  bench("relative, on a buffer that is not copied", () => {
    sink += uncopied.search(next())[0]!.id;
  });
  bench("exponential, 20 km", () => {
    sink += tree.search({ ...next(), proximity: { kind: "exponential", scaleMeters: 20_000 } })[0]!.id;
  });
  bench("flatbush's ten nearest (positions only)", () => {
    sink += flatbush.neighbors(...next().position, 10)[0]!;
  });
});

describe("changes of a tree of 200,000", () => {
  bench("insert and remove (amortised)", () => {
    tree.remove(tree.insert(next()));
  });
});

// Nothing above may be optimised away.
if (!Number.isFinite(sink)) throw new Error("no search was run");
