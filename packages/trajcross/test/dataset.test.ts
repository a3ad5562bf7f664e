import { Random, slidingWindows, TrajectorySet } from "@wayweave/geo-core";
import { describe, expect, it } from "vitest";
import { drawExtents, type ExtentOptions, sceneExtent } from "../src/data/extents.js";
import { imageCount, renderImages, renderShapes } from "../src/data/images.js";
import { buildPairs, splitWindows } from "../src/data/pairs.js";
import { RenderComparer } from "../src/retrieval/render-comparer.js";

/** `count` pedestrians who walk 30 points of a gentle curve, each from a place and in a direction of their own. */
function pedestrians(count: number): TrajectorySet {
  const random = new Random(4);
  const points = 30;
  const coordinates = new Float64Array(2 * points * count);
  for (let i = 0; i < count; i++) {
    let [x, y, heading] = [random.uniform(0, 15), random.uniform(0, 15), random.uniform(0, 2 * Math.PI)];
    const turn = random.uniform(-0.1, 0.1);
    for (let j = 0; j < points; j++) {
      coordinates.set([x, y], 2 * (i * points + j));
      heading += turn;
      x += 0.4 * Math.cos(heading);
      y += 0.4 * Math.sin(heading);
    }
  }
  const offsets = Uint32Array.from({ length: count + 1 }, (_, i) => i * points);
  return new TrajectorySet({ coordinates, offsets, coordinateSystem: "planar" });
}

const windows = slidingWindows(pedestrians(20), { length: 20 }); // 11 windows each: 220

describe("splitWindows", () => {
  it("draws disjoint windows, the numbers asked for", () => {
    const { train, test } = splitWindows(windows.sources, new Random(1), { trainCount: 150, testCount: 50 });
    expect([train.length, test.length]).toEqual([150, 50]);
    expect(new Set([...train, ...test]).size).toBe(200);
  });

  it("keeps pedestrians apart when told to", () => {
    const options = { protocol: "pedestrians", trainCount: 120, testCount: 40 } as const;
    const { train, test } = splitWindows(windows.sources, new Random(1), options);
    const trained = new Set(Array.from(train, (window) => windows.sources[window]));
    expect(Array.from(test).filter((window) => trained.has(windows.sources[window]))).toEqual([]);
  });

  it("says when there are too few", () => {
    expect(() => splitWindows(windows.sources, new Random(1), { trainCount: 200, testCount: 50 })).toThrow(
      "splitWindows: there must be at least 250 windows, got 220",
    );
  });
});

describe("buildPairs with a told split", () => {
  it("takes the windows that it is told, and refuses one that is on both sides or is none", () => {
    const split = { train: Uint32Array.of(3, 1), test: Uint32Array.of(7) };
    const { train, test } = buildPairs(windows, { split });
    expect([...train.trajectories.at(0).coordinates]).toEqual([...windows.set.at(3).coordinates]);
    expect([...test.trajectories.at(0).coordinates]).toEqual([...windows.set.at(7).coordinates]);
    expect(() => buildPairs(windows, { split: { ...split, test: Uint32Array.of(7, 1) } })).toThrow(
      `buildPairs: split.test[1] must be a window below ${windows.set.length}, each once on one side, got 1`,
    );
    expect(() => buildPairs(windows, { split: { ...split, test: Uint32Array.of(220) } })).toThrow(
      "split.test[0] must be a window below 220",
    );
  });
});

describe("drawExtents", () => {
  it("puts each trajectory inside a square of 1.15 to 2.65 times its span plus half a metre", () => {
    const extents = drawExtents(windows.set, new Random(2));
    for (let i = 0; i < windows.set.length; i++) {
      const [minX, minY, maxX, maxY] = extents.subarray(4 * i, 4 * i + 4);
      const { coordinates } = windows.set.at(i);
      const xs = coordinates.filter((_, j) => j % 2 === 0);
      const ys = coordinates.filter((_, j) => j % 2 === 1);
      expect(Math.min(...xs)).toBeGreaterThanOrEqual(minX!);
      expect(Math.max(...xs)).toBeLessThanOrEqual(maxX!);
      expect(Math.min(...ys)).toBeGreaterThanOrEqual(minY!);
      expect(Math.max(...ys)).toBeLessThanOrEqual(maxY!);
      expect(maxX! - minX!).toBeCloseTo(maxY! - minY!, 9);
      const span = Math.max(Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys));
      const factor = (maxX! - minX! - 0.5) / span;
      expect(factor).toBeGreaterThanOrEqual(1.15 - 1e-9);
      expect(factor).toBeLessThan(2.65);
    }
  });

  it("shows the same scene in every image when told to", () => {
    const extents = drawExtents(windows.set, new Random(2), { protocol: "scene" });
    expect([...extents.subarray(0, 4)]).toEqual([...sceneExtent(windows.set)]);
    expect(extents.subarray(0, 4)).toEqual(extents.subarray(-4));
  });

  it("shows the given square in every image, and refuses one that leaves a trajectory out", () => {
    const extent = [-100, -100, 100, 100] as const;
    const set = windows.set.slice(0, 2);
    const draw = (options: ExtentOptions) => drawExtents(set, new Random(2), options);
    expect([...draw({ protocol: "scene", extent })]).toEqual([...extent, ...extent]);
    expect(() => draw({ extent })).toThrow(
      'drawExtents: extent must come with protocol "scene", got protocol "random"',
    );
    expect(() => draw({ protocol: "scene", extent: [0, 0, 0, 1] })).toThrow(
      "drawExtents: extent must be minX < maxX and minY < maxY, got [0, 0, 0, 1]",
    );
    expect(() => draw({ protocol: "scene", extent: [0, 0, Number.POSITIVE_INFINITY, 1] })).toThrow(
      "drawExtents: extent must be minX < maxX and minY < maxY, got [0, 0, Infinity, 1]",
    );
    expect(() => draw({ protocol: "scene", extent: [-100, -100, -99, -99] })).toThrow(
      /^drawExtents: extent must hold every trajectory, got \[-100, -100, -99, -99\] and trajectory 0 in \[/,
    );
  });

  it("has no square around nothing", () => {
    expect(() => sceneExtent(windows.set.slice(0, 0))).toThrow(
      "sceneExtent: set must hold at least one trajectory, got none",
    );
    expect(() => sceneExtent(windows.set, Number.NaN)).toThrow(
      "sceneExtent: marginMeters must be a positive finite number, got NaN",
    );
    expect(drawExtents(windows.set.slice(0, 0), new Random(1), { protocol: "scene" })).toHaveLength(0);
  });

  it("wants metres, and a point", () => {
    const lonlat = new TrajectorySet({ coordinates: Float64Array.of(1, 2), offsets: Uint32Array.of(0, 1) });
    expect(() => drawExtents(lonlat, new Random(0))).toThrow(
      "drawExtents: set must be planar (see geo-core's projectSet), got lonlat",
    );
    const empty = new TrajectorySet({
      coordinates: new Float64Array(),
      offsets: Uint32Array.of(0, 0),
      coordinateSystem: "planar",
    });
    expect(() => drawExtents(empty, new Random(0))).toThrow(
      "drawExtents: every trajectory must hold a point, got none in trajectory 0",
    );
  });
});

describe("renderImages", () => {
  it("wants the thinner line first", () => {
    expect(() => renderImages(windows.set, new Random(1), { thicknessPixels: [5, 1] })).toThrow(
      "renderImages: thicknessPixels must be low ≤ high, got [5, 1]",
    );
  });
});

describe("renderShapes", () => {
  it("tells the shape and nothing of the place or the size", () => {
    const shape = Float64Array.of(0, 0, 1, 2, 3, 3);
    const moved = shape.map((value) => 8 * value + 64);
    const set = new TrajectorySet({
      coordinates: Float64Array.of(...shape, ...moved),
      offsets: Uint32Array.of(0, 3, 6),
      coordinateSystem: "planar",
    });
    const pixels = renderShapes(set, 32);
    expect(pixels.subarray(0, 32 * 32)).toEqual(pixels.subarray(32 * 32));
  });

  it("draws one who stands still as a dot in the middle", () => {
    const set = new TrajectorySet({
      coordinates: Float64Array.of(5, 5, 5, 5),
      offsets: Uint32Array.of(0, 2),
      coordinateSystem: "planar",
    });
    const pixels = renderShapes(set, 33);
    expect(pixels[16 * 33 + 16]).toBe(255);
    expect(pixels.reduce((count, value) => count + Number(value > 0), 0)).toBeLessThanOrEqual(9);
  });
});

describe("buildPairs", () => {
  const options = { seed: 7, split: { trainCount: 100, testCount: 40 } };

  it("pairs trajectory i with image i, deterministically by seed", () => {
    const { train, test } = buildPairs(windows, options);
    expect([train.trajectories.length, imageCount(train.images)]).toEqual([100, 100]);
    expect([test.trajectories.length, imageCount(test.images)]).toEqual([40, 40]);
    expect(buildPairs(windows, options).test.images).toEqual(test.images);
    expect(buildPairs(windows, { ...options, seed: 8 }).test.images.extents).not.toEqual(test.images.extents);
  });

  it("shows one square on both sides where told to: the one around the windows of both", () => {
    const { train, test, split } = buildPairs(windows, { ...options, images: { protocol: "scene" } });
    const all = sceneExtent(windows.set.select([...split.train, ...split.test]));
    for (const { images } of [train, test]) {
      for (let i = 0; i < images.extents.length; i += 4) {
        expect([...images.extents.subarray(i, i + 4)]).toEqual([...all]);
      }
    }
    // Each side's own square would be another.
    expect([...sceneExtent(test.trajectories)]).not.toEqual([...all]);

    const extent = [-100, -100, 100, 100] as const;
    const given = buildPairs(windows, { ...options, images: { protocol: "scene", extent } });
    expect([...given.test.images.extents.subarray(0, 4)]).toEqual([...extent]);
  });

  it("holds the information: drawing every candidate finds nearly every pair", () => {
    const { test } = buildPairs(windows, options);
    const comparer = new RenderComparer(test.trajectories, test.images);
    const all = Uint32Array.from({ length: 40 }, (_, i) => i);
    const found = all.filter((i) => comparer.rerank({ image: i }, all)[0] === i);
    const foundBack = all.filter((i) => comparer.rerank({ trajectory: i }, all)[0] === i);
    expect(found.length).toBeGreaterThanOrEqual(39);
    expect(foundBack.length).toBeGreaterThanOrEqual(39);
  });
});

describe("RenderComparer", () => {
  it("measures 0 between a trajectory and its own drawing of a known thickness", () => {
    const images = renderImages(windows.set.slice(0, 3), new Random(1), { thicknessPixels: [2, 2] });
    const comparer = new RenderComparer(windows.set.slice(0, 3), images, [1, 2]);
    expect(comparer.distance(1, 1)).toBe(0);
    expect(comparer.distance(0, 1)).toBeGreaterThan(0);
  });

  it("names what is wrong", () => {
    const images = renderImages(windows.set.slice(0, 2), new Random(1));
    expect(() => new RenderComparer(windows.set, images, [0])).toThrow(
      "RenderComparer: thicknesses[0] must be a positive finite number, got 0",
    );
    expect(() => new RenderComparer(windows.set, { ...images, pixels: new Uint8Array(5) })).toThrow(
      "RenderComparer: images.pixels must have length 8192, got 5",
    );
    expect(() => new RenderComparer(windows.set, images, [])).toThrow(
      "RenderComparer: thicknesses must hold at least one, got none",
    );
  });
});
