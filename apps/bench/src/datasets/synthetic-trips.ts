import { preprocess, preprocessing } from "@wayweave/e2dtc";
import { createCity, type Position, type TrajectorySet } from "@wayweave/geo-core";
import type { LoadedData } from "../experiments/experiment.js";

/** Trips as E2DTC's experiments take them: cut, cropped and filtered. */
export interface Trips extends LoadedData {
  readonly set: TrajectorySet;
}

/** So many that some hundreds of them stay within one cluster's circle, as Algorithm 2 demands. */
const TRIPS = 24_000;

/** A synthetic city's trips in place of a real set that is not found, with as many hubs as that has clusters. */
export function syntheticTrips(
  name: string,
  options: { readonly seed: number; readonly hubs: number; readonly center: Position },
): Trips {
  const city = createCity({ ...options, trips: TRIPS, sizeMeters: 7_000, spacingMeters: 300 });
  const { set } = preprocess(city.set, preprocessing.porto);
  const counts = { trips: set.length, points: set.pointCount };
  return { set, provenance: { name, source: "synthetic", files: [], sha256: [], counts } };
}
