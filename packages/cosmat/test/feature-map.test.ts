import { ShapeError, ValueError } from "@wayweave/geo-core";
import { timesTransposed } from "@wayweave/numeric";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CoSMat } from "../src/model/cosmat.js";
import { chiSquaredKernel, FeatureMap } from "../src/model/feature-map.js";
import { matrix, threeClassPairs } from "./support.js";

describe("FeatureMap", () => {
  it("takes roots, then scales rows to length 1", () => {
    const rows = matrix([
      [9, 16],
      [0, 0],
    ]);
    // √9 = 3 and √16 = 4, over √(3² + 4²) = 5; a row of zeros stays one
    const map = FeatureMap.fit(rows, { root: true, unitLength: true });
    expect([...map.transform(rows).data]).toEqual([0.6, 0.8, 0, 0]);
  });

  it("standardises by the fitted rows; a column that does not vary is only centred", () => {
    const map = FeatureMap.fit(
      matrix([
        [1, 5],
        [3, 5],
      ]),
      { standardize: true },
    );
    // mean 2, deviation 1 (divisor n); the second column has deviation 0
    expect([...map.transform(matrix([[4, 6]])).data]).toEqual([2, 1]);
  });

  it("does not blow up the rounding of a constant column's mean", () => {
    // Six sixths of 0.1 add up to a little less: the deviation is some 1e-17, not 0. The second column varies by 1e-9 of itself.
    const rows = matrix([0, 2e-9, 0, 2e-9, 0, 2e-9].map((more) => [0.1, 1 + more]));
    const map = FeatureMap.fit(rows, { standardize: true });
    const [constant, varying] = map.transform(matrix([[0.2, 1 + 2e-9]])).data;
    expect(constant).toBeCloseTo(0.1, 12);
    // mean 1 + 1e-9, deviation 1e-9
    expect(varying).toBeCloseTo(1, 5);
  });

  it("knows the χ² kernel of two histograms by hand", () => {
    // (1 − 0)²/1 + (0 − 1)²/1 = 2; bins that are empty in both add nothing
    const kernel = chiSquaredKernel(matrix([[1, 0, 0]]), matrix([[0, 1, 0]]), 0.5);
    expect(kernel.data[0]).toBeCloseTo(Math.exp(-1), 12);
  });

  it.each([
    ["cubes overflow", 1e102, 1e-102],
    ["squares vanish", 1e-165, 1e165],
    ["nothing is special", 1, 1],
  ])("law: the kernel is that of Σ (x − z)² / (x + z), where %s", (_, unit, gamma) => {
    const count = fc.integer({ min: 0, max: 5 });
    const row = (columns: number) => fc.array(count, { minLength: columns, maxLength: columns });
    const rows = fc.integer({ min: 1, max: 7 }).chain((columns) => fc.tuple(row(columns), row(columns)));
    fc.assert(
      fc.property(rows, ([x, z]) => {
        let distance = 0;
        x.forEach((a, k) => {
          const b = z[k]!;
          if (a + b > 0) distance += (a - b) ** 2 / (a + b);
        });
        const scaled = (entries: number[]) => matrix([entries.map((entry) => entry * unit)]);
        expect(chiSquaredKernel(scaled(x), scaled(z), gamma).data[0]).toBeCloseTo(Math.exp(-distance), 12);
      }),
    );
  });

  it("has dot products that equal the χ² kernel when every row is a landmark", () => {
    const { images } = threeClassPairs(30, 1);
    const features = FeatureMap.fit(images, { chiSquared: { gamma: 2 } }).transform(images);
    const exact = chiSquaredKernel(images, images, 2);
    timesTransposed(features, features).data.forEach((value, i) => {
      expect(value).toBeCloseTo(exact.data[i]!, 6);
    });
  });

  it("law: rows are mapped one by one", () => {
    const { images } = threeClassPairs(20, 2);
    const map = FeatureMap.fit(images, { root: true, chiSquared: { landmarks: 6, seed: 3 } });
    const all = map.transform(images);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 19 }), (i) => {
        const row = { rows: 1, columns: 8, data: images.data.subarray(8 * i, 8 * i + 8) };
        const alone = map.transform(row).data;
        expect([...alone]).toEqual([...all.data.subarray(i * all.columns, (i + 1) * all.columns)]);
      }),
    );
  });

  it("refuses negative entries where it needs histograms, other widths, and contradictory options", () => {
    const map = FeatureMap.fit(matrix([[1, 2]]), { root: true });
    expect(() => map.transform(matrix([[1, -1]]))).toThrow(
      new ValueError("FeatureMap.transform: rows row 0, entry [1] must be at least 0 for root, got -1"),
    );
    expect(() => map.transform(matrix([[1]]))).toThrow(
      new ShapeError("FeatureMap.transform: rows must have 2 columns, got 1"),
    );
    expect(() => FeatureMap.fit(matrix([[1, 2]]), { standardize: true, chiSquared: {} })).toThrow(ValueError);
  });

  it("names the pair and the entry that are negative, also in choices; rows without the modality do not count", async () => {
    const { images, texts, labels } = threeClassPairs(30, 1);
    const data = Float64Array.from(images.data);
    data[3 * images.columns + 2] = -0.1;
    const broken = { images: { ...images, data }, texts, labels };
    const features = { images: { chiSquared: {} } };
    const message = "CoSMat.fit: images row 3, entry [2] must be at least 0 for chiSquared, got -0.1";
    await expect(CoSMat.fit(broken, { features })).rejects.toThrow(message);
    await expect(CoSMat.fit(broken, { tune: { images: [{}, { chiSquared: {} }] } })).rejects.toThrow(message);
    const hasImage = labels.map((_, i) => (i === 3 ? 0 : 1));
    const model = await CoSMat.fit({ ...broken, hasImage }, { features, tune: false });
    expect(() => model.embedImage(broken.images)).toThrow(
      "CoSMat.embedImage: images row 3, entry [2] must be at least 0 for chiSquared, got -0.1",
    );
  });
});
