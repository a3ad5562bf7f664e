import { Random } from "@wayweave/geo-core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runs } from "../../../vitest.runs.js";
import { explainSearch, GmrTree, type Id, mergeHits, type SearchQuery, ValueError } from "../src/index.js";
import {
  exhaustiveSearch,
  layouts,
  meanings,
  randomPosition,
  randomVector,
  type Thing,
  type ThingAttributes,
} from "./oracle.js";

const kinds = [
  "bar",
  "park",
  "museum",
  'Kirche \u{1f54c} "Zürich"',
  ...Array.from({ length: 300 }, (_, i) => `rare ${i}`),
];
type Query<I extends Id> = SearchQuery<ThingAttributes, I>;

const configuration = fc.record({
  seed: fc.nat(),
  count: fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 41, max: 700 })),
  dimensions: fc.constantFrom<number>(1, 3, 10, 70),
  planar: fc.boolean(),
  layout: fc.constantFrom(...layouts),
  meaning: fc.constantFrom(...meanings),
  k: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constant(Number.POSITIVE_INFINITY)),
  strings: fc.boolean(),
  typescript: fc.boolean(),
});
type Configuration = typeof configuration extends fc.Arbitrary<infer T> ? T : never;

function thingOf(config: Configuration, id: Id, random: Random): Thing<Id> {
  const draw = random.integer(10);
  return {
    id,
    position: randomPosition(random, config.layout, config.planar),
    vector: randomVector(random, config.meaning, config.dimensions),
    attributes: {
      kind:
        draw === 0
          ? undefined
          : kinds[random.integer(3) === 0 ? random.integer(kinds.length) : random.integer(4)],
      open: draw === 1 ? undefined : random.integer(3) > 0,
      // Few prices, so that many are equal; 0 and −0 among them.
      price: draw === 2 ? undefined : random.integer(20) === 0 ? -0 : random.integer(6) - 1,
      age: draw === 3 ? undefined : 1e12 + 1e9 * random.normal(),
    },
  };
}

const idOf = (config: Configuration, i: number): Id =>
  config.strings ? `object ${(i * 7919) % 1000}` : 3 * i + 1;

function thingsOf(config: Configuration, random: Random): Thing<Id>[] {
  return Array.from({ length: config.count }, (_, i) => thingOf(config, idOf(config, i), random));
}

function treeOf(config: Configuration, things: readonly Thing<Id>[]): GmrTree<ThingAttributes, Id> {
  const column = <N extends keyof ThingAttributes>(name: N) =>
    things.map(({ attributes }) => attributes?.[name]);
  const empty = things.length === 0;
  return GmrTree.build({
    dimensions: config.dimensions,
    coordinateSystem: config.planar ? "planar" : "lonlat",
    positions: things.flatMap(({ position }) => [...position]),
    vectors: things.flatMap(({ vector }) => [...vector]),
    ids: things.map(({ id }) => id),
    attributes: {
      kind: empty || column("kind").every((x) => x === undefined) ? "category" : column("kind"),
      open: empty || column("open").every((x) => x === undefined) ? "boolean" : column("open"),
      price: Float64Array.from(column("price"), (x) => x ?? Number.NaN),
      age: empty || column("age").every((x) => x === undefined) ? "number" : column("age"),
    },
  }) as unknown as GmrTree<ThingAttributes, Id>;
}

function queryOf(config: Configuration, things: readonly Thing<Id>[], random: Random): Query<Id> {
  const pick = <T>(...options: T[]): T => options[random.integer(options.length)]!;
  const like = things[random.integer(Math.max(1, things.length))];
  const same = like !== undefined && random.integer(3) === 0;
  return {
    position: same ? like.position : randomPosition(random, config.layout, config.planar),
    vector: same ? like.vector : randomVector(random, config.meaning, config.dimensions),
    k: config.k,
    where: pick<Query<Id>["where"]>(
      undefined,
      { kind: pick(...kinds) },
      { kind: { in: [pick(...kinds), "bar", "unheard of"] } },
      { open: random.integer(2) === 0, price: { min: 1 } },
      { price: pick(0, 3), kind: "park" },
      { age: { min: 1e12, max: 1e12 + pick(1e5, 1e9) } },
      { kind: { in: [] } },
      {},
    ),
    signals: pick<Query<Id>["signals"]>(
      undefined,
      [{ attribute: "price", kind: "ramp", weight: pick(0, 0.3, 2), from: pick(0, 4), to: 2 }],
      [
        {
          attribute: "age",
          kind: pick("exponential", "gaussian", "linear"),
          weight: 0.5,
          origin: 1e12,
          scale: 1e8,
        },
        { attribute: "price", kind: "linear", weight: 0.1, origin: 2, scale: 3, offset: 1 },
      ],
    ),
    ...pick<Partial<Query<Id>>>(
      { mu: 0.4 },
      { mu: 1 },
      {},
      { weights: { proximity: 2, similarity: pick(0, 3) } },
    ),
    ...pick<Partial<Query<Id>>>({}, { proximity: { kind: "gaussian", scaleMeters: 1e5 } }),
    ...pick<Partial<Query<Id>>>(
      {},
      {},
      { minSimilarity: 0.2 },
      { maxDistanceMeters: 1e6 },
      { minScore: 0.6 },
    ),
    ...(random.integer(4) > 0 ? {} : { filter: (id: Id) => String(id).length % 2 === 0 }),
  } as Query<Id>;
}

/** Runs with the kernels in TypeScript, or with those that are usual. */
function withKernels<T>(typescript: boolean, run: () => T): T {
  GmrTree.useKernels(typescript ? "typescript" : undefined);
  try {
    expect(GmrTree.kernels).toBe(typescript ? "typescript" : "wasm");
    return run();
  } finally {
    GmrTree.useKernels(undefined);
  }
}

describe("searches with attributes, signals, string ids and pages equal scoring every object", () => {
  it("over sizes, layouts, conditions, weights and kernels", () => {
    fc.assert(
      fc.property(configuration, (config) => {
        const random = new Random(config.seed);
        const things = thingsOf(config, random);
        const tree = withKernels(config.typescript, () => treeOf(config, things));
        for (let q = 0; q < 4; q++) {
          const query = queryOf(config, things, random);
          expect(tree.search(query)).toEqual(exhaustiveSearch(things, query, config.planar));
        }
      }),
      { numRuns: runs(100) },
    );
  });

  it("page by page, and in the order of nearest()", () => {
    fc.assert(
      fc.property(configuration, fc.integer({ min: 1, max: 7 }), (config, k) => {
        const random = new Random(config.seed);
        const things = thingsOf({ ...config, count: config.count % 90 }, random);
        const tree = treeOf(config, things);
        const query = queryOf(config, things, random);
        const all = exhaustiveSearch(things, { ...query, k: Number.POSITIVE_INFINITY }, config.planar);
        const pages = [];
        for (let after = undefined as (typeof all)[number] | undefined; ; ) {
          // What goes through JSON, as a web page's link does, is still the place to go on from.
          const page = tree.search({ ...query, k, after: after && JSON.parse(JSON.stringify(after)) });
          if (page.length === 0) break;
          pages.push(...page);
          after = page.at(-1);
        }
        expect(pages).toEqual(all);
        expect([...tree.nearest(query)]).toEqual(all);
      }),
      { numRuns: runs(50) },
    );
  });

  it("after inserts, updates and removals, and a save and load", () => {
    fc.assert(
      fc.property(configuration, fc.integer({ min: 1, max: 400 }), (config, changes) => {
        const random = new Random(config.seed);
        const things = new Map(thingsOf(config, random).map((thing) => [thing.id, thing]));
        let tree = treeOf(config, [...things.values()]);
        const check = (): void => {
          const query = queryOf(config, [...things.values()], random);
          expect(tree.search(query)).toEqual(exhaustiveSearch([...things.values()], query, config.planar));
        };
        for (let c = 0; c < changes; c++) {
          const known = [...things.keys()][random.integer(Math.max(1, things.size))];
          const change = random.integer(3);
          if (change === 1 && known !== undefined) {
            expect(tree.remove(known)).toBe(true);
            things.delete(known);
          } else {
            const fresh = change === 2 && known !== undefined ? known : idOf(config, 10_000 + c);
            const thing = thingOf(
              config,
              typeof fresh === "string" && fresh !== known ? `new ${c}` : fresh,
              random,
            );
            if (things.has(thing.id)) tree.update(thing.id, thing as never);
            else tree.insert(thing as never);
            things.set(thing.id, thing);
          }
        }
        check();
        tree = GmrTree.from<ThingAttributes, Id>(tree.toBuffer(), { copy: config.seed % 2 === 0 });
        check();
        expect(tree.size).toBe(things.size);
        for (const thing of [...things.values()].slice(0, 20)) {
          const stored = tree.get(thing.id)!;
          expect(stored.position).toEqual(thing.position);
          expect(stored.attributes).toEqual(
            Object.fromEntries(Object.entries(thing.attributes!).filter(([, value]) => value !== undefined)),
          );
        }
      }),
      { numRuns: runs(30) },
    );
  });

  it("near() by distance alone, alike() by similarity alone", () => {
    fc.assert(
      fc.property(configuration, (config) => {
        const random = new Random(config.seed);
        const things = thingsOf(config, random);
        const tree = withKernels(config.typescript, () => treeOf(config, things));
        if (things.length > 3) for (const { id } of things.splice(1, 2)) tree.remove(id);
        const { position, vector, k, where, filter } = queryOf(config, things, random);
        const limits = { ...(where && { where }), ...(filter && { filter }) };
        const all = exhaustiveSearch(
          things,
          { position, vector, ...limits, k: Number.POSITIVE_INFINITY } as Query<Id>,
          config.planar,
        );
        const byDistance = all.map(({ id, distanceMeters }) => ({ id, distanceMeters }));
        byDistance.sort((a, b) => a.distanceMeters - b.distanceMeters || (a.id < b.id ? -1 : 1));
        expect(tree.near({ position, k, ...limits })).toEqual(byDistance.slice(0, k));
        const middle = byDistance[byDistance.length >> 1]?.distanceMeters ?? 0;
        expect(tree.near({ position, k, maxDistanceMeters: middle, ...limits })).toEqual(
          byDistance.filter(({ distanceMeters }) => distanceMeters <= middle).slice(0, k),
        );
        const bySimilarity = all.map(({ id, similarity }) => ({ id, similarity }));
        bySimilarity.sort((a, b) => b.similarity - a.similarity || (a.id < b.id ? -1 : 1));
        expect(tree.alike({ vector, k, ...limits })).toEqual(bySimilarity.slice(0, k));
      }),
      { numRuns: runs(50) },
    );
  });

  it("over shards: minScore prunes, mergeHits merges, farthest gives all the same δmax", () => {
    fc.assert(
      fc.property(configuration, fc.integer({ min: 1, max: 5 }), (config, shards) => {
        const random = new Random(config.seed);
        const things = thingsOf(config, random);
        const { k = 10, ...query } = queryOf(config, things, random);
        const trees = Array.from({ length: shards }, (_, s) =>
          treeOf(
            config,
            things.filter((__, i) => i % shards === s),
          ),
        );
        const scaleMeters = Math.max(...trees.map((tree) => tree.farthest(query.position)), 0) || 1;
        const shared = { ...query, k, proximity: { kind: "linear" as const, scaleMeters } };
        let best: ReturnType<typeof mergeHits<Id>> = [];
        for (const tree of trees) {
          const minScore = Math.max(best.length === k ? best[k - 1]!.score : -100, query.minScore ?? -100);
          best = mergeHits([best, tree.search({ ...shared, minScore })], k);
        }
        expect(best).toEqual(exhaustiveSearch(things, shared, config.planar));
      }),
      { numRuns: runs(40) },
    );
  });
});

describe("many objects", () => {
  const random = new Random(5);
  const config = {
    seed: 5,
    count: 20_000,
    dimensions: 6,
    planar: false,
    layout: "clusters",
    meaning: "mixture",
    k: 10,
    strings: true,
    typescript: false,
  } as const;
  const things = Array.from({ length: config.count }, (_, i) =>
    thingOf(config, `object ${i}`, random),
  ) as Thing<string>[];
  const tree = treeOf(config, things) as unknown as GmrTree<ThingAttributes, string>;
  const query = { position: [0, 0], vector: [1, 2, 3, 4, 5, 6], k: 7 } as const;

  it("a condition that few meet costs about as much as these; one that most meet, as none", () => {
    const rare = { ...query, where: { kind: "rare 17" } } as const;
    const passing = things.filter(({ attributes }) => attributes!.kind === "rare 17").length;
    const { hits, nodesOpened, objectsScored } = explainSearch(tree, rare);
    expect(hits).toEqual(exhaustiveSearch(things, rare, false));
    expect([nodesOpened, objectsScored]).toEqual([0, passing]);

    const common = { ...query, where: { open: true } } as const;
    const plain = explainSearch(tree, query);
    const work = explainSearch(tree, common);
    expect(work.hits).toEqual(exhaustiveSearch(things, common, false));
    expect(work.nodesOpened).toBeLessThan(2 * plain.nodesOpened + 10);
    expect(work.objectsScored).toBeLessThan(1000);
  });

  it("workers find the same, with conditions, signals, string ids and pages of equal scores", async () => {
    const batch = {
      positions: Array.from({ length: 40 }, () => randomPosition(random, "clusters", false)).flat(),
      vectors: Array.from({ length: 40 }, () => randomVector(random, "mixture", 6)).flat(),
      k: 9,
      where: { kind: { in: ["bar", "rare 3"] }, price: { min: 0 } },
      signals: [{ attribute: "age", kind: "gaussian", origin: 1e12, scale: 1e9, weight: 0.3 }],
      weights: { proximity: 0.4, similarity: 0.3 },
    } as const;
    const { positions, vectors, ...settings } = batch;
    const expected = Array.from({ length: 40 }, (_, i) =>
      tree.search({
        ...settings,
        position: [positions[2 * i]!, positions[2 * i + 1]!],
        vector: vectors.slice(6 * i, 6 * i + 6),
      }),
    );
    for (const workers of [0, 2]) {
      const result = await tree.searchMany(batch, { workers });
      expect([...result]).toEqual(expected);
      expect(result.ids.slice(0, 9)).toEqual(expected[0]!.map(({ id }) => id));
      expect(result.signals.length).toBe(40 * 9);
    }
  });

  it("byteLength is what the README's formula says, and more with what is made on demand", () => {
    const before = treeOf(config, things.slice(0, 1000)).byteLength;
    // 12 per attribute, 8 + 4 + 16 for ids, positions and vectors of 6 dimensions in rows of 12 floats, codes included.
    expect(before / 1000).toBeGreaterThan(48 + 12 + 20 + 4 * 12);
    expect(before / 1000).toBeLessThan(2 * (48 + 12 + 20 + 4 * 12));
    const small = treeOf(config, things.slice(0, 1000));
    small.near({ position: [0, 0] });
    expect(small.byteLength).toBeGreaterThan(before + 20_000);
  });
});

describe("attributes, checked", () => {
  const tree = GmrTree.build({
    dimensions: 1,
    positions: [0, 0, 1, 1],
    vectors: [1, 1],
    attributes: { kind: ["bar", "park"], open: [true, null], price: Float64Array.of(3, Number.NaN) },
  });
  const base = { dimensions: 1, positions: [0, 0, 1, 1], vectors: [1, 1] } as const;
  const query = { position: [0, 0], vector: [1] } as const;

  it("types are inferred from the columns", () => {
    expect(tree.search({ ...query, where: { kind: { in: ["park"] } } }).map(({ id }) => id)).toEqual([1]);
    expect(
      tree.search({ ...query, where: { open: true, price: { min: 1, max: 3 } } }).map(({ id }) => id),
    ).toEqual([0]);
    expect(tree.get(1)?.attributes).toEqual({ kind: "park" });
    // @ts-expect-error price is a number
    expect(() => tree.search({ ...query, where: { price: "3" } })).toThrow(
      new ValueError('GmrTree.search: where.price must be a finite number or { min, max }, got "3"'),
    );
    // @ts-expect-error there is no such attribute
    expect(() => tree.search({ ...query, where: { colour: "red" } })).toThrow(
      new ValueError('GmrTree.search: where must be an attribute, got "colour"; known are kind, open, price'),
    );
    // @ts-expect-error open is a boolean
    expect(() => tree.search({ ...query, where: { open: 1 } })).toThrow(
      "where.open must be true or false, got 1",
    );
    const onKind = { attribute: "kind", kind: "ramp", weight: 1, from: 0, to: 1 } as const;
    // @ts-expect-error a signal needs numbers
    expect(() => tree.search({ ...query, signals: [onKind] })).toThrow(
      "signals[0].attribute must hold numbers, but kind is of type category",
    );
    expect(() => tree.search({ ...query, where: { price: { min: 4, max: 3 } } })).toThrow(
      "min must be at most max",
    );
    // @ts-expect-error a misspelt limit
    expect(() => tree.search({ ...query, where: { price: { mni: 4 } } })).toThrow(
      'where.price: unknown option "mni"; known are min, max',
    );
  });

  it("types may be literals, and optional", () => {
    type Place = { kind: "bar" | "park"; stars?: 1 | 2 | 3 };
    const made = new GmrTree<Place>({ dimensions: 1, attributes: { kind: "category", stars: "number" } });
    made.add({ position: [0, 0], vector: [1], attributes: { kind: "bar", stars: 2 } });
    made.add({ position: [0, 0], vector: [1], attributes: { kind: "park" } });
    made.finish();
    const idsOf = (where: SearchQuery<Place>["where"]) =>
      made.search({ ...query, k: 5, where }).map(({ id }) => id);
    expect(idsOf({ kind: { in: ["bar", "park"] } })).toEqual([0, 1]);
    expect(idsOf({ kind: "park" })).toEqual([1]);
    expect(idsOf({ stars: { min: 2 } })).toEqual([0]);
    // @ts-expect-error no such kind
    expect(idsOf({ kind: "museum" })).toEqual([]);
  });

  it("columns of one type, one value an object", () => {
    expect(() => GmrTree.build({ ...base, attributes: { kind: ["bar"] } })).toThrow(
      "attributes.kind must have length 2, got 1",
    );
    // @ts-expect-error a category holds strings
    expect(() => GmrTree.build({ ...base, attributes: { kind: ["bar", 3] } })).toThrow(
      "attributes.kind[1] must be a string or missing, got 3",
    );
    expect(() => GmrTree.build({ ...base, attributes: { price: [1, Number.POSITIVE_INFINITY] } })).toThrow(
      "attributes.price[1] must be a finite number or missing, got Infinity",
    );
    expect(() => GmrTree.build({ ...base, attributes: { kind: [null, undefined] } })).toThrow(
      'attributes.kind must hold a value to tell its type by; give the type, such as "number"',
    );
    const declared = GmrTree.build({ ...base, attributes: { kind: "category" } });
    expect(declared.insert({ position: [0, 0], vector: [1], attributes: { kind: "bar" } })).toBe(2);
    expect(declared.search({ ...query, where: { kind: "bar" } }).map(({ id }) => id)).toEqual([2]);
  });

  it("objects one by one, in a tree of string ids", () => {
    const made = new GmrTree<{ kind: string; price: number }, string>({
      dimensions: 1,
      attributes: { kind: "category", price: "number" },
      idType: "string",
    });
    expect(made.add({ id: "b", position: [0, 0], vector: [1], attributes: { kind: "bar" } })).toBe("b");
    made.add({ id: "a", position: [0, 0], vector: [1], attributes: { kind: "bar", price: 2 } });
    expect(() => made.add({ id: "a", position: [0, 0], vector: [1] })).toThrow(
      'ids must differ, got "a" twice',
    );
    expect(() => made.add({ position: [0, 0], vector: [1] })).toThrow("id must be a string, got undefined");
    // @ts-expect-error a kind is a string
    expect(() => made.add({ id: "c", position: [0, 0], vector: [1], attributes: { kind: 3 } })).toThrow(
      new ValueError("GmrTree.add: attributes.kind must be a string or missing, got 3"),
    );
    made.finish();
    // Equal scores by id, whatever the order of arrival.
    expect(made.search(query).map(({ id }) => id)).toEqual(["a", "b"]);
    made.update("a", { position: [0, 0], vector: [1] });
    expect(made.get("a")).toEqual({ id: "a", position: [0, 0], vector: Float32Array.of(1), attributes: {} });
    expect([made.remove("b"), made.remove("b"), made.has("a"), made.get("b")]).toEqual([
      true,
      false,
      true,
      undefined,
    ]);
  });
});
