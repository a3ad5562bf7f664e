import { haversineMeters } from "@wayweave/geo-core/foundation";
import type { LoadedTracks } from "./api.js";

/** How long a track is, and how long it took where it has times. */
export function lengthOf(
  { coordinates, offsets, timesMs, coordinateSystem }: LoadedTracks["columns"],
  track: number,
): { readonly meters: number; readonly ms: number | undefined; readonly points: number } {
  const [start, end] = [offsets[track]!, offsets[track + 1]!];
  let meters = 0;
  for (let p = start + 1; p < end; p++) {
    const [ax, ay, bx, by] = coordinates.subarray(2 * p - 2, 2 * p + 2) as unknown as [
      number,
      number,
      number,
      number,
    ];
    meters += coordinateSystem === "planar" ? Math.hypot(bx - ax, by - ay) : haversineMeters(ax, ay, bx, by);
  }
  const ms = timesMs === undefined ? Number.NaN : timesMs[end - 1]! - timesMs[start]!;
  return { meters, ms: ms >= 0 ? ms : undefined, points: end - start };
}
