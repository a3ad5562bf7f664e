import { Random, ShapeError, ValueError } from "@wayweave/geo-core";
import { describe, expect, it } from "vitest";
import { assign, changedShare, targetDistribution } from "../src/model/assignment.js";
import { seedClusters } from "../src/starts/seeding.js";
import { setOf } from "./helpers.js";

describe("assign", () => {
  it("is Student's t of the squared distances (eq. 9)", () => {
    // Distances² of (0, 0) to (1, 0) and (0, 3): 1 and 9 → 1/2 and 1/10 → 5/6 and 1/6.
    const { soft, labels } = assign({ data: Float32Array.of(0, 0), rows: 1, columns: 2 }, [1, 0, 0, 3]);
    expect(soft[0]).toBeCloseTo(5 / 6, 6);
    expect(soft[1]).toBeCloseTo(1 / 6, 6);
    expect([...labels]).toEqual([0]);
  });

  it("takes the first of equal clusters", () => {
    expect([...assign({ data: Float32Array.of(1), rows: 1, columns: 1 }, [0, 2, 0]).labels]).toEqual([0]);
  });

  it("shares a row out that is so far from all clusters that similarities vanish", () => {
    // Distances of 1e200 and 5e199: squares as 4 to 1, similarities as 1 to 4.
    const far = { data: Float64Array.of(1e200, 0), rows: 1, columns: 2 };
    const { soft, labels } = assign(far, [0, 0, 5e199, 0]);
    expect(soft[0]).toBeCloseTo(1 / 5, 6);
    expect(soft[1]).toBeCloseTo(4 / 5, 6);
    expect([...labels]).toEqual([1]);
    // 3.4e38, the largest float32: its similarity of 1e-77 is none in float32.
    const edge = assign({ data: Float32Array.of(3e38), rows: 1, columns: 1 }, [0, 3, -3e38]);
    expect(Array.from(edge.soft, (share) => Math.round(share * 1e6) / 1e6)).toEqual([
      0.444444, 0.444444, 0.111111,
    ]);
  });
});

describe("assign and targetDistribution", () => {
  const row = { data: Float32Array.of(1, 2), rows: 1, columns: 2 };

  it("name what is wrong", () => {
    expect(() => assign({ ...row, rows: 2 }, [1, 2])).toThrow(
      new ShapeError("assign: matrix.data must have length 4, got 2"),
    );
    expect(() => assign(row, [1, 2, 3])).toThrow(
      new ShapeError("assign: centers must have a length that is a multiple of 2, got 3"),
    );
    expect(() => assign(row, [1, Number.NaN])).toThrow(
      new ValueError("assign: centers[1] must be finite, got NaN"),
    );
    expect(() => targetDistribution(Float32Array.of(0.5, 0.5, 0.5, 0.5), 3)).toThrow(
      new ShapeError("targetDistribution: soft must have a length that is a multiple of 3, got 4"),
    );
    expect(() => targetDistribution(Float32Array.of(1, 0, 0, 0), 2)).toThrow(
      new ValueError("targetDistribution: row 1 of soft must have an entry above 0, got none"),
    );
    expect(() => targetDistribution(Float32Array.of(1.5, -0.5), 2)).toThrow(
      new ValueError("targetDistribution: soft[1] must be at least 0, got -0.5"),
    );
  });
});

describe("targetDistribution", () => {
  it("gives a cluster without rows no share, instead of 0 / 0", () => {
    expect([...targetDistribution(Float32Array.of(1, 0, 0, 0, 1, 0), 3)]).toEqual([1, 0, 0, 0, 1, 0]);
  });

  it("squares and divides by the clusters' sizes (eq. 10)", () => {
    // f = (1.2, 0.8). Row 0: .64/1.2 = .5333, .04/.8 = .05 → .9143; row 1: .16/1.2 = .1333, .36/.8 = .45 → .2286.
    const target = targetDistribution(Float32Array.of(0.8, 0.2, 0.4, 0.6), 2);
    [0.9143, 0.0857, 0.2286, 0.7714].forEach((value, i) => {
      expect(target[i]).toBeCloseTo(value, 4);
    });
  });
});

it("changedShare counts labels that differ", () => {
  expect(changedShare(Uint32Array.of(0, 1, 2, 2), Uint32Array.of(0, 2, 2, 2))).toBe(0.25);
});

/** A wide cloud of 400 at (0, 0), narrow ones of 100 at (30, 0) and (36, 0). */
const uneven = [
  [400, 0, 4],
  [100, 30, 0.5],
  [100, 36, 0.5],
] as const;

/** Normal clouds on the x axis, each of so many rows, at a place, so wide. */
function clouds(places: readonly (readonly [count: number, x: number, width: number])[] = uneven) {
  const random = new Random(3);
  const data: number[] = [];
  for (const [count, x, width] of places) {
    for (let i = 0; i < count; i++) data.push(x + width * random.normal(), width * random.normal());
  }
  return { data: Float64Array.from(data), rows: data.length / 2, columns: 2 };
}

describe("seedClusters", () => {
  it("finds the three clouds, among the embeddings or among the places", async () => {
    // Trips of one point each stand where their embeddings do.
    const rows = clouds();
    const points = Array.from({ length: rows.rows }, (_, i): [number, number][] => [
      [rows.data[2 * i]!, rows.data[2 * i + 1]!],
    ]);
    for (const seeding of ["best", "densityPeaks", "places"] as const) {
      const { centers } = await seedClusters(setOf(points, "planar"), rows, { seeding, k: 3, seed: 1 });
      const x = [centers[0]!, centers[2]!, centers[4]!].sort((a, b) => a - b);
      expect(Math.round(x[1]!)).toBe(30);
      expect(Math.round(x[2]!)).toBe(36);
    }
  });
});

describe("seedClusters by farthestFirst", () => {
  it("finds clusters of 3 and 2 beside one of 400", async () => {
    const rows = clouds([
      [400, 0, 1],
      [3, 30, 1],
      [2, 60, 1],
    ]);
    const points = Array.from({ length: rows.rows }, (_, i): [number, number][] => [
      [rows.data[2 * i]!, rows.data[2 * i + 1]!],
    ]);
    for (const seeding of ["farthestFirst", "places", "best"] as const) {
      const { centers } = await seedClusters(setOf(points, "planar"), rows, { seeding, k: 3, seed: 1 });
      const x = [centers[0]!, centers[2]!, centers[4]!].sort((a, b) => a - b);
      expect(x.map((value) => Math.round(value / 10))).toEqual([0, 3, 6]);
    }
  });
});

describe("seedClusters by mostVisited", () => {
  it("starts where most trips stop, whatever the distances among the embeddings", async () => {
    // Two trips at each of three places 10 km apart, and one trip 1 km from the last; embeddings are their numbers.
    const at = (x: number): [number, number][] => [[x, 0]];
    const trips = [at(0), at(0), at(10_000), at(10_000), at(20_000), at(20_000), at(21_000)];
    const rows = { data: Float64Array.of(1, 3, 10, 20, 100, 200, 600), rows: 7, columns: 1 };
    const set = setOf(trips, "planar");
    const { centers } = await seedClusters(set, rows, { seeding: "mostVisited", k: 3, seed: 1 });
    // The mean embedding of the trips nearest to each place: (1 + 3)/2, (10 + 20)/2, (100 + 200 + 600)/3.
    expect([...centers].sort((a, b) => a - b)).toEqual([2, 15, 300]);
  });

  it("looks for places in the given cells", async () => {
    // In units of a tenth, places are 1,000 apart: nearer than 1,300, but not than 4⅓ cells of 30.
    const at = (x: number): [number, number][] => [[x, 0]];
    const set = setOf([at(0), at(0), at(1000), at(1000), at(2000)], "planar");
    const rows = { data: Float64Array.of(1, 3, 10, 20, 100), rows: 5, columns: 1 };
    const options = { seeding: "mostVisited", k: 3, seed: 1 } as const;
    const { centers } = await seedClusters(set, rows, { ...options, cellSizeMeters: 30 });
    expect([...centers].sort((a, b) => a - b)).toEqual([2, 15, 100]);
    await expect(seedClusters(set, rows, options)).rejects.toThrow(
      "selectCenters: k must be at most the 2 visited cells at least 1300 m apart, got 3",
    );
  });
});
