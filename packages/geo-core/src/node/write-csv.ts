import { type CsvTextOptions, csvLines } from "../formats/csv/to-csv.js";
import { checkOptions } from "../foundation/check-options.js";
import { checkSet } from "../trajectories/check-set.js";
import type { TrajectorySet } from "../trajectories/trajectory-set.js";
import type { WriteOptions } from "../writing/attributes.js";
import { writeTextAtomically } from "./internal/atomic-text.js";

/** How {@link writeCsv} writes. */
export type CsvWriteOptions = WriteOptions & CsvTextOptions;

/**
 * Writes CSV (RFC 4180, line feeds) with a header; {@link readCsv} reads it back equal. Properties, point columns and
 * attributes are further columns, of the whole repeated at every point where rows are points. Gzipped if `path` ends in
 * `.gz`. The file appears whole or not at all.
 *
 * @throws {ValueError} with `layout: "points"`: an empty trajectory, or an id twice; with `timeFormat: "iso"`: a year of
 *   more than four digits; an attribute's value
 * @throws {ShapeError} an attribute of the wrong length
 */
export async function writeCsv(
  path: string,
  trajectories: TrajectorySet,
  options: CsvWriteOptions = {},
): Promise<void> {
  checkSet("writeCsv", trajectories, "trajectories");
  checkOptions("writeCsv", options, ["layout", "timeFormat", "attributes", "signal"]);
  await writeTextAtomically(path, csvLines("writeCsv", trajectories, options), options.signal);
}
