import { Random } from "@wayweave/geo-core";
import { tf } from "@wayweave/nn/train";
import { describe, expect, it } from "vitest";
import { type ConfigOverrides, resolveConfig } from "../src/model/config.js";
import { encodeImages, encodeTrajectories, placeInImages } from "../src/model/forward.js";
import { infoNce, modalityLoss, traceLoss } from "../src/model/loss.js";
import { initParams } from "../src/model/params.js";

const normalization = { originX: 1, originY: 2, scaleMeters: 4 };

/** A small configuration's parameters, as tensors. */
function towers(overrides: ConfigOverrides) {
  const small = { imageSize: 32, embeddingSize: 8, points: 6 };
  const config = resolveConfig({ ...overrides, model: { ...small, ...overrides.model } });
  const params = Object.fromEntries(
    Object.entries(initParams(config.model, config.train, 1)).map(([name, { data, shape }]) => [
      name,
      tf.tensor(data, [...shape]),
    ]),
  );
  return { config, params };
}

const random = new Random(3);
const points = tf.tensor3d(
  Array.from({ length: 3 * 6 * 2 }, () => random.uniform(0, 8)),
  [3, 6, 2],
);
const shapes = tf.tensor4d(
  Array.from({ length: 3 * 32 * 32 }, () => random.integer(256)),
  [3, 32, 32, 1],
);
const extents = tf.tensor2d([0, 0, 8, 8, 1, 2, 7, 8, -3, -3, 9, 9], [3, 4]);

const variants: [name: string, overrides: ConfigOverrides][] = [
  ["default", {}],
  ["paper", { preset: "paper" }],
  ["noxy", { preset: "paper", model: { locationVector: false } }],
  ["OnlyTraj", { preset: "paper", model: { shapeSource: "none" } }],
  ["TrajCNN", { preset: "paper", model: { shapeSource: "points" } }],
];

describe.each(variants)("%s", (_, overrides) => {
  const { config, params } = towers(overrides);

  it("embeds both modalities in rows of length 1", () => {
    const trajectories = encodeTrajectories(params, { points, shapes }, config.model, normalization);
    const images = encodeImages(params, { pixels: shapes, extents }, config.model, normalization).embeddings;
    for (const embeddings of [trajectories, images]) {
      expect(embeddings.shape).toEqual([3, 8]);
      for (const norm of embeddings.norm(2, 1).dataSync()) expect(norm).toBeCloseTo(1, 5);
    }
  });

  it("has no parameter that the towers do not use", () => {
    const used = new Set<string>();
    const watched = new Proxy(params, {
      get(target, name: string) {
        used.add(name);
        return target[name];
      },
    });
    encodeTrajectories(watched, { points, shapes }, config.model, normalization);
    encodeImages(watched, { pixels: shapes, extents }, config.model, normalization);
    const left = Object.keys(params).filter((name) => !used.has(name) && !name.startsWith("modality/"));
    expect(left).toEqual(["logInverseTemperature"]);
  });
});

describe("encodeTrajectories", () => {
  it("does not depend on the direction of travel (keypoints)", () => {
    const { config, params } = towers({});
    const forth = encodeTrajectories(params, { points }, config.model, normalization).dataSync();
    const back = encodeTrajectories(
      params,
      { points: points.reverse(1) },
      config.model,
      normalization,
    ).dataSync();
    forth.forEach((value, i) => {
      expect(value).toBeCloseTo(back[i]!, 5);
    });
  });
});

describe("encodeImages", () => {
  const moved = extents.add(1);

  it.each(["default", "paper"] as const)("sees where the image lies, unless told not to (%s)", (preset) => {
    const embed = (locationVector: boolean, where: typeof extents) => {
      const { config, params } = towers({ preset, model: { locationVector } });
      return encodeImages(
        params,
        { pixels: shapes, extents: where },
        config.model,
        normalization,
      ).embeddings.dataSync();
    };
    expect(embed(true, moved as typeof extents)).not.toEqual(embed(true, extents));
    expect(embed(false, moved as typeof extents)).toEqual(embed(false, extents));
  });
});

describe("the paper's towers", () => {
  it.each(["image", "points"] as const)("weigh place and shape alike (shape from the %s)", (shapeSource) => {
    const { config, params } = towers({ preset: "paper", model: { shapeSource } });
    const trajectories = encodeTrajectories(params, { points, shapes }, config.model, normalization);
    const images = encodeImages(params, { pixels: shapes, extents }, config.model, normalization).embeddings;
    for (const embeddings of [trajectories, images]) {
      // Both halves of a row of length 1 are of length √½.
      for (const half of tf.split(embeddings, 2, 1)) {
        for (const norm of half.norm(2, 1).dataSync()) expect(norm).toBeCloseTo(Math.SQRT1_2, 3);
      }
    }
  });
});

describe("traceLoss", () => {
  // Three points along a line; the second line is the first, backwards.
  const line = tf.tensor3d([0, 0, 0.5, 0, 1, 0, 1, 0, 0.5, 0, 0, 0], [2, 3, 2]);

  it("is the mean distance, in the direction of travel that fits better", () => {
    const away = line.add(tf.tensor1d([0.3, 0.4])); // 0.5 from each point
    const forth = traceLoss(away, line).dataSync()[0]!;
    expect(forth).toBeCloseTo(0.5, 5);
    expect(traceLoss(away, line.reverse(1)).dataSync()[0]).toBeCloseTo(forth, 6);
    expect(traceLoss(line, line).dataSync()[0]).toBeCloseTo(1e-3, 6);
  });

  it("compares in image sides, from the lower left corner", () => {
    const corners = tf.tensor2d([10, 20, 14, 28], [1, 4]);
    const placed = placeInImages(tf.tensor3d([10, 20, 12, 26], [1, 2, 2]), corners).dataSync();
    expect([...placed]).toEqual([0, 0, 0.5, 0.75]);
  });
});

describe("infoNce", () => {
  const params = (temperature: number) => ({ logInverseTemperature: tf.scalar(Math.log(1 / temperature)) });

  it("is log(1 + 1/e) for two pairs that fit, at temperature 1", () => {
    const rows = tf.tensor2d([1, 0, 0, 1], [2, 2]);
    // each row: −log( e¹ / (e¹ + e⁰) ) = log(1 + e⁻¹) = 0.31326
    expect(infoNce(params(1), rows, rows).dataSync()[0]).toBeCloseTo(Math.log(1 + Math.exp(-1)), 6);
  });

  it("is log n where nothing can be told apart", () => {
    const same = tf.ones([5, 2]).div(Math.SQRT2);
    expect(infoNce(params(0.1), same, same).dataSync()[0]).toBeCloseTo(Math.log(5), 5);
  });

  it("keeps the inverse temperature at 100 or below", () => {
    const rows = tf.tensor2d([0.9, Math.sqrt(0.19), 1, 0], [2, 2]);
    expect(infoNce(params(1e-4), rows, rows).dataSync()[0]).toBeCloseTo(
      infoNce(params(0.01), rows, rows).dataSync()[0]!,
      6,
    );
  });
});

describe("modalityLoss", () => {
  it("is log 2 for a classifier that knows nothing", () => {
    const zero = {
      "modality/hidden/weight": tf.zeros([2, 3]),
      "modality/hidden/bias": tf.zeros([3]),
      "modality/out/weight": tf.zeros([3, 1]),
      "modality/out/bias": tf.zeros([1]),
    };
    expect(modalityLoss(zero, tf.ones([4, 2])).dataSync()[0]).toBeCloseTo(Math.LN2, 6);
  });
});

describe("resolveConfig", () => {
  it("names what is wrong", () => {
    expect(() => resolveConfig({ model: { imageSize: 60 } })).toThrow(
      "resolveConfig: model.imageSize must be a multiple of 16, got 60",
    );
    expect(() => resolveConfig({ train: { batchSize: 30 } })).toThrow(
      "resolveConfig: train.batchSize must be a multiple of train.alikeRun and at least 2, got 30 and 4",
    );
    expect(() => resolveConfig({ model: { shapeSource: "image" } })).toThrow(
      "resolveConfig: model.shapeSource has no effect with the architecture keypoints",
    );
    expect(() => resolveConfig({ preset: "paper", train: { traceWeight: 1 } })).toThrow(
      "resolveConfig: train.traceWeight has no effect with the architecture paper",
    );
    expect(() => resolveConfig({ train: { warmUp: 2 } })).toThrow(
      "resolveConfig: train.warmUp must be in [0, 1], got 2",
    );
    expect(() => resolveConfig({ preset: "best" as "paper" })).toThrow(
      'resolveConfig: preset must be one of default, paper, got "best"',
    );
  });
});
