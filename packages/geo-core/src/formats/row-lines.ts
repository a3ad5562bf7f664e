import { emptyRecord } from "../foundation/lookup.js";
import type { FoundTrajectory, TrajectoryCollector } from "../reading/collector.js";
import type { PointColumn } from "../trajectories/columns.js";
import { toColumn } from "./geojson/geojson-columns.js";
import type { ParsedLine } from "./polyline.js";

/** A table's row that is a whole trajectory, or several: one for each line of its geometry. */
export interface RowOfLines extends Pick<FoundTrajectory, "properties" | "timesMs" | "toLonLat"> {
  readonly id: string;
  readonly lines: readonly ParsedLine[];
  /** Further values of the points by name, of all lines one after another, as are `timesMs`. */
  readonly columns: Iterable<readonly [name: string, values: readonly unknown[]]>;
  /** Where the row stands in its file. */
  readonly line: number;
}

/**
 * Adds a trajectory a line; several share the row's id, with their number behind it. The row is a record, kept where any line
 * is left.
 */
export function addLinesOfRow<Attributes>(
  collector: TrajectoryCollector<Attributes>,
  { id, lines, columns, timesMs, properties, toLonLat, line }: RowOfLines,
  attributes: Attributes,
): void {
  let isKept = lines.length === 0;
  let from = 0;
  for (const [part, { positions, elevations }] of lines.entries()) {
    const to = from + positions.length / 2;
    const own = emptyRecord<PointColumn>();
    if (elevations !== undefined) own.elevationMeters = elevations;
    for (const [name, values] of columns) own[name] = toColumn(values.slice(from, to));
    const added = collector.add(
      {
        id: lines.length === 1 ? id : `${id}/${part}`,
        positions,
        timesMs: timesMs?.subarray(from, to),
        columns: own,
        ...(properties === undefined ? {} : { properties }),
        lines: line,
        records: "counted",
        toLonLat,
        mayBeEmpty: true,
        anyDate: true,
      },
      attributes,
    );
    isKept ||= added;
    from = to;
  }
  if (isKept) collector.ledger.kept++;
  else collector.ledger.exclude("no points", { file: collector.file, line });
}
