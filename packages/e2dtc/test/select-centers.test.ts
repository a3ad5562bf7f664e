import { haversineMeters, Random } from "@wayweave/geo-core";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { selectCenters } from "../src/ground-truth/select-centers.js";
import { setOf } from "./helpers.js";

describe("selectCenters", () => {
  it("takes the most visited cells, skipping those too near, by hand", () => {
    // Cells of side 10 with (0, 0) in the middle of the first: x = 0, 10 and 50 are middles of cells 0, 1 and 5.
    const set = setOf(
      [
        [
          [0, 0],
          [10, 0],
          [50, 0],
        ],
        [
          [10, 0],
          [0, 0],
        ],
        [
          [10, 0],
          [50, 0],
          [10, 0],
        ], // two visits of x = 10
      ],
      "planar",
    );
    // Visits: x = 10: 1 + 1 + 2, x = 0: 2, x = 50: 2. From 10, 0 is too near.
    const centers = selectCenters(set, { k: 2, cellSizeMeters: 10, minDistanceMeters: 15 });
    expect([...centers].map((x) => Math.round(x))).toEqual([10, 0, 50, 0]);
  });

  it("counts a stay in a cell once, however long", () => {
    const stay = Array.from({ length: 100 }, (): [number, number] => [0, 0]);
    const set = setOf(
      [
        stay,
        [
          [50, 0],
          [0, 50],
          [50, 0],
        ],
      ],
      "planar",
    );
    const centers = selectCenters(set, { k: 1, cellSizeMeters: 10, minDistanceMeters: 1 });
    expect([...centers].map((x) => Math.round(x))).toEqual([50, 0]);
  });

  it("keeps the distance, between cell centres on the globe", () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.integer({ min: 300, max: 3000 }), (seed, minDistanceMeters) => {
        const random = new Random(seed);
        const set = setOf(
          Array.from({ length: 40 }, () =>
            Array.from({ length: 5 }, (): [number, number] => [
              116.3 + 0.2 * random.next(),
              39.9 + 0.2 * random.next(),
            ]),
          ),
        );
        const centers = selectCenters(set, { k: 5, minDistanceMeters });
        for (let i = 0; i < 5; i++) {
          for (let j = i + 1; j < 5; j++) {
            const distance = haversineMeters(
              centers[2 * i]!,
              centers[2 * i + 1]!,
              centers[2 * j]!,
              centers[2 * j + 1]!,
            );
            expect(distance).toBeGreaterThanOrEqual(minDistanceMeters);
          }
        }
        expect(selectCenters(set, { k: 5, minDistanceMeters })).toEqual(centers);
        expect(selectCenters(set, { k: 3, minDistanceMeters })).toEqual(centers.slice(0, 6));
      }),
    );
  });

  it("names what is wrong", () => {
    const set = setOf(
      [
        [
          [0, 0],
          [10, 0],
        ],
      ],
      "planar",
    );
    expect(() => selectCenters(set, { k: 3, cellSizeMeters: 5, minDistanceMeters: 8 })).toThrow(
      "selectCenters: k must be at most the 2 visited cells at least 8 m apart, got 3",
    );
  });
});
