import type { Random } from "../foundation/random.js";

/** One walker of a crowd; the simulation moves it in place. */
export interface Pedestrian {
  x: number;
  y: number;
  velocityX: number;
  velocityY: number;
  /** Metres a second at which it would walk alone. */
  readonly desiredSpeed: number;
  /** Where it is heading for now. */
  goalX: number;
  goalY: number;
  /** Where it goes after a stop at the first goal; without one it stops nowhere. */
  readonly exit: { readonly x: number; readonly y: number } | undefined;
  /** Seconds of stopping that are left once the first goal is reached. */
  stopSeconds: number;
  isStopping: boolean;
  /** Who walks beside it, if anyone. */
  partner: Pedestrian | undefined;
  hasEntered: boolean;
  /** The first frame recorded, and all positions recorded, interleaved. */
  firstFrame: number;
  readonly track: number[];
}

/** Where pedestrians come from and go to. */
export interface Scene {
  readonly widthMeters: number;
  readonly heightMeters: number;
  readonly pairShare: number;
  readonly stopShare: number;
  readonly meanSpeed: number;
  readonly random: Random;
}

/** Goals lie so far outside the scene that nobody slows down before leaving it. */
const OUTSIDE_METERS = 2;
/** Two who walk together keep this far apart. */
export const PAIR_DISTANCE_METERS = 0.7;
/** A stop is reached when it is this near. */
const STOP_RADIUS_METERS = 0.5;

/**
 * One or two new pedestrians on the edge of the scene, heading for another edge; none where the entrance is blocked.
 *
 * @param room the largest number that may enter
 */
export function admit(
  scene: Scene,
  others: readonly Pedestrian[],
  clearanceMeters: number,
  room: number,
): Pedestrian[] {
  const { random } = scene;
  const side = random.integer(4);
  const from = pointOnSide(scene, side, 0);
  const to = pointOnSide(scene, (side + 1 + random.integer(3)) % 4, OUTSIDE_METERS);
  // A spread of a fifth, as in Helbing and Molnár (1.34 ± 0.26 m/s, after Henderson 1971).
  const factor = Math.max(0.5, Math.min(1.5, 1 + 0.2 * random.normal()));
  const speed = scene.meanSpeed * factor;
  const stop = random.next() < scene.stopShare ? pointInside(scene) : undefined;
  const stopSeconds = random.uniform(5, 40);
  // A pair of two takes both out of the share.
  const isPair = random.next() < scene.pairShare / (2 - scene.pairShare) && room >= 2;
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const acrossX = (PAIR_DISTANCE_METERS * (to.y - from.y)) / length;
  const acrossY = (-PAIR_DISTANCE_METERS * (to.x - from.x)) / length;
  const group = (isPair ? [0, 1] : [0]).map((place): Pedestrian => {
    const shift = (point: { x: number; y: number }) => ({
      x: point.x + place * acrossX,
      y: point.y + place * acrossY,
    });
    const start = shift(from);
    const goal = shift(stop ?? to);
    return {
      ...start,
      velocityX: (speed * (to.x - from.x)) / length,
      velocityY: (speed * (to.y - from.y)) / length,
      desiredSpeed: speed,
      goalX: goal.x,
      goalY: goal.y,
      exit: stop === undefined ? undefined : shift(to),
      stopSeconds: stop === undefined ? 0 : stopSeconds,
      isStopping: false,
      partner: undefined,
      hasEntered: false,
      firstFrame: 0,
      track: [],
    };
  });
  const isBlocked = group.some((one) =>
    others.some((other) => Math.hypot(one.x - other.x, one.y - other.y) < clearanceMeters),
  );
  if (isBlocked) return [];
  const [first, second] = group;
  if (first !== undefined && second !== undefined) {
    first.partner = second;
    second.partner = first;
  }
  return group;
}

/** Starts, continues or ends a pedestrian's stop. */
export function updateGoal(pedestrian: Pedestrian, dt: number): void {
  if (pedestrian.exit === undefined || pedestrian.stopSeconds <= 0) return;
  if (!pedestrian.isStopping) {
    const away = Math.hypot(pedestrian.goalX - pedestrian.x, pedestrian.goalY - pedestrian.y);
    if (away > STOP_RADIUS_METERS) return;
    pedestrian.isStopping = true;
  }
  pedestrian.stopSeconds -= dt;
  if (pedestrian.stopSeconds > 0) return;
  pedestrian.isStopping = false;
  pedestrian.goalX = pedestrian.exit.x;
  pedestrian.goalY = pedestrian.exit.y;
}

/** A uniform point on one of the scene's sides (0 south, 1 east, 2 north, 3 west), moved outwards. */
function pointOnSide(scene: Scene, side: number, outward: number): { x: number; y: number } {
  const { widthMeters, heightMeters, random } = scene;
  const along = random.uniform(0.05, 0.95);
  if (side === 0) return { x: along * widthMeters, y: -outward };
  if (side === 1) return { x: widthMeters + outward, y: along * heightMeters };
  if (side === 2) return { x: along * widthMeters, y: heightMeters + outward };
  return { x: -outward, y: along * heightMeters };
}

function pointInside({ widthMeters, heightMeters, random }: Scene): { x: number; y: number } {
  return { x: random.uniform(0.2, 0.8) * widthMeters, y: random.uniform(0.2, 0.8) * heightMeters };
}
