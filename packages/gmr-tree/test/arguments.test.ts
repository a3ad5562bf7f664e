import { describe, expect, it } from "vitest";
import * as entry from "../src/index.js";
import { GmrTree, mergeHits } from "../src/index.js";

/** What a caller in JavaScript may hand in where an argument is missing or wrong. */
const wrongArguments: readonly (readonly unknown[])[] = [
  [],
  [null],
  [{}],
  [""],
  [[]],
  [[1, 2, 3]],
  [null, null],
  [{}, {}],
  ["x", {}],
];

const makeTree = () => GmrTree.build({ dimensions: 2, positions: [0, 0, 10, 0], vectors: [1, 0, 0, 1] });
const makeNamed = () =>
  GmrTree.build({ dimensions: 2, positions: [0, 0, 10, 0], vectors: [1, 0, 0, 1], ids: ["a", "b"] });

type Call = (...args: readonly unknown[]) => unknown;
const bound = (owner: object, name: string): Call =>
  ((owner as Record<string, Call>)[name] as Call).bind(owner);

/** Every function that users call, by the name that its errors must tell. */
const calls: [string, Call][] = [
  ...Object.entries(entry)
    .filter(([name, value]) => typeof value === "function" && !/Error$|^GmrTree$|^check/.test(name))
    .map(([name, value]): [string, Call] => [name, value as Call]),
  ["GmrTree", (...args) => Reflect.construct(GmrTree, args)],
  ...["build", "from", "useKernels"].map((name): [string, Call] => [`GmrTree.${name}`, bound(GmrTree, name)]),
  ...Object.entries(Object.getOwnPropertyDescriptors(GmrTree.prototype))
    .filter(([name, { value }]) => typeof value === "function" && name !== "constructor")
    .map(([name]): [string, Call] => [`GmrTree.${name}`, (...args) => bound(makeTree(), name)(...args)]),
];
/** What takes no argument, or may be called without. */
const withoutArguments = ["GmrTree.finish", "GmrTree.toBuffer"];

async function errorOf(call: Call, args: readonly unknown[]) {
  try {
    await call(...args);
    return undefined;
  } catch (error) {
    return error as { readonly code?: string; readonly message: string };
  }
}

describe("every function refuses missing and wrong arguments with a typed error that names it", () => {
  it("knows them all", () => {
    expect(calls.map(([name]) => name)).toEqual(
      expect.arrayContaining(["explainSearch", "kgmcms", "mergeHits", "objectsInBbox", "objectsWithin"]),
    );
    expect(calls.length).toBeGreaterThan(20);
  });

  it.each(calls.filter(([name]) => !withoutArguments.includes(name)))("%s", async (name, call) => {
    for (const args of wrongArguments) {
      const given = `${name}(${args.map((each) => JSON.stringify(each)).join(", ")})`;
      const error = await errorOf(call, args);
      // Of the environment's own choice, and an empty number of lists.
      if (error === undefined && given === "GmrTree.useKernels()") continue;
      expect(`${given} ${error?.code}: ${error?.message}`).toContain(`${given} WAYWEAVE_`);
      expect(error!.message.replace(/^byte \d+: /, "")).toMatch(new RegExp(`^${name}: `));
    }
  });
});

describe("callbacks, signals and workers", () => {
  const batch = { positions: [0, 0], vectors: [1, 0] };
  const columns = { dimensions: 2, positions: [0, 0], vectors: [1, 0] };
  it.each<[() => unknown, string]>([
    [
      () => GmrTree.build({ ...columns, onProgress: 3 as never }),
      "GmrTree.build: onProgress must be a function, got 3",
    ],
    [
      () => GmrTree.build({ ...columns, signal: {} as never }),
      "GmrTree.build: signal must be an AbortSignal, got an object",
    ],
    [
      () => makeTree().near({ position: [0, 0], filter: null as never }),
      "GmrTree.near: filter must be a function, got null",
    ],
    [
      () => makeTree().searchMany(batch, { onProgress: "x" as never }),
      'onProgress must be a function, got "x"',
    ],
    [
      () => makeTree().searchMany(batch, { signal: true as never }),
      "signal must be an AbortSignal, got true",
    ],
    [
      () => makeTree().searchMany(batch, { createWorker: {} as never }),
      "createWorker must be a function, got an object",
    ],
    [
      () => makeTree().searchMany(batch, { createWorker: () => undefined as never }),
      "GmrTree.searchMany: createWorker must be left out without workers",
    ],
    [
      () => makeTree().searchMany(batch, new Map([["workers", 1]]) as never),
      "GmrTree.searchMany: options must be an object, got a Map",
    ],
    [() => makeTree().searchMany(batch, { workers: 1.5 }), "workers must be a non-negative integer, got 1.5"],
    [
      () => makeTree().searchMany(batch, { workers: 1, createWorker: () => undefined as never }),
      "GmrTree.searchMany: createWorker must return a worker, got undefined",
    ],
    [
      () => GmrTree.from(makeTree().toBuffer(), { copy: 1 as never }),
      "GmrTree.from: copy must be true or false, got 1",
    ],
  ])("%#: %s", async (call, message) => {
    const error = await errorOf(call, []);
    expect(`${error?.code}: ${error?.message}`).toContain(message);
    expect(error?.code).toMatch(/^WAYWEAVE_/);
  });
});

describe("ids of the other kind", () => {
  const query = { position: [0, 0], vector: [1, 0] } as const;
  it.each<[() => unknown, string]>([
    [
      () => makeTree().search({ ...query, after: { score: 1, id: "a" as never } }),
      'GmrTree.search: after.id must be an integer in [0, 4294967294], got "a"',
    ],
    [
      () => makeNamed().search({ ...query, after: { score: 1, id: 0 as never } }),
      "GmrTree.search: after.id must be a string, got 0",
    ],
    [
      () => makeTree().nearest({ ...query, after: { score: 1, id: Number.NaN } }),
      "GmrTree.nearest: after.id must be an integer in [0, 4294967294], got NaN",
    ],
    [
      () => entry.explainSearch(makeNamed(), { ...query, after: { score: Number.NaN, id: "a" } }),
      "explainSearch: after.score must be a number, got NaN",
    ],
    [() => makeTree().get("0" as never), 'GmrTree.get: id must be a number, got "0"'],
    [() => makeNamed().has(0 as never), "GmrTree.has: id must be a string, got 0"],
    [() => makeNamed().remove(1 as never), "GmrTree.remove: id must be a string, got 1"],
    [() => makeTree().update("1" as never, query), 'GmrTree.update: id must be a number, got "1"'],
    [
      () => makeNamed().insert({ ...query, id: "" }),
      'GmrTree.insert: id must be a string of some length, got ""',
    ],
  ])("%#: %s", (call, message) => {
    expect(call).toThrow(new entry.ValueError(message));
  });

  const hit = { id: 1, score: 0.5, distanceMeters: 0, proximity: 1, similarity: 0 };
  it.each([null, {}, Number.NaN, -1, 1.5, 2 ** 32, "", [1]])("mergeHits refuses %j", (id) => {
    const hits = [[hit], [{ ...hit, id }]];
    expect(() => mergeHits(hits as never, 2)).toThrow(
      /^mergeHits: lists\[1\]\[0\]\.id must be an integer in /,
    );
    expect(() => mergeHits([[{ ...hit, id }]] as never, 2)).toThrow(
      /^mergeHits: lists\[0\]\[0\]\.id must be /,
    );
  });
});

describe("arrays in arrays, and numbers at the ends of their range", () => {
  const columns = { dimensions: 2, positions: [0, 0, 1, 1], vectors: [1, 0, 0, 1] };
  const flatten = "must hold numbers one after another, got arrays in it; flatten it, as .flat() does";
  it.each([
    [
      "positions",
      [
        [0, 0],
        [1, 1],
      ],
    ],
    [
      "vectors",
      [
        [1, 0],
        [0, 1],
      ],
    ],
    ["vectors", [Float32Array.of(1, 0), Float32Array.of(0, 1)]],
    ["ids", [[1], [2]]],
  ])("%s", (name, nested) => {
    const given = { ...columns, [name]: nested } as unknown as typeof columns;
    expect(() => GmrTree.build(given)).toThrow(`GmrTree.build: ${name} ${flatten}`);
  });

  it("queries and attributes", async () => {
    const tree = makeTree();
    expect(() => tree.search({ position: [0, 0], vector: [[1, 0]] as never })).toThrow(
      `GmrTree.search: vector ${flatten}`,
    );
    await expect(tree.searchMany({ positions: [[0, 0]] as never, vectors: [1, 0] })).rejects.toThrow(
      `GmrTree.searchMany: positions ${flatten}`,
    );
    expect(() => tree.search({ position: [[0], [0]] as never, vector: [1, 0] })).toThrow(
      "got [an array, an array]",
    );
    expect(() => GmrTree.build({ ...columns, attributes: { kind: [["bar"], ["park"]] as never } })).toThrow(
      "GmrTree.build: attributes.kind[0] must be a string, a boolean or a number, got an array",
    );
  });

  it("a ramp over more than numbers reach says so; large weights are refused", () => {
    const tree = GmrTree.build({ ...columns, attributes: { price: [1, 2] } });
    const find = (from: number, to: number, weight = 1) =>
      tree.search({
        position: [0, 0],
        vector: [1, 0],
        signals: [{ attribute: "price", kind: "ramp", weight, from, to }],
      });
    expect(() => find(-1e308, 1e308)).toThrow(
      "GmrTree.search: signals[0].to must be within 1.7976931348623157e+308 of from, got 1e+308 and -1e+308",
    );
    expect(() => find(3, 3)).toThrow("GmrTree.search: signals[0].to must differ from from, got 3 twice");
    expect(() => find(0, 1, 1e308)).toThrow("signals[0].weight must be in [0, 1000000], got 1e+308");
    expect(find(0, 1e308, 1e6).length).toBe(2);
  });

  it.each([
    [{ kind: ["bar"] }, 'where.kind must be a string or { in: strings }, got ["bar"]'],
    [{ price: [1, 2] }, "where.price must be a finite number or { min, max }, got [1,2]"],
    [{ price: { least: 1 } }, 'GmrTree.search: where.price: unknown option "least"'],
    [{ kind: { in: ["bar"], not: 1 } }, 'GmrTree.search: where.kind: unknown option "not"'],
  ])("conditions: %j", (where, message) => {
    const tree = GmrTree.build({ ...columns, attributes: { kind: ["bar", "park"], price: [1, 2] } });
    expect(() => tree.search({ position: [0, 0], vector: [1, 0], where: where as never })).toThrow(message);
  });
});

describe("what would let every object pass is refused", () => {
  const columns = { dimensions: 2, positions: [0, 0, 1, 1], vectors: [1, 0, 0, 1] };
  const tree = GmrTree.build({ ...columns, attributes: { price: [1, 2] } });
  const query = { position: [0, 0], vector: [1, 0] } as const;
  const batch = { positions: [0, 0], vectors: [1, 0] };
  /** Every search that takes conditions and a filter, by name. */
  const searches: [string, (narrowing: object) => unknown][] = [
    ["GmrTree.search", (narrowing) => tree.search({ ...query, ...narrowing })],
    ["GmrTree.nearest", (narrowing) => [...tree.nearest({ ...query, ...narrowing })]],
    ["GmrTree.near", (narrowing) => tree.near({ position: [0, 0], ...narrowing })],
    ["GmrTree.alike", (narrowing) => tree.alike({ vector: [1, 0], ...narrowing })],
    ["GmrTree.searchMany", (narrowing) => tree.searchMany({ ...batch, ...narrowing })],
    ["explainSearch", (narrowing) => entry.explainSearch(tree, { ...query, ...narrowing })],
  ];
  class Conditions {
    readonly price = 1;
  }
  const wrong: [object, string][] = [
    [{ where: new Map([["price", 1]]) }, "where must be a plain object of conditions, got [object Map]"],
    [{ where: new Set(["price"]) }, "where must be a plain object of conditions, got [object Set]"],
    [{ where: new Conditions() }, "where must be a plain object of conditions, got [object Object]"],
    [
      { where: Object.create({ price: 1 }) },
      "where must be a plain object of conditions, got [object Object]",
    ],
    [
      { where: Promise.resolve({ price: 1 }) },
      "where must be a plain object of conditions, got [object Promise]",
    ],
    [{ where: { price: {} } }, "where.price must be a finite number or { min, max }, got {}"],
    [{ where: { price: { min: undefined } } }, "where.price must be a finite number or { min, max }, got {}"],
    [
      { where: { price: new Map([["min", 1]]) } },
      "where.price must be a finite number or { min, max }, got {}",
    ],
    [{ filter: async () => false }, "filter must return true or false, got a promise"],
  ];
  it.each(searches)("%s", async (name, search) => {
    for (const [narrowing, message] of wrong) {
      const error = await errorOf(() => search(narrowing), []);
      expect(`${error?.code} ${error?.message}`).toBe(`WAYWEAVE_VALUE ${name}: ${message}`);
    }
  });

  it("also among objects that were inserted last", () => {
    const grown = GmrTree.build({ dimensions: 1, positions: [], vectors: [] });
    grown.insert({ position: [0, 0], vector: [1] });
    const filter = (async () => false) as never;
    const refusal = "filter must return true or false, got a promise";
    expect(() => grown.near({ position: [0, 0], filter })).toThrow(`GmrTree.near: ${refusal}`);
    expect(() => grown.alike({ vector: [1], filter })).toThrow(`GmrTree.alike: ${refusal}`);
  });

  it("a filter's other values count as conditions do", () => {
    const idsOf = (answer: unknown) =>
      tree.search({ ...query, filter: (id) => (id === 0 ? answer : true) as boolean }).map(({ id }) => id);
    for (const passing of [1, "x", {}, []]) expect(idsOf(passing)).toEqual([0, 1]);
    for (const failing of [0, "", null, undefined, Number.NaN]) expect(idsOf(failing)).toEqual([1]);
  });

  it("one limit is enough, and one that is undefined is none", () => {
    const idsOf = (price: object) => tree.search({ ...query, where: { price } }).map(({ id }) => id);
    expect(idsOf({ min: 2 })).toEqual([1]);
    expect(idsOf({ min: undefined, max: 1 })).toEqual([0]);
    expect(tree.search({ ...query, where: { price: undefined } as never }).length).toBe(2);
    expect(tree.search({ ...query, where: Object.assign(Object.create(null), { price: 2 }) }).length).toBe(1);
  });

  it("attributes in a Map, which were none", () => {
    const map = new Map([["price", [1, 2]]]) as never;
    const refusal = "attributes must be a plain object of";
    expect(() => GmrTree.build({ ...columns, attributes: map })).toThrow(
      `GmrTree.build: ${refusal} columns, got [object Map]`,
    );
    expect(() => new GmrTree({ dimensions: 2, attributes: map })).toThrow(
      `GmrTree: ${refusal} columns, got [object Map]`,
    );
    const attributes = new Map([["price", 1]]) as never;
    expect(() => tree.insert({ ...query, attributes })).toThrow(
      `GmrTree.insert: ${refusal} values, got [object Map]`,
    );
    expect(tree.size).toBe(2);
    class Row {
      constructor(readonly price: number) {}
    }
    const grown = new GmrTree<{ price: number }>({ dimensions: 2, attributes: { price: "number" } });
    const id = grown.add({ ...query, attributes: new Row(3) });
    expect(grown.finish().get(id)?.attributes).toEqual({ price: 3 });
  });
});
