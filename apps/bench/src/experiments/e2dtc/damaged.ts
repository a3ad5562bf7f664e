import { nmi, uacc } from "@wayweave/eval";
import { createRoutes, distort, Random, type TrajectorySet } from "@wayweave/geo-core";
import { z } from "zod";
import { syntheticTrips } from "../../datasets/synthetic-trips.js";
import { type LabelledTrips, labelTrips, loadLabelledTrips } from "../../datasets/trips.js";
import { rawArrays } from "../../results/raw-arrays.js";
import { defineExperiment, type Row, type RunContext } from "../experiment.js";
import { sampleTrips } from "./systems/clustering.js";
import { damage } from "./systems/damage.js";
import {
  byMeanLine,
  byMedoid,
  byNeighbors,
  byStudent,
  type Labeller,
  type LabellerOf,
  learn,
} from "./systems/labellers.js";
import { pointsOnly } from "./systems/trained-models.js";

const datasetNames = ["motorway", "crossing", "town", "city", "Porto"] as const;
type DamagedDataset = (typeof datasetNames)[number];

/** Metres that points are moved by, along each axis: what a scene's receivers may do, and 100 m in cities. */
const movedMeters: Readonly<Record<DamagedDataset, number>> = {
  motorway: 1.5,
  crossing: 1.5,
  town: 50,
  city: 100,
  Porto: 100,
};

interface DamagedParameters {
  readonly datasets: readonly DamagedDataset[];
  /** Trips learnt from, and trips labelled, at most. */
  readonly learnt: number;
  readonly labelled: number;
  /** Steps of an epoch of the student at least, where they are not the package's own. */
  readonly studentSteps?: number;
}

const damages = [
  "undamaged",
  "60 % dropped",
  "moved",
  "second half missing",
  "last two thirds missing",
  "60 % dropped, moved, second half missing",
] as const;
type DamageKind = (typeof damages)[number];

const rawSchema = z.object({
  labelsTrue: rawArrays.uint32,
  labelsPredicted: rawArrays.int32,
  /** Processor time of labelling alone. */
  cpuMs: z.number().nonnegative(),
});
type DamagedRaw = z.infer<typeof rawSchema>;

const labellers: Readonly<Record<string, LabellerOf>> = {
  "E2DTC, student": byStudent,
  "nearest medoid, DTW": byMedoid("dtw"),
  "nearest medoid, LCSS": byMedoid("lcss"),
  "five nearest trips, DTW": byNeighbors("dtw"),
  "five nearest trips, LCSS": byNeighbors("lcss"),
  "nearest mean line": byMeanLine,
};

export const damaged = defineExperiment<DamagedParameters, DamagedRaw>({
  id: "e2dtc/damaged",
  title: "Labels for trips outside the sample: damaged, partial, and how fast",
  artefact: "Beyond E2DTC",
  notes: [
    "All systems learn the same clusters, which clusterTrips found among undamaged trips, and then label other trips of the same set, damaged. True labels serve for scoring only.",
    "“moved”: every point by 1.5 m (motorway, crossing), 50 m (town) or 100 m (city, Porto) along each axis. The network's training damages trips otherwise: it drops up to 80 %, moves by half a cell and cuts at either end.",
    "Scenes are new with each seed (createRoutes seeds 201, 202, …); city is a synthetic city labelled by Algorithm 2; Porto is the half of the labelled trips on which settings may be chosen (decision 18).",
    "Trips a second are by processor time of labelling alone, coordinates to labels. Nearest trips and medoids are found by TrajectoryIndex, which leaves out what cannot be among the nearest.",
    "Half of a trip does not always tell its route: routes of crossing and town share parts of their ways.",
  ],
  presets: {
    quick: { datasets: ["motorway"], learnt: 80, labelled: 60, studentSteps: 8 },
    standard: { datasets: ["motorway", "town", "Porto"], learnt: 300, labelled: 200 },
    full: { datasets: datasetNames, learnt: 500, labelled: 2000 },
  },
  seedCounts: { quick: 1 },
  metrics: ["uacc", "nmi", "examplesPerSecond", "trajectories"],
  packages: ["@wayweave/geo-core", "@wayweave/numeric", "@wayweave/nn", "@wayweave/e2dtc"],
  rawSchema,
  rows: ({ parameters }) =>
    parameters.datasets.flatMap((dataset) =>
      Object.entries(labellers).flatMap(([system, labellerOf]) =>
        damages.map((kind) => rowOf(dataset, system, labellerOf, kind, parameters)),
      ),
    ),
  score: ({ labelsTrue, labelsPredicted, cpuMs }) => ({
    uacc: uacc(labelsTrue, labelsPredicted),
    nmi: nmi(labelsTrue, labelsPredicted),
    examplesPerSecond: (1000 * labelsTrue.length) / Math.max(cpuMs, 0.001),
    trajectories: labelsTrue.length,
  }),
  figures: [{ title: "UACC", kind: "bars", metric: "uacc", x: "damage", series: "system", facet: "data" }],
});

function rowOf(
  dataset: DamagedDataset,
  system: string,
  labellerOf: LabellerOf,
  kind: DamageKind,
  { learnt: learntSize, labelled, studentSteps }: DamagedParameters,
): Row<DamagedRaw> {
  return {
    system,
    dataset: `${dataset}, ${kind}`,
    parameters: { data: dataset, damage: kind },
    paper: null,
    weight: labellerOf === byStudent ? 10 : 1,
    async run(context) {
      const { share, seed, random } = context;
      const trips = await load(context, dataset);
      const order = random.split(`damaged ${dataset}`).permutation(trips.set.length);
      const known = order.slice(0, Math.min(learntSize, Math.floor((2 * order.length) / 3)));
      const others = order.slice(known.length, known.length + labelled);
      const key = `${dataset} ${seed} ${known.length}`;
      const learnt = await share(`damaged: clusters of ${key}`, () =>
        learn(context, pointsOnly(trips.set.select(known)), trips.k),
      );
      // Trained once for all kinds of damage; its memory goes with the process.
      const labeller: Labeller = await share(`damaged: ${system} on ${key}`, () =>
        labellerOf(context, learnt, { studentSteps }),
      );
      const whole = pointsOnly(trips.set.select(others));
      const set = applied(whole, kind, movedMeters[dataset], random.split(`${dataset} ${kind}`));
      await labeller.label(set.select([0]));
      const before = process.cpuUsage();
      const labels = await labeller.label(set);
      const { user, system: kernel } = process.cpuUsage(before);
      return {
        labelsTrue: others.map((i) => trips.labels[i]!),
        labelsPredicted: Int32Array.from(labels),
        cpuMs: (user + kernel) / 1000,
      };
    },
  };
}

function applied(set: TrajectorySet, kind: DamageKind, sigmaMeters: number, random: Random): TrajectorySet {
  const dropped = (of: TrajectorySet) => damage(of, { name: "dropped", level: 0.6 }, random.split("dropped"));
  const moved = (of: TrajectorySet) => distort(of, { rate: 1, sigmaMeters, random: random.split("moved") });
  const partial = (of: TrajectorySet, level: number) => damage(of, { name: "partial", level }, random);
  switch (kind) {
    case "undamaged":
      return set;
    case "60 % dropped":
      return dropped(set);
    case "moved":
      return moved(set);
    case "second half missing":
      return partial(set, 0.5);
    case "last two thirds missing":
      return partial(set, 2 / 3);
    case "60 % dropped, moved, second half missing":
      return moved(dropped(partial(set, 0.5)));
  }
}

/** Trips with labels; scenes and cities differ from seed to seed. */
async function load(context: RunContext, dataset: DamagedDataset): Promise<LabelledTrips> {
  const { seed } = context;
  if (dataset === "Porto") {
    const all = await loadLabelledTrips(context, "Porto");
    // The half on which settings may be chosen: see decision 18.
    const half = new Random(2026)
      .split("Porto")
      .permutation(all.set.length)
      .slice(0, all.set.length >> 1);
    const trips = [...half].sort((a, b) => a - b);
    return { ...all, set: all.set.select(trips), labels: Uint32Array.from(trips, (i) => all.labels[i]!) };
  }
  return context.load(null, `damaged ${dataset} ${seed}`, async () => {
    if (dataset === "city") {
      const city = syntheticTrips("city", { seed: 200 + seed, hubs: 12, center: [116.4, 39.9] });
      return sampleTrips(labelTrips(city, 12), 600, new Random(seed));
    }
    const { set, labels, routes: k } = createRoutes({ scene: dataset, seed: 200 + seed, trips: 600 });
    const counts = { trips: set.length, points: set.pointCount };
    const provenance = { name: dataset, source: "synthetic", files: [], sha256: [], counts } as const;
    return { set, labels, k, provenance };
  });
}
