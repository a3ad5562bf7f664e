import { azimuthalEquidistant, projectSet, TrajectorySet } from "@wayweave/geo-core";
import { type PairSet, renderImages } from "@wayweave/trajcross";
import { loadTrips, type TripSetName } from "../../datasets/trips.js";
import { loadUniv } from "../../datasets/univ.js";
import { defineExperiment, type RunContext } from "../experiment.js";
import { type RetrievalRaw, retrievalRawSchema, scoreRetrieval } from "./systems/retrieval.js";
import { oneWindowEach } from "./systems/trip-windows.js";
import { universalNotes, universalRows } from "./systems/universal.js";

interface ZeroShotParameters {
  readonly sets: readonly TripSetName[];
  /** Test pairs of each set. */
  readonly testCount: number;
  /** Candidates of the shapes that are compared by drawing. */
  readonly reranked: number;
}

export const zeroShot = defineExperiment<ZeroShotParameters, RetrievalRaw>({
  id: "trajcross/zero-shot",
  title: "Anywhere, without training",
  artefact: "Beyond TrajCross",
  notes: [
    ...universalNotes,
    "Windows of 20 points, images and extents drawn as for UNIV; trips at most one window each, in their own places and at their own size. The four sets in one gallery lie on one plane, the three cities far from UNIV's square.",
    "Windows that hardly move are lines of less than two pixels in their images, since an image shows half a metre more than its line: no system tells those apart by their picture.",
  ],
  presets: {
    quick: { sets: ["Porto"], testCount: 150, reranked: 20 },
    standard: { sets: ["Porto", "GeoLife", "San Francisco"], testCount: 2379, reranked: 50 },
    full: { sets: ["Porto", "GeoLife", "San Francisco"], testCount: 2379, reranked: 50 },
  },
  seedCounts: { quick: 1, standard: 1 },
  metrics: ["t2iTop1", "t2iTop5", "t2iTop10", "i2tTop1", "i2tTop5", "i2tTop10", "trajectories"],
  packages: ["@wayweave/geo-core", "@wayweave/nn", "@wayweave/trajcross"],
  rawSchema: retrievalRawSchema,
  rows: ({ parameters: { sets, testCount, reranked } }) => [
    ...universalRows("UNIV", reranked, async (context) =>
      pairsOf(context, await univWindows(context, testCount)),
    ),
    ...sets.flatMap((name) =>
      universalRows(name, reranked, async (context) =>
        pairsOf(context, await tripWindows(context, name, testCount)),
      ),
    ),
    ...universalRows("all in one gallery", reranked, async (context) => {
      const share = Math.floor(testCount / (sets.length + 1));
      const windows = [await univWindows(context, share)];
      for (const name of sets) windows.push(await tripWindows(context, name, share));
      return pairsOf(context, TrajectorySet.concat(windows.map((set, place) => movedEast(set, 1e6 * place))));
    }),
  ],
  score: scoreRetrieval,
});

function pairsOf(context: RunContext, trajectories: TrajectorySet): PairSet {
  return { trajectories, images: renderImages(trajectories, context.random.split("images")) };
}

async function univWindows(context: RunContext, count: number): Promise<TrajectorySet> {
  const { windows } = await loadUniv(context);
  const chosen = context.random.split("UNIV").sample(windows.set.length, Math.min(count, windows.set.length));
  return withoutTimes(windows.set.select(chosen));
}

/** At most `count` windows in planar metres, one a trip, of those that go anywhere. */
async function tripWindows(context: RunContext, name: TripSetName, count: number): Promise<TrajectorySet> {
  const { set } = await loadTrips(context, name);
  const picked = oneWindowEach(set, context.random.split(name), count);
  const planar = projectSet(picked, azimuthalEquidistant([picked.coordinates[0]!, picked.coordinates[1]!]));
  return withoutTimes(planar);
}

function withoutTimes({ coordinates, offsets }: TrajectorySet): TrajectorySet {
  return new TrajectorySet({ coordinates, offsets, coordinateSystem: "planar" });
}

function movedEast({ coordinates, offsets }: TrajectorySet, metres: number): TrajectorySet {
  const moved = coordinates.map((value, i) => (i % 2 === 0 ? value + metres : value));
  return new TrajectorySet({ coordinates: moved, offsets, coordinateSystem: "planar" });
}
