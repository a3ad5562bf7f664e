import { haversineMeters, Random } from "@wayweave/geo-core";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cellHistogramFeatures, centroidFeatures } from "../src/features/features.js";
import { setOf } from "./helpers.js";

describe("centroidFeatures", () => {
  it("is the mean position on the plane", () => {
    const set = setOf(
      [
        [
          [0, 0],
          [2, 4],
        ],
        [[5, 5]],
      ],
      "planar",
    );
    expect(centroidFeatures(set)).toEqual({ data: Float64Array.of(1, 2, 5, 5), rows: 2, columns: 2 });
  });

  it("is in metres: distances of centroids are those of the places, to a part in a thousand", () => {
    const a: [number, number] = [116.3, 39.9];
    const b: [number, number] = [116.5, 40.0];
    const { data } = centroidFeatures(setOf([[a], [b]]));
    const meters = Math.hypot(data[2]! - data[0]!, data[3]! - data[1]!);
    expect(Math.abs(meters / haversineMeters(...a, ...b) - 1)).toBeLessThan(1e-3);
  });

  it("joins places on both sides of the antimeridian", () => {
    const { data } = centroidFeatures(
      setOf([
        [
          [179.9, 0],
          [-179.9, 0],
        ],
        [[-179.9, 0]],
      ]),
    );
    expect(data[2]! - data[0]!).toBeCloseTo(0.1 * 111_195.08, -1);
  });

  it("names what is wrong", () => {
    expect(() => centroidFeatures(setOf([[[0, 0]], []]))).toThrow(
      "centroidFeatures: trajectory 1 must hold at least one point, got 0",
    );
    expect(() => centroidFeatures(setOf([]))).toThrow(
      "centroidFeatures: set must hold at least one trajectory, got 0",
    );
  });
});

describe("cellHistogramFeatures", () => {
  it("is each cell's share of the points, by hand", () => {
    // Cells of side 10 around x = 0, 10, 20.
    const set = setOf(
      [
        [
          [0, 0],
          [1, 0],
          [10, 0],
          [2, 0],
        ],
        [[20, 0]],
      ],
      "planar",
    );
    const histograms = cellHistogramFeatures(set, { cellSizeMeters: 10 });
    expect(histograms.rows).toBe(2);
    expect(histograms.columns).toBe(3);
    expect([...histograms.rowOffsets]).toEqual([0, 2, 3]);
    expect([...histograms.columnIndices]).toEqual([0, 1, 2]);
    expect([...histograms.values]).toEqual([0.75, 0.25, 1]);
    expect([...histograms.cellCenters].map((x) => Math.round(x))).toEqual([0, 0, 10, 0, 20, 0]);
  });

  it("sums to 1 a row, uses every column, and says where each is", () => {
    fc.assert(
      fc.property(fc.nat(1000), (seed) => {
        const random = new Random(seed);
        const points = Array.from({ length: 12 }, () =>
          Array.from({ length: 1 + random.integer(8) }, (): [number, number] => [
            -8.6 + 0.03 * random.next(),
            41.1 + 0.03 * random.next(),
          ]),
        );
        const { values, rowOffsets, columnIndices, columns, cellCenters } = cellHistogramFeatures(
          setOf(points),
        );
        expect(new Set(columnIndices).size).toBe(columns);
        for (let row = 0; row < 12; row++) {
          const sum = values.subarray(rowOffsets[row]!, rowOffsets[row + 1]!).reduce((a, b) => a + b, 0);
          expect(sum).toBeCloseTo(1, 12);
        }
        // 300 Mercator metres at 41° are 226 on the ground: a point is within half a diagonal, 160 m, of its cell's centre.
        const [lon, lat] = points[0]![0]!;
        const nearest = Math.min(
          ...Array.from({ length: columns }, (_, c) =>
            haversineMeters(lon, lat, cellCenters[2 * c]!, cellCenters[2 * c + 1]!),
          ),
        );
        expect(nearest).toBeLessThan(161);
      }),
    );
  });
});
