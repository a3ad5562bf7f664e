import { Random } from "@wayweave/geo-core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runs } from "../../../vitest.runs.js";
import { GmrTree, type Proximity, type SearchQuery } from "../src/index.js";
import {
  exhaustiveSearch,
  type LayoutName,
  layouts,
  type MeaningName,
  meanings,
  randomPosition,
  randomVector,
  type Thing,
} from "./oracle.js";

/** One random configuration: a set of objects and the settings of its queries. */
const configuration = fc.record({
  seed: fc.nat(),
  count: fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 41, max: 500 })),
  dimensions: fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 60, max: 80 })),
  planar: fc.boolean(),
  layout: fc.constantFrom(...layouts),
  meaning: fc.constantFrom(...meanings),
  mu: fc.oneof(fc.constantFrom(0, 0.2, 0.5, 0.8, 1), fc.double({ min: 0, max: 1, noNaN: true })),
  k: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constant(1000)),
  proximity: fc.oneof(
    fc.constant<Proximity>({ kind: "relative" }),
    fc.record({
      kind: fc.constantFrom("linear" as const, "exponential" as const, "gaussian" as const),
      scaleMeters: fc.constantFrom(10, 1e3, 1e5, 1e7),
      offsetMeters: fc.constantFrom(0, 500, 1e6),
    }),
  ),
  limits: fc.record(
    {
      maxDistanceMeters: fc.constantFrom(0, 2e3, 3e5, 5e6),
      minSimilarity: fc.constantFrom(-0.5, 0, 0.4, 0.99),
    },
    { requiredKeys: [] },
  ),
  filterModulus: fc.constantFrom(0, 1, 3, 1e9),
});
type Configuration = typeof configuration extends fc.Arbitrary<infer T> ? T : never;

function thingsOf(config: Configuration, random: Random): Thing[] {
  return Array.from({ length: config.count }, (_, i) => ({
    id: 3 * i + 1,
    position: randomPosition(random, config.layout, config.planar),
    vector: randomVector(random, config.meaning, config.dimensions),
  }));
}

function treeOf(things: readonly Thing[], { dimensions, planar }: Configuration): GmrTree {
  return GmrTree.build({
    dimensions,
    coordinateSystem: planar ? "planar" : "lonlat",
    positions: things.flatMap(({ position }) => [...position]),
    vectors: things.flatMap(({ vector }) => [...vector]),
    ids: things.map(({ id }) => id),
  });
}

/** A query near the objects or anywhere, sometimes exactly one of them. */
function queryOf(config: Configuration, things: readonly Thing[], random: Random): SearchQuery {
  const { layout, meaning, planar, dimensions, mu, k, proximity, limits, filterModulus } = config;
  const place: LayoutName = random.integer(3) === 0 ? "uniform" : layout;
  const sense: MeaningName = random.integer(4) === 0 ? "sphere" : meaning;
  const like = things[random.integer(Math.max(1, things.length))];
  const same = like !== undefined && random.integer(3) === 0;
  return {
    position: same ? like.position : randomPosition(random, place, planar),
    vector: same ? like.vector : randomVector(random, sense, dimensions),
    mu,
    k,
    proximity,
    ...limits,
    // Passes everything, a third, or nothing.
    ...(filterModulus === 0 ? {} : { filter: (id: number) => id % filterModulus === 1 % filterModulus }),
  };
}

describe("search equals scoring every object", () => {
  it("over sizes, dimensions, layouts, meanings, μ, decays, limits and filters", () => {
    fc.assert(
      fc.property(configuration, (config) => {
        const random = new Random(config.seed);
        const things = thingsOf(config, random);
        const tree = treeOf(things, config);
        for (let q = 0; q < 3; q++) {
          const query = queryOf(config, things, random);
          expect(tree.search(query)).toEqual(exhaustiveSearch(things, query, config.planar));
        }
      }),
      { numRuns: runs(250) },
    );
  });

  it("also in the order of nearest()", () => {
    fc.assert(
      fc.property(configuration, (config) => {
        const random = new Random(config.seed);
        const things = thingsOf(config, random);
        const tree = treeOf(things, config);
        const query = queryOf(config, things, random);
        const expected = exhaustiveSearch(things, { ...query, k: things.length + 1 }, config.planar);
        expect([...tree.nearest(query)]).toEqual(expected);
      }),
      { numRuns: runs(100) },
    );
  });

  it("after random inserts, updates and removals, and a save and load", () => {
    fc.assert(
      fc.property(configuration, fc.integer({ min: 1, max: 900 }), (config, changes) => {
        const random = new Random(config.seed);
        const things = new Map(thingsOf(config, random).map((thing) => [thing.id, thing]));
        let tree = treeOf([...things.values()], config);
        const check = (): void => {
          const query = queryOf(config, [...things.values()], random);
          expect(tree.search(query)).toEqual(exhaustiveSearch([...things.values()], query, config.planar));
        };
        for (let c = 0; c < changes; c++) {
          change(tree, things, config, random);
          if (c % 300 === 0) check();
        }
        expect(tree.size).toBe(things.size);
        check();
        tree = GmrTree.from(tree.toBuffer(), { copy: config.seed % 2 === 0 });
        check();
        change(tree, things, config, random);
        check();
      }),
      { numRuns: runs(40) },
    );
  });
});

/** Inserts, removes or updates one object, in the tree and in the map. */
function change(tree: GmrTree, things: Map<number, Thing>, config: Configuration, random: Random): void {
  const ids = [...things.keys()];
  const id = ids[random.integer(Math.max(1, ids.length))];
  const position = randomPosition(random, config.layout, config.planar);
  const vector = randomVector(random, config.meaning, config.dimensions);
  const kind = random.integer(3);
  if (kind === 0 || id === undefined) {
    const added = tree.insert({ position, vector });
    things.set(added, { id: added, position, vector });
  } else if (kind === 1) {
    expect(tree.remove(id)).toBe(true);
    things.delete(id);
  } else {
    tree.update(id, { position, vector });
    things.set(id, { id, position, vector });
  }
}
