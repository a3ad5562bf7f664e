import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  adjustedMutualInformation,
  adjustedRandIndex,
  averagePrecision,
  confusionMatrix,
  elbow,
  mutualInformation,
  type Normalization,
  ndcg,
  nmi,
  purity,
  randIndex,
  rankByScore,
  silhouette,
  silhouetteSamples,
  uacc,
} from "../src/index.js";

interface Golden {
  readonly clusterings: readonly {
    readonly name: string;
    readonly true: readonly number[];
    readonly predicted: readonly number[];
    readonly uacc: number;
    readonly purity: number;
    readonly randIndex: number;
    readonly adjustedRandIndex: number;
    readonly mutualInformation: number;
    readonly nmi: Readonly<Record<Normalization, number>>;
    readonly ami: Readonly<Record<Normalization, number>>;
    readonly confusion: readonly number[] | null;
  }[];
  readonly silhouette: {
    readonly points: readonly number[];
    readonly columns: number;
    readonly labels: readonly number[];
    readonly silhouette: number;
    readonly samples: readonly number[];
  };
  readonly rankings: readonly {
    readonly scores: readonly number[];
    readonly relevant: readonly number[];
    readonly grades: readonly number[];
    readonly averagePrecision: number;
    readonly ndcg: number;
    readonly ndcg5: number;
    readonly ndcgExponential: number;
  }[];
  readonly elbows: readonly { readonly ks: number[]; readonly errors: number[]; readonly knee: number }[];
}

/** Values of scikit-learn and kneed; the script and versions stand in the file. */
const golden: Golden = JSON.parse(readFileSync(new URL("golden/metrics.json", import.meta.url), "utf8"));
const normalizations = ["sqrt", "arithmetic", "min", "max"] as const;

describe.each(golden.clusterings)("clustering metrics as scikit-learn: $name", (reference) => {
  const { true: labelsTrue, predicted } = reference;

  it("pairs, matching and purity", () => {
    expect(uacc(labelsTrue, predicted)).toBeCloseTo(reference.uacc, 14);
    expect(purity(labelsTrue, predicted)).toBeCloseTo(reference.purity, 14);
    expect(randIndex(labelsTrue, predicted)).toBeCloseTo(reference.randIndex, 14);
    expect(adjustedRandIndex(labelsTrue, predicted)).toBeCloseTo(reference.adjustedRandIndex, 12);
    if (reference.confusion !== null) {
      expect([...confusionMatrix(labelsTrue, predicted).counts]).toEqual(reference.confusion);
    }
  });

  it.each(normalizations)("information, %s", (normalization) => {
    expect(mutualInformation(labelsTrue, predicted)).toBeCloseTo(reference.mutualInformation, 12);
    expect(nmi(labelsTrue, predicted, { normalization })).toBeCloseTo(reference.nmi[normalization], 12);
    // Where every item is alone and the lesser entropy divides, AMI is 0/0: scikit-learn's value is rounding noise.
    if (reference.name === "every item alone" && normalization === "min") return;
    expect(adjustedMutualInformation(labelsTrue, predicted, { normalization })).toBeCloseTo(
      reference.ami[normalization],
      11,
    );
  });
});

describe("silhouette as scikit-learn", () => {
  const { points, columns, labels, ...reference } = golden.silhouette;
  const items = { data: Float64Array.from(points), rows: labels.length, columns };

  it("of points", () => {
    expect(silhouette(items, labels)).toBeCloseTo(reference.silhouette, 12);
    silhouetteSamples(items, labels).values.forEach((value, i) => {
      expect(value).toBeCloseTo(reference.samples[i]!, 12);
    });
  });

  it("of the same points' distances", () => {
    const distances: number[] = [];
    for (let i = 0; i < labels.length; i++) {
      for (let j = i + 1; j < labels.length; j++) {
        let squared = 0;
        for (let c = 0; c < columns; c++)
          squared += (points[i * columns + c]! - points[j * columns + c]!) ** 2;
        distances.push(Math.sqrt(squared));
      }
    }
    const precomputed = { distances: Float64Array.from(distances), n: labels.length };
    expect(silhouette(precomputed, labels)).toBeCloseTo(reference.silhouette, 12);
  });
});

describe.each(golden.rankings)("rankings as scikit-learn", (reference) => {
  it(`of ${reference.scores.length} items`, () => {
    const relevance = rankByScore(reference.scores, reference.relevant);
    const grades = rankByScore(reference.scores, reference.grades);
    expect(averagePrecision(relevance)).toBeCloseTo(reference.averagePrecision, 12);
    expect(ndcg(grades)).toBeCloseTo(reference.ndcg, 12);
    expect(ndcg(grades, { k: 5 })).toBeCloseTo(reference.ndcg5, 12);
    expect(ndcg(grades, { gain: "exponential" })).toBeCloseTo(reference.ndcgExponential, 12);
  });
});

describe.each(golden.elbows)("elbow as kneed", ({ ks, errors, knee }) => {
  it(`at ${knee}`, () => expect(elbow(ks, errors)).toBe(knee));
});
