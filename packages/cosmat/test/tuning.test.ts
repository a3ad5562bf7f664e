import { Random, ValueError } from "@wayweave/geo-core";
import { describe, expect, it, vi } from "vitest";
import { CanonicalCorrelation } from "../src/baselines/canonical-correlation.js";
import { SemanticMatching } from "../src/baselines/semantic-matching.js";
import { CoSMat } from "../src/model/cosmat.js";
import { pairData } from "../src/model/pair-data.js";
import type { Pairs } from "../src/model/pairs.js";
import { coordinateSearch } from "../src/model/tuning/coordinate-search.js";
import { makeFolds } from "../src/model/tuning/folds.js";
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
        undefined,
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
      undefined,
    );
    expect(score).toBeGreaterThan(5 * chanceScore(50, undefined));
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
    expect(chanceScore(5, [0, 0, 0, 0, 0])).toBeCloseTo(1, 12);
    expect(chanceScore(2, undefined)).toBeCloseTo((1 + 1 / 2) / 2, 12);
    expect(chanceScore(2, [0, 1])).toBeCloseTo(0.75, 12);
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
