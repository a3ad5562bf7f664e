import { checkNonNegative, checkOneOf, checkOptions, checkPositive } from "./internal/checks.js";

/**
 * How nearness falls from 1 with the distance d, in metres (on a plane: in the coordinates' unit).
 *
 * * `relative`: 1 − d / δmax, where δmax is the distance from the query to the farthest object (the paper's eq. 4 and
 *   6, the default). If all objects lie at the query, proximity is 1.
 * * `linear`: 1 − d′ / scale, and 0 beyond the scale.
 * * `exponential`: exp(−d′ / scale).
 * * `gaussian`: exp(−½ (d′ / scale)²).
 *
 * d′ = max(0, d − offset): within the offset everything is equally near.
 */
export type Proximity =
  | { readonly kind: "relative" }
  | {
      readonly kind: "linear" | "exponential" | "gaussian";
      readonly scaleMeters: number;
      /** Default 0. */
      readonly offsetMeters?: number;
    };

/** The kinds that a {@link Proximity} may have. */
export const proximityKinds = ["relative", "linear", "exponential", "gaussian"] as const;

/** @throws {ValueError} an unknown kind, a scale that is not positive, or a negative offset */
export function checkProximity(where: string, proximity: Proximity): void {
  checkOneOf(where, "proximity.kind", proximity?.kind, proximityKinds);
  const names =
    proximity.kind === "relative" ? (["kind"] as const) : (["kind", "scaleMeters", "offsetMeters"] as const);
  checkOptions<Proximity>(`${where}: proximity`, proximity, names);
  if (proximity.kind === "relative") return;
  checkPositive(where, "proximity.scaleMeters", proximity.scaleMeters);
  checkNonNegative(where, "proximity.offsetMeters", proximity.offsetMeters ?? 0);
}
