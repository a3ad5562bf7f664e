import type { Id, PreparedSettings } from "../query.js";
import { type PreparedProximity, prepareProximity } from "./proximity-kernel.js";
import { writeUnitVector } from "./unit-vector.js";

/** A checked query in the form that searches use. */
export interface PreparedQuery extends Omit<PreparedSettings, "proximity"> {
  readonly x: number;
  readonly y: number;
  /** Unit vector, or zeros. */
  readonly unit: Float64Array;
  readonly hasDirection: boolean;
  readonly proximity: PreparedProximity;
  readonly filter: ((id: Id) => boolean) | undefined;
  /** The ids of the tree's numbers, where ids are strings. */
  readonly names: readonly string[] | undefined;
}

/**
 * A query at a place, of checked settings.
 *
 * @param farthest δmax of the place; called only for the `relative` proximity
 * @throws {ValueError} an entry of the vector is not finite
 */
export function prepareQuery(
  where: string,
  settings: PreparedSettings,
  target: { readonly x: number; readonly y: number; readonly vector: ArrayLike<number> },
  dimensions: number,
  extras: Pick<PreparedQuery, "filter" | "names">,
  farthest: (x: number, y: number) => number,
): PreparedQuery {
  const { x, y, vector } = target;
  const unit = new Float64Array(dimensions);
  writeUnitVector(where, "vector", vector, 0, dimensions, unit, 0);
  return {
    ...settings,
    x,
    y,
    unit,
    hasDirection: unit.some((entry) => entry !== 0),
    // Where nothing weighs the proximity δmax is still told, for the hits say it.
    proximity: prepareProximity(settings.proximity, () => farthest(x, y)),
    ...extras,
  };
}
