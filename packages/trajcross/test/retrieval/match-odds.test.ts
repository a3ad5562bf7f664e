import { describe, expect, it } from "vitest";
import { fitOdds, type OddsCase } from "../../src/retrieval/fit-odds.js";
import {
  matchFeatures,
  noneFeatures,
  type OddsWeights,
  oddsOf,
  probabilitiesOf,
} from "../../src/retrieval/match-odds.js";

const reading = {
  columns: 2,
  rows: 1,
  line: Float32Array.of(0.5, 1),
  ends: Float32Array.of(0, 0.25),
};
const weights: OddsWeights = {
  overlapOdds: 0,
  overlap: 1,
  contrast: 0,
  endsSeen: 0,
  endsMissed: 0,
  none: Math.log(2),
  noneCertain: 0,
  noneEnds: 0,
};

describe("probabilitiesOf", () => {
  it("weighs all tracks and none against each other: odds of 3, 1 and 2", () => {
    const shares = probabilitiesOf([{ odds: Math.log(3) }, { odds: 0 }], reading, weights);
    expect(shares[0]).toBeCloseTo(3 / 6, 9);
    expect(shares[1]).toBeCloseTo(1 / 6, 9);
  });

  it("is finite whatever the odds, and empty without tracks", () => {
    expect(probabilitiesOf([{ odds: 4000 }, { odds: -4000 }], reading, weights)).toEqual([1, 0]);
    expect(probabilitiesOf([], reading, weights)).toEqual([]);
  });
});

describe("noneFeatures", () => {
  it("tells how sure the reader is: Σ p² / Σ p = 1.25 / 1.5, and its surest end", () => {
    const [constant, certain, surest] = noneFeatures(reading);
    expect([constant, surest]).toEqual([1, 0.25]);
    expect(certain).toBeCloseTo(1.25 / 1.5, 6);
  });
});

function match(overlap: number, contrast: number, seen: number) {
  const registration = { shiftX: 0, shiftY: 0, scaleX: 1, scaleY: 1 };
  return { index: 0, overlap, contrast, ends: { seen, missed: 1 }, registration };
}
const features = (...values: [number, number, number]) => matchFeatures(match(...values));

describe("matchFeatures", () => {
  it("has the log odds of the overlap, .75 / .25 = 3, not beyond .98", () => {
    expect(features(0.75, 0.2, 0)[0]).toBeCloseTo(Math.log(3), 9);
    expect(features(1, 0.2, 0)[0]).toBeCloseTo(Math.log(0.98 / 0.02), 9);
  });
});

describe("fitOdds", () => {
  it("learns that overlap speaks for a track, and that none is right where nothing overlaps", () => {
    const cases: OddsCase[] = Array.from({ length: 40 }, (_, i) => {
      const others = [features(0.1 + (i % 5) / 20, 0.2, 0), features(0.2, 0.3, 0.1)];
      const none = [1, 0.5, 0.5];
      return { none, others, right: i % 2 === 0 ? features(0.8 + (i % 3) / 20, 0.25, 0.1) : undefined };
    });
    const { weights: fitted, first } = fitOdds(cases);
    expect(first).toBe(20);
    const oddsAt = (overlap: number) => oddsOf(match(overlap, 0.25, 0.1), fitted);
    expect(oddsAt(0.85) - oddsAt(0.2)).toBeGreaterThan(3);
    // As sure of the line and of its ends as in the cases.
    const alike = { ...reading, line: Float32Array.of(0.5, 0.5), ends: Float32Array.of(0.5, 0.5) };
    expect(probabilitiesOf([{ odds: oddsAt(0.85) }], alike, fitted)[0]).toBeGreaterThan(0.5);
    expect(probabilitiesOf([{ odds: oddsAt(0.2) }], alike, fitted)[0]).toBeLessThan(0.5);
  });
});
