import type { Random } from "../foundation/random.js";
import type { RoadNetwork } from "./road-network.js";

/** A drive as a timetable: where one is at which time, straight and steady in between. */
export interface Drive {
  /** Seconds since departure, ascending, `[points]`. */
  readonly times: readonly number[];
  /** Interleaved planar x, y: `[points × 2]`. */
  readonly positions: readonly number[];
}

/** Share of junctions at which one has to wait, and for how long on average. */
const STOP_SHARE = 0.15;
const STOP_SECONDS = 12;

/** Drives from a junction along roads, `way`, at a driver's own pace, slowed on each by traffic, with stops at some junctions. */
export function driveAlong(
  network: RoadNetwork,
  start: number,
  way: readonly number[],
  random: Random,
): Drive {
  const { nodes, edgeTargets, edgeLengthsMeters, edgeSpeeds } = network;
  const pace = Math.max(0.6, Math.min(1.4, 1 + 0.1 * random.normal()));
  const times = [0];
  const positions = [nodes[2 * start]!, nodes[2 * start + 1]!];
  let time = 0;
  for (const [i, edge] of way.entries()) {
    time += edgeLengthsMeters[edge]! / (edgeSpeeds[edge]! * pace * random.uniform(0.6, 1));
    const target = edgeTargets[edge]!;
    times.push(time);
    positions.push(nodes[2 * target]!, nodes[2 * target + 1]!);
    if (i + 1 < way.length && random.next() < STOP_SHARE) {
      time += -STOP_SECONDS * Math.log(1 - random.next());
      times.push(time);
      positions.push(nodes[2 * target]!, nodes[2 * target + 1]!);
    }
  }
  return { times, positions };
}
