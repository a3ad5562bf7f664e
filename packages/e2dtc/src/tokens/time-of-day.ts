import type { TrajectorySet } from "@wayweave/geo-core";
import { checkTimed } from "../inputs/check-trips.js";

/** A day without leap seconds, as times since the Unix epoch have them. */
export const DAY_MS = 86_400_000;

/**
 * The time of the day of each point as a share of the day, from 0 at midnight: `[points]`.
 *
 * The day is UTC's. Another time zone only turns the circle on which the network has the day; nothing that it can tell apart depends on it.
 *
 * @throws {ValueError} a point without a time
 */
export function timesOfDay(where: string, set: TrajectorySet, why: string): Float64Array {
  checkTimed(where, set, why);
  return (set.timesMs ?? new Float64Array(0)).map((timeMs) => timeMs / DAY_MS - Math.floor(timeMs / DAY_MS));
}
