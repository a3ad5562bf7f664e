import { StateError, ValueError } from "@wayweave/geo-core";
import { describe, expect, it } from "vitest";
import {
  CanonicalCorrelation,
  CoSMat,
  CrossModalModel,
  createTokenizer,
  fitLda,
  GeneralizedMultiview,
  GeoMultimediaIndex,
  LogsTran,
  SemanticMatching,
  similarities,
  TxtNet,
  Vocabulary,
} from "../src/index.js";
import { matrix, threeClassPairs } from "./support.js";

const pairs = threeClassPairs(45, 1);
const scaled = (factor: number) => ({
  ...pairs,
  images: { ...pairs.images, data: pairs.images.data.map((value) => value * factor) },
});
type Fit = (pairs: unknown, options?: unknown) => Promise<CrossModalModel>;
const systems = [CoSMat, SemanticMatching, CanonicalCorrelation, GeneralizedMultiview].map(
  (system) =>
    [system.name, (given: unknown, options = {}) => system.fit(given as never, options as never)] as [
      string,
      Fit,
    ],
);

describe.each(systems)("%s.fit", (name, fit) => {
  const refuses = (given: unknown, options: unknown, message: string) =>
    expect(fit(given, options)).rejects.toThrow(new ValueError(`${name}.fit: ${message}`));

  it("names what is wrong with the pairs", async () => {
    await refuses(undefined, {}, "pairs must be an object with images and texts, got undefined");
    await refuses(
      {
        ...pairs,
        images: { ...pairs.images, data: pairs.images.data.map((v, i) => (i === 9 ? Number.NaN : v)) },
      },
      {},
      "images row 1, entry [1] must be finite, got NaN",
    );
    const large = { ...pairs.images, data: pairs.images.data.map((v, i) => (i === 9 ? 1e200 : v)) };
    await refuses(
      { ...pairs, images: large },
      {},
      "images row 1, entry [1] must be at most 1e+100 in size, got 1e+200; divide the features",
    );
    await refuses(
      { ...pairs, labels: pairs.labels.map(() => 0) },
      {},
      "labels must name at least 2 classes, got 1",
    );
    await expect(fit({ images: matrix([[1, 2]]), texts: matrix([[1, 2]]) })).rejects.toThrow(ValueError);
  });

  it("names what is wrong with the options, before it fits", async () => {
    await refuses(
      pairs,
      { similarity: "dot" },
      'similarity must be one of cosine, centeredCosine, got "dot"',
    );
    await refuses(
      pairs,
      { features: { images: { stadardize: true } } },
      'features.images: unknown option "stadardize"; did you mean "standardize"?',
    );
    await refuses(
      pairs,
      { features: { texts: { standardize: "yes" } } },
      'features.texts.standardize must be true or false, got "yes"',
    );
    await refuses(
      pairs,
      { tune: { images: [{ chiSquared: { gamma: -1 } }] } },
      "tune.images[0].chiSquared.gamma must be a positive finite number, got -1",
    );
    await refuses(
      pairs,
      { tune: { components: "3" } },
      'tune.components must be a list of at least one value, got "3"',
    );
    await refuses(
      pairs,
      { tune: { ridges: [] } },
      "tune.ridges must be a list of at least one value, got []",
    );
    await refuses(
      pairs,
      { tune: { penalties: [1, Number.NaN] } },
      "tune.penalties[1] must be in [0, 1.7976931348623157e+308], got NaN",
    );
    await refuses(pairs, { onProgress: "often" }, "onProgress must be a function, got string");
    await refuses(pairs, { signal: {} }, "signal must be an AbortSignal, got object");
  });

  it("stops in the middle, with the signal's reason", async () => {
    const controller = new AbortController();
    const onProgress = ({ done }: { readonly done: number }) => {
      if (done === 4) controller.abort(new StateError("enough"));
    };
    await expect(fit(pairs, { signal: controller.signal, onProgress, onWarning: () => {} })).rejects.toThrow(
      new StateError("enough"),
    );
  });

  it("does not mind features of any size that can be added up", async () => {
    const small = await fit(scaled(1e-200), { tune: false });
    expect(small.embedImage(scaled(1e-200).images).data.every(Number.isFinite)).toBe(true);
  });
});

describe("settings without effect", () => {
  it("are refused by CoSMat.fit", async () => {
    const refuses = (given: object, options: object, message: string) =>
      expect(CoSMat.fit(given as never, options as never)).rejects.toThrow(
        new ValueError(`CoSMat.fit: ${message}`),
      );
    const idle = { ridge: { texts: 1 }, tune: false };
    await refuses(
      { ...pairs, labels: undefined },
      idle,
      "ridge.texts has no effect on pairs without labels; leave it out",
    );
    await refuses(pairs, { power: 1 }, "power has no effect on pairs with labels; leave it out");
    await refuses(
      pairs,
      { corrProj: { components: 1 }, tune: { components: [1, 2] } },
      "tune.components has no effect beside components; leave one out",
    );
    await refuses(
      pairs,
      { ridge: { images: 1, texts: 1 }, tune: { penalties: [1] } },
      "tune.penalties has no effect beside ridge.images and ridge.texts; leave one out",
    );
  });
});

describe("features that do not vary", () => {
  const same = { ...pairs, texts: { ...pairs.texts, data: pairs.texts.data.map((_, i) => i % 5) } };
  it.each(["CoSMat", "CanonicalCorrelation"])(
    "are named by %s, which asks what modalities share",
    async (name) => {
      const [, fit] = systems.find(([other]) => other === name)!;
      await expect(fit(same)).rejects.toThrow(
        new ValueError(`${name}.fit: texts must vary, got 45 equal rows`),
      );
    },
  );

  it("have the projections of other scales where they are very small", async () => {
    const options = { tune: false, corrProj: { components: 3, ridge: 0.1 }, similarity: "cosine" };
    const [plain, small] = [
      await systems[2]![1](pairs, options),
      await systems[2]![1](scaled(1e-200), options),
    ];
    const [expected, got] = [plain.embedImage(pairs.images), small.embedImage(scaled(1e-200).images)];
    expected.data.forEach((value, i) => {
      expect(got.data[i]).toBeCloseTo(value, 6);
    });
  });
});

describe("the parts", () => {
  it("name themselves and what they need", async () => {
    await expect(TxtNet.fit(null as never)).rejects.toThrow(
      new ValueError("TxtNet.fit: texts must be a list of strings, got null"),
    );
    await expect(TxtNet.fit(["a", null] as never)).rejects.toThrow(
      new ValueError("TxtNet.fit: texts[1] must be a string, got null"),
    );
    await expect(fitLda({} as never)).rejects.toThrow(
      /^fitLda: counts must be what Vocabulary\.count returns/,
    );
    expect(() => createTokenizer({ stopWords: "klingon" as never })).toThrow(
      new ValueError('createTokenizer: stopWords must be a list of words or "none", got "klingon"'),
    );
    expect(() => new Vocabulary(null as never)).toThrow(ValueError);
    expect(() => LogsTran.fit(pairs.images, null as never)).toThrow(
      new ValueError("LogsTran.fit: labels must be a list of class numbers, got null"),
    );
    expect(() => LogsTran.fit(pairs.images, pairs.labels, { rdge: 1 } as never)).toThrow(
      /unknown option "rdge"/,
    );
    expect(() => similarities(null as never, pairs.images)).toThrow(
      /^similarities: queries must be a matrix/,
    );
    await expect(CrossModalModel.load("/no/such/model")).rejects.toThrow(
      "model: must be a file that can be read, got ENOENT",
    );
    const model = await CanonicalCorrelation.fit(pairs, { tune: false });
    expect(() => model.toOnnx("images" as never)).toThrow(
      /modality must be one of image, text, got "images"/,
    );
  });
});

describe("GeoMultimediaIndex", () => {
  const encoder = {
    name: "lengths",
    encode: async (items: readonly string[]) => ({
      rows: 1,
      columns: 2,
      data: Float32Array.of(items[0]!.length, 1),
    }),
    dispose: async () => {},
  };
  const where = "GeoMultimediaIndex.build";
  const build = (options: object) =>
    GeoMultimediaIndex.build({ items: [], encoders: { text: encoder }, ...options } as never);
  const text = (more: object) => ({ text: "a", position: [0, 0], ...more });

  it("refuses attributes that no tree can hold", async () => {
    await expect(build({ items: [text({ attributes: { year: [] } })] })).rejects.toThrow(
      new ValueError(
        `${where}: items[0].attributes.year must be a string, a finite number, true or false, got []; leave it out where it is missing`,
      ),
    );
    const mixed = [text({ attributes: { year: 1990 } }), text({ attributes: { year: "old" } })];
    await expect(build({ items: mixed })).rejects.toThrow(
      new ValueError(
        `${where}: items[1].attributes.year must be a finite number, as in earlier items, got "old"`,
      ),
    );
    const names = Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`a${i}`, i]));
    await expect(build({ items: [text({ attributes: names })] })).rejects.toThrow(/at most 64 names, got 65/);
  });

  it("takes attributes that objects have names of their own for", async () => {
    const items = [text({ attributes: { toString: "a", constructor: "b" } }), text({})];
    const index = await build({ items });
    const query = { text: "a", position: [0, 0] as [number, number] };
    expect(await index.search({ ...query, where: { toString: "a" } })).toHaveLength(1);
    await expect(index.search({ ...query, where: { valueOf: 1 } })).rejects.toThrow(
      new ValueError(
        'GeoMultimediaIndex.search: where must name attributes of the items, got "valueOf"; known are toString, constructor',
      ),
    );
  });

  it("lists items whose vectors are none, and keeps nothing of them", async () => {
    const vectors = [
      [1, 1],
      [Number.NaN, 1],
      [1, 2, 3],
      [2, 1],
    ];
    const odd = {
      ...encoder,
      encode: async (items: readonly string[]) => {
        const row = vectors[Number(items[0])]!;
        return { rows: 1, columns: row.length, data: Float32Array.from(row) };
      },
    };
    const items = vectors.map((_, i) => ({ text: String(i), position: [i, 0], payload: i }));
    const index = await build({ items, encoders: { text: odd } });
    expect(index.items.map(({ payload }) => payload)).toEqual([0, 3]);
    expect(index.failures).toEqual([
      { item: 1, reason: "lengths: vector [0] must be finite, got NaN" },
      { item: 2, reason: "the text encoder's vector must have 2 entries, as those before, got 3" },
    ]);
    const hits = await index.search({ text: "3", position: [0, 0], mu: 0, k: 2 });
    expect(hits.map(({ payload }) => payload)).toEqual([3, 0]);
  });

  it("lists photos that are not there, and encoders' vectors of more than was asked for", async () => {
    const items = [{ image: "/no/such/nope.jpg" }, { text: "two", position: [0, 0] }, text({})];
    const encode = async (all: readonly string[]) =>
      all[0] === "two"
        ? { rows: 2, columns: 2, data: Float32Array.of(1, 2, 3, 4) }
        : { rows: 1, columns: 2, data: Float32Array.of(1, 2) };
    const index = await build({ items, encoders: { text: { ...encoder, encode } } });
    const reasons = index.failures.map(({ reason }) => reason);
    expect(reasons).toEqual([
      "/no/such/nope.jpg: there is no such file",
      "lengths: the encoder must return 1 row for 1 item, got 2 × 2 with 4 entries",
    ]);
  });

  it("names what load is given that is no encoder", async () => {
    const load = (encoders: object) => GeoMultimediaIndex.load("/no/such/index", { encoders } as never);
    const start = "GeoMultimediaIndex.load: encoders";
    await expect(load({ txt: encoder })).rejects.toThrow(
      `${start}: unknown option "txt"; did you mean "text"?`,
    );
    await expect(load({ text: 5 })).rejects.toThrow(
      new ValueError(`${start}.text must be an encoder, with a name and a function encode, got number`),
    );
  });

  it("names encoders, models and queries that are none", async () => {
    await expect(build({ encoders: { text: 5 } })).rejects.toThrow(/encoders\.text must be an encoder/);
    await expect(build({ model: {} })).rejects.toThrow(
      new ValueError(`${where}: model must be a fitted model, got object`),
    );
    await expect(build({ fit: { rigde: 1 } })).rejects.toThrow(
      /fit: unknown option "rigde"; did you mean "ridge"/,
    );
    const effect = (options: object) => build({ encoders: { image: encoder, text: encoder }, ...options });
    const model = { embedImage: () => {} };
    for (const [options, message] of [
      [{ model, sharedSpace: true }, "sharedSpace has no effect beside model"],
      [{ model, fit: { power: 1 } }, "fit.power has no effect beside model"],
      [{ sharedSpace: true, fitPairs: 9 }, "fitPairs has no effect beside sharedSpace"],
      [
        { encoders: { text: encoder }, fitPairs: 9 },
        "fitPairs has no effect without encoders of both images and texts",
      ],
    ] as const) {
      await expect(effect(options)).rejects.toThrow(new ValueError(`${where}: ${message}; leave it out`));
    }
    await expect(build({ sharedSpace: "yes" })).rejects.toThrow(/sharedSpace must be true or false/);
    const index = await build({ items: [text({})] });
    const search = (query: object) => index.search({ text: "a", position: [0, 0], ...query } as never);
    await expect(search({ text: 5 })).rejects.toThrow(
      new ValueError("GeoMultimediaIndex.search: text must be a string, got number"),
    );
    await expect(search({ k: "3" })).rejects.toThrow(
      'GeoMultimediaIndex.search: k must be a positive integer, got "3"',
    );
    await expect(search({ mu: null })).rejects.toThrow(
      "GeoMultimediaIndex.search: mu must be in [0, 1], got null",
    );
    await expect(search({ maxDistanceMeters: -1 })).rejects.toThrow(
      new ValueError("GeoMultimediaIndex.search: maxDistanceMeters must be in [0, Infinity], got -1"),
    );
    await expect(search({ proximity: { kind: "near" } })).rejects.toThrow(
      new ValueError(
        'GeoMultimediaIndex.search: proximity.kind must be one of relative, linear, exponential, gaussian, got "near"',
      ),
    );
    await expect(search({ proximity: { kind: "linear", scale: 5 } })).rejects.toThrow(
      'GeoMultimediaIndex.search: proximity: unknown option "scale"; did you mean "scaleMeters"?',
    );
    await expect(search({ filter: async () => false })).rejects.toThrow(
      new ValueError("GeoMultimediaIndex.search: filter must return true or false, got a promise"),
    );
    await expect(search({ where: new Map([["year", 1]]) })).rejects.toThrow(
      new ValueError(
        "GeoMultimediaIndex.search: where must be a plain object of conditions, got [object Map]",
      ),
    );
    const dated = await build({ items: [text({ attributes: { year: 1990 } })] });
    await expect(dated.search({ text: "a", position: [0, 0], where: { year: {} } })).rejects.toThrow(
      "GeoMultimediaIndex.search: where.year must have a min, a max or both, numbers with min ≤ max, got {}",
    );
    await expect(build({ items: [text({ attributes: new Map([["year", 1]]) })] })).rejects.toThrow(
      "GeoMultimediaIndex.build: items[0]: attributes must be a plain object of values, got [object Map]",
    );
    for (const attributes of ["abc", ["a"], null, 5]) {
      await expect(build({ items: [text({ attributes })] })).rejects.toThrow(
        "items[0]: attributes must be a plain object of values, got",
      );
    }
    await expect(search({ filter: 5 })).rejects.toThrow(/filter must be a function/);
  });
});
