import type { ReadReport } from "../reading/report.js";
import type { TrajectorySet } from "../trajectories/trajectory-set.js";
import type { FormatCounts } from "./any-format.js";

/** What `readTrajectories` found, for people and for programs. */
export interface TrajectoriesReport extends ReadReport {
  /** Files read, by format. */
  readonly formats: Readonly<Record<string, number>>;
  readonly trajectories: number;
  readonly points: number;
  /** Files of the folder or zip whose names tell no format, and which were not opened. */
  readonly otherFiles: readonly string[];
}

export interface TrajectoriesRead {
  readonly set: TrajectorySet;
  readonly report: TrajectoriesReport;
}

export function toResult(
  { trajectories: set, report }: { readonly trajectories: TrajectorySet; readonly report: ReadReport },
  counts: FormatCounts,
  otherFiles: readonly string[],
): TrajectoriesRead {
  return {
    set,
    report: {
      ...report,
      formats: { ...counts },
      trajectories: set.length,
      points: set.pointCount,
      otherFiles,
    },
  };
}
