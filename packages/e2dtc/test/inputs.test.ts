import { Random, TrajectorySet, ValueError } from "@wayweave/geo-core";
import { type Tensor, tf } from "@wayweave/nn/train";
import { beforeAll, describe, expect, it } from "vitest";
import { resolveConfig } from "../src/model/config.js";
import { encode } from "../src/model/forward.js";
import { initParams } from "../src/model/params.js";
import { PLACE_COLUMNS, placeCode, tokenCells } from "../src/tokens/place-code.js";
import { TokenSource, tokenize } from "../src/tokens/tokens.js";
import { buildVocabulary } from "../src/tokens/vocabulary.js";
import { tripletLoss } from "../src/training/loss.js";
import { setOf } from "./helpers.js";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const HOUR = 3_600_000;

/** A row of four cells of 100. */
const row = setOf(
  [
    [
      [0, 0],
      [100, 0],
      [200, 0],
      [300, 0],
    ],
  ],
  "planar",
);
const vocabulary = buildVocabulary(row, { cellSizeMeters: 100, minFrequency: 1 });

describe("what a token tells beside its cell", () => {
  it("codes places so that neighbours are alike", () => {
    // A row of 64 cells: the shortest wave is 4 of them long.
    const line = setOf([Array.from({ length: 64 }, (_, i): [number, number] => [100 * i, 0])], "planar");
    const long = buildVocabulary(line, { cellSizeMeters: 100, minFrequency: 1 });
    const code = placeCode(long);
    const cells = tokenCells(long);
    const at = (column: number) =>
      Array.from({ length: 64 }, (_, i) => 2 + i).find((token) => cells[2 * token] === column)!;
    const distance = (a: number, b: number) =>
      Math.hypot(
        ...Array.from(
          { length: PLACE_COLUMNS },
          (_, d) => code[a * PLACE_COLUMNS + d]! - code[b * PLACE_COLUMNS + d]!,
        ),
      );
    expect(distance(at(0), at(1))).toBeLessThan(distance(at(0), at(8)));
    expect([...code.subarray(0, 2 * PLACE_COLUMNS)].every((value) => value === 0)).toBe(true);
  });

  it("says where in its cell a token's first point lies: 30 east, 20 south of the middle of cells of 100", () => {
    const trip = setOf(
      [
        [
          [130, -20],
          [140, 10],
          [200, 0],
        ],
      ],
      "planar",
    );
    const { within, tokens } = new TokenSource(trip, vocabulary).clean();
    expect(tokens).toHaveLength(2);
    for (const [i, expected] of [0.3, -0.2, 0, 0].entries()) expect(within[i]).toBeCloseTo(expected, 6);
  });

  it("tells two lanes of one cell apart by offsets alone, and two ways through it by directions", () => {
    const config = resolveConfig({ network: { hidden: 8, places: false } }).network;
    const random = new Random(1);
    const vectors = new Float32Array(vocabulary.size * 8);
    const host = initParams(config, vocabulary, vectors, random);
    const params = Object.fromEntries(
      Object.entries(host).map(([name, { data, shape }]) => [name, tf.tensor(data, [...shape])]),
    ) as Record<string, Tensor>;
    const embed = (points: [number, number][], network = config) => {
      const { tokens, within } = new TokenSource(setOf([points], "planar"), vocabulary).clean();
      const { embedding } = encode(
        params,
        {
          tokens: tf.tensor2d([...tokens], [tokens.length, 1], "int32"),
          lengths: tf.tensor1d([tokens.length], "int32"),
          within: tf.tensor3d([...within], [tokens.length, 1, 2]),
        },
        network,
      );
      return Array.from(embedding.dataSync());
    };
    const line = (y: number): [number, number][] => [
      [0, y],
      [100, y],
    ];
    expect(embed(line(-20))).not.toEqual(embed(line(20)));
    expect(embed(line(-20), { ...config, offsets: false })).toEqual(
      embed(line(20), { ...config, offsets: false }),
    );
    // All cells have the same vector here: without directions nothing tells the ways apart.
    const back = line(0).reverse() as [number, number][];
    expect(embed(back)).not.toEqual(embed(line(0)));
    const neither = { ...config, offsets: false, directions: false };
    expect(embed(back, neither)).toEqual(embed(line(0), neither));
  });

  it("says at what time of the day a token's first point was there: 6:00, then 18:00, in damaged variants too", () => {
    const trip = TrajectorySet.fromArrays(
      [
        [
          [0, 0, 6 * HOUR],
          [10, 0, 12 * HOUR],
          [100, 0, (24 + 18) * HOUR],
        ],
      ],
      { coordinateSystem: "planar", withTimes: true },
    );
    const source = new TokenSource(trip, vocabulary, { timeOfDay: true });
    expect([...source.clean().timeOfDay!]).toEqual([0.25, 0.75]);
    // The first or the last point may be missing; those left keep their times.
    for (let seed = 0; seed < 10; seed++) {
      const { timeOfDay } = source.noisy(new Random(seed), { rates: [0], sigmaMeters: 0, cuts: [0.34] });
      expect([[0.25], [0.5, 0.75]]).toContainEqual([...timeOfDay!]);
    }
    expect(new TokenSource(trip, vocabulary).clean()).not.toHaveProperty("timeOfDay");
  });

  it("wants a time of each point where it tells the time of the day", () => {
    expect(() => tokenize(row, vocabulary, { timeOfDay: true })).toThrow(
      new ValueError(
        "TokenSource: trajectory 0 must have a time at each point for timeOfDay, got none at its point 0",
      ),
    );
    const timed = row.with({ timesMs: Float64Array.of(0, HOUR, Number.NaN, HOUR) });
    expect(() => tokenize(timed, vocabulary, { timeOfDay: true })).toThrow(
      /trajectory 0 .*, got none at its point 2$/,
    );
  });

  it("has the parameters that it had where it tells no time of the day, and the same draws where it does", () => {
    const { network } = resolveConfig({ network: { hidden: 8 } });
    const paramsOf = (timeOfDay: boolean) =>
      initParams({ ...network, timeOfDay }, vocabulary, new Float32Array(vocabulary.size * 8), new Random(1));
    const { "input/timeOfDay": clock, ...others } = paramsOf(true);
    expect(clock!.shape).toEqual([2, 8]);
    expect(others).toEqual(paramsOf(false));
  });

  it("cuts a damaged variant at one end, and leaves one point at least", () => {
    const source = new TokenSource(row, vocabulary);
    const cells = tokenCells(vocabulary);
    for (let seed = 0; seed < 10; seed++) {
      const noise = { rates: [0], sigmaMeters: 0, cuts: [0.5] };
      const { tokens } = source.noisy(new Random(seed), noise);
      const columns = [...tokens].map((token) => cells[2 * token]!);
      expect([
        [0, 1],
        [2, 3],
      ]).toContainEqual(columns);
      expect(source.noisy(new Random(seed), { ...noise, cuts: [1] }).tokens).toHaveLength(1);
    }
  });
});

describe("the relative margin", () => {
  it("counts in the mean squared distance to negatives, whatever the scale: [1/4 − 4/4 + 0.9]₊ = 0.15", () => {
    for (const scale of [1, 1000]) {
      const loss = tripletLoss(
        tf.tensor2d([0, 0], [1, 2]),
        tf.tensor2d([scale, 0], [1, 2]),
        tf.tensor2d([2 * scale, 0], [1, 2]),
        tf.tensor1d([1]),
        { margin: 0.9, relativeMargin: true },
      );
      expect(loss.dataSync()[0]).toBeCloseTo(0.15, 5);
    }
  });
});

describe("presets", () => {
  it("paper is the paper's method: cells alone, whole trips, an absolute margin, no warm-up", () => {
    const { network, pretrain, selfTrain, tokens } = resolveConfig({ preset: "paper" });
    expect(network).toEqual({
      layers: 3,
      hidden: 256,
      attention: false,
      places: false,
      offsets: false,
      directions: false,
      timeOfDay: false,
    });
    expect(tokens.cellSizeMeters).toBe(300);
    expect(pretrain.cutRates).toEqual([0]);
    expect(selfTrain).toMatchObject({
      seeding: "kMeans",
      warmUpEpochs: 0,
      margin: 1,
      relativeMargin: false,
      clusterDamaged: false,
      reconstructionWeight: 1,
    });
  });

  it("none tells the time of the day unless it is asked to", () => {
    for (const preset of ["standard", "student", "paper"] as const) {
      expect(resolveConfig({ preset }).network.timeOfDay).toBe(false);
    }
  });

  it("student trains nothing but what it has to learn", () => {
    const { batchSize, pretrain, selfTrain } = resolveConfig({ preset: "student" });
    expect([batchSize, pretrain.epochs, selfTrain.reconstructionWeight]).toEqual([64, 0, 0]);
    expect(selfTrain.warmUpEpochs).toBe(selfTrain.epochs);
  });

  it("names what is wrong", () => {
    expect(() => resolveConfig({ network: { places: 1 as never } })).toThrow(
      new ValueError("resolveConfig: network.places must be true or false, got 1"),
    );
    expect(() => resolveConfig({ network: { timeOfDay: "UTC" as never } })).toThrow(
      new ValueError('resolveConfig: network.timeOfDay must be true or false, got "UTC"'),
    );
    expect(() => resolveConfig({ pretrain: { cutRates: [2] } })).toThrow(
      /pretrain.cutRates must be in \[0, 1\], got 2/,
    );
  });
});
