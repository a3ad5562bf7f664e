import {
  checkOneOf,
  checkOptions,
  checkPositive,
  checkSet,
  type PlanarExtent,
  type Random,
  type TrajectorySet,
  ValueError,
} from "@wayweave/geo-core";
import { checkRandom } from "../internal/arguments.js";
import { boundsOf } from "../internal/bounds.js";

/**
 * What part of the plane each image shows.
 *
 * `scene`: one square for all images, so the pixel position alone tells the place. `random`: a square of its own for each
 * image, with the trajectory somewhere inside, so the image's location vector is needed.
 */
export type ExtentProtocol = "scene" | "random";

/** By which protocol {@link drawExtents} chooses squares, and how large they are. */
export interface ExtentOptions {
  /** @defaultValue "random" */
  readonly protocol?: ExtentProtocol;
  /** `random`: an image's side is a uniform draw from these, times the trajectory's larger span … @defaultValue [1.15, 2.65] */
  readonly sideOverSpan?: readonly [low: number, high: number];
  /** … plus this many metres. `scene`: the margin around all trajectories. @defaultValue 0.5 */
  readonly marginMeters?: number;
  /**
   * `scene` only: what every image shows, so that several sets show the same: minX, minY, maxX, maxY in metres, around all
   * trajectories. Default: {@link sceneExtent} of the set.
   */
  readonly extent?: PlanarExtent;
}

const where = "drawExtents";

/**
 * A square extent for the image of each trajectory: `[trajectories × 4]` minX, minY, maxX, maxY in metres.
 *
 * @throws {ValueError} a lon/lat set (project it first), a trajectory without points or outside the given extent, options out of range
 */
export function drawExtents(set: TrajectorySet, random: Random, options: ExtentOptions = {}): Float64Array {
  checkPlanarSet(where, set);
  checkRandom(where, random);
  checkOptions(where, options, ["protocol", "sideOverSpan", "marginMeters", "extent"]);
  const { protocol = "random", sideOverSpan = [1.15, 2.65], marginMeters = 0.5 } = options;
  checkOneOf(where, "protocol", protocol, ["scene", "random"]);
  checkPositive(where, "marginMeters", marginMeters);
  const [low, high] = sideOverSpan;
  if (!(low >= 1 && high >= low && high < Number.POSITIVE_INFINITY)) {
    throw new ValueError(`${where}: sideOverSpan must be 1 ≤ low ≤ high, got [${low}, ${high}]`);
  }
  checkGivenExtent(set, options);
  const extents = new Float64Array(4 * set.length);
  if (set.length === 0) return extents;
  const shared = protocol === "scene" ? (options.extent ?? sceneExtent(set, marginMeters)) : undefined;
  for (let i = 0; i < set.length; i++) {
    const extent = shared ?? randomExtent(boundsOf(set.at(i).coordinates), random, low, high, marginMeters);
    extents.set(extent, 4 * i);
  }
  return extents;
}

function checkGivenExtent(set: TrajectorySet, { protocol, extent }: ExtentOptions): void {
  if (extent === undefined) return;
  if (protocol !== "scene") {
    throw new ValueError(
      `${where}: extent must come with protocol "scene", got protocol "${protocol ?? "random"}"`,
    );
  }
  const [left, bottom, right, top] = extent;
  if (extent.length !== 4 || !extent.every(Number.isFinite) || !(left < right && bottom < top)) {
    throw new ValueError(`${where}: extent must be minX < maxX and minY < maxY, got [${extent.join(", ")}]`);
  }
  for (let i = 0; i < set.length; i++) {
    const [minX, minY, maxX, maxY] = boundsOf(set.at(i).coordinates);
    if (minX >= left && minY >= bottom && maxX <= right && maxY <= top) continue;
    throw new ValueError(
      `${where}: extent must hold every trajectory, got [${extent.join(", ")}] and trajectory ${i} in [${[minX, minY, maxX, maxY].join(", ")}]`,
    );
  }
}

/** The square around all trajectories, with a margin. @throws {ValueError} no trajectory, a lon/lat set, a margin that is not positive */
export function sceneExtent(set: TrajectorySet, marginMeters = 0.5): PlanarExtent {
  checkPlanarSet("sceneExtent", set);
  checkPositive("sceneExtent", "marginMeters", marginMeters);
  if (set.length === 0) throw new ValueError("sceneExtent: set must hold at least one trajectory, got none");
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

export function checkPlanarSet(where: string, set: TrajectorySet, name = "set"): void {
  checkSet(where, set, name);
  if (set.coordinateSystem !== "planar") {
    throw new ValueError(
      `${where}: ${name} must be planar (see geo-core's projectSet), got ${set.coordinateSystem}`,
    );
  }
  for (let i = 0; i < set.length; i++) {
    if (set.offsets[i] === set.offsets[i + 1]) {
      throw new ValueError(`${where}: every trajectory must hold a point, got none in trajectory ${i}`);
    }
  }
}
