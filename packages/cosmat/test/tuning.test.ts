import { Random, ValueError } from "@wayweave/geo-core";
import { describe, expect, it, vi } from "vitest";
import { CanonicalCorrelation } from "../src/baselines/canonical-correlation.js";
import { SemanticMatching } from "../src/baselines/semantic-matching.js";
import { CoSMat } from "../src/model/cosmat.js";
import { pairData } from "../src/model/pair-data.js";
import type { Pairs } from "../src/model/pairs.js";
import { coordinateSearch } from "../src/model/tuning/coordinate-search.js";
import { makeFolds } from "../src/model/tuning/folds.js";
import { type Relevance, relevanceOf } from "../src/model/tuning/relevance.js";
import { chanceScore, retrievalScore } from "../src/model/tuning/score.js";
import { matrix, threeClassPairs } from "./support.js";

/** Two views of five hidden values, among fifteen columns of noise on very different scales. */
function noisyViews(count: number, seed: number): { images: Pairs["images"]; texts: Pairs["texts"] } {
  const random = new Random(seed);
  const hidden = Array.from({ length: count }, () => Array.from({ length: 5 }, () => random.normal()));
  const view = (scale: number) =>
    matrix(
      hidden.map((values) => [
        ...values.map((value) => value + 0.3 * random.normal()),
        ...Array.from({ length: 15 }, () => scale * random.normal()),
      ]),
    );
  return { images: view(1), texts: view(3) };
}

const silent = () => undefined;

const byPair = (count: number): Relevance => ({
  measure: "mean reciprocal rank",
  classes: Array.from({ length: count }, (_, i) => i),
});

describe("cross-validated settings", () => {
  const train = threeClassPairs(120, 1);

  it("are those that were not given, and are reported", async () => {
    const model = await CoSMat.fit(train, { corrProj: { ridge: 0.1 }, onWarning: silent });
    const { tuning, settings } = model;
    expect(Object.keys(tuning!.chosen).sort()).toEqual(
      ["components", "imageRidge", "images", "textRidge", "texts"].sort(),
    );
    expect(settings.ridge).toBe(0.1);
    expect(settings).toMatchObject(tuning!.chosen);
    expect(tuning!.measure).toBe("MAP");
    expect(tuning!.score).toBe(Math.max(...tuning!.trials.map(({ score }) => score)));
    // 120 pairs less one of each class, in three folds
    expect(tuning!.pairs).toBe(117);
    expect(tuning!.learningCurve.at(-1)).toEqual({ pairs: 81, score: tuning!.score });
  });

  it("beat the defaults of old where noise columns outnumber what the views share", async () => {
    const pairs = noisyViews(150, 1);
    const test = noisyViews(100, 2);
    const score = async (tune: boolean): Promise<number> => {
      const model = await CanonicalCorrelation.fit(pairs, { tune, onWarning: silent });
      return retrievalScore(
        model.toIndexVectors(model.embedImage(test.images)),
        model.toIndexVectors(model.embedText(test.texts)),
        byPair(100),
      );
    };
    const [tuned, untuned] = [await score(true), await score(false)];
    expect(tuned).toBeGreaterThan(1.3 * untuned);
  });

  it("warn with figures where pairs are few, and leave the defaults where folds cannot be made", async () => {
    const onWarning = vi.fn<(message: string) => void>();
    await CanonicalCorrelation.fit(noisyViews(30, 1), { onWarning });
    expect(onWarning.mock.lastCall![0]).toMatch(
      /^CanonicalCorrelation\.fit: (more pairs would help|hardly better than chance): held-out mean reciprocal rank is 0\.\d{3} after fitting to 20 pairs, 0\.\d{3} after 10, 0\.\d{3} by chance/,
    );
    const few = threeClassPairs(6, 1);
    const model = await CoSMat.fit(few, { onWarning });
    expect(model.tuning).toBeUndefined();
    expect(onWarning.mock.lastCall![0]).toContain("CoSMat.fit: 6 pairs are too few to choose settings");
  });

  it("report progress and stop", async () => {
    const phases = new Set<string>();
    const controller = new AbortController();
    const fit = CoSMat.fit(train, {
      signal: controller.signal,
      onProgress: ({ phase, done, total }) => {
        phases.add(phase);
        expect(done).toBeLessThanOrEqual(total);
        if (done === 5) controller.abort();
      },
    });
    await expect(fit).rejects.toThrow(/abort/i);
    expect([...phases]).toEqual(["tune"]);
  });
});

describe("CoSMat without labels", () => {
  it("finds the other half of a pair, and comes out as projections", async () => {
    const model = await CoSMat.fit(noisyViews(200, 1), { onWarning: silent });
    expect(model.semantic).toBe(false);
    expect(model.tuning!.measure).toBe("mean reciprocal rank");
    const test = noisyViews(50, 2);
    const score = retrievalScore(
      model.toIndexVectors(model.embedImage(test.images)),
      model.toIndexVectors(model.embedText(test.texts)),
      byPair(50),
    );
    expect(score).toBeGreaterThan(5 * chanceScore(byPair(50)));
  });

  it("takes pairs with equal texts, or equal images, for one: photos share captions", async () => {
    const onWarning = vi.fn();
    // Three captions, each with the same picture twenty times: as good as a model can be.
    const views = {
      rows: 60,
      columns: 3,
      data: Float64Array.from({ length: 180 }, (_, i) => (i % 3 === Math.floor(i / 3) % 3 ? 1 : 0)),
    };
    const { tuning } = await CoSMat.fit({ images: views, texts: views }, { onWarning });
    expect(tuning!.score).toBeCloseTo(1, 12);
    // A third of the held-out pairs is right: 1/3 + 2/3 · (1/2 · 1/3 + …), a little more than without putting back
    expect(tuning!.chance).toBeCloseTo(0.55, 1);
    expect(onWarning).not.toHaveBeenCalled();
  });

  it("learns where some folds have a single caption", async () => {
    const random = new Random(1);
    for (const count of [9, 12, 20, 40]) {
      const images = matrix(
        Array.from({ length: count }, () => [random.normal(), random.normal(), random.normal()]),
      );
      const texts = matrix(Array.from({ length: count }, (_, i) => (i === 0 ? [1, 0] : [0, 1])));
      for (const fit of [CoSMat.fit, CanonicalCorrelation.fit]) {
        const model = await fit.call(undefined, { images, texts }, { onWarning: silent });
        expect(model.embedText(texts).data.every(Number.isFinite)).toBe(true);
      }
    }
  });

  it("does not try folds that there cannot be, and says which option asks for them", async () => {
    const onWarning = vi.fn();
    await CanonicalCorrelation.fit(noisyViews(30, 1), { onWarning, tune: { folds: 1e8 } });
    await CanonicalCorrelation.fit(noisyViews(30, 1), { onWarning, tune: { pairs: 3 } });
    expect(onWarning.mock.calls.map(([message]) => message)).toMatchObject([
      expect.stringContaining("30 pairs are too few for 100000000 folds (tune.folds) to choose"),
      expect.stringContaining("3 pairs (tune.pairs) of 30 are too few to choose"),
    ]);
    await expect(CanonicalCorrelation.fit(noisyViews(30, 1), { tune: { seed: 1.5 } })).rejects.toThrow(
      "CanonicalCorrelation.fit: tune.seed must be an integer, got 1.5",
    );
  });

  it("joins what shares a text with what shares an image, and nothing else", () => {
    const one = (values: number[]) => ({ rows: values.length, columns: 1, data: Float64Array.from(values) });
    const pairs = { images: one([1, 2, 2, 3, 4, 5]), texts: one([7, 7, 8, 9, 9, 6]) };
    const { classes } = relevanceOf(pairData("test", pairs, { labels: "optional" }), false);
    const groups = Array.from(classes, (group) => Array.from(classes).indexOf(group));
    expect(groups).toEqual([0, 0, 0, 3, 3, 5]);
  });

  it("weighs components by their correlation to a power", async () => {
    const pairs = noisyViews(60, 1);
    const fit = (power: number) => CoSMat.fit(pairs, { corrProj: { components: 2 }, power, tune: false });
    const [plain, squared] = [await fit(0), await fit(2)];
    const first = (model: CoSMat) => model.embedImage(pairs.images).data[0]!;
    const share = first(squared) / first(plain);
    // ρ² of the first component, which lies in (0, 1)
    expect(share).toBeGreaterThan(0.5);
    expect(share).toBeLessThan(1);
  });

  it("is told apart from a missing field; SM says that it needs labels", async () => {
    const { images } = noisyViews(20, 1);
    await expect(CoSMat.fit({ images } as never)).rejects.toThrow(
      new ValueError(
        "CoSMat.fit: pairs.texts must be a matrix { rows, columns, data } with data in a typed array, got undefined",
      ),
    );
    await expect(SemanticMatching.fit(noisyViews(20, 1) as never)).rejects.toThrow(
      new ValueError(
        "SemanticMatching.fit: pairs.labels must be given, got undefined; CanonicalCorrelation and CoSMat take pairs without classes",
      ),
    );
    await expect(CoSMat.fit(noisyViews(20, 1), { corrproj: {} } as never)).rejects.toThrow(
      new ValueError('CoSMat.fit: unknown option "corrproj"; did you mean "corrProj"?'),
    );
  });
});

describe("parts of tuning", () => {
  it("folds keep a whole example of every class for fitting, and hold out each other pair once", () => {
    const pairs = threeClassPairs(30, 1);
    const folds = makeFolds(pairData("test", pairs, { labels: "optional" }), {
      folds: 3,
      seed: 0,
      limit: 100,
    })!;
    expect(folds.map(({ heldOut }) => heldOut.images.rows)).toEqual([9, 9, 9]);
    for (const { train, heldOut } of folds) {
      expect(new Set(Array.from(train.labels)).size).toBe(3);
      expect(train.images.rows + heldOut.images.rows).toBe(30);
    }
  });

  it("knows the score of a random order: all relevant 1, one of two ¾", () => {
    const byClass = (classes: number[]) => chanceScore({ measure: "MAP", classes });
    expect(byClass([0, 0, 0, 0, 0])).toBeCloseTo(1, 12);
    expect(byClass([0, 1])).toBeCloseTo(0.75, 12);
    expect(chanceScore(byPair(2))).toBeCloseTo((1 + 1 / 2) / 2, 12);
    // The first of two among three is first with 2/3, else second.
    expect(chanceScore({ measure: "mean reciprocal rank", classes: [0, 0, 1] })).toBeCloseTo(
      (2 / 3) * (2 / 3 + 1 / 3 / 2) + (1 / 3) * ((1 + 1 / 2 + 1 / 3) / 3),
      12,
    );
  });

  it("searches one setting at a time, and tries nothing twice", async () => {
    const start = { images: {}, texts: {}, components: 1, ridge: 1, imageRidge: 1, textRidge: 1, power: 0 };
    const tried: string[] = [];
    const { best, trials } = await coordinateSearch(
      start,
      { components: [1, 2, 3], ridge: [1, 10] },
      async ({ components, ridge }) => {
        tried.push(`${components} ${ridge}`);
        return -Math.abs(components - 2) - Math.abs(ridge - 10);
      },
    );
    expect(best.settings).toMatchObject({ components: 2, ridge: 10 });
    expect(new Set(tried).size).toBe(tried.length);
    expect(trials).toHaveLength(tried.length);
  });
});
