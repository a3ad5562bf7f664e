import { checkOptions } from "../foundation/check-options.js";
import { Random } from "../foundation/random.js";
import {
  checkGiven,
  checkInRange,
  checkNonNegativeInteger,
  checkOneOf,
  checkPositiveInteger,
} from "../foundation/validate.js";
import { TrajectorySet } from "../trajectories/trajectory-set.js";
import { TrajectorySetBuilder } from "../trajectories/trajectory-set-builder.js";
import { type Path, pathAlong, perspective, type Vector } from "./path.js";
import { crossingRoutes, motorwayRoutes, roomRoutes, townRoutes } from "./route-scenes.js";

/** The scenes that {@link createRoutes} knows. */
export const routeScenes = ["motorway", "crossing", "room", "town"] as const;
/** One of {@link routeScenes}; {@link RoutesOptions.scene} says what each shows. */
export type RouteScene = (typeof routeScenes)[number];

/** Options of {@link createRoutes}. */
export interface RoutesOptions {
  /**
   * `motorway`: lanes of both directions, 3.7 m apart. `crossing`: straight on, left, right and back from each of four arms. `room`:
   * walks between doors, each way. `town`: ways along the streets of a grid, some of which share most of their length.
   */
  readonly scene: RouteScene;
  /** A non-negative integer below 2³². */
  readonly seed: number;
  /** Number of tracks; the first ones take each route once. @defaultValue 600 */
  readonly trips?: number;
  /**
   * Number of routes; those of a motorway are even, those of a crossing at most 16, those of a room at most 42.
   * @defaultValue by the scene: 8, 12, 10, 12
   */
  readonly routes?: number;
  /** Standard deviation of the measured positions, metres, in [0, 1000]. @defaultValue 0.3 (room: 0.1, town: 8) */
  readonly noiseMeters?: number;
  /** Share of tracks that begin late or end early, by up to 60 % of their way. @defaultValue 0.1 */
  readonly partialShare?: number;
  /** How uneven the routes are used: 0 all alike, 1 the most used some ten times as often as the least. @defaultValue 0.5 */
  readonly imbalance?: number;
  /** Positions as a camera above one end sees them, in pixels of an image 640 wide; else metres. @defaultValue false */
  readonly camera?: boolean;
}

/** Tracks, and which route each took. */
export interface Routes {
  /** Planar, with times. */
  readonly set: TrajectorySet;
  /** The route of each, 0 … routes − 1, `[trips]`. */
  readonly labels: Uint32Array;
  /** How many routes there are. */
  readonly routes: number;
}

interface Kind {
  readonly routes: number;
  readonly noiseMeters: number;
  /** Metres a second, and seconds between two positions. */
  readonly speed: number;
  readonly interval: number;
  /** How far beside the middle of its route a track runs, metres, and how far it wanders from there. */
  readonly offset: number;
  readonly wander: number;
  /** Share of tracks that stop on their way. */
  readonly stopShare: number;
}

const kinds: Readonly<Record<RouteScene, Kind>> = {
  motorway: {
    routes: 8,
    noiseMeters: 0.3,
    speed: 28,
    interval: 0.4,
    offset: 0.3,
    wander: 0.25,
    stopShare: 0,
  },
  crossing: {
    routes: 12,
    noiseMeters: 0.3,
    speed: 9,
    interval: 0.3,
    offset: 0.3,
    wander: 0.4,
    stopShare: 0.4,
  },
  room: {
    routes: 10,
    noiseMeters: 0.1,
    speed: 1.2,
    interval: 0.2,
    offset: 0.25,
    wander: 0.3,
    stopShare: 0.2,
  },
  town: { routes: 12, noiseMeters: 8, speed: 8, interval: 10, offset: 3, wander: 4, stopShare: 0.3 },
};

/**
 * Tracks along known routes: what a clustering of routes should find, and one of places cannot.
 *
 * Tracks of a route differ in speed, in stops, in where beside the middle they run, in noise and, some, in that they are cut short. The
 * same options give the same tracks on every machine.
 *
 * @throws {ValueError} an option out of range, or unknown
 * @example const { set, labels } = createRoutes({ scene: "motorway", seed: 1 });
 */
export function createRoutes(options: RoutesOptions): Routes {
  checkGiven("createRoutes", "options", options);
  const where = "createRoutes";
  checkOptions(where, options, [
    "scene",
    "seed",
    "trips",
    "routes",
    "noiseMeters",
    "partialShare",
    "imbalance",
    "camera",
  ]);
  const { scene, seed, trips = 600, partialShare = 0.1, imbalance = 0.5, camera = false } = options;
  checkOneOf(where, "scene", scene, routeScenes);
  checkNonNegativeInteger(where, "seed", seed);
  checkPositiveInteger(where, "trips", trips);
  checkInRange(where, "partialShare", partialShare, 0, 1);
  checkInRange(where, "imbalance", imbalance, 0, 1);
  const kind = kinds[scene];
  const { routes: wanted = kind.routes, noiseMeters = kind.noiseMeters } = options;
  checkInRange(where, "noiseMeters", noiseMeters, 0, 1000);
  checkPositiveInteger(where, "routes", wanted);
  const random = new Random(seed, where).split(scene);
  const paths = pathsOf(scene, wanted, random.split("paths"));
  const shares = random
    .split("shares")
    .shuffle(Array.from(paths, (_, i) => 10 ** (-imbalance * (i / Math.max(1, paths.length - 1)))));
  const builder = new TrajectorySetBuilder({ withTimes: true, coordinateSystem: "planar" });
  const labels = new Uint32Array(trips);
  const look = camera ? perspective(paths) : (at: Vector) => at;
  for (let i = 0; i < trips; i++) {
    const own = random.split(`trip ${i}`);
    // Every route is taken at least once.
    const label = i < paths.length ? i : drawn(shares, own);
    labels[i] = label;
    addTrack(builder, String(i), paths[label]!, { ...kind, noiseMeters, partialShare }, look, own);
  }
  const set = builder.build();
  return { set: new TrajectorySet(set), labels, routes: paths.length };
}

function pathsOf(scene: RouteScene, routes: number, random: Random): Path[] {
  switch (scene) {
    case "motorway":
      return motorwayRoutes(routes, random).map(pathAlong);
    case "crossing":
      return crossingRoutes(routes, random).map(pathAlong);
    case "room":
      return roomRoutes(routes, random).map(pathAlong);
    case "town":
      return townRoutes(routes, random).map(pathAlong);
  }
}

function drawn(shares: readonly number[], random: Random): number {
  let left = random.next() * shares.reduce((sum, share) => sum + share, 0);
  for (const [route, share] of shares.entries()) {
    left -= share;
    if (left < 0) return route;
  }
  return shares.length - 1;
}

function addTrack(
  builder: TrajectorySetBuilder,
  id: string,
  path: Path,
  kind: Kind & { readonly partialShare: number },
  look: (at: Vector) => Vector,
  random: Random,
): void {
  const { speed, interval, offset, wander, noiseMeters, stopShare, partialShare } = kind;
  const isPartial = random.next() < partialShare;
  const cut = isPartial ? 0.6 * random.next() : 0;
  const atStart = random.next() < 0.5;
  const from = (atStart ? cut : 0.03 * random.next()) * path.length;
  const to = (1 - (atStart ? 0.03 * random.next() : cut)) * path.length;
  const own = speed * Math.exp(0.2 * random.normal());
  const beside = offset * random.normal();
  const stopAt = random.next() < stopShare ? path.length * (0.2 + 0.5 * random.next()) : Number.NaN;
  let stopSteps = Math.round((2 + 8 * random.next()) / Math.min(interval, 1));
  let drift = 0;
  let time = 0;
  builder.begin(id);
  for (let at = from; at <= to; time += interval * 1000) {
    drift = 0.9 * drift + wander * Math.sqrt(1 - 0.81) * random.normal();
    const [[x, y], [dx, dy]] = path.at(at);
    const side = beside + drift;
    const [u, v] = look([
      x - dy * side + noiseMeters * random.normal(),
      y + dx * side + noiseMeters * random.normal(),
    ]);
    builder.addPoint(u, v, Math.round(time));
    if (at >= stopAt && stopSteps > 0) stopSteps--;
    else at += own * interval * (1 + 0.1 * random.normal());
    if (at < from) at = from;
  }
  builder.end();
}
