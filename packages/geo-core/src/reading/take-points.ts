import { type PointColumn, takePoints } from "../trajectories/columns.js";

/** Points of a trajectory that stay, in their new order. */
export function takePositions(positions: Float64Array, order: Uint32Array): Float64Array {
  const taken = new Float64Array(2 * order.length);
  for (let i = 0; i < order.length; i++) {
    taken[2 * i] = positions[2 * order[i]!]!;
    taken[2 * i + 1] = positions[2 * order[i]! + 1]!;
  }
  return taken;
}

export function takeNumbers(values: Float64Array, order: Uint32Array): Float64Array {
  return Float64Array.from(order, (point) => values[point]!);
}

export function takeColumns(
  columns: Readonly<Record<string, PointColumn>>,
  order: Uint32Array,
): Record<string, PointColumn> {
  return Object.fromEntries(
    Object.entries(columns).map(([name, column]) => [name, takePoints(column, order)]),
  );
}
