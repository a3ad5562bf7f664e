import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { roundStep } from "../src/map/grid.js";
import { TrackLines } from "../src/map/track-lines.js";
import { fromWorld, toWorld, View } from "../src/map/view.js";

const longitude = fc.double({ min: -179.9, max: 179.9, noNaN: true });
const latitude = fc.double({ min: -85, max: 85, noNaN: true });

describe("View", () => {
  it("brings positions to the world and back", () => {
    fc.assert(
      fc.property(longitude, latitude, (x, y) => {
        const [backX, backY] = fromWorld("lonlat", ...toWorld("lonlat", x, y));
        expect(backX).toBeCloseTo(x, 8);
        expect(backY).toBeCloseTo(y, 8);
      }),
    );
  });

  it("keeps the place under the pointer when it zooms", () => {
    const view = new View("lonlat", 800, 600, 0.5, 0.5, 1e5);
    const before = view.worldAt(120, 430);
    const after = view.zoomed(2, 120, 430).worldAt(120, 430);
    expect(after[0]).toBeCloseTo(before[0], 12);
    expect(after[1]).toBeCloseTo(before[1], 12);
  });

  it("shows a box whole", () => {
    const view = View.around("planar", 400, 300, [0, 0, 16, 14]);
    // 300 − 2 · 32 pixels for 14 m, which is less than what 16 m leave across.
    expect(view.scale).toBeCloseTo(236 / 14, 10);
    expect([view.screenX(8), view.screenY(7)]).toEqual([200, 150]);
  });
});

describe("roundStep", () => {
  it("is the next of 1, 2 and 5", () => {
    expect([0.9, 1.1, 3, 6, 0.03].map(roundStep)).toEqual([1, 2, 5, 10, 0.05]);
  });
});

describe("TrackLines", () => {
  const lines = (coordinates: readonly number[], offsets: readonly number[], system: "lonlat" | "planar") =>
    new TrackLines({
      coordinates: Float64Array.from(coordinates),
      offsets: Uint32Array.from(offsets),
      coordinateSystem: system,
    });

  it("leaves out what a pixel swallows, never the ends", () => {
    // A point each metre for 1,000 m: at a pixel for 8 m a point each half pixel, 4 m, stays.
    const coordinates = Array.from({ length: 1001 }, (_, i) => [i, 0]).flat();
    const view = new View("planar", 800, 600, 500, 0, 1 / 8);
    const { points, offsets } = lines(coordinates, [0, 1001], "planar").pointsAt(view);
    expect(offsets[1]).toBe(251);
    expect([points[0], points[2], points.at(-2)]).toEqual([0, 4, 1000]);
  });

  it("goes on across the antimeridian rather than back round the world", () => {
    const track = lines([179, 10, -179, 10], [0, 2], "lonlat");
    expect(track.box![2] - track.box![0]).toBeCloseTo(2 / 360, 10);
    const view = new View("lonlat", 800, 600, 0.001, 0.47, 1e5);
    expect(track.shiftFor(view, 0)).toBe(-1);
  });

  it("finds the nearest track that passes, within reach", () => {
    const two = lines([0, 0, 100, 0, 0, 10, 100, 10], [0, 2, 4], "planar");
    const view = new View("planar", 200, 200, 50, 0, 1);
    const at = (y: number, passes = () => true) => two.nearest(view, 100, view.screenY(-y), 8, passes);
    expect(at(1)).toBe(0);
    expect(at(7)).toBe(1);
    expect(at(30)).toBeUndefined();
    expect(two.nearest(view, 100, view.screenY(-7), 8, (track) => track === 0)).toBe(0);
  });

  it("has no box for a track without points", () => {
    const some = lines([3, 4], [0, 0, 1], "planar");
    expect(some.boxes[0]).toBeNaN();
    expect(some.box).toEqual([3, -4, 3, -4]);
  });
});
