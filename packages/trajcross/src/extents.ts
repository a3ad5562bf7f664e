import {
  checkOneOf,
  checkPositive,
  type PlanarExtent,
  type Random,
  type TrajectorySet,
  ValueError,
} from "@wayweave/geo-core";
import { boundsOf } from "./internal/bounds.js";

/**
 * What part of the plane each image shows.
 *
 * `scene`: one square for all images, so the pixel position alone tells the place. `random`: a square of its own for each
 * image, with the trajectory somewhere inside, so the image's location vector is needed.
 */
export type ExtentProtocol = "scene" | "random";

export interface ExtentOptions {
  /** @defaultValue "random" */
  readonly protocol?: ExtentProtocol;
  /** `random`: an image's side is a uniform draw from these, times the trajectory's larger span … @defaultValue [1.15, 2.65] */
  readonly sideOverSpan?: readonly [low: number, high: number];
  /** … plus this many metres. `scene`: the margin around all trajectories. @defaultValue 0.5 */
  readonly marginMeters?: number;
}

/**
 * A square extent for the image of each trajectory: `[trajectories × 4]` minX, minY, maxX, maxY in metres.
 *
 * @throws {ValueError} a lon/lat set (project it first), a trajectory without points, options out of range
 */
export function drawExtents(set: TrajectorySet, random: Random, options: ExtentOptions = {}): Float64Array {
  const { protocol = "random", sideOverSpan = [1.15, 2.65], marginMeters = 0.5 } = options;
  checkOneOf("drawExtents", "protocol", protocol, ["scene", "random"]);
  checkPositive("drawExtents", "marginMeters", marginMeters);
  const [low, high] = sideOverSpan;
  if (!(low >= 1 && high >= low && high < Number.POSITIVE_INFINITY)) {
    throw new ValueError(`drawExtents: sideOverSpan must be 1 ≤ low ≤ high, got [${low}, ${high}]`);
  }
  checkPlanarSet("drawExtents", set);
  const extents = new Float64Array(4 * set.length);
  const shared = protocol === "scene" ? sceneExtent(set, marginMeters) : undefined;
  for (let i = 0; i < set.length; i++) {
    const extent = shared ?? randomExtent(boundsOf(set.at(i).coordinates), random, low, high, marginMeters);
    extents.set(extent, 4 * i);
  }
  return extents;
}

/** The square around all trajectories, with a margin. */
export function sceneExtent(set: TrajectorySet, marginMeters = 0.5): PlanarExtent {
  checkPlanarSet("sceneExtent", set);
  const [minX, minY, maxX, maxY] = boundsOf(set.coordinates);
  const half = Math.max(maxX - minX, maxY - minY) / 2 + marginMeters;
  const [centerX, centerY] = [(minX + maxX) / 2, (minY + maxY) / 2];
  return [centerX - half, centerY - half, centerX + half, centerY + half];
}

function randomExtent(
  bounds: PlanarExtent,
  random: Random,
  low: number,
  high: number,
  margin: number,
): PlanarExtent {
  const [minX, minY, maxX, maxY] = bounds;
  const side = random.uniform(low, high) * Math.max(maxX - minX, maxY - minY) + margin;
  const left = random.uniform(maxX - side, minX);
  const bottom = random.uniform(maxY - side, minY);
  return [left, bottom, left + side, bottom + side];
}

export function checkPlanarSet(where: string, set: TrajectorySet): void {
  if (set.coordinateSystem !== "planar") {
    throw new ValueError(
      `${where}: set must be planar (see geo-core's projectSet), got ${set.coordinateSystem}`,
    );
  }
  for (let i = 0; i < set.length; i++) {
    if (set.offsets[i] === set.offsets[i + 1]) {
      throw new ValueError(`${where}: every trajectory must hold a point, got none in trajectory ${i}`);
    }
  }
}
