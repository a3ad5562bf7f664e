import { distort, type Random, type TrajectorySet, TrajectorySetBuilder } from "@wayweave/geo-core";

/** What can go wrong with a trip between the road and the data set. */
export const damageNames = ["dropped", "moved", "uneven", "partial"] as const;
export type DamageName = (typeof damageNames)[number];

export interface Damage {
  readonly name: DamageName;
  /**
   * `dropped`: share of points lost. `moved`: standard deviation along each axis, metres. `uneven`: share of points lost in
   * one half of the trip, the other half being complete. `partial`: share missing at the end.
   */
  readonly level: number;
}

/** `40 % dropped`. */
export function describeDamage({ name, level }: Damage): string {
  if (level === 0) return "undamaged";
  switch (name) {
    case "dropped":
      return `${percent(level)} dropped`;
    case "moved":
      return `moved by ${level} m`;
    case "uneven":
      return `${percent(level)} of one half dropped`;
    case "partial":
      return `last ${percent(level)} missing`;
  }
}

/** Damaged copies of trips, without ids and times. Ends are not spared, but each trip keeps at least one point. */
export function damage(set: TrajectorySet, { name, level }: Damage, random: Random): TrajectorySet {
  switch (name) {
    case "dropped":
      return withPoints(set, random, () => () => random.next() >= level);
    case "moved":
      return distort(set, { rate: 1, sigmaMeters: level, random });
    case "uneven":
      return withPoints(set, random, (count) => {
        const half = random.integer(2);
        return (i) => (i < count / 2 ? 0 : 1) === half || random.next() >= level;
      });
    case "partial":
      return withPoints(set, random, (count) => (i) => i < Math.max(1, Math.ceil(count * (1 - level))));
  }
}

/** @param ruleOf given a trip's number of points, says which of them stay, by their place in the trip */
function withPoints(
  set: TrajectorySet,
  random: Random,
  ruleOf: (count: number) => (i: number) => boolean,
): TrajectorySet {
  const { coordinates, offsets, coordinateSystem } = set;
  const builder = new TrajectorySetBuilder({ coordinateSystem });
  for (let trip = 0; trip < set.length; trip++) {
    const start = offsets[trip]!;
    const count = set.pointCountOf(trip);
    const stays = ruleOf(count);
    const kept = Array.from({ length: count }, (_, i) => i).filter(stays);
    if (kept.length === 0) kept.push(random.integer(count));
    builder.begin();
    for (const i of kept) builder.addPoint(coordinates[2 * (start + i)]!, coordinates[2 * (start + i) + 1]!);
    builder.end();
  }
  return builder.build();
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
