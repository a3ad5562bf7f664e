import type { ReadReport } from "../reading/report.js";
import type { TrajectorySet } from "../trajectories/trajectory-set.js";
import type { BrokenFile, FilesRead } from "./any-format.js";

/** What `readTrajectories` found, for people and for programs. */
export interface TrajectoriesReport extends ReadReport {
  /** Files read, by format. */
  readonly formats: Readonly<Record<string, number>>;
  /** Trajectories in the set. */
  readonly trajectories: number;
  /** Points in the set. */
  readonly points: number;
  /** (lenient) Files that could not be read, or not to their end, each with what is wrong. */
  readonly brokenFiles: readonly BrokenFile[];
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
  { formats, broken }: FilesRead,
  otherFiles: readonly string[],
): TrajectoriesRead {
  return {
    set,
    report: {
      ...report,
      formats: { ...formats },
      brokenFiles: [...broken],
      trajectories: set.length,
      points: set.pointCount,
      otherFiles,
    },
  };
}
