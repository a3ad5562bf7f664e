import { describe, expect, it } from "vitest";
import { createCity, greatCircleDistanceMeters, Random } from "../../src/index.js";
import { createRoadNetwork, type RoadNetwork } from "../../src/synthetic/road-network.js";
import { edgeSources, fastestRoads, wayTo } from "../../src/synthetic/shortest-paths.js";
import { contents } from "../support/arbitraries.js";

const city = createCity({ seed: 1, trips: 300 });
const shape = { sizeMeters: 4000, spacingMeters: 500, diagonals: 2, rings: 2, missingShare: 0.5 };

/** Fastest seconds to every node by relaxing all roads until nothing changes (Bellman–Ford). */
function fastestBySearch(network: RoadNetwork, seconds: Float64Array, source: number): number[] {
  const sources = edgeSources(network);
  const times = Array.from({ length: network.nodes.length / 2 }, () => Number.POSITIVE_INFINITY);
  times[source] = 0;
  for (let changed = true; changed; ) {
    changed = false;
    for (const [edge, target] of network.edgeTargets.entries()) {
      const arrival = times[sources[edge]!]! + seconds[edge]!;
      if (arrival < times[target]!) {
        times[target] = arrival;
        changed = true;
      }
    }
  }
  return times;
}

describe("createCity", () => {
  it("is the same for the same seed, and trip i whatever the number of trips", () => {
    expect(contents(createCity({ seed: 1, trips: 300 }).set)).toEqual(contents(city.set));
    expect(contents(createCity({ seed: 1, trips: 20 }).set)).toEqual(contents(city.set.slice(0, 20)));
    expect(contents(createCity({ seed: 2, trips: 1 }).set)).not.toEqual(contents(city.set.slice(0, 1)));
  });

  it("labels every trip with two different hubs, near which it starts and ends", () => {
    const hub = (i: number) => [city.hubPositions[2 * i]!, city.hubPositions[2 * i + 1]!] as const;
    let near = 0;
    for (let i = 0; i < city.set.length; i++) {
      const { coordinates } = city.set.at(i);
      expect(city.originHubs[i]).not.toBe(city.destinationHubs[i]);
      const start = [coordinates[0]!, coordinates[1]!] as const;
      const end = [coordinates[coordinates.length - 2]!, coordinates[coordinates.length - 1]!] as const;
      if (greatCircleDistanceMeters(start, hub(city.originHubs[i]!)) < 1500) near++;
      if (greatCircleDistanceMeters(end, hub(city.destinationHubs[i]!)) < 1500) near++;
    }
    // Spread 500 m along each axis: beyond 1,500 m lie e^(−4.5) = 1 %, some more for moving to a junction.
    expect(near / (2 * city.set.length)).toBeGreaterThan(0.95);
  });

  it("prefers the first hubs: shares 1 and 1/√12 of the draws", () => {
    const counts = new Int32Array(12);
    for (const hub of createCity({ seed: 3, trips: 3000 }).originHubs) counts[hub]!++;
    expect(counts[0]! / counts[11]!).toBeGreaterThan(2);
  });

  it("has no time twice in a trip, even where the last regular fix is less than 1 ms before the arrival", () => {
    const { timesMs, offsets } = createCity({ seed: 4, trips: 10_000 }).set; // trip 9081 arrives so
    const repeated = Array.from(offsets.subarray(1)).filter((end, i) => {
      const times = timesMs!.subarray(offsets[i]!, end);
      return times.some((time, k) => k > 0 && !(time > times[k - 1]!));
    });
    expect(repeated).toEqual([]);
  });

  it("samples every 15 s, but for the arrival, at the speed of cars", () => {
    for (const { coordinates, timesMs } of city.set) {
      expect(timesMs!.length).toBeGreaterThanOrEqual(2);
      for (let i = 1; i < timesMs!.length; i++) {
        const step = timesMs![i]! - timesMs![i - 1]!;
        if (i + 1 < timesMs!.length) expect(step).toBe(15_000);
        else expect(step >= 0 && step <= 15_000).toBe(true);
        const distance = greatCircleDistanceMeters(
          [coordinates[2 * i - 2]!, coordinates[2 * i - 1]!],
          [coordinates[2 * i]!, coordinates[2 * i + 1]!],
        );
        // 80 km/h at the fastest pace of 1.4, and twice five standard deviations of noise.
        expect(distance).toBeLessThan((80 / 3.6) * 1.4 * (step / 1000) + 80);
      }
    }
  });

  it("has a share of background trips without labels when asked for", () => {
    const { originHubs, destinationHubs } = createCity({ seed: 1, trips: 1000, backgroundShare: 0.3 });
    const background = originHubs.filter((hub) => hub === -1).length;
    expect(Math.abs(background - 300)).toBeLessThan(4 * Math.sqrt(1000 * 0.3 * 0.7));
    expect(destinationHubs.filter((hub) => hub === -1).length).toBe(background);
  });

  it("lies anywhere, across the antimeridian too", () => {
    const far = createCity({ seed: 1, trips: 50, center: [180, -17] });
    expect(far.set.coordinates.some((lon) => lon > 179.9)).toBe(true);
    expect(far.set.coordinates.some((lon) => lon < -179.9)).toBe(true);
  });

  it("names what is wrong", () => {
    expect(() => createCity({ seed: -1 })).toThrow(
      "createCity: seed must be an integer in [0, 2^32 - 1], got -1",
    );
    expect(() => createCity({ seed: 1, samplingIntervalMs: 0.5 })).toThrow(
      "createCity: samplingIntervalMs must be in [1, 1.7976931348623157e+308], got 0.5",
    );
    expect(() => createCity({ seed: 1, hubs: 1 })).toThrow("createCity: hubs must be in [2, 625], got 1");
    expect(() => createCity({ seed: 1, missingShare: 2 })).toThrow(
      "createCity: missingShare must be in [0, 1], got 2",
    );
  });
});

describe("the road network", () => {
  it("is connected even where half of the streets are missing", () => {
    for (let seed = 0; seed < 20; seed++) {
      const network = createRoadNetwork({ ...shape, missingShare: 1 }, new Random(seed));
      const times = fastestBySearch(network, network.edgeLengthsMeters, 0);
      expect(times.every(Number.isFinite)).toBe(true);
    }
  });

  it("runs every road both ways at one speed", () => {
    const network = createRoadNetwork(shape, new Random(1));
    const sources = edgeSources(network);
    const roads = new Map<string, number>();
    for (const [edge, target] of network.edgeTargets.entries()) {
      roads.set(`${sources[edge]}-${target}`, network.edgeSpeeds[edge]!);
    }
    for (const [edge, target] of network.edgeTargets.entries()) {
      expect(roads.get(`${target}-${sources[edge]}`)).toBe(network.edgeSpeeds[edge]);
    }
    expect(new Set(network.edgeSpeeds).size).toBe(3);
  });

  it("finds fastest ways: Dijkstra's are Bellman–Ford's", () => {
    const network = createRoadNetwork(shape, new Random(1));
    const seconds = network.edgeLengthsMeters.map((length, edge) => length / network.edgeSpeeds[edge]!);
    const sources = edgeSources(network);
    for (const source of [0, 17, 40]) {
      const arriving = fastestRoads(network, seconds, source);
      for (const [node, expected] of fastestBySearch(network, seconds, source).entries()) {
        const way = wayTo(arriving, sources, node);
        expect(way.reduce((sum, edge) => sum + seconds[edge]!, 0)).toBeCloseTo(expected, 9);
      }
    }
  });
});
