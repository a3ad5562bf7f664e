import { ValueError } from "../foundation/errors.js";
import type { TrajectorySet } from "./trajectory-set.js";

/** Requires a `TrajectorySet`, be it of another copy of this package or of another realm. */
export function checkSet(where: string, set: TrajectorySet, name = "set"): void {
  const { coordinates, offsets, at } = (set ?? {}) as Partial<TrajectorySet>;
  if (ArrayBuffer.isView(coordinates) && ArrayBuffer.isView(offsets) && typeof at === "function") return;
  throw new ValueError(`${where}: ${name} must be a TrajectorySet, got ${kindOf(set)}`);
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "an array; TrajectorySet.fromArrays makes one of arrays";
  return typeof value === "object" ? "another object" : `a ${typeof value}`;
}
