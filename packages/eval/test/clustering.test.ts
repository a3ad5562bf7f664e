import { Random, ValueError } from "@wayweave/geo-core";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  adjustedMutualInformation,
  adjustedRandIndex,
  confusionMatrix,
  contingencyTable,
  matchClusters,
  nmi,
  pairCounts,
  purity,
  randIndex,
  uacc,
} from "../src/index.js";

const metrics = {
  uacc,
  nmi,
  randIndex,
  adjustedRandIndex,
  adjustedMutualInformation,
  purity,
};
const all = Object.entries(metrics).map(([name, metric]) => ({ name, metric }));

const label = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constantFrom("a", "b", "1"));
const twoLabellings = fc
  .array(fc.tuple(label, label), { minLength: 1, maxLength: 40 })
  .map((pairs) => ({ a: pairs.map(([x]) => x), b: pairs.map(([, y]) => y) }));

describe.each(all)("$name", ({ metric }) => {
  it("is 1 for the same partition under other names", () => {
    fc.assert(
      fc.property(twoLabellings, ({ a }) => {
        expect(metric(a, a)).toBe(1);
        expect(
          metric(
            a,
            a.map((x) => `cluster ${typeof x} ${x}`),
          ),
        ).toBe(1);
      }),
    );
  });

  it("does not depend on the order of the items", () => {
    fc.assert(
      fc.property(twoLabellings, fc.nat(1000), ({ a, b }, seed) => {
        const order = [...new Random(seed).permutation(a.length)];
        const permuted = metric(
          order.map((i) => a[i]!),
          order.map((i) => b[i]!),
        );
        expect(permuted).toBeCloseTo(metric(a, b), 10);
      }),
    );
  });

  it("does not depend on the labels' names", () => {
    fc.assert(
      fc.property(twoLabellings, ({ a, b }) => {
        const renamed = b.map((x) => (typeof x === "string" ? x.charCodeAt(0) : `n${x}`));
        expect(metric(a, renamed)).toBeCloseTo(metric(a, b), 10);
      }),
    );
  });

  it("is at most 1", () => {
    fc.assert(fc.property(twoLabellings, ({ a, b }) => metric(a, b) <= 1));
  });
});

describe.each(all.filter(({ name }) => name !== "purity"))("$name, symmetric", ({ metric }) => {
  it("treats both labellings alike", () => {
    fc.assert(
      fc.property(twoLabellings, ({ a, b }) => {
        expect(metric(b, a)).toBeCloseTo(metric(a, b), 10);
      }),
    );
  });
});

describe.each(all.filter(({ name }) => !name.startsWith("adjusted")))("$name, bounded", ({ metric }) => {
  it("is at least 0", () => {
    fc.assert(fc.property(twoLabellings, ({ a, b }) => metric(a, b) >= 0));
  });
});

describe.each(all.filter(({ name }) => name.startsWith("adjusted")))("$name, adjusted", ({ metric }) => {
  it("is about 0 for unrelated labellings", () => {
    const random = new Random(1);
    let sum = 0;
    for (let trial = 0; trial < 100; trial++) {
      const a = Array.from({ length: 200 }, () => random.integer(4));
      const b = Array.from({ length: 200 }, () => random.integer(7));
      sum += metric(a, b);
    }
    expect(Math.abs(sum / 100)).toBeLessThan(0.002);
  });
});

describe("clustering metrics by hand", () => {
  it("counts every pair as a look at each pair does", () => {
    fc.assert(
      fc.property(twoLabellings, ({ a, b }) => {
        const counted = { bothSame: 0, classOnly: 0, clusterOnly: 0, bothDifferent: 0 };
        for (let i = 0; i < a.length; i++) {
          for (let j = i + 1; j < a.length; j++) {
            const sameClass = a[i] === a[j];
            const sameCluster = b[i] === b[j];
            if (sameClass && sameCluster) counted.bothSame++;
            else if (sameClass) counted.classOnly++;
            else if (sameCluster) counted.clusterOnly++;
            else counted.bothDifferent++;
          }
        }
        expect(pairCounts(a, b)).toEqual(counted);
      }),
    );
  });

  it("matches clusters as trying every matching does", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(3), fc.nat(4)), { minLength: 1, maxLength: 25 }), (pairs) => {
        let best = 0;
        const tryAll = (cluster: number, free: number[], matched: number): void => {
          best = Math.max(best, matched);
          if (cluster > 4) return;
          tryAll(cluster + 1, free, matched);
          for (const c of free) {
            const gain = pairs.filter(([x, y]) => x === c && y === cluster).length;
            tryAll(
              cluster + 1,
              free.filter((other) => other !== c),
              matched + gain,
            );
          }
        };
        tryAll(0, [0, 1, 2, 3], 0);
        const score = uacc(
          pairs.map(([x]) => x),
          pairs.map(([, y]) => y),
        );
        expect(score).toBeCloseTo(best / pairs.length, 12);
      }),
    );
  });

  it("uacc: one cluster too many counts as wrong", () => {
    // Classes 4 + 2; the first is split 3 + 1, and the 1 finds no class left: (3 + 2) / 6.
    expect(uacc([0, 0, 0, 0, 1, 1], ["a", "a", "a", "b", "c", "c"])).toBeCloseTo(5 / 6, 15);
    expect(matchClusters([0, 0, 0, 0, 1, 1], ["a", "a", "a", "b", "c", "c"])).toEqual(
      new Map([
        ["a", 0],
        ["c", 1],
      ]),
    );
  });

  it("nmi: halves against a half and two quarters", () => {
    // H = ln 2, H′ = ½ ln 2 + 2 · ¼ ln 4 = 1.5 ln 2, I = ln 2: 1 / √1.5.
    expect(nmi([0, 0, 1, 1], [0, 0, 1, 2])).toBeCloseTo(1 / Math.sqrt(1.5), 14);
    expect(nmi([0, 0, 1, 1], [0, 0, 1, 2], { normalization: "max" })).toBeCloseTo(1 / 1.5, 14);
    expect(nmi([0, 0, 1, 1], [0, 0, 1, 2], { normalization: "min" })).toBe(1);
    expect(nmi([0, 0, 0], [0, 1, 2])).toBe(0);
  });

  it('keeps 1 and "1" apart, and sorts numbers before strings', () => {
    const { labels, counts } = confusionMatrix([1, "1", 10, 2], [1, 1, 10, "1"]);
    expect(labels).toEqual([1, 2, 10, "1"]);
    // Rows 1, 2, 10, "1": 1→1, 2→"1", 10→10, "1"→1.
    expect([...counts]).toEqual([1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 1, 0, 0, 0]);
    expect(contingencyTable([7, 7, 9], ["x", "y", "y"])).toEqual({
      classes: [7, 9],
      clusters: ["x", "y"],
      counts: Float64Array.of(1, 1, 0, 1),
    });
  });

  it("stays exact where a million items' pairs pass 2³²", () => {
    const n = 1_000_000;
    const classes = new Uint8Array(n).map((_, i) => i % 2);
    const { bothSame, bothDifferent, classOnly, clusterOnly } = pairCounts(classes, new Uint8Array(n));
    expect(bothSame).toBe(2 * ((500_000 * 499_999) / 2));
    expect(clusterOnly).toBe(500_000 ** 2);
    expect([classOnly, bothDifferent]).toEqual([0, 0]);
  });

  it("counts large tables as it counts small ones", () => {
    // 3,000 × 3,000 labels: beyond the dense table. Shifting a class of one leaves every pair of items apart.
    const a = Array.from({ length: 6000 }, (_, i) => i % 3000);
    const b = a.map((x) => 5 * x);
    expect(randIndex(a, b)).toBe(1);
    expect(adjustedMutualInformation(a, b)).toBe(1);
    b[0] = 5; // item 0 joins class 1's pair: loses 1 pair, gains 2
    expect(pairCounts(a, b)).toMatchObject({ bothSame: 2999, classOnly: 1, clusterOnly: 2 });
  });

  it("names what is wrong", () => {
    expect(() => uacc([], [])).toThrow("uacc: labelsTrue must hold at least one label, got 0");
    expect(() => nmi([1, 2], [1])).toThrow("nmi: labelsPredicted must have length 2, got 1");
    expect(() => randIndex([1.5], [1])).toThrow(
      "randIndex: labelsTrue[0] must be an integer or a string, got 1.5",
    );
    expect(() => nmi([1], [1], { normalization: "sum" as "min" })).toThrow(
      'nmi: normalization must be one of sqrt, arithmetic, min, max, got "sum"',
    );
    const many = Uint32Array.from({ length: 2001 }, (_, i) => i);
    expect(() => uacc(many, many)).toThrow("uacc: classes × clusters must be at most 4000000, got 4004001");
  });
});

describe("what is no list of labels", () => {
  const none = undefined as unknown as number[];
  it.each([
    ["uacc", () => uacc(none, [0])],
    ["adjustedRandIndex", () => adjustedRandIndex([0], none)],
    ["nmi", () => nmi(none, none)],
    ["purity", () => purity("01" as unknown as number[], [0, 1])],
    ["confusionMatrix", () => confusionMatrix(none, [0])],
  ])("%s: is named", (name, call) => {
    expect(call).toThrow(ValueError);
    expect(call).toThrow(new RegExp(`^${name}: labels(True|Predicted) must be an array of labels, got`));
  });
});
