import { generateGroundTruth, preprocess, preprocessing, selectCenters } from "@wayweave/e2dtc";
import type { Position, TrajectorySet } from "@wayweave/geo-core";
import { type ReadReport, readCabspotting, readGeoLife, readPorto } from "@wayweave/geo-core/node";
import type { DataProvenance, RunContext } from "../experiments/experiment.js";
import type { DatasetId, LocatedDataset } from "./catalogue.js";
import { syntheticTrips, type Trips } from "./synthetic-trips.js";

/** The three sets of raw trips, by their names in the tables. */
export const tripSetNames = ["GeoLife", "Porto", "San Francisco"] as const;
export type TripSetName = (typeof tripSetNames)[number];

export type { Trips } from "./synthetic-trips.js";

/** Trips that Algorithm 2 gave a label, and the number of clusters it was asked for. */
export interface LabelledTrips extends Trips {
  /** `[set.length]` */
  readonly labels: Uint32Array;
  readonly k: number;
}

interface TripSet {
  readonly dataset: DatasetId;
  /** Clusters in E2DTC's Table II; San Francisco stands where Hangzhou does there. */
  readonly k: number;
  /** The middle of the synthetic city that stands in. */
  readonly center: Position;
  read(path: string, signal: AbortSignal): Promise<{ trajectories: TrajectorySet; report: ReadReport }>;
  prepare(set: TrajectorySet): TrajectorySet;
}

const tripSets: Readonly<Record<TripSetName, TripSet>> = {
  GeoLife: {
    dataset: "geolife",
    k: 12,
    center: [116.4, 39.9],
    read: (path, signal) => readGeoLife(path, { lenient: true, signal }),
    prepare: (set) => preprocess(set, preprocessing.geoLife).set,
  },
  Porto: {
    dataset: "porto",
    k: 15,
    center: [-8.61, 41.15],
    read: (path, signal) => readPorto(path, { lenient: true, signal }),
    prepare: (set) => preprocess(set, preprocessing.porto).set,
  },
  "San Francisco": {
    dataset: "cabspotting",
    k: 7,
    center: [-122.42, 37.77],
    read: (path, signal) => readCabspotting(path, { lenient: true, signal }),
    prepare: (set) => preprocess(set, preprocessing.sanFrancisco).set,
  },
};

/** How many clusters E2DTC has in a set: 12, 15 and 7. */
export function clusterCountOf(name: TripSetName): number {
  return tripSets[name].k;
}

/** The prepared trips of a set; a synthetic city's where the real set is not found. */
export function loadTrips(context: RunContext, name: TripSetName): Promise<Trips> {
  return context.load(tripSets[name].dataset, name, (located) => readTrips(name, located, context.signal));
}

/** {@link loadTrips}, reduced to those that Algorithm 2 labels with its defaults (σ = .6, λ = .7). */
export function loadLabelledTrips(context: RunContext, name: TripSetName): Promise<LabelledTrips> {
  const { dataset, k } = tripSets[name];
  return context.load(dataset, `${name}, labelled`, async (located) => {
    const { set, provenance } = await readTrips(name, located, context.signal);
    return labelTrips({ set, provenance }, k);
  });
}

/** The trips that Algorithm 2 labels around the k centres that the default rule selects. */
export function labelTrips({ set, provenance }: Trips, k: number): LabelledTrips {
  const { kept, labels } = generateGroundTruth(set, { centers: selectCenters(set, { k }) });
  const counts = { ...provenance.counts, "with a label": kept.length };
  return { set: set.select(kept), labels, k, provenance: { ...provenance, counts } };
}

async function readTrips(
  name: TripSetName,
  located: LocatedDataset | undefined,
  signal: AbortSignal,
): Promise<Trips> {
  const { k, center, read, prepare } = tripSets[name];
  if (located === undefined) {
    return syntheticTrips(name, { seed: tripSetNames.indexOf(name) + 1, hubs: k, center });
  }
  const { trajectories, report } = await read(located.paths[0]!, signal);
  const set = prepare(trajectories);
  return { set, provenance: provenanceOf(name, located, report, set) };
}

function provenanceOf(
  name: TripSetName,
  located: LocatedDataset,
  report: ReadReport,
  set: TrajectorySet,
): DataProvenance {
  const skipped = report.skipped.map(({ reason, count }) => [`skipped: ${reason}`, count] as const);
  const damaged = report.damagedFiles.map(
    ({ reason, count }) => [`damaged files: ${reason}`, count] as const,
  );
  const counts = {
    "records read": report.kept,
    ...Object.fromEntries([...skipped, ...damaged]),
    trips: set.length,
    points: set.pointCount,
  };
  return { name, source: "real", files: located.files, sha256: located.sha256, counts };
}
