import { readFileSync } from "node:fs";
import { createContext, runInContext } from "node:vm";
import { describe, expect, it } from "vitest";
import {
  explainSearch,
  GmrTree,
  kgmcms,
  mergeHits,
  objectsInBbox,
  objectsWithin,
  ShapeError,
  StateError,
  ValueError,
} from "../src/index.js";

const columns = { dimensions: 2, positions: [0, 0, 10, 0, 20, 0], vectors: [1, 0, 0, 1, 1, 1] } as const;
const tree = GmrTree.build({ ...columns, signature: { kind: "largest", count: 1 } });
const query = { position: [0, 0], vector: [1, 0] } as const;
/** For calls that TypeScript would not allow. */
const loose = tree as unknown as Record<string, (...args: unknown[]) => unknown>;
const build = GmrTree.build as (columns: unknown) => GmrTree;

describe("unknown options are errors that name the nearest known one", () => {
  it.each<[call: () => unknown, message: string]>([
    [
      () => loose.search!({ ...query, maxDistance: 5 }),
      'GmrTree.search: unknown option "maxDistance"; did you mean "maxDistanceMeters"?',
    ],
    [
      () => loose.nearest!({ ...query, min_similarity: 0 }),
      'GmrTree.nearest: unknown option "min_similarity"; did you mean "minSimilarity"?',
    ],
    [() => loose.near!({ position: [0, 0], limit: 3 }), 'GmrTree.near: unknown option "limit"'],
    [() => loose.alike!({ vector: [1, 0], top: 3 }), 'GmrTree.alike: unknown option "top"'],
    [() => loose.insert!({ ...query, ids: 3 }), 'GmrTree.insert: unknown option "ids"; did you mean "id"?'],
    [
      () => loose.update!(0, { ...query, vectors: [] }),
      'GmrTree.update: unknown option "vectors"; did you mean "vector"?',
    ],
    [() => build({ ...columns, ID: [1] }), 'GmrTree.build: unknown option "ID"'],
    [
      () => build({ ...columns, signature: { kind: "largest", count: 1, threshold: 1 } }),
      'GmrTree.build: signature: unknown option "threshold"',
    ],
    [
      () => new GmrTree({ dimensions: 2, spaceweight: 2 } as never),
      'GmrTree: unknown option "spaceweight"; did you mean "spaceWeight"?',
    ],
    [
      () => GmrTree.from(tree.toBuffer(), { coppy: true } as never),
      'GmrTree.from: unknown option "coppy"; did you mean "copy"?',
    ],
    [() => explainSearch(tree, { ...query, K: 3 } as never), 'explainSearch: unknown option "K"'],
    [() => kgmcms(tree, { ...query, filter: () => true } as never), 'kgmcms: unknown option "filter"'],
    [
      () => loose.search!({ ...query, proximity: { kind: "linear", scale: 3 } }),
      'GmrTree.search: proximity: unknown option "scale"; did you mean "scaleMeters"?',
    ],
    [
      () => loose.search!({ ...query, weights: { place: 1, similarity: 1 } }),
      'GmrTree.search: weights: unknown option "place"',
    ],
  ])("%#: %s", (call, message) => {
    expect(call).toThrow(ValueError);
    expect(call).toThrow(message);
  });

  it("searchMany rejects, and never throws", async () => {
    await expect(loose.searchMany!({ positions: [], vectors: [], limit: 3 })).rejects.toThrow(
      'unknown option "limit"',
    );
    await expect(tree.searchMany({ positions: [], vectors: [] }, { threads: 3 } as never)).rejects.toThrow(
      'unknown option "threads"',
    );
    await expect(new GmrTree({ dimensions: 2 }).searchMany({ positions: [], vectors: [] })).rejects.toThrow(
      StateError,
    );
  });
});

describe("null, text and booleans are no numbers", () => {
  it.each<[call: () => unknown, message: string]>([
    // What JSON makes of NaN: without a check such an object would be at longitude 0.
    [
      () => build({ ...columns, positions: [0, 0, null, 5, 20, 0] }),
      "GmrTree.build: positions[1] must be [lon, lat] with lon in [-180, 180] and lat in [-90, 90], got [null, 5]",
    ],
    [() => build({ ...columns, positions: [0, 0, "", 5, 20, 0] }), 'got ["", 5]'],
    [() => build({ ...columns, positions: [0, 0, "10", "5", 20, 0] }), 'got ["10", "5"]'],
    [
      () => build({ ...columns, vectors: [1, 0, null, 1, 1, 1] }),
      "GmrTree.build: vectors of object 1[0] must be finite, got null",
    ],
    [
      () => build({ ...columns, vectors: [1, 0, true, 1, 1, 1] }),
      "vectors of object 1[0] must be finite, got true",
    ],
    [
      () => build({ ...columns, ids: [0, null, 2] }),
      "ids[1] must be an integer in [0, 4294967294], got null",
    ],
    [() => build({ ...columns, ids: ["a", 1, "b"] }), "ids[1] must be a string, got 1"],
    [
      () => build({ ...columns, ids: [1, "a", "b"] }),
      'ids[1] must be an integer in [0, 4294967294], got "a"',
    ],
    [() => build({ ...columns, dimensions: "2" }), 'dimensions must be a positive integer, got "2"'],
    [
      () => build({ ...columns, positions: null }),
      "GmrTree.build: positions must be an array of numbers, got null",
    ],
    [() => build({ ...columns, vectors: new BigInt64Array(6) }), "vectors must hold numbers, got a bigint"],
    [() => build({ ...columns, shared: 1 }), "shared must be true or false, got 1"],
    [
      () => loose.search!({ ...query, position: [null, 0] }),
      "GmrTree.search: position must be [lon, lat] with lon in [-180, 180] and lat in [-90, 90], got [null, 0]",
    ],
    [() => loose.search!({ ...query, position: null }), "got null"],
    [
      () => loose.search!({ ...query, vector: [null, 0] }),
      "GmrTree.search: vector[0] must be finite, got null",
    ],
    [() => loose.search!({ ...query, vector: null }), "vector must be an array of numbers, got null"],
    [() => loose.search!({ ...query, mu: "" }), 'mu must be in [0, 1], got ""'],
    [() => loose.search!({ ...query, k: true }), "k must be a positive integer, got true"],
    [() => loose.search!({ ...query, k: null }), "k must be a positive integer, got null"],
    [
      () => loose.search!({ ...query, maxDistanceMeters: null }),
      "maxDistanceMeters must be in [0, Infinity], got null",
    ],
    [() => loose.search!({ ...query, minScore: null }), "minScore must be a number, got null"],
    [() => loose.search!({ ...query, filter: null }), "filter must be a function, got null"],
    [() => loose.search!({ ...query, after: 3 }), "after must be a hit"],
    [() => loose.search!({ ...query, proximity: null }), "proximity.kind must be one of"],
    [() => loose.insert!({ position: [0, null], vector: [1, 0] }), "GmrTree.insert: position must be"],
    [
      () => objectsInBbox(tree, [0, null, 1, 1] as never),
      "objectsInBbox: bbox must be [west, south, east, north]",
    ],
    [
      () => objectsWithin(tree, [0, 0], "5" as never),
      'objectsWithin: radiusMeters must be in [0, Infinity], got "5"',
    ],
    [() => objectsWithin({} as never, [0, 0], 5), "objectsWithin: tree must be a GmrTree"],
  ])("%#: %s", (call, message) => {
    expect(call).toThrow(message);
  });

  it("checks sparse and inherited lengths", () => {
    expect(() => build({ ...columns, vectors: new Array(6) })).toThrow(
      "vectors of object 0[0] must be finite, got undefined",
    );
    expect(() => tree.search({ ...query, vector: [1] })).toThrow(
      new ShapeError("GmrTree.search: vector must have length 2, got 1"),
    );
  });
});

describe("all, and itself", () => {
  it("k and maxDistanceMeters of Infinity mean all", async () => {
    const all = tree.search({ ...query, k: 3 });
    expect(
      tree.search({ ...query, k: Number.POSITIVE_INFINITY, maxDistanceMeters: Number.POSITIVE_INFINITY }),
    ).toEqual(all);
    const many = await tree.searchMany({ positions: [0, 0], vectors: [1, 0], k: Number.POSITIVE_INFINITY });
    expect(many.at(0)).toEqual(all);
    expect(objectsWithin(tree, [0, 0], Number.POSITIVE_INFINITY)).toEqual([0, 1, 2]);
    expect(kgmcms(tree, { ...query, k: Number.POSITIVE_INFINITY }).hits.length).toBe(2);
  });

  it("minSimilarity 1 finds the object itself, whatever float32 makes of its vector", () => {
    for (let dimensions = 1; dimensions < 90; dimensions++) {
      const vectors = Array.from({ length: 40 * dimensions }, (_, i) => Math.sin(1 + i * i));
      const own = GmrTree.build({ dimensions, positions: new Float64Array(80), vectors });
      for (let id = 0; id < 40; id++) {
        const vector = vectors.slice(id * dimensions, (id + 1) * dimensions);
        const found = own.search({ position: [0, 0], vector, minSimilarity: 1, k: 40 });
        expect(found.map((hit) => hit.id)).toContain(id);
        for (const { similarity } of found) expect(similarity).toBeGreaterThanOrEqual(1 - 2 ** -23);
      }
    }
  });

  it("ids that have run out say so", () => {
    const last = GmrTree.build({ dimensions: 1, positions: [0, 0], vectors: [1], ids: [2 ** 32 - 2] });
    expect(() => last.insert({ position: [0, 0], vector: [1] })).toThrow(
      new ValueError("GmrTree.insert: no id is left after 4294967294; give the object an id that is free"),
    );
    expect(last.insert({ id: 5, position: [0, 0], vector: [1] })).toBe(5);
  });
});

describe("planar coordinates of any scale", () => {
  const line = Array.from({ length: 300 }, (_, i) => i);
  it.each([1e-310, 1e-308, 1e-300, 1e-200, 1e-160, 1e-30, 1, 1e30, 1e97])("a spread of %d", (scale) => {
    const made = GmrTree.build({
      dimensions: 1,
      coordinateSystem: "planar",
      positions: line.flatMap((i) => [((i * 37) % 300) * scale, 0]),
      vectors: line.map(() => 1),
    });
    const order = line.toSorted((a, b) => ((a * 37) % 300) - ((b * 37) % 300));
    for (const proximity of [
      { kind: "relative" },
      { kind: "exponential", scaleMeters: 300 * scale },
    ] as const) {
      const hits = made.search({
        position: [0, 0],
        vector: [1],
        k: Number.POSITIVE_INFINITY,
        mu: 1,
        proximity,
      });
      expect(hits.map(({ id }) => id)).toEqual(order);
      expect(hits[1]!.distanceMeters / scale).toBeCloseTo(1, 3);
    }
    expect(made.near({ position: [0, 0], k: 300 }).map(({ id }) => id)).toEqual(order);
    expect(objectsWithin(made, [0, 0], 2.5 * scale)).toEqual(order.slice(0, 3));
    // From far away everything is about equally near.
    expect(made.search({ position: [1e90, 0], vector: [1], k: 300 }).length).toBe(300);
  });
});

describe("boxes beyond 180 degrees, as maps give them, wrap", () => {
  const longitudes = [-180, -170, -100, 0, 100, 160, 170, 180];
  const world = GmrTree.build({
    dimensions: 1,
    positions: longitudes.flatMap((lon) => [lon, 0]),
    vectors: longitudes.map(() => 1),
  });
  it.each([
    [160, 200, [-180, -170, 160, 170, 180]],
    [-200, -160, [-180, -170, 160, 170, 180].filter((lon) => lon !== 160).concat(160)],
    [520, 560, [-180, -170, 160, 170, 180]],
    [190, 270, [-170, -100]],
    [-190, 190, longitudes],
    [-400, 400, longitudes],
    [170, -170, [-180, -170, 170, 180]],
    [361, -1, [...longitudes.filter((lon) => lon !== 0)]],
  ])("west %d, east %d", (west, east, expected) => {
    const found = objectsInBbox(world, [west, -1, east, 1]).map((id) => longitudes[id]!);
    expect(found).toEqual([...expected].sort((a, b) => a - b));
  });

  it("planes do not", () => {
    expect(() =>
      objectsInBbox(GmrTree.build({ ...columns, coordinateSystem: "planar" }), [200, 0, 100, 1]),
    ).toThrow(ValueError);
  });
});

describe("mergeHits", () => {
  it("refuses one object twice, and a k that is none", () => {
    const hits = tree.search(query);
    expect(mergeHits([hits.slice(2), hits.slice(0, 2)], 2)).toEqual(hits.slice(0, 2));
    expect(() => mergeHits([hits, hits], 2)).toThrow(
      new ValueError("mergeHits: ids must differ, got 0 twice"),
    );
    expect(() => mergeHits([hits], 0)).toThrow("mergeHits: k must be a positive integer, got 0");
  });
});

describe("another realm's objects", () => {
  it("arrays, buffers and typed arrays of another context serve as well", () => {
    const context = createContext({ bytes: [...new Uint8Array(tree.toBuffer())] });
    const other = (code: string): never => runInContext(code, context) as never;
    expect(Object.getPrototypeOf(other("new Uint8Array(bytes).buffer"))).not.toBe(ArrayBuffer.prototype);
    for (const source of [
      "new Uint8Array(bytes).buffer",
      "new Uint8Array(bytes)",
      "new Uint8Array(new SharedArrayBuffer(bytes.length)).fill(0).map((_, i) => bytes[i])",
    ]) {
      expect(GmrTree.from(other(source)).search(query)).toEqual(tree.search(query));
    }
    const built = GmrTree.build({
      dimensions: 2,
      positions: other("[0, 0, 10, 0, 20, 0]"),
      vectors: other("Float32Array.of(1, 0, 0, 1, 1, 1)"),
    });
    expect(built.search(query)).toEqual(tree.search(query));
  });

  it("no instanceof of a built-in is left in the sources", () => {
    for (const name of [
      "internal/file-format.ts",
      "internal/wasm-kernels.ts",
      "search-worker.ts",
      "worker-thread.ts",
    ]) {
      expect(readFileSync(new URL(`../src/${name}`, import.meta.url), "utf8")).not.toMatch(
        /\binstanceof\b(?!`)/,
      );
    }
  });
});

describe("kernels", () => {
  it("a handed-in module must be the kernels'; without WebAssembly they are in TypeScript", async () => {
    const bytes = readFileSync(new URL("../dist/kernels.wasm", import.meta.url));
    GmrTree.useKernels(await WebAssembly.compile(bytes));
    expect(GmrTree.kernels).toBe("wasm");
    const other = await WebAssembly.compile(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
    expect(() => GmrTree.useKernels(other)).toThrow(StateError);
    expect(() => GmrTree.useKernels({})).toThrow("module must be @wayweave/gmr-tree/kernels.wasm");
    GmrTree.useKernels(undefined);
    expect(GmrTree.kernels).toBe("wasm");
  });
});

describe("mergeHits of what is no hit", () => {
  const hit = { id: 1, score: 0.5, distanceMeters: 0, proximity: 1, similarity: 0 };
  it.each([
    [undefined, "mergeHits: lists must be lists of hits, got undefined"],
    ["", 'mergeHits: lists must be lists of hits, got ""'],
    [[hit], "mergeHits: lists[0] must be an array of hits, got an object"],
    [[[{ ...hit, score: Number.NaN }]], "mergeHits: lists[0][0].score must be a number, got NaN"],
    [[[hit], [null]], "mergeHits: lists[1][0].score must be a number, got undefined"],
    [
      [[hit], [{ ...hit, id: "1" }]],
      'mergeHits: lists[1][0].id must be an integer in [0, 4294967294], got "1"',
    ],
    [[[{ ...hit, id: "1" }], [hit]], "mergeHits: lists[1][0].id must be a string, got 1"],
  ])("%#", (lists, message) => {
    expect(() => mergeHits(lists as never, 2)).toThrow(new ValueError(message));
  });
});
