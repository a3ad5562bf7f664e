import {
  distort,
  downsample,
  type Random,
  type TrajectorySet,
  TrajectorySetBuilder,
} from "@wayweave/geo-core";
import { buildPairs } from "@wayweave/trajcross";
import { loadUniv, univSplits } from "../../datasets/univ.js";
import { defineExperiment, type Row } from "../experiment.js";
import { lineMatchNote, lineMatchRanks } from "./systems/line-matches.js";
import { embedPairs, type ModelSpec, useModel } from "./systems/models.js";
import { ranksOf, rerankedRanks } from "./systems/ranking.js";
import { type RetrievalRaw, retrievalRawSchema, scoreRetrieval } from "./systems/retrieval.js";

interface RobustnessParameters {
  readonly model: ModelSpec;
  /** Whether a second model learns with noise. */
  readonly withNoise: boolean;
  readonly damages: readonly Damage[];
  /** Candidates of the embeddings that are compared by drawing. */
  readonly reranked: number;
}

/** What happens to a query between the walk and its recording. */
interface Damage {
  readonly name: string;
  readonly apply: (set: TrajectorySet, random: Random) => TrajectorySet;
}

const dropped = (rate: number): Damage => ({
  name: `${100 * rate} % of points dropped`,
  apply: (set, random) => downsample(set, { rate, random }),
});
const noisy = (sigmaMeters: number): Damage => ({
  name: `noise of ${sigmaMeters} m`,
  apply: (set, random) => distort(set, { rate: 1, sigmaMeters, random }),
});
const undamaged: Damage = { name: "undamaged", apply: (set) => set };
const half: Damage = { name: "first half only", apply: firstHalf };
const allDamages: readonly Damage[] = [
  undamaged,
  ...[0.1, 0.3, 0.5].map(dropped),
  ...[0.1, 0.3, 0.5].map(noisy),
  half,
];

export const robustness = defineExperiment<RobustnessParameters, RetrievalRaw>({
  id: "trajcross/robustness",
  title: "Trajectories with points missing, with noise, and half ones",
  artefact: "Beyond TrajCross",
  notes: [
    "The model has learnt from undamaged windows; trained with noise: from windows whose points are moved anew each epoch, by a deviation between 0 and half a metre. The trajectories of the test side are damaged, the images show them as they were; the split is UNIV windows.",
    "Dropped: each point is lost with this probability, ends excepted (20 points, one each 0.4 s). Noise: each point is moved by a normal number of metres along each axis. A window spans some 8 m.",
    "Half a trajectory asks for an image of something twice as long: neither the towers nor the comparison by drawing knows of parts; the comparison with the line and its ends does.",
    lineMatchNote,
    "Trained for 8 epochs at the standard preset, a third of Table I's budget.",
  ],
  presets: {
    quick: {
      model: { dataset: "UNIV windows", trainCount: 512, testCount: 120, epochs: 3 },
      withNoise: false,
      damages: [undamaged, dropped(0.5), noisy(0.3), half],
      reranked: 20,
    },
    standard: {
      model: { dataset: "UNIV windows", trainCount: 10_000, testCount: 2379, epochs: 8 },
      withNoise: true,
      damages: allDamages,
      reranked: 50,
    },
    full: {
      model: { dataset: "UNIV windows", trainCount: 10_000, testCount: 2379, epochs: 100 },
      withNoise: true,
      damages: allDamages,
      reranked: 50,
    },
  },
  seedCounts: { quick: 1, standard: 1 },
  metrics: ["t2iTop1", "t2iTop5", "t2iTop10", "i2tTop1", "i2tTop5", "i2tTop10", "trajectories"],
  packages: ["@wayweave/geo-core", "@wayweave/nn", "@wayweave/trajcross"],
  rawSchema: retrievalRawSchema,
  rows: ({ parameters }) =>
    parameters.damages.flatMap((damage) => [
      ...modelsOf(parameters).flatMap(([name, model]) => [
        rowOf(name, damage, model, 0),
        rowOf(`${name} + re-ranking`, damage, model, parameters.reranked),
      ]),
      universalRow(damage, parameters.model, parameters.reranked),
    ]),
  score: scoreRetrieval,
  figures: [
    {
      title: "top@1, image → trajectory",
      kind: "bars",
      metric: "i2tTop1",
      x: "system",
      series: "system",
      facet: "dataset",
    },
  ],
});

function modelsOf({ model, withNoise }: RobustnessParameters): (readonly [name: string, model: ModelSpec])[] {
  const ours = ["TrajCross (ours)", model] as const;
  if (!withNoise) return [ours];
  return [
    ours,
    ["TrajCross (ours), trained with noise", { ...model, config: { train: { noiseMeters: 0.5 } } }],
  ];
}

function rowOf(
  system: string,
  { name, apply }: Damage,
  spec: ModelSpec,
  candidates: number,
): Row<RetrievalRaw> {
  return {
    system,
    dataset: name,
    paper: null,
    run: (context) =>
      useModel(context, spec, async (model, { trajectories, images }) => {
        const test = { trajectories: apply(trajectories, context.random.split(name)), images };
        const embedded = await embedPairs(model, test, context.signal);
        return candidates === 0 ? ranksOf(embedded) : rerankedRanks(embedded, candidates, context.signal);
      }),
  };
}

function universalRow(
  { name, apply }: Damage,
  { dataset, trainCount, testCount, rendering = {} }: ModelSpec,
  candidates: number,
): Row<RetrievalRaw> {
  return {
    system: "universal, by the line and its ends",
    dataset: name,
    paper: null,
    run: async (context) => {
      const { windows } = await loadUniv(context);
      const { test } = buildPairs(windows, {
        seed: context.random.split("pairs").uint32(),
        split: { protocol: univSplits[dataset], trainCount, testCount },
        images: rendering,
      });
      const { trajectories, images } = test;
      const damaged = { trajectories: apply(trajectories, context.random.split(name)), images };
      return lineMatchRanks(damaged, candidates, context.signal);
    },
  };
}

/** The first half of each trajectory's points, rounded up. */
function firstHalf(set: TrajectorySet): TrajectorySet {
  const builder = new TrajectorySetBuilder({ coordinateSystem: set.coordinateSystem });
  for (const { coordinates } of set) {
    builder.begin();
    for (let i = 0; i < Math.ceil(coordinates.length / 4); i++) {
      builder.addPoint(coordinates[2 * i]!, coordinates[2 * i + 1]!);
    }
    builder.end();
  }
  return builder.build();
}
