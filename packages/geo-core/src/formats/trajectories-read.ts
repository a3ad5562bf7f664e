import type { ReadReport } from "../reading/report.js";
import type { TrajectorySet } from "../trajectories/trajectory-set.js";
import type { FormatCounts } from "./any-format.js";

/** What `readTrajectories` found, for people and for programs. */
export interface TrajectoriesReport extends ReadReport {
  /** Files read, by format. */
  readonly formats: Readonly<Record<string, number>>;
  /** Trajectories in the set. */
  readonly trajectories: number;
  /** Points in the set. */
  readonly points: number;
  /** Files of the folder or zip whose names tell no format, and which were not opened. */
  readonly otherFiles: readonly string[];
}

/** What `readTrajectories` returns. */
export interface TrajectoriesRead {
  /** All trajectories of all files; what the files say of them besides are its point columns and properties. */
  readonly set: TrajectorySet;
  /** What was read, left out and changed. */
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
