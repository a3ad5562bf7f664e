import type { Proximity } from "../proximity.js";

const LINEAR = 0;
const EXPONENTIAL = 1;
const GAUSSIAN = 2;

/** A proximity with its scale inverted: what the inner loops evaluate. */
export interface PreparedProximity {
  readonly shape: number;
  /** 1 / scale; 0 where every distance is equally near. */
  readonly rate: number;
  readonly offset: number;
}

/** @param farthest δmax of the query, asked for only by the `relative` proximity */
export function prepareProximity(proximity: Proximity, farthest: () => number): PreparedProximity {
  if (proximity.kind === "relative") {
    const distance = farthest();
    return { shape: LINEAR, rate: distance > 0 ? 1 / distance : 0, offset: 0 };
  }
  const shape =
    proximity.kind === "linear" ? LINEAR : proximity.kind === "exponential" ? EXPONENTIAL : GAUSSIAN;
  return { shape, rate: 1 / proximity.scaleMeters, offset: proximity.offsetMeters ?? 0 };
}

/** Proximity in [0, 1], falling with the distance. Trusts its input. */
export function proximityAt(proximity: PreparedProximity, distance: number): number {
  const beyond = distance - proximity.offset;
  if (!(beyond > 0)) return 1;
  const t = beyond * proximity.rate;
  if (proximity.shape === LINEAR) return t < 1 ? 1 - t : 0;
  return proximity.shape === EXPONENTIAL ? Math.exp(-t) : Math.exp(-0.5 * t * t);
}
