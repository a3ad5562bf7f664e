import { haversineMeters, Random } from "@wayweave/geo-core";
import { describe, expect, it } from "vitest";
import {
  explainSearch,
  GmrTree,
  kgmcms,
  objectsInBbox,
  objectsWithin,
  ShapeError,
  StateError,
  ValueError,
} from "../src/index.js";
import { exhaustiveSearch, randomPosition, randomVector, type Thing } from "./oracle.js";

/** Three places in Dresden; meanings: [church, bridge]. */
function dresden(): GmrTree {
  return GmrTree.build({
    dimensions: 2,
    positions: [13.7415, 51.0519, 13.7387, 51.0546, 13.81, 51.0533],
    vectors: [1, 0, 0, 1, 0, 2],
  });
}

describe("GmrTree.search", () => {
  it("scores by eq. (3): μ (1 − d / δmax) + (1 − μ) cos", () => {
    const position = [13.7415, 51.0519] as const;
    const hits = dresden().search({ position, vector: [3, 4], mu: 0.25 });
    const toBridge = haversineMeters(13.7415, 51.0519, 13.7387, 51.0546);
    const toFar = haversineMeters(13.7415, 51.0519, 13.81, 51.0533);
    // cos([3, 4], [1, 0]) = 3/5, cos([3, 4], [0, 1]) = 4/5; the third object is the farthest.
    const expected = [
      { id: 1, proximity: 1 - toBridge / toFar, similarity: 0.8 },
      { id: 0, proximity: 1, similarity: 0.6 },
      { id: 2, proximity: 0, similarity: 0.8 },
    ];
    expect(hits.map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
    hits.forEach((hit, i) => {
      expect(hit.proximity).toBeCloseTo(expected[i]!.proximity, 12);
      expect(hit.similarity).toBeCloseTo(expected[i]!.similarity, 12);
      expect(hit.score).toBeCloseTo(0.25 * hit.proximity + 0.75 * hit.similarity, 12);
    });
    expect(hits[1]!.distanceMeters).toBe(0);
  });

  it("a zero vector is similar to nothing, as a query and as an object", () => {
    const tree = GmrTree.build({ dimensions: 2, positions: [0, 0, 0, 1], vectors: [0, 0, 0, 1] });
    const similarities = (vector: number[]) =>
      tree.search({ position: [0, 0], vector, mu: 0 }).map(({ id, similarity }) => [id, similarity]);
    expect(similarities([0, 0])).toEqual([
      [0, 0],
      [1, 0],
    ]);
    expect(similarities([0, -3])).toEqual([
      [0, 0],
      [1, -1],
    ]);
  });

  it("takes vectors of any length: tiny, huge, and 4096 dimensions", () => {
    const tree = GmrTree.build({
      dimensions: 2,
      positions: [0, 0, 0, 0],
      vectors: Float64Array.of(3e-200, 4e-200, -5e200, 0),
    });
    const hits = tree.search({ position: [0, 0], vector: [1e300, 0], mu: 0 });
    expect(hits.map(({ similarity }) => similarity)).toEqual([Math.fround(0.6), -1]);
    // The scale that would lift these to 1, 2¹⁰³⁰ and more, is beyond doubles.
    tree.update(0, { position: [0, 0], vector: [3e-310, -4e-310] });
    const smallest = tree.search({ position: [0, 0], vector: [0, -Number.MIN_VALUE], mu: 0 });
    expect(smallest.map(({ similarity }) => similarity)).toEqual([Math.fround(0.8), 0]);

    const random = new Random(1);
    const things: Thing[] = Array.from({ length: 60 }, (_, id) => ({
      id,
      position: randomPosition(random, "uniform", false),
      vector: randomVector(random, "mixture", 4096),
    }));
    const long = GmrTree.build({
      dimensions: 4096,
      positions: things.flatMap(({ position }) => [...position]),
      vectors: things.flatMap(({ vector }) => [...vector]),
    });
    const query = { position: [3, 4], vector: randomVector(random, "mixture", 4096), k: 5 } as const;
    expect(long.search(query)).toEqual(exhaustiveSearch(things, query, false));
  });

  it("a filter may search the same tree", () => {
    const random = new Random(2);
    const things: Thing[] = Array.from({ length: 3000 }, (_, id) => ({
      id,
      position: randomPosition(random, "clusters", false),
      vector: randomVector(random, "posterior", 10),
    }));
    const tree = GmrTree.build({
      dimensions: 10,
      positions: things.flatMap(({ position }) => [...position]),
      vectors: things.flatMap(({ vector }) => [...vector]),
    });
    const inner = { position: [10, 10], vector: randomVector(random, "sphere", 10), k: 1 } as const;
    const outer = { position: [-80, -40], vector: randomVector(random, "posterior", 10) } as const;
    const filter = (id: number): boolean => tree.search(inner)[0]!.id !== id;
    expect(tree.search({ ...outer, filter })).toEqual(tree.search(outer));
  });

  it("a filter may search another tree: small ones lend each other one memory for their inner loops", () => {
    const random = new Random(8);
    const [small, other] = [3, 90].map((dimensions) =>
      GmrTree.build({
        dimensions,
        positions: Array.from({ length: 600 }, () => random.uniform(-50, 50)),
        vectors: Array.from({ length: 300 * dimensions }, () => random.normal()),
      }),
    ) as [GmrTree, GmrTree];
    const query = { position: [1, 2], vector: [1, -2, 3], k: 20 } as const;
    const filter = (id: number): boolean => {
      const vector = Array.from({ length: 90 }, (_, j) => Math.sin(id + j));
      return other.search({ position: [-id / 10, 0], vector, k: 5 }).length === 5;
    };
    expect(small.search({ ...query, filter })).toEqual(small.search(query));
  });

  it("explain tells how much work it was", () => {
    const tree = dresden();
    const query = { position: [13.7, 51], vector: [1, 1], k: 2 } as const;
    const { hits, ...work } = explainSearch(tree, query);
    expect(hits).toEqual(tree.search(query));
    expect(work).toEqual({
      farthestMeters: haversineMeters(13.7, 51, 13.81, 51.0533),
      ...{ trees: 1, nodes: 1, objects: 3, nodesBounded: 0, nodesOpened: 1 },
      ...{ objectsBounded: 3, objectsScored: 2, prunedShare: 0, boundPrecision: 1 },
    });
  });
});

describe("add, finish, insert, remove, update", () => {
  it("a tree is built object by object, and changes", () => {
    const tree = new GmrTree({ dimensions: 1, coordinateSystem: "planar" });
    expect([
      tree.add({ position: [0, 0], vector: [1] }),
      tree.add({ id: 7, position: [3, 4], vector: [1] }),
    ]).toEqual([0, 7]);
    expect(tree.finish().size).toBe(2);
    expect(tree.insert({ position: [6, 8], vector: [1] })).toBe(8);
    const nearest = () => tree.search({ position: [6, 8], vector: [1], mu: 1, k: 1 })[0];
    expect(nearest()).toMatchObject({ id: 8, distanceMeters: 0, proximity: 1 });
    expect([tree.remove(8), tree.remove(8), tree.has(8), tree.has(7)]).toEqual([true, false, false, true]);
    // 3-4-5: from (6, 8), object 7 is 5 away and object 0 is 10.
    expect(nearest()).toMatchObject({ id: 7, distanceMeters: 5, proximity: 0.5 });
    tree.update(0, { position: [6, 8], vector: [-1] });
    expect(nearest()).toMatchObject({ id: 0, similarity: -1 });
  });

  it("empties to zero, answers, and grows again past the size of one tree", () => {
    const random = new Random(3);
    const tree = GmrTree.build({ dimensions: 2, positions: [0, 0, 1, 1], vectors: [1, 0, 0, 1] });
    const query = { position: [0, 0], vector: [1, 0], k: 3 } as const;
    for (const id of [0, 1]) tree.remove(id);
    expect([tree.size, tree.search(query), [...tree.nearest(query)]]).toEqual([0, [], []]);
    expect(GmrTree.from(tree.toBuffer()).size).toBe(0);
    const things: Thing[] = [];
    for (let i = 0; i < 2000; i++) {
      const thing = {
        position: randomPosition(random, "clusters", false),
        vector: randomVector(random, "sphere", 2),
      };
      things.push({ id: tree.insert(thing), ...thing });
    }
    expect(explainSearch(tree, query).trees).toBeGreaterThan(1);
    expect(tree.search(query)).toEqual(exhaustiveSearch(things, query, false));
  });

  it("packs an object again only a logarithmic number of times", () => {
    const tree = GmrTree.build({ dimensions: 1, positions: [], vectors: [] });
    for (let i = 0; i < 20_000; i++) tree.insert({ position: [(i * 7) % 180, (i * 3) % 90], vector: [1] });
    // 20,000 objects in lists of 256: each tree is at least twice as large as the next.
    expect(explainSearch(tree, { position: [0, 0], vector: [1] }).trees).toBeLessThanOrEqual(7);
    expect(tree.size).toBe(20_000);
  });
});

describe("nearest", () => {
  it("notices that the tree has changed", () => {
    const tree = dresden();
    const stream = tree.nearest({ position: [13.7, 51], vector: [1, 0] });
    expect(stream.next().value?.id).toBe(0);
    tree.remove(2);
    expect(() => stream.next()).toThrow(
      new StateError("GmrTree.nearest: the tree must not change during the iteration"),
    );
  });
});

describe("ranges", () => {
  it("within and inBbox equal a look at every object", () => {
    const random = new Random(4);
    for (const layout of ["uniform", "antimeridian", "poles", "clusters"] as const) {
      const positions = Array.from({ length: 800 }, () => randomPosition(random, layout, false));
      const tree = GmrTree.build({
        dimensions: 1,
        positions: positions.flat(),
        vectors: new Float32Array(800).fill(1),
      });
      tree.remove(5);
      const alive = positions.map((position, id) => ({ position, id })).filter(({ id }) => id !== 5);
      for (let q = 0; q < 40; q++) {
        const [x, y] = randomPosition(random, layout, false);
        const radius = 10 ** random.uniform(3, 7.3);
        const distance = ([lon, lat]: readonly [number, number]) => haversineMeters(x, y, lon, lat);
        const near = alive.filter(({ position }) => distance(position) <= radius);
        near.sort((a, b) => distance(a.position) - distance(b.position) || a.id - b.id);
        expect(objectsWithin(tree, [x, y], radius)).toEqual(near.map(({ id }) => id));

        const east = random.uniform(-180, 180);
        const [south, north] = [y, random.uniform(-90, 90)].sort((a, b) => a - b) as [number, number];
        const inside = alive.filter(({ position: [lon, lat] }) => {
          const between = x <= east ? lon >= x && lon <= east : lon >= x || lon <= east;
          return between && lat >= south && lat <= north;
        });
        expect(objectsInBbox(tree, [x, south, east, north])).toEqual(inside.map(({ id }) => id));
      }
    }
  });
});

describe("the meridian of 180 degrees", () => {
  const places = [
    [180, 0],
    [-180, 0],
    [170, 0],
    [-170, 0],
    [0, 0],
  ] as const;
  const build = (coordinateSystem: "lonlat" | "planar") =>
    GmrTree.build({
      dimensions: 1,
      positions: places.flat(),
      vectors: places.map(() => 1),
      coordinateSystem,
    });

  it.each([
    [
      [170, -10, 180, 10],
      [0, 1, 2],
    ],
    [
      [-180, -10, -170, 10],
      [0, 1, 3],
    ],
    [
      [180, -10, -170, 10],
      [0, 1, 3],
    ],
    [
      [180, 0, 180, 0],
      [0, 1],
    ],
    [[-10, -10, 10, 10], [4]],
  ] as const)("is one edge, from either side: %j", (bbox, ids) => {
    expect(objectsInBbox(build("lonlat"), bbox)).toEqual(ids);
  });

  it("is none on a plane", () => {
    expect(objectsInBbox(build("planar"), [170, -10, 180, 10])).toEqual([0, 2]);
  });
});

describe("input checks", () => {
  const tree = dresden();
  const query = { position: [13.7, 51], vector: [1, 0] } as const;
  const cases: [name: string, call: () => unknown, error: Error][] = [
    [
      "k",
      () => tree.search({ ...query, k: -3 }),
      new ValueError("GmrTree.search: k must be a positive integer, got -3"),
    ],
    [
      "mu",
      () => tree.search({ ...query, mu: 1.5 }),
      new ValueError("GmrTree.search: mu must be in [0, 1], got 1.5"),
    ],
    [
      "mu",
      () => tree.search({ ...query, mu: Number.NaN }),
      new ValueError("GmrTree.search: mu must be in [0, 1], got NaN"),
    ],
    [
      "vector",
      () => tree.search({ ...query, vector: [1] }),
      new ShapeError("GmrTree.search: vector must have length 2, got 1"),
    ],
    [
      "NaN",
      () => tree.search({ ...query, vector: [1, Number.NaN] }),
      new ValueError("GmrTree.search: vector[1] must be finite, got NaN"),
    ],
    [
      "position",
      () => tree.search({ ...query, position: [200, 0] }),
      new ValueError(
        "GmrTree.search: position must be [lon, lat] with lon in [-180, 180] and lat in [-90, 90], got [200, 0]",
      ),
    ],
    [
      "proximity",
      () => tree.search({ ...query, proximity: { kind: "linear", scaleMeters: 0 } }),
      new ValueError("GmrTree.search: proximity.scaleMeters must be a positive finite number, got 0"),
    ],
    [
      "limit",
      () => tree.search({ ...query, minSimilarity: 2 }),
      new ValueError("GmrTree.search: minSimilarity must be in [-1, 1], got 2"),
    ],
    [
      "vectors",
      () => GmrTree.build({ dimensions: 2, positions: [0, 0], vectors: [1, Number.POSITIVE_INFINITY] }),
      new ValueError("GmrTree.build: vectors of object 0[1] must be finite, got Infinity"),
    ],
    [
      "ids",
      () => GmrTree.build({ dimensions: 1, positions: [0, 0, 0, 0], vectors: [1, 1], ids: [4, 4] }),
      new ValueError("GmrTree.build: ids must differ, got 4 twice"),
    ],
    [
      "shapes",
      () => GmrTree.build({ dimensions: 1, positions: [0, 0], vectors: [1, 1] }),
      new ShapeError("GmrTree.build: vectors must have length 1, got 2"),
    ],
    [
      "dimensions",
      () => new GmrTree({ dimensions: 4097 }),
      new ValueError("GmrTree: dimensions must be in [1, 4096], got 4097"),
    ],
    [
      "state",
      () => new GmrTree({ dimensions: 2 }).search(query),
      new StateError("GmrTree.search: the tree is not finished; call finish() first"),
    ],
    [
      "state",
      () => tree.add({ position: [0, 0], vector: [1, 1] }),
      new StateError("GmrTree.add: the tree is finished; use insert"),
    ],
    [
      "id",
      () => tree.insert({ id: 1, position: [0, 0], vector: [1, 1] }),
      new ValueError("GmrTree.insert: ids must differ, got 1 twice"),
    ],
    [
      "id",
      () => tree.update(99, { position: [0, 0], vector: [1, 1] }),
      new ValueError("GmrTree.update: id must be an object's, got 99"),
    ],
    [
      "length",
      () => tree.insert({ position: [0, 0], vector: [1] }),
      new ShapeError("GmrTree.insert: vector must have length 2, got 1"),
    ],
    [
      "signatures",
      () => kgmcms(tree, query),
      new StateError("kgmcms: the tree has no signatures; build it with signature"),
    ],
  ];
  for (const [name, call, error] of cases) {
    it(`${name}: ${error.message}`, () => {
      expect(call).toThrow(error);
    });
  }

  it("a build can be watched and stopped", () => {
    const controller = new AbortController();
    const positions = new Float64Array(2000);
    const progress: number[] = [];
    const build = () =>
      GmrTree.build({
        dimensions: 1,
        positions,
        vectors: new Float32Array(1000).fill(1),
        signal: controller.signal,
        onProgress: ({ done }) => {
          progress.push(done);
          if (done > 500) controller.abort(new Error("enough"));
        },
      });
    expect(build).toThrow("enough");
    expect(progress.at(-1)).toBeGreaterThan(500);
  });
});
