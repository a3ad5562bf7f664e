import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { describeExtent, evaluateExtent, fitExtent, isFixed } from "../../src/export/extent.js";

/** The corners of a box in binary order, and one more point, as `exportOnnx` records them. */
const recordings = [
  [101, 109],
  [103, 109],
  [101, 113],
  [103, 113],
  [107, 127],
];

describe("fitExtent", () => {
  it("finds every formula with whole factors", () => {
    const factor = fc.integer({ min: -50, max: 50 });
    fc.assert(
      fc.property(factor, factor, factor, factor, (c, b, t, bt) => {
        const values = recordings.map(([batch, time]) => c + b * batch! + t * time! + bt * batch! * time!);
        const extent = fitExtent(values, recordings)!;
        for (const [batch, time] of [
          [1, 1],
          [4, 9],
          [1000, 3],
        ] as const) {
          expect(evaluateExtent(extent, [batch, time])).toBe(c + b * batch + t * time + bt * batch * time);
        }
        expect(isFixed(extent)).toBe(b === 0 && t === 0 && bt === 0);
      }),
    );
  });

  it("finds none where there is none: squares, halves, a value that breaks the pattern", () => {
    expect(
      fitExtent(
        recordings.map(([batch]) => batch! ** 2),
        recordings,
      ),
    ).toBeUndefined();
    expect(
      fitExtent(
        recordings.map(([batch]) => (batch! - 1) / 2),
        recordings,
      ),
    ).toBeUndefined();
    expect(fitExtent([101, 103, 101, 103, 106], recordings)).toBeUndefined();
  });

  it("describes a formula for people", () => {
    const describe = (of: (batch: number, time: number) => number) =>
      describeExtent(
        fitExtent(
          recordings.map(([batch, time]) => of(batch!, time!)),
          recordings,
        )!,
        ["batch", "time"],
      );
    expect(describe((batch) => batch)).toBe("batch");
    expect(describe((batch, time) => 2 * batch * time - 3)).toBe("2*batch*time - 3");
    expect(describe(() => 0)).toBe("0");
  });
});
