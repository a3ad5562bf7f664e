import { resolveConfig } from "@wayweave/e2dtc";
import { distort, type Random, type TrajectorySet } from "@wayweave/geo-core";
import { pairwiseDistances } from "@wayweave/geo-core/node";
import { kMeans, kMedoids, type Matrix } from "@wayweave/numeric";
import { z } from "zod";
import { authorsGeoLifeName, loadAuthorsGeoLife } from "../../datasets/authors-geolife.js";
import { clusterCountOf, loadTrips } from "../../datasets/trips.js";
import { type Curve, curvesPicture } from "../../report/pictures/curves.js";
import { rawArrays } from "../../results/raw-arrays.js";
import {
  defineExperiment,
  type MetricValues,
  type Picture,
  type Row,
  type RowOutput,
  type RunContext,
} from "../experiment.js";
import { type CpuTime, medianCpuMs } from "./systems/cpu-time.js";
import { type DistanceName, distanceNames, metricOf } from "./systems/k-medoids-systems.js";
import { pointsOnly, useModel } from "./systems/trained-models.js";
import { untrainedModel } from "./systems/untrained-model.js";

/** The authors' trips have 300 m cells for points, 5 of them on average; Porto's are raw GPS, 50 points on average. */
const datasets = [authorsGeoLifeName, "Porto"] as const;
type Dataset = (typeof datasets)[number];

interface Figure3Parameters {
  readonly datasets: readonly Dataset[];
  readonly sizes: readonly number[];
  /** Trips up to which K-Medoids is measured; beyond, its time is extrapolated. */
  readonly kMedoidsUpTo: Readonly<Record<Dataset, number>>;
  readonly network: "small" | "large";
}

const rawSchema = z.object({
  /** Trips of the row. */
  size: z.int().positive(),
  /** Trips of each run that was timed: the row's own size, or smaller ones to extrapolate from. */
  measuredSizes: rawArrays.uint32,
  /** CPU time of each, milliseconds. */
  measuredMs: rawArrays.float64,
});
type Figure3Raw = z.infer<typeof rawSchema>;

const learningSystems = ["E2DTC", "t2vec + k-means"] as const;
type LearningSystem = (typeof learningSystems)[number];

/** The threshold of EDR and LCSS; time does not depend on it. */
const EPSILON_METERS = 400;

export const figure3 = defineExperiment<Figure3Parameters, Figure3Raw>({
  id: "e2dtc/figure3",
  title: "Clustering time against the number of trips",
  artefact: "E2DTC, Fig. 3",
  notes: [
    "From raw trips to labels, on one thread. For E2DTC with a trained model that is reading the model, cells, embedding and assignment; for t2vec + k-means embedding and one start of k-means; for K-Medoids all distances and one start of FasterPAM. Training is not part of it, as in the paper; weights do not change how long a network takes, so untrained ones stand in.",
    "Time is the process's CPU time, so that other programs on the machine do not weigh in; the median of several runs where one is short.",
    "K-Medoids is measured as far as the column trajectories says. Beyond, its time is extrapolated by the power law that fits the measured sizes (least squares of the logarithms); the growth exponent is that law's. Such rows carry “extrapolated” in the picture.",
    "At 80,000 trips, the distances alone are 3.2 billion: 13 GB as float32.",
    "The authors' trips have cells for points, 5 a trip; Porto's are GPS points, 50 a trip. The sample has 9,000 trips of Porto: larger sets repeat them, each point moved by 20 m.",
    "The paper plots Porto and Hangzhou without printing values; it claims two orders of magnitude over K-Medoids, on a GPU.",
  ],
  presets: {
    quick: {
      datasets: [authorsGeoLifeName],
      sizes: [200, 400, 800, 4000],
      kMedoidsUpTo: { [authorsGeoLifeName]: 800, Porto: 800 },
      network: "small",
    },
    standard: {
      datasets,
      sizes: [500, 1000, 2000, 4000, 8000, 20_000, 40_000, 80_000],
      kMedoidsUpTo: { [authorsGeoLifeName]: 8000, Porto: 2000 },
      network: "small",
    },
    full: {
      datasets,
      sizes: [1000, 2000, 4000, 8000, 16_000, 40_000, 80_000],
      kMedoidsUpTo: { [authorsGeoLifeName]: 16_000, Porto: 16_000 },
      network: "large",
    },
  },
  seedCounts: { quick: 1, standard: 1, full: 1 },
  metrics: ["cpuMs", "speedup", "growthExponent", "trajectories"],
  reference: { system: "DTW + K-Medoids", metric: "cpuMs" },
  packages: ["@wayweave/geo-core", "@wayweave/nn", "@wayweave/e2dtc"],
  rawSchema,
  rows: ({ parameters }) =>
    parameters.datasets.flatMap((dataset) =>
      parameters.sizes.flatMap((size) => rowsOf(dataset, size, parameters)),
    ),
  score: scoreTime,
  pictures: drawTimes,
});

/** The time of a row: measured at its size, or extrapolated to it. */
function scoreTime({ size, measuredSizes, measuredMs }: Figure3Raw): MetricValues {
  const largest = measuredSizes.at(-1)!;
  if (largest === size) return { cpuMs: measuredMs.at(-1)!, trajectories: size };
  const { factor, exponent } = fitPowerLaw(measuredSizes, measuredMs);
  return { cpuMs: factor * size ** exponent, growthExponent: exponent, trajectories: largest };
}

/** y = factor · x^exponent, by least squares of the logarithms. */
export function fitPowerLaw(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
): { readonly factor: number; readonly exponent: number } {
  const logX = Array.from(x, Math.log);
  const logY = Array.from(y, Math.log);
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanX, meanY] = [mean(logX), mean(logY)];
  const covariance = mean(logX.map((value, i) => (value - meanX) * (logY[i]! - meanY)));
  const exponent = covariance / mean(logX.map((value) => (value - meanX) ** 2));
  return { factor: Math.exp(meanY - exponent * meanX), exponent };
}

function rowsOf(dataset: Dataset, size: number, parameters: Figure3Parameters): Row<Figure3Raw>[] {
  const { network, kMedoidsUpTo, sizes } = parameters;
  const measurable = sizes.filter((each) => each <= kMedoidsUpTo[dataset]);
  const isEstimate = !measurable.includes(size);
  const place = { dataset: `${dataset}, ${size} trips` };
  const learning = learningSystems.map((system) => ({
    ...place,
    system,
    parameters: { data: dataset, trips: size },
    paper: null,
    weight: size / 4000,
    run: async (context: RunContext) =>
      asRaw(size, [await timeLearning(context, dataset, system, size, network)]),
  }));
  const distanceBased = distanceNames.map((name) => ({
    ...place,
    system: `${name} + K-Medoids`,
    parameters: { data: dataset, trips: size, time: isEstimate ? "extrapolated" : "measured" },
    paper: null,
    weight: isEstimate ? 0.01 : (size / 2000) ** 2,
    run: async (context: RunContext) => {
      const times: CpuTime[] = [];
      for (const each of isEstimate ? measurable : [size]) {
        times.push(await timeKMedoids(context, dataset, name, each));
      }
      return asRaw(size, times);
    },
  }));
  return [...learning, ...distanceBased];
}

function asRaw(size: number, times: readonly CpuTime[]): Figure3Raw {
  return {
    size,
    measuredSizes: Uint32Array.from(times, (time) => time.items),
    measuredMs: Float64Array.from(times, (time) => time.cpuMs),
  };
}

/** Trips without labels: all of Porto's, not only those that Algorithm 2 labels. */
async function loadRaw(context: RunContext, dataset: Dataset) {
  if (dataset === "Porto") return { ...(await loadTrips(context, dataset)), k: clusterCountOf(dataset) };
  return loadAuthorsGeoLife(context);
}

async function timeLearning(
  context: RunContext,
  dataset: Dataset,
  system: LearningSystem,
  size: number,
  network: Figure3Parameters["network"],
): Promise<CpuTime> {
  const { set: all, k } = await loadRaw(context, dataset);
  const { signal, seed, onProgress, random } = context;
  const model = await context.share(`model of ${dataset}`, () =>
    untrainedModel(all, resolveConfig({ size: network }), k, random),
  );
  const set = drawTrips(all, size, random);
  return medianCpuMs(size, async () => {
    const { embeddings } = await useModel(model, (loaded) => loaded.predict(set, { signal, onProgress }));
    if (system === "E2DTC") return;
    const rows: Matrix = { data: embeddings, rows: size, columns: embeddings.length / size };
    await kMeans(rows, { k, seed, restarts: 1, signal });
  });
}

/** Shared by the rows that extrapolate from it. */
async function timeKMedoids(
  context: RunContext,
  dataset: Dataset,
  name: DistanceName,
  size: number,
): Promise<CpuTime> {
  const { set: all, k } = await loadRaw(context, dataset);
  const { seed, signal, onProgress, random } = context;
  return context.share(`time of ${name} on ${size} of ${dataset}, seed ${seed}`, () => {
    const set = drawTrips(all, size, random);
    return medianCpuMs(size, async () => {
      const metric = metricOf(name, EPSILON_METERS);
      const options = { output: "float32", workers: 0, signal, onProgress } as const;
      const distances = await pairwiseDistances(set, metric, options);
      await kMedoids(distances, size, { k, seed, restarts: 1, signal });
    });
  });
}

/** As many trips as asked for; where there are too few, some come again with every point moved by 20 m. */
function drawTrips(set: TrajectorySet, size: number, random: Random): TrajectorySet {
  const own = random.split("trips");
  const plain = pointsOnly(set);
  if (size <= set.length) return plain.select(own.sample(set.length, size).sort());
  const again = plain.select(Array.from({ length: size }, () => own.integer(set.length)));
  return distort(again, { rate: 1, sigmaMeters: 20, random: own });
}

function drawTimes(outputs: readonly RowOutput<Figure3Raw>[]): Picture[] {
  const used = [...new Set(outputs.map(({ parameters }) => String(parameters?.data)))];
  const title = "Clustering time against the number of trips";
  const panels = used.map((data) => {
    const shown = outputs.filter(({ parameters, seed }) => parameters?.data === data && seed === 1);
    const systems = [...new Set(shown.map(({ system }) => system))];
    const curves = systems.map((name): Curve => {
      const rows = shown.filter(({ system }) => system === name);
      const points = rows.map(({ raw, parameters }) => ({
        x: raw.size,
        y: scoreTime(raw).cpuMs! / 1000,
        isEstimate: parameters?.time === "extrapolated",
      }));
      return { name, points };
    });
    return { title: data, xLabel: "trips (hollow: extrapolated)", yLabel: "CPU seconds", curves };
  });
  return [{ title, svg: curvesPicture({ title, panels, isLogX: true, isLogY: true }) }];
}
