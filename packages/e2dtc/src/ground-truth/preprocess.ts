import {
  type BoundingBox,
  bboxContains,
  checkOptions,
  checkPositiveInteger,
  segmentByTimeGap,
  type TrajectorySet,
  TrajectorySetBuilder,
  ValueError,
} from "@wayweave/geo-core";
import { checkTrips } from "../inputs/check-trips.js";

/** Which points and trajectories {@link preprocess} keeps, and where it cuts. */
export interface PreprocessOptions {
  /** Points outside are dropped; `[west, south, east, north]`. Everything stays where absent. */
  readonly box?: BoundingBox;
  /** Cut where more than this passed between two (kept) points; needs times. No cuts where absent. */
  readonly maxGapMs?: number;
  /** Shorter trajectories are dropped. @defaultValue 10 */
  readonly minPoints?: number;
}

/** What {@link preprocess} kept, and how much it dropped. */
export interface Preprocessed {
  /** What was kept, in the order of the trajectories that it came from. */
  readonly set: TrajectorySet;
  /** The index of the trajectory that each of `set` came from, `[set.length]`. */
  readonly sources: Uint32Array;
  /** How much was dropped. */
  readonly dropped: {
    /** Points outside the box. */
    readonly outside: number;
    /** Trajectories (or parts of them) with fewer than `minPoints` points; empty ones too. */
    readonly short: number;
    /** The points of those. */
    readonly shortPoints: number;
  };
}

const FIVE_MINUTES_MS = 5 * 60_000;

/** How each set is prepared; see {@link preprocess}. */
export const preprocessing = {
  /** GeoLife: Beijing's box, cut at gaps over five minutes. */
  geoLife: { box: [116.1, 39.5, 116.8, 40.3], maxGapMs: FIVE_MINUTES_MS, minPoints: 10 },
  /** Porto: trips as they are; the reader leaves out those with missing data. */
  porto: { minPoints: 10 },
  /** San Francisco cabs: occupied runs, cut at gaps over five minutes. */
  sanFrancisco: { maxGapMs: FIVE_MINUTES_MS, minPoints: 10 },
} as const satisfies Record<string, PreprocessOptions>;

/**
 * Trajectories as E2DTC's experiments take them: points outside the box dropped, cut at time gaps, short ones dropped.
 *
 * Points leave before gaps are looked for: a trip that leaves the box and comes back much later is cut there.
 *
 * @throws {ValueError} `maxGapMs` for a set without times, a box for a planar set, or an option out of range
 * @example preprocess(trajectories, preprocessing.geoLife).set
 */
export function preprocess(set: TrajectorySet, options: PreprocessOptions = {}): Preprocessed {
  checkTrips("preprocess", "set", set);
  checkOptions("preprocess", options, ["box", "maxGapMs", "minPoints"]);
  const { box, maxGapMs, minPoints = 10 } = options;
  checkPositiveInteger("preprocess", "minPoints", minPoints);
  const inside = box === undefined ? set : keepInside(set, box);
  const outside = set.pointCount - inside.pointCount;
  if (maxGapMs === undefined) {
    const kept = Uint32Array.from({ length: inside.length }, (_, i) => i).filter(
      (i) => inside.pointCountOf(i) >= minPoints,
    );
    const long = inside.select(kept);
    const short = inside.length - long.length;
    return {
      set: long,
      sources: kept,
      dropped: { outside, short, shortPoints: inside.pointCount - long.pointCount },
    };
  }
  const segments = segmentByTimeGap(inside, { maxGapMs, minPoints });
  const { parts, points } = segments.dropped;
  return {
    set: segments.set,
    sources: segments.sources,
    dropped: { outside, short: parts, shortPoints: points },
  };
}

/** The points inside the box; every trajectory stays, be it empty. */
function keepInside(set: TrajectorySet, box: BoundingBox): TrajectorySet {
  if (set.coordinateSystem !== "lonlat") {
    throw new ValueError(`preprocess: set must be lonlat where a box is given, got ${set.coordinateSystem}`);
  }
  const { coordinates, timesMs } = set;
  const builder = new TrajectorySetBuilder({ withTimes: timesMs !== undefined });
  for (let i = 0; i < set.length; i++) {
    builder.begin(set.ids?.[i] ?? String(i));
    for (let p = set.offsets[i]!; p < set.offsets[i + 1]!; p++) {
      const lon = coordinates[2 * p]!;
      const lat = coordinates[2 * p + 1]!;
      if (bboxContains(box, [lon, lat])) builder.addPoint(lon, lat, timesMs?.[p]);
    }
    builder.end();
  }
  return builder.build();
}
