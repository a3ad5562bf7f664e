import { type GeoJsonWriteOptions, toGeoJson } from "../formats/geojson/to-geojson.js";
import type { TrajectorySet } from "../trajectories/trajectory-set.js";
import { writeTextAtomically } from "./internal/atomic-text.js";
import { checkAttributes, type WriteOptions } from "./writing.js";

/** How {@link writeGeoJson} and {@link writeGeoJsonLines} write. */
export type GeoJsonFileOptions = WriteOptions &
  Pick<GeoJsonWriteOptions, "times" | "timeFormat" | "allowPlanar">;

/**
 * Writes a GeoJSON FeatureCollection, a feature a line, the attributes as properties; gzipped if `path` ends in `.gz`.
 * The file appears whole or not at all.
 *
 * @throws {ValueError} a planar set without `allowPlanar`, a trajectory of fewer than 2 points, an attribute's value
 * @throws {ShapeError} an attribute of the wrong length
 */
export async function writeGeoJson(
  path: string,
  trajectories: TrajectorySet,
  options: GeoJsonFileOptions = {},
): Promise<void> {
  checkOptions("writeGeoJson", trajectories, options);
  await writeTextAtomically(path, collection(trajectories, options), options.signal);
}

/**
 * Writes newline-delimited GeoJSON: a feature a line and nothing else; otherwise as {@link writeGeoJson}. So a set
 * without trajectories becomes an empty file, which readers refuse.
 */
export async function writeGeoJsonLines(
  path: string,
  trajectories: TrajectorySet,
  options: GeoJsonFileOptions = {},
): Promise<void> {
  checkOptions("writeGeoJsonLines", trajectories, options);
  await writeTextAtomically(path, features(trajectories, options, "\n"), options.signal);
}

function checkOptions(
  where: string,
  set: TrajectorySet,
  { attributes = {}, times }: GeoJsonFileOptions,
): void {
  const timesName = typeof times === "object" ? times.property : "coordTimes";
  checkAttributes(where, set, attributes, [timesName]);
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
  const { attributes = {}, times, timeFormat, allowPlanar } = options;
  const columns = Object.entries(attributes);
  const shared = {
    ...(times === undefined ? {} : { times }),
    ...(timeFormat === undefined ? {} : { timeFormat }),
    ...(allowPlanar === undefined ? {} : { allowPlanar }),
  };
  for (let i = 0; i < set.length; i++) {
    const properties = Object.fromEntries(columns.map(([name, column]) => [name, column[i]!]));
    const [feature] = toGeoJson(set.slice(i, i + 1), { ...shared, properties: [properties] }).features;
    yield JSON.stringify({ ...feature, id: set.ids?.[i] ?? String(i) }) + ending;
  }
}
