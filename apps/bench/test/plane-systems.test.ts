import { Random } from "@wayweave/geo-core";
import { describe, expect, it } from "vitest";
import { relevance } from "../src/experiments/cosmat/relevance.js";
import { convexHull, visitNearestFirst } from "../src/experiments/gmr-tree/systems/nearest-first.js";
import { buildFlatbush, PlaneScores } from "../src/experiments/gmr-tree/systems/plane-systems.js";
import { syntheticContext } from "./synthetic-context.js";

const random = new Random(1);
const objects = 700;
const dimensions = 4;
/** Rows of length 1. */
function unitRows(count: number): Float32Array {
  const rows = Array.from({ length: count }, () => {
    const row = Array.from({ length: dimensions }, () => random.normal());
    return row.map((value) => value / Math.hypot(...row));
  });
  return Float32Array.from(rows.flat());
}

const set = {
  spec: { objects, dimensions },
  positions: Float64Array.from({ length: 2 * objects }, () => random.normal()),
  vectors: unitRows(objects),
  queryPositions: Float64Array.from({ length: 40 }, () => random.normal()),
  queryVectors: unitRows(20),
};

describe("the R-Tree baseline", () => {
  const index = buildFlatbush(set);

  it("visits objects from the nearest on, each once, and stops when it is told to", () => {
    const seen: number[] = [];
    let last = 0;
    visitNearestFirst(index, 0.3, -0.2, (object, squared) => {
      expect(squared).toBeGreaterThanOrEqual(last);
      last = squared;
      seen.push(object);
      return true;
    });
    expect(new Set(seen).size).toBe(objects);
    let visits = 0;
    visitNearestFirst(index, 0, 0, () => ++visits < 5);
    expect(visits).toBe(5);
  });

  it("finds what brute force finds", () => {
    const plane = new PlaneScores(set, 0.5);
    for (let q = 0; q < 20; q++) {
      expect([...plane.nearestFirst(index, q, 7)]).toEqual([...plane.best(q, 7, objects, undefined).ids]);
    }
  });

  it("has the farthest object from anywhere among the corners of the hull", () => {
    const farthest = (points: Float64Array, x: number, y: number) => {
      let most = 0;
      for (let i = 0; i < points.length; i += 2)
        most = Math.max(most, Math.hypot(points[i]! - x, points[i + 1]! - y));
      return most;
    };
    const hull = convexHull(set.positions);
    expect(hull.length).toBeLessThan(set.positions.length / 10);
    for (const [x, y] of [
      [0, 0],
      [3, -1],
      [-9, 9],
    ] as const) {
      expect(farthest(hull, x, y)).toBe(farthest(set.positions, x, y));
    }
  });
});

it("cosmat/relevance: the tree answers as brute force does, and both halves together beat either on made-up themes", async () => {
  const rows = relevance.rows({ preset: "quick", parameters: relevance.presets.quick });
  const context = syntheticContext();
  const scores = new Map<string, Readonly<Record<string, number>>>();
  for (const row of rows.filter(({ system }) => system.includes("tag weights"))) {
    scores.set(row.system, relevance.score(await row.run(context)) as Record<string, number>);
  }
  const at = (mu: number) => scores.get(`GMR-Tree on tag weights, μ ${mu}`)!;
  for (const mu of [0, 0.5, 1]) expect(at(mu).recall10).toBeGreaterThan(0.98);
  expect(at(0.5).ndcg10).toBeGreaterThan(Math.max(at(0).ndcg10!, at(1).ndcg10!));
});
