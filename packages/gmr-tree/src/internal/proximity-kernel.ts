import type { Proximity } from "../proximity.js";

const LINEAR = 0;
const EXPONENTIAL = 1;
const GAUSSIAN = 2;

/** A proximity with its scale inverted: what the inner loops evaluate. */
export interface PreparedProximity {
  readonly shape: number;
  /** 1 / scale; 0 where every distance is equally near. */
  readonly rate: number;
  /** Infinity where every distance is equally near. */
  readonly scale: number;
  readonly offset: number;
}

/** @param farthest δmax of the query, asked for only by the `relative` proximity */
export function prepareProximity(proximity: Proximity, farthest: () => number): PreparedProximity {
  if (proximity.kind === "relative") {
    const scale = farthest() || Number.POSITIVE_INFINITY;
    return { shape: LINEAR, rate: 1 / scale, scale, offset: 0 };
  }
  const shape =
    proximity.kind === "linear" ? LINEAR : proximity.kind === "exponential" ? EXPONENTIAL : GAUSSIAN;
  const scale = proximity.scaleMeters;
  return { shape, rate: 1 / scale, scale, offset: proximity.offsetMeters ?? 0 };
}

/** Proximity in [0, 1], falling with the distance. Trusts its input. */
export function proximityAt({ shape, rate, scale, offset }: PreparedProximity, distance: number): number {
  const beyond = distance - offset;
  if (!(beyond > 0)) return 1;
  // 1 / scale is infinite below some 1e-308.
  const t = rate === Number.POSITIVE_INFINITY ? beyond / scale : beyond * rate;
  if (shape === LINEAR) return t < 1 ? 1 - t : 0;
  return shape === EXPONENTIAL ? Math.exp(-t) : Math.exp(-0.5 * t * t);
}
