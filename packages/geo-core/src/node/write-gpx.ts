import { gpxParts } from "../formats/gpx/to-gpx.js";
import { checkOptions } from "../foundation/check-options.js";
import { checkSet } from "../trajectories/check-set.js";
import type { TrajectorySet } from "../trajectories/trajectory-set.js";
import type { WriteOptions } from "../writing/attributes.js";
import { writeTextAtomically } from "./internal/atomic-text.js";

/**
 * Writes GPX 1.1, a track a trajectory; {@link readGpx} reads it back equal. Gzipped if `path` ends in `.gz`. The file
 * appears whole or not at all.
 *
 * @throws {ValueError} a planar set; an attribute's value
 * @throws {ShapeError} an attribute of the wrong length
 */
export async function writeGpx(
  path: string,
  trajectories: TrajectorySet,
  options: WriteOptions = {},
): Promise<void> {
  checkSet("writeGpx", trajectories, "trajectories");
  checkOptions("writeGpx", options, ["attributes", "signal"]);
  await writeTextAtomically(path, gpxParts("writeGpx", trajectories, options), options.signal);
}
