import { distort, Random, type TrajectorySet } from "@wayweave/geo-core";
import { describe, expect, it } from "vitest";
import { type ImageSet, renderImages } from "../src/data/images.js";
import { RenderComparer } from "../src/retrieval/render-comparer.js";
import { walks } from "./walks.js";

/** How many trajectories are nearer to their own image than to any other. */
function hits(trajectories: TrajectorySet, images: ImageSet): number {
  const comparer = new RenderComparer(trajectories, images);
  const all = Array.from(trajectories, (_, i) => i);
  return all.filter((trajectory) => comparer.rerank({ trajectory }, all)[0] === trajectory).length;
}

describe("RenderComparer", () => {
  const trajectories = walks(30);
  const images = renderImages(trajectories, new Random(2), { size: 32 });

  it("is 0 for the drawing itself, and 1 where no ink is common", () => {
    const thickness = 2;
    const own = renderImages(trajectories, new Random(2), {
      size: 32,
      thicknessPixels: [thickness, thickness],
    });
    const comparer = new RenderComparer(trajectories, own, [thickness]);
    expect(comparer.distance(4, 4)).toBe(0);
    const far = { ...own, extents: own.extents.map((value) => value + 1000) };
    expect(new RenderComparer(trajectories, far).distance(4, 4)).toBe(1);
  });

  it("finds each trajectory's image among thin lines and thick ones, with noise of a pixel too", () => {
    expect(hits(trajectories, images)).toBe(30);
    expect(
      hits(distort(trajectories, { rate: 1, sigmaMeters: 0.3, random: new Random(3) }), images),
    ).toBeGreaterThanOrEqual(27);
  });

  it("names what is wrong", () => {
    expect(() => new RenderComparer(trajectories, images, [1, 0])).toThrow(
      "RenderComparer: thicknesses[1] must be a positive finite number, got 0",
    );
  });
});
