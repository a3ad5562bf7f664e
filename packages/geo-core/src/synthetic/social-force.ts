import type { Random } from "../foundation/random.js";
import { PAIR_DISTANCE_METERS, type Pedestrian } from "./pedestrian.js";

/** τ: seconds in which a pedestrian takes up its desired velocity again. */
const RELAXATION_SECONDS = 0.5;
/** V⁰/σ and σ of Helbing and Molnár's circular repulsion: 2.1 m²/s² over 0.3 m, as a force at contact. */
const REPULSION = 2.1 / 0.3;
const REPULSION_RANGE_METERS = 0.3;
/** Two bodies of 0.25 m radius touch at this distance. */
const BODY_DISTANCE_METERS = 0.5;
/** c: how much of the repulsion is felt from behind. */
const BEHIND_WEIGHT = 0.5;
/** Half of the angle of sight, 100°: cos φ. */
const COS_SIGHT = Math.cos((100 * Math.PI) / 180);
/** Beyond this distance repulsion is below 10⁻³ m/s². */
const CUTOFF_METERS = 3.2;
/** How strongly partners pull each other back to their distance, in 1/s². */
const PAIR_PULL = 2;
/** Standard deviation of the random acceleration, in m/s². */
const FLUCTUATION = 0.3;
/** Nobody walks faster than this multiple of the desired speed. */
const MAX_SPEED_RATIO = 1.3;

/**
 * One explicit Euler step of the social force model, in place.
 *
 * Source: Helbing and Molnár, Phys. Rev. E 51 (1995) 4282: dv/dt = (v⁰e − v)/τ + Σ w · A exp(−(d − 2r)/σ) n plus
 * fluctuations, w = 1 within sight and c behind, speeds limited to 1.3 v⁰. Simpler than theirs in that the repulsive
 * potential is a circle around the body, not an ellipse along the step; added to theirs: partners are held together
 * by a spring, and do not repel.
 */
export function stepSocialForces(pedestrians: readonly Pedestrian[], dt: number, noise: Random): void {
  const count = pedestrians.length;
  const forces = new Float64Array(2 * count);
  for (let i = 0; i < count; i++) {
    const one = pedestrians[i]!;
    let [forceX, forceY] = driving(one);
    for (let j = 0; j < count; j++) {
      if (i === j) continue;
      const other = pedestrians[j]!;
      const dx = one.x - other.x;
      const dy = one.y - other.y;
      const distance = Math.max(1e-3, Math.sqrt(dx * dx + dy * dy));
      if (one.partner === other) {
        const pull = PAIR_PULL * (PAIR_DISTANCE_METERS - distance);
        forceX += (pull * dx) / distance;
        forceY += (pull * dy) / distance;
      } else if (distance < CUTOFF_METERS) {
        const push =
          weight(one, -dx, -dy, distance) *
          REPULSION *
          Math.exp((BODY_DISTANCE_METERS - distance) / REPULSION_RANGE_METERS);
        forceX += (push * dx) / distance;
        forceY += (push * dy) / distance;
      }
    }
    const shake = one.isStopping ? 0 : FLUCTUATION;
    forces[2 * i] = forceX + shake * noise.normal();
    forces[2 * i + 1] = forceY + shake * noise.normal();
  }
  for (let i = 0; i < count; i++) move(pedestrians[i]!, forces[2 * i]!, forces[2 * i + 1]!, dt);
}

/** (v⁰e − v)/τ; one who stops wants no speed at all. */
function driving(one: Pedestrian): [x: number, y: number] {
  const toX = one.goalX - one.x;
  const toY = one.goalY - one.y;
  const away = Math.max(1e-9, Math.sqrt(toX * toX + toY * toY));
  const speed = one.isStopping ? 0 : one.desiredSpeed;
  return [
    ((speed * toX) / away - one.velocityX) / RELAXATION_SECONDS,
    ((speed * toY) / away - one.velocityY) / RELAXATION_SECONDS,
  ];
}

/** 1 for what lies within sight of the direction to the goal, c for what lies behind. */
function weight(one: Pedestrian, towardsX: number, towardsY: number, distance: number): number {
  const toX = one.goalX - one.x;
  const toY = one.goalY - one.y;
  const away = Math.sqrt(toX * toX + toY * toY);
  return towardsX * toX + towardsY * toY >= COS_SIGHT * distance * away ? 1 : BEHIND_WEIGHT;
}

function move(one: Pedestrian, forceX: number, forceY: number, dt: number): void {
  let velocityX = one.velocityX + dt * forceX;
  let velocityY = one.velocityY + dt * forceY;
  const speed = Math.sqrt(velocityX * velocityX + velocityY * velocityY);
  const limit = MAX_SPEED_RATIO * one.desiredSpeed;
  if (speed > limit) {
    velocityX *= limit / speed;
    velocityY *= limit / speed;
  }
  one.velocityX = velocityX;
  one.velocityY = velocityY;
  one.x += dt * velocityX;
  one.y += dt * velocityY;
}
