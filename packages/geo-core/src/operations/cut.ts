import { mapColumns } from "../trajectories/columns.js";
import { TrajectorySet } from "../trajectories/trajectory-set.js";

/** What an operation returns that cuts trajectories into parts. */
export interface TrajectoryParts {
  /** The parts; `a`'s are named `a/0`, `a/1` and so on. */
  readonly set: TrajectorySet;
  /** The index of the trajectory that each part was cut from, `[parts]`. */
  readonly sources: Uint32Array;
  /** Parts that held fewer than `minPoints` points, and their points. */
  readonly dropped: { readonly parts: number; readonly points: number };
}

/**
 * Cuts trajectories before points. Without a dropped part the result shares the set's coordinates, times and columns.
 *
 * @param startsPart whether point p, not the first of its trajectory, begins a new part
 * @param isLeftOut whether the part from point `start` up to, not including, `end` is none and takes no name
 */
export function cut(
  set: TrajectorySet,
  startsPart: (p: number) => boolean,
  minPoints: number,
  isLeftOut?: (start: number) => boolean,
): TrajectoryParts {
  const offsets = [0];
  const ids: string[] = [];
  /** The trajectory that each part comes from, dropped ones included. */
  const origins: number[] = [];
  const kept: number[] = [];
  let droppedParts = 0;
  let droppedPoints = 0;
  for (let i = 0; i < set.length; i++) {
    const id = set.ids?.[i] ?? String(i);
    const end = set.offsets[i + 1]!;
    let part = 0;
    let start = set.offsets[i]!;
    for (let p = start + 1; p <= end; p++) {
      if (p < end && !startsPart(p)) continue;
      const leftOut = isLeftOut?.(start) ?? false;
      if (!leftOut && p - start >= minPoints) {
        kept.push(ids.length);
      } else if (!leftOut) {
        droppedParts++;
        droppedPoints += p - start;
      }
      origins.push(i);
      ids.push(leftOut ? "" : `${id}/${part++}`);
      offsets.push(p);
      start = p;
    }
  }
  const { coordinates, timesMs, coordinateSystem, pointColumns } = set;
  const properties = mapColumns(set.properties, (column) => origins.map((origin) => column[origin]!));
  const columns = { coordinates, timesMs, ids, coordinateSystem, pointColumns, properties };
  const all = new TrajectorySet({ ...columns, offsets: Uint32Array.from(offsets) }, { validate: false });
  return {
    set: kept.length === all.length ? all : all.select(kept),
    sources: Uint32Array.from(kept, (part) => origins[part]!),
    dropped: { parts: droppedParts, points: droppedPoints },
  };
}
