import { told } from "@wayweave/cli";
import { isError, type TrajectorySet, ValueError, webMercator } from "@wayweave/geo-core";
import { E2DTC } from "../model/e2dtc.js";

/** @throws {ValueError} a file that is no model, or that cannot be read */
export async function loadModel(file: string): Promise<E2DTC> {
  return E2DTC.load(file).catch((cause: unknown) => {
    const why = isError(cause) ? cause.message : String(cause);
    throw new ValueError(`--model must be a file that cluster --model wrote, got ${file} (${why})`, {
      cause,
    });
  });
}

/** @throws {ValueError} trips of a plane for a model of longitudes and latitudes, or the other way round */
export function checkCoordinateSystem(
  { info }: Pick<E2DTC, "info">,
  { coordinateSystem }: Pick<TrajectorySet, "coordinateSystem">,
): void {
  if (info.coordinateSystem === coordinateSystem) return;
  const which = coordinateSystem === "planar" ? "left out" : "given";
  throw new ValueError(`--planar must be ${which}: the model has learnt ${info.coordinateSystem} trips`);
}

/** Indices of trips that lack the time of a point. */
export function tripsUntimed(set: TrajectorySet): number[] {
  return Array.from({ length: set.length }, (_, trip) => trip).filter((trip) => {
    const { timesMs } = set.at(trip);
    return timesMs === undefined ? set.pointCountOf(trip) > 0 : timesMs.some(Number.isNaN);
  });
}

/**
 * Requires a time at each point where the network reads the time of the day.
 *
 * @param what which trips these are, for the message
 * @param otherwise what else helps than the times
 * @throws {ValueError} a trip that lacks the time of a point
 */
export function checkTimes(what: string, set: TrajectorySet, otherwise: string): void {
  const untimed = tripsUntimed(set);
  if (untimed.length === 0) return;
  throw new ValueError(
    `${what} must have a time at each point, since the network reads the time of the day, which ${told(set, untimed)} lack: --columns names a table's times; ${otherwise}`,
  );
}

/** Indices of trips of which no point lies in the area that a model has learnt; none where the model does not say it. */
export function tripsOutside(set: TrajectorySet, { info }: Pick<E2DTC, "info">): number[] {
  if (info.area === undefined) return [];
  const [minX, minY, maxX, maxY] = info.area;
  const isInside = (p: number): boolean => {
    const place = [set.coordinates[2 * p]!, set.coordinates[2 * p + 1]!] as const;
    const [x, y] = set.coordinateSystem === "lonlat" ? webMercator.forward(place) : place;
    return x >= minX && x <= maxX && y >= minY && y <= maxY;
  };
  const outside: number[] = [];
  for (let trip = 0; trip < set.length; trip++) {
    let p = set.offsets[trip]!;
    while (p < set.offsets[trip + 1]! && !isInside(p)) p++;
    if (p === set.offsets[trip + 1]!) outside.push(trip);
  }
  return outside;
}
