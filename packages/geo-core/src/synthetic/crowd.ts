import { checkOptions, withoutUndefined } from "../foundation/check-options.js";
import { Random } from "../foundation/random.js";
import { checkGiven, checkInRange, checkPositive, checkPositiveInteger } from "../foundation/validate.js";
import type { TrajectorySet } from "../trajectories/trajectory-set.js";
import { TrajectorySetBuilder } from "../trajectories/trajectory-set-builder.js";
import { admit, type Pedestrian, type Scene, updateGoal } from "./pedestrian.js";
import { stepSocialForces } from "./social-force.js";

/** Options of {@link createCrowd}. */
export interface CrowdOptions {
  /** A non-negative integer below 2³². */
  readonly seed: number;
  /** Recorded frames. @defaultValue 900 */
  readonly frames?: number;
  /** Time between two frames. @defaultValue 400 */
  readonly frameMs?: number;
  /** The scene is [0, widthMeters] × [0, heightMeters]. @defaultValue 16 */
  readonly widthMeters?: number;
  /** The extent of the scene in y. @defaultValue 14 */
  readonly heightMeters?: number;
  /** Pedestrians in the scene at a time: one who leaves is replaced. @defaultValue 40 */
  readonly population?: number;
  /** Share of pedestrians who walk in pairs, in [0, 1]. @defaultValue 0.4 */
  readonly pairShare?: number;
  /** Share of pedestrians who stop on their way, for 5 to 40 s, in [0, 1]. @defaultValue 0.2 */
  readonly stopShare?: number;
  /** Metres a second at which pedestrians would walk alone, on average. @defaultValue 1 */
  readonly meanSpeed?: number;
}

/** Integration steps a second at least: social forces are stiff at close range. */
const MIN_STEPS_PER_SECOND = 10;
/** Before recording starts the scene fills up and mixes for so long. */
const WARM_UP_SECONDS = 30;
/** Nobody may enter closer than this to another: three body radii. */
const ENTRY_CLEARANCE_METERS = 0.75;

/**
 * Pedestrians who cross a scene towards goals and avoid each other: a stand-in for the UCY UNIV recordings, at their
 * scale (16 × 14 m, a frame each 0.4 s, some 40 people at a time).
 *
 * Each pedestrian is one trajectory of consecutive frames, from entering the scene (or the first frame) to leaving it
 * (or the last). The same options give the same crowd on every machine.
 *
 * Source: the social force model, Helbing and Molnár, Phys. Rev. E 51 (1995) 4282; see social-force.ts.
 *
 * @returns planar metres, with times in milliseconds from the first frame; every trajectory has at least one point
 * @throws {ValueError} an option out of range
 * @example slidingWindows(createCrowd({ seed: 1 }), { length: 20 }).set
 */
export function createCrowd(options: CrowdOptions): TrajectorySet {
  checkGiven("createCrowd", "options", options);
  const settings = settingsOf(options);
  const { frames, frameMs, population } = settings;
  const random = new Random(settings.seed, "createCrowd");
  const scene: Scene = { ...settings, random: random.split("pedestrians") };
  const noise = random.split("noise");
  const steps = Math.ceil((MIN_STEPS_PER_SECOND * frameMs) / 1000);
  const dt = frameMs / 1000 / steps;
  const warmUpFrames = Math.ceil((1000 * WARM_UP_SECONDS) / frameMs);
  const recorded: Pedestrian[] = [];
  let walking: Pedestrian[] = [];
  for (let frame = -warmUpFrames; frame < frames; frame++) {
    // A few at a time, so that they do not enter in a wave.
    for (let i = 0; i < 2 && walking.length < population; i++) {
      walking.push(...admit(scene, walking, ENTRY_CLEARANCE_METERS, population - walking.length));
    }
    for (let step = 0; step < steps; step++) {
      for (const pedestrian of walking) updateGoal(pedestrian, dt);
      stepSocialForces(walking, dt, noise);
    }
    walking = walking.filter((pedestrian) => !hasLeft(pedestrian, settings));
    if (frame < 0) continue;
    for (const pedestrian of walking) {
      if (!isInside(pedestrian, settings)) continue;
      if (pedestrian.track.length === 0) {
        pedestrian.firstFrame = frame;
        recorded.push(pedestrian);
      }
      pedestrian.track.push(pedestrian.x, pedestrian.y);
    }
  }
  return toSet(recorded, frameMs);
}

function isInside({ x, y }: Pedestrian, { widthMeters, heightMeters }: Required<CrowdOptions>): boolean {
  return x >= 0 && x <= widthMeters && y >= 0 && y <= heightMeters;
}

/** Outside for good: beyond an edge after having been inside. */
function hasLeft(pedestrian: Pedestrian, settings: Required<CrowdOptions>): boolean {
  const inside = isInside(pedestrian, settings);
  if (inside) pedestrian.hasEntered = true;
  return !inside && pedestrian.hasEntered;
}

function toSet(pedestrians: readonly Pedestrian[], frameMs: number): TrajectorySet {
  const builder = new TrajectorySetBuilder({ coordinateSystem: "planar", withTimes: true });
  for (const [i, { track, firstFrame }] of pedestrians.entries()) {
    builder.begin(`pedestrian ${i}`);
    for (let j = 0; 2 * j < track.length; j++) {
      builder.addPoint(track[2 * j]!, track[2 * j + 1]!, (firstFrame + j) * frameMs);
    }
    builder.end();
  }
  return builder.build();
}

function settingsOf(options: CrowdOptions): Required<CrowdOptions> {
  checkOptions("createCrowd", options, [
    "seed",
    "frames",
    "frameMs",
    "widthMeters",
    "heightMeters",
    "population",
    "pairShare",
    "stopShare",
    "meanSpeed",
  ]);
  const settings: Required<CrowdOptions> = {
    frames: 900,
    frameMs: 400,
    widthMeters: 16,
    heightMeters: 14,
    population: 40,
    pairShare: 0.4,
    stopShare: 0.2,
    meanSpeed: 1,
    ...withoutUndefined(options),
  };
  checkPositiveInteger("createCrowd", "frames", settings.frames);
  checkPositive("createCrowd", "frameMs", settings.frameMs);
  checkPositive("createCrowd", "widthMeters", settings.widthMeters);
  checkPositive("createCrowd", "heightMeters", settings.heightMeters);
  checkPositiveInteger("createCrowd", "population", settings.population);
  // One person on each square metre: beyond that nobody could enter.
  const room = Math.max(1, Math.floor(settings.widthMeters * settings.heightMeters));
  checkInRange("createCrowd", "population", settings.population, 1, room);
  checkInRange("createCrowd", "pairShare", settings.pairShare, 0, 1);
  checkInRange("createCrowd", "stopShare", settings.stopShare, 0, 1);
  checkInRange("createCrowd", "meanSpeed", settings.meanSpeed, 0.1, 3);
  return settings;
}
