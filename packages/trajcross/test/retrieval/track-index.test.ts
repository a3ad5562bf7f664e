import { createCrowd, Pace, Random, TrajectorySet } from "@wayweave/geo-core";
import { describe, expect, it } from "vitest";
import { shapeOf } from "../../src/retrieval/line-shape.js";
import { sampleLine } from "../../src/retrieval/sample-line.js";
import { trajectoryShapes } from "../../src/retrieval/shape-rows.js";
import { TrackIndex } from "../../src/retrieval/track-index.js";

const crowd = createCrowd({ seed: 5, frames: 150 });
const shapeOfLine = (coordinates: Float64Array) => {
  const { positions, weights } = sampleLine(coordinates, 128);
  return shapeOf(positions, weights);
};

describe("a line's shape", () => {
  const line = Float64Array.of(0, 0, 3, 0, 3, 4);

  it("is the same in both directions of travel", () => {
    const back = Float64Array.of(3, 4, 3, 0, 0, 0);
    const [a, b] = [shapeOfLine(line), shapeOfLine(back)];
    expect(b.centerX).toBeCloseTo(a.centerX, 9);
    a.quantiles.forEach((value, i) => {
      expect(b.quantiles[i]).toBeCloseTo(value, 4);
    });
  });

  it("counts a way out and back once", () => {
    const outAndBack = Float64Array.of(0, 0, 3, 0, 3, 4, 3, 0, 0, 0);
    const [a, b] = [shapeOfLine(line), shapeOfLine(outAndBack)];
    expect(Math.hypot(a.centerX - b.centerX, a.centerY - b.centerY)).toBeLessThan(0.1);
    expect(Math.abs(a.spread - b.spread)).toBeLessThan(0.1);
  });

  it("has the middle of its length as centre, also with coordinates of a web map", () => {
    // x: a length 3 about 1.5 and a length 4 at 3: (3·1.5 + 4·3) / 7; y: (3·0 + 4·2) / 7
    const far = line.map((value) => value + 1.5e7);
    const { centerX, centerY } = shapeOfLine(far);
    expect(centerX - 1.5e7).toBeCloseTo(16.5 / 7, 1);
    expect(centerY - 1.5e7).toBeCloseTo(8 / 7, 1);
  });
});

describe("TrackIndex.nearest", () => {
  it("finds what comparing with every track finds", async () => {
    const index = await TrackIndex.build(crowd, { pace: new Pace() });
    const rows = trajectoryShapes(crowd);
    const random = new Random(3);
    for (let i = 0; i < 20; i++) {
      const { coordinates } = crowd.at(random.integer(crowd.length));
      const query = coordinates.map((value) => value + random.uniform(-1, 1));
      const own = trajectoryShapes(
        TrajectorySet.fromArrays([[...pairsOf(query)]], { coordinateSystem: "planar" }),
      );
      const distances = Array.from({ length: crowd.length }, (_, track) =>
        Math.sqrt(own.reduce((sum, value, k) => sum + (value - rows[64 * track + k]!) ** 2, 0) / 64),
      );
      const exact = [...distances].sort((a, b) => a - b).slice(0, 5);
      const found = index.nearest(shapeOfLine(query), 5);
      found.distances.forEach((distance, rank) => {
        expect(distance).toBeCloseTo(exact[rank]!, 4);
      });
    }
  });
});

function* pairsOf(coordinates: Float64Array): Generator<[number, number]> {
  for (let i = 0; i < coordinates.length; i += 2) yield [coordinates[i]!, coordinates[i + 1]!];
}
