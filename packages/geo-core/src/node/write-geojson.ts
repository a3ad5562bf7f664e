import {
  checkGeoJsonWriting,
  type GeoJsonWriteOptions,
  RESERVED_PROPERTIES,
  toFeature,
} from "../formats/geojson/to-geojson.js";
import { checkOptions } from "../foundation/check-options.js";
import { checkSet } from "../trajectories/check-set.js";
import type { TrajectorySet } from "../trajectories/trajectory-set.js";
import { type WriteOptions, withAttributes } from "../writing/attributes.js";
import { writeTextAtomically } from "./internal/atomic-text.js";

/** How {@link writeGeoJson} and {@link writeGeoJsonLines} write. */
export type GeoJsonFileOptions = WriteOptions &
  Pick<GeoJsonWriteOptions, "times" | "timeFormat" | "allowPlanar">;

/**
 * Writes a GeoJSON FeatureCollection, a feature a line, properties and attributes as properties, point columns as
 * `coordinateProperties`; gzipped if `path` ends in `.gz`. The file appears whole or not at all.
 *
 * @throws {ValueError} a planar set without `allowPlanar`, an attribute's value or name
 * @throws {ShapeError} an attribute of the wrong length
 */
export async function writeGeoJson(
  path: string,
  trajectories: TrajectorySet,
  options: GeoJsonFileOptions = {},
): Promise<void> {
  checkSet("writeGeoJson", trajectories, "trajectories");
  const set = prepared("writeGeoJson", trajectories, options);
  await writeTextAtomically(path, collection(set, options), options.signal);
}

/**
 * Writes newline-delimited GeoJSON: a feature a line and nothing else, an empty line for no feature; otherwise as {@link writeGeoJson}.
 */
export async function writeGeoJsonLines(
  path: string,
  trajectories: TrajectorySet,
  options: GeoJsonFileOptions = {},
): Promise<void> {
  checkSet("writeGeoJsonLines", trajectories, "trajectories");
  const set = prepared("writeGeoJsonLines", trajectories, options);
  const lines = set.length === 0 ? ["\n"] : features(set, options, "\n");
  await writeTextAtomically(path, lines, options.signal);
}

function prepared(where: string, set: TrajectorySet, options: GeoJsonFileOptions): TrajectorySet {
  checkOptions(where, options, ["attributes", "signal", "times", "timeFormat", "allowPlanar"]);
  const { attributes, times } = options;
  const taken = typeof times === "object" ? [times.property, ...RESERVED_PROPERTIES] : RESERVED_PROPERTIES;
  const whole = withAttributes(where, set, attributes, taken);
  const { signal: _, attributes: __, ...how } = options;
  checkGeoJsonWriting(where, whole, how);
  return whole;
}

function* collection(set: TrajectorySet, options: GeoJsonFileOptions): Generator<string, void> {
  yield '{"type":"FeatureCollection","features":[\n';
  let separator = "";
  for (const feature of features(set, options, "")) {
    yield separator + feature;
    separator = ",\n";
  }
  yield "\n]}\n";
}

function* features(set: TrajectorySet, options: GeoJsonFileOptions, ending: string): Generator<string, void> {
  for (let i = 0; i < set.length; i++) yield JSON.stringify(toFeature(set, i, options)) + ending;
}
