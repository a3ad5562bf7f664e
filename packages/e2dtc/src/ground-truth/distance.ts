import { type CoordinateSystem, haversineMeters } from "@wayweave/geo-core";

/** Distance of two positions given as four trusted numbers: great-circle metres, or the plane's unit. */
export type DistanceFunction = (xA: number, yA: number, xB: number, yB: number) => number;

export function distanceBetween(coordinateSystem: CoordinateSystem): DistanceFunction {
  return coordinateSystem === "lonlat" ? haversineMeters : euclidean;
}

function euclidean(xA: number, yA: number, xB: number, yB: number): number {
  return Math.hypot(xA - xB, yA - yB);
}
