import { centroidFeatures } from "@wayweave/e2dtc";
import { nmi, uacc } from "@wayweave/eval";
import { distancesToMany, TrajectorySet } from "@wayweave/geo-core";
import { pairwiseDistances } from "@wayweave/geo-core/node";
import { densityPeaks, kMeans, kMedoids } from "@wayweave/numeric";
import { z } from "zod";
import { authorsGeoLifeName } from "../../datasets/authors-geolife.js";
import type { LabelledTrips } from "../../datasets/trips.js";
import { curvesPicture } from "../../report/pictures/curves.js";
import { rawArrays } from "../../results/raw-arrays.js";
import { defineExperiment, type Picture, type Row, type RowOutput, type RunContext } from "../experiment.js";
import { type ClusteringDataset, loadDataset, sampleTrips } from "./systems/clustering.js";
import { type Damage, type DamageName, damage, damageNames, describeDamage } from "./systems/damage.js";
import { metricOf } from "./systems/k-medoids-systems.js";
import {
  learningSample,
  type ModelSettings,
  modelSettings,
  pointsOnly,
  trainedModel,
  useModel,
} from "./systems/trained-models.js";

interface RobustnessParameters {
  readonly datasets: readonly ClusteringDataset[];
  readonly damages: readonly Damage[];
  /** Trips labelled under each damage. */
  readonly scoredSize: number;
  /** Trips that medoids are found among. */
  readonly kMedoidsSize: number;
  readonly restarts: number;
  readonly model: ModelSettings;
}

const rawSchema = z.object({ labelsTrue: rawArrays.uint32, labelsPredicted: rawArrays.uint32 });
type RobustnessRaw = z.infer<typeof rawSchema>;

/** What a system that has learnt from undamaged trips says of others. */
type Labeller = (
  context: RunContext,
  learnt: LabelledTrips,
  damaged: TrajectorySet,
  parameters: RobustnessParameters,
) => Promise<Uint32Array>;

const systems: Readonly<Record<string, Labeller>> = {
  E2DTC: labelByModel("E2DTC"),
  "t2vec + k-means": labelByModel("t2vec"),
  "centroid + k-means": labelByCentroid("kMeans"),
  "centroid + density peaks": labelByCentroid("densityPeaks"),
  "DTW + K-Medoids": labelByMedoid("DTW"),
  "Hausdorff + K-Medoids": labelByMedoid("Hausdorff"),
};

const levels: Readonly<Record<DamageName, readonly number[]>> = {
  dropped: [0.1, 0.2, 0.4, 0.6],
  moved: [50, 100, 200],
  uneven: [0.5, 0.9],
  partial: [0.25, 0.5, 0.75],
};

const undamaged: Damage = { name: "dropped", level: 0 };
const allDamages = [
  undamaged,
  ...damageNames.flatMap((name) => levels[name].map((level): Damage => ({ name, level }))),
];

export const robustness = defineExperiment<RobustnessParameters, RobustnessRaw>({
  id: "e2dtc/robustness",
  title: "Noise, sparse and uneven sampling, and partial trips",
  artefact: "Beyond E2DTC",
  notes: [
    "Every system learns its clusters from the same undamaged trips and then labels damaged ones: E2DTC and t2vec + k-means with the trained model, centroid methods by the nearest centre, K-Medoids by the nearest of its medoids (found among a sample). True labels are those of the undamaged trips.",
    "Dropped: each point is lost with this probability, the ends too, but one point stays. Moved: each point by a normal number of metres along each axis. Uneven: points are lost in one half of the trip only. Partial: the last part is missing, so that 50 % is the first half.",
    "The authors' trips have 300 m cells for points, 4 a trip in the median: to lose half of them is to keep two. Porto's trips and labels are ours (Algorithm 2), with 27 GPS points in the median; E2DTC learns Porto from all 1,132 of them.",
    "Labels are “most points near a centre”, which suits a mean position.",
  ],
  presets: {
    quick: {
      datasets: [authorsGeoLifeName],
      damages: [undamaged, { name: "dropped", level: 0.4 }, { name: "moved", level: 200 }],
      scoredSize: 500,
      kMedoidsSize: 200,
      restarts: 5,
      model: modelSettings.quick,
    },
    standard: {
      datasets: [authorsGeoLifeName, "Porto"],
      damages: allDamages,
      scoredSize: 10_000,
      kMedoidsSize: 2000,
      restarts: 10,
      model: modelSettings.standard,
    },
    full: {
      datasets: [authorsGeoLifeName, "Porto", "San Francisco"],
      damages: allDamages,
      scoredSize: 100_000,
      kMedoidsSize: 5000,
      restarts: 10,
      model: modelSettings.paper,
    },
  },
  seedCounts: { quick: 1, standard: 1 },
  metrics: ["uacc", "nmi", "trajectories"],
  packages: ["@wayweave/geo-core", "@wayweave/nn", "@wayweave/e2dtc"],
  rawSchema,
  rows: ({ parameters }) =>
    parameters.datasets.flatMap((dataset) =>
      parameters.damages.flatMap((each) =>
        Object.entries(systems).map(([system, label]) => rowOf(dataset, each, system, label, parameters)),
      ),
    ),
  score: ({ labelsTrue, labelsPredicted }) => ({
    uacc: uacc(labelsTrue, labelsPredicted),
    nmi: nmi(labelsTrue, labelsPredicted),
    trajectories: labelsTrue.length,
  }),
  pictures: drawCurves,
});

function rowOf(
  dataset: ClusteringDataset,
  each: Damage,
  system: string,
  label: Labeller,
  parameters: RobustnessParameters,
): Row<RobustnessRaw> {
  return {
    system,
    dataset: `${dataset}, ${describeDamage(each)}`,
    parameters: { data: dataset, damage: each.name, level: each.level },
    paper: null,
    async run(context) {
      const trips = await loadDataset(context, dataset);
      const { set, labels } = sampleTrips(trips, parameters.scoredSize, context.random.split("scored"));
      const random = context.random.split(describeDamage(each));
      const damaged = each.level === 0 ? pointsOnly(set) : damage(pointsOnly(set), each, random);
      const labelsPredicted = await label(context, trips, damaged, parameters);
      return { labelsTrue: labels, labelsPredicted };
    },
  };
}

function labelByModel(kind: "E2DTC" | "t2vec"): Labeller {
  return async (context, trips, damaged, { model: settings }) => {
    const bytes = await trainedModel(context, trips, { kind, settings });
    const { signal } = context;
    return (await useModel(bytes, (model) => model.predict(damaged, { signal }))).labels;
  };
}

function labelByCentroid(seeding: "kMeans" | "densityPeaks"): Labeller {
  return async (context, { set, k }, damaged, { restarts, model }) => {
    const { seed, signal } = context;
    const learnt = learningSample(set, model, context.random);
    // Both in one set, so that they are projected about the same place.
    const { data } = centroidFeatures(TrajectorySet.concat([pointsOnly(learnt), damaged]));
    const known = { data: data.slice(0, 2 * learnt.length), rows: learnt.length, columns: 2 };
    const start =
      seeding === "kMeans"
        ? { restarts }
        : { initialCenters: await densityPeaks(known, { k, seed, signal }) };
    const { centers } = await kMeans(known, { k, seed, signal, ...start });
    return nearest(damaged.length, k, (i, c) =>
      Math.hypot(
        data[2 * (learnt.length + i)]! - centers[2 * c]!,
        data[2 * (learnt.length + i) + 1]! - centers[2 * c + 1]!,
      ),
    );
  };
}

function labelByMedoid(name: "DTW" | "Hausdorff"): Labeller {
  return async (context, { set, k, provenance }, damaged, { kMedoidsSize, restarts, model }) => {
    const { seed, signal, random } = context;
    const metric = metricOf(name);
    const medoids = await context.share(
      `medoids of ${name} in ${provenance.name}, seed ${seed}`,
      async () => {
        const learnt = learningSample(set, model, random);
        const size = Math.min(kMedoidsSize, learnt.length);
        const sample = learnt.select(random.split("medoids").sample(learnt.length, size).sort());
        const options = { output: "float32", workers: 0, signal } as const;
        const distances = await pairwiseDistances(sample, metric, options);
        return sample.select(
          (await kMedoids(distances, sample.length, { k, seed, restarts, signal })).medoids,
        );
      },
    );
    const distances: Float64Array[] = [];
    for (const { coordinates } of medoids) {
      distances.push(await distancesToMany(coordinates, damaged, metric, { signal }));
    }
    return nearest(damaged.length, k, (i, c) => distances[c]![i]!);
  };
}

/** The nearest of k centres for each item, the first of equals. */
function nearest(items: number, k: number, distance: (item: number, center: number) => number): Uint32Array {
  return Uint32Array.from({ length: items }, (_, i) => {
    let best = 0;
    for (let c = 1; c < k; c++) if (distance(i, c) < distance(i, best)) best = c;
    return best;
  });
}

const axes: Readonly<Record<DamageName, { readonly title: string; readonly xLabel: string }>> = {
  dropped: { title: "Sparse sampling", xLabel: "share of points dropped" },
  moved: { title: "Noise", xLabel: "points moved by, metres" },
  uneven: { title: "Uneven sampling", xLabel: "share of one half’s points dropped" },
  partial: { title: "Partial trips", xLabel: "share missing at the end" },
};

function drawCurves(outputs: readonly RowOutput<RobustnessRaw>[]): Picture[] {
  const rows = outputs.filter(({ seed }) => seed === 1);
  const used = [...new Set(rows.map(({ parameters }) => String(parameters?.data)))];
  return used.map((data) => {
    const title = `UACC on damaged trips: ${data}`;
    const panels = damageNames.flatMap((name) => {
      const shown = rows.filter(
        ({ parameters }) =>
          parameters?.data === data && (parameters.damage === name || parameters.level === undamaged.level),
      );
      const curves = [...new Set(shown.map(({ system }) => system))].map((system) => ({
        name: system,
        points: shown
          .filter((row) => row.system === system)
          .map(({ raw, parameters }) => ({
            x: Number(parameters?.level),
            y: uacc(raw.labelsTrue, raw.labelsPredicted),
          })),
      }));
      return curves.length === 0 ? [] : [{ ...axes[name], yLabel: "UACC", curves }];
    });
    return { title, svg: curvesPicture({ title, panels }) };
  });
}
