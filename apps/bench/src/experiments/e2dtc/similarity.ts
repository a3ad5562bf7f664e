import {
  type DistanceMetric,
  distancesToMany,
  distort,
  resampleToCount,
  type TrajectorySet,
  TrajectorySetBuilder,
} from "@wayweave/geo-core";
import { z } from "zod";
import { loadTrips } from "../../datasets/trips.js";
import { rawArrays } from "../../results/raw-arrays.js";
import { defineExperiment, type Row, type RunContext } from "../experiment.js";
import { damage } from "./systems/damage.js";
import { pointsOnly } from "./systems/trained-models.js";

interface SimilarityParameters {
  /** Trips searched. */
  readonly gallery: number;
  readonly queries: number;
  /** Trips that networks learn from; none of them is in the gallery. */
  readonly learnt: number;
  readonly epochs: number;
  readonly minEpochSteps: number;
  readonly damages: readonly SimilarityDamage[];
}

const allDamages = ["undamaged", "20 % dropped", "40 % dropped", "60 % dropped", "moved by 100 m"] as const;
type SimilarityDamage = (typeof allDamages)[number];

const rawSchema = z.object({
  /** The rank of each query's own other half, 1 for the nearest; halves of equals count half. */
  ranks: rawArrays.float64,
  /** Of the 10 nearest by DTW, and by the discrete Fréchet distance, how many the system has among its 10. */
  dtwHits: rawArrays.uint32,
  frechetHits: rawArrays.uint32,
  /** Processor time of all searches, and of what is done once for the gallery. */
  searchCpuMs: z.number(),
  galleryCpuMs: z.number(),
});
type SimilarityRaw = z.infer<typeof rawSchema>;

/** Distances of each query to the whole gallery, `[queries][gallery]`. */
interface Searched {
  readonly distances: readonly ArrayLike<number>[];
  readonly searchCpuMs: number;
  readonly galleryCpuMs: number;
}

interface Halves {
  readonly queries: TrajectorySet;
  readonly gallery: TrajectorySet;
  /** Trips that are in neither. */
  readonly others: TrajectorySet;
}

type Searcher = (context: RunContext, halves: Halves, parameters: SimilarityParameters) => Promise<Searched>;

const NEAREST = 10;

const systems: Readonly<Record<string, Searcher>> = {
  "E2DTC embeddings": byEmbedding("standard"),
  "E2DTC embeddings (paper's network)": byEmbedding("paper"),
  t2vec: byEmbedding("t2vec"),
  DTW: byDistance(() => ({ name: "dtw" })),
  EDR: byDistance((epsilon) => ({ name: "edr", epsilon, value: "normalized" })),
  LCSS: byDistance((epsilon) => ({ name: "lcss", epsilon })),
  Fréchet: byDistance(() => ({ name: "frechet" })),
  Hausdorff: byDistance(() => ({ name: "hausdorff" })),
  "32 points, Euclidean": byLine,
};

export const similarity = defineExperiment<SimilarityParameters, SimilarityRaw>({
  id: "e2dtc/similarity",
  title: "Finding a trip's other half",
  artefact: "Beyond E2DTC (the test of t2vec, Li et al. 2018)",
  notes: [
    "Each trip is split into its odd and its even points: one half is the query, the other is in the gallery among those of other trips. Both are damaged. The mean rank of the own other half is 1 at best; recall@10 is the share of queries that have it among the 10 nearest.",
    "The networks learn without labels (pre-training only) from trips that are not in the gallery, at the small size; distances between embeddings are Euclidean.",
    "ε of EDR and LCSS is a quarter of the median trip's larger standard deviation of coordinates, the rule of EDR's authors. No index is used: each query meets the whole gallery.",
    "“DTW's 10 found” and “Fréchet's 10 found”: how far a system stands in for these distances.",
    "CPU is the processor time of one search; what is done once for the gallery (embedding it) is build.",
  ],
  presets: {
    quick: {
      gallery: 100,
      queries: 20,
      learnt: 100,
      epochs: 1,
      minEpochSteps: 6,
      damages: ["undamaged", "60 % dropped"],
    },
    standard: {
      gallery: 4000,
      queries: 200,
      learnt: 3000,
      epochs: 8,
      minEpochSteps: 40,
      damages: allDamages,
    },
    full: {
      gallery: 80_000,
      queries: 1000,
      learnt: 20_000,
      epochs: 20,
      minEpochSteps: 40,
      damages: allDamages,
    },
  },
  seedCounts: { quick: 1 },
  metrics: ["meanRank", "recall10", "dtwHits10", "frechetHits10", "cpuMs", "buildMs"],
  packages: ["@wayweave/geo-core", "@wayweave/nn", "@wayweave/e2dtc"],
  rawSchema,
  rows: ({ parameters }) =>
    parameters.damages.flatMap((kind) =>
      Object.entries(systems).map(([system, search]) => rowOf(system, search, kind, parameters)),
    ),
  score: ({ ranks, dtwHits, frechetHits, searchCpuMs, galleryCpuMs }) => {
    const mean = (values: ArrayLike<number>) =>
      Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
    return {
      meanRank: mean(ranks),
      recall10: ranks.filter((rank) => rank <= NEAREST).length / ranks.length,
      dtwHits10: mean(dtwHits) / NEAREST,
      frechetHits10: mean(frechetHits) / NEAREST,
      cpuMs: searchCpuMs / ranks.length,
      buildMs: galleryCpuMs,
    };
  },
  figures: [
    {
      title: "Mean rank",
      kind: "bars",
      metric: "meanRank",
      x: "system",
      series: "system",
      facet: "dataset",
      logY: true,
    },
  ],
});

function rowOf(
  system: string,
  search: Searcher,
  kind: SimilarityDamage,
  parameters: SimilarityParameters,
): Row<SimilarityRaw> {
  return {
    system,
    dataset: `Porto, ${kind}`,
    paper: null,
    weight: system.startsWith("E2DTC") || system === "t2vec" ? 5 : 1,
    async run(context) {
      const halves = await halvesOf(context, kind, parameters);
      const { distances, ...times } = await search(context, halves, parameters);
      const nearestBy = (name: "dtw" | "frechet") =>
        context.share(`similarity: ${name} ${kind} ${context.seed}`, async () =>
          (await byDistance(() => ({ name }))(context, halves, parameters)).distances.map(nearestOf),
        );
      const [byDtw, byFrechet] = [await nearestBy("dtw"), await nearestBy("frechet")];
      const own = distances.map(nearestOf);
      const hits = (theirs: readonly (readonly number[])[]) =>
        Uint32Array.from(own, (near, q) => near.filter((i) => theirs[q]!.includes(i)).length);
      return {
        // Query q's other half is the gallery's q-th.
        ranks: Float64Array.from(distances, (row, q) => rankOf(row, q)),
        dtwHits: hits(byDtw),
        frechetHits: hits(byFrechet),
        ...times,
      };
    },
  };
}

/** 1 + how many are nearer, and half of those as near. */
export function rankOf(distances: ArrayLike<number>, target: number): number {
  let rank = 1;
  for (let i = 0; i < distances.length; i++) {
    if (i === target) continue;
    if (distances[i]! < distances[target]!) rank++;
    else if (distances[i] === distances[target]) rank += 0.5;
  }
  return rank;
}

function nearestOf(distances: ArrayLike<number>): number[] {
  const order = Array.from(distances, (_, i) => i);
  return order.sort((a, b) => distances[a]! - distances[b]! || a - b).slice(0, NEAREST);
}

async function halvesOf(
  context: RunContext,
  kind: SimilarityDamage,
  { gallery: wanted, queries, learnt }: SimilarityParameters,
): Promise<Halves> {
  const { set } = await loadTrips(context, "Porto");
  const order = context.random.split("similarity").permutation(set.length);
  const count = Math.min(wanted, Math.floor(0.6 * set.length));
  const searched = pointsOnly(set.select(order.slice(0, count)));
  const random = context.random.split(`similarity ${kind}`);
  const half = (parity: 0 | 1) => damagedBy(everySecond(searched, parity), kind, random.split(parity));
  const asked = Uint32Array.from({ length: Math.min(queries, count) }, (_, i) => i);
  return {
    queries: half(1).select(asked),
    gallery: half(0),
    others: pointsOnly(set.select(order.slice(count, count + learnt))),
  };
}

/** Points 0, 2, 4, … of each trip, or 1, 3, 5, …; a trip of one point keeps it. */
export function everySecond(set: TrajectorySet, parity: 0 | 1): TrajectorySet {
  const { coordinates, offsets, coordinateSystem } = set;
  const builder = new TrajectorySetBuilder({ coordinateSystem });
  for (let trip = 0; trip < set.length; trip++) {
    const [start, end] = [offsets[trip]!, offsets[trip + 1]!];
    builder.begin();
    const first = end - start === 1 ? start : start + parity;
    for (let p = first; p < end; p += 2) builder.addPoint(coordinates[2 * p]!, coordinates[2 * p + 1]!);
    builder.end();
  }
  return builder.build();
}

function damagedBy(
  set: TrajectorySet,
  kind: SimilarityDamage,
  random: ReturnType<RunContext["random"]["split"]>,
) {
  if (kind === "undamaged") return set;
  if (kind === "moved by 100 m") return distort(set, { rate: 1, sigmaMeters: 100, random });
  return damage(set, { name: "dropped", level: Number.parseInt(kind, 10) / 100 }, random);
}

function byDistance(metricOf: (epsilon: number) => DistanceMetric): Searcher {
  return async ({ signal }, { queries, gallery }) => {
    const metric = metricOf(quarterOfSpread(gallery));
    const before = process.cpuUsage();
    const distances: Float64Array[] = [];
    for (let q = 0; q < queries.length; q++) {
      distances.push(await distancesToMany(queries.at(q).coordinates, gallery, metric, { signal }));
    }
    return { distances, searchCpuMs: cpuMsSince(before), galleryCpuMs: 0 };
  };
}

async function byLine(_: RunContext, { queries, gallery }: Halves): Promise<Searched> {
  const rowsOf = (set: TrajectorySet) => resampleToCount(set, { count: 32 }).coordinates;
  return searchRows(async (set) => rowsOf(set), queries, gallery);
}

function byEmbedding(kind: "standard" | "paper" | "t2vec"): Searcher {
  return async (context, { queries, gallery, others }, { epochs, minEpochSteps }) => {
    const { seed, engine, signal, share, reportEngine } = context;
    const bytes = await share(`similarity: ${kind} ${others.length} ${seed}`, async () => {
      const { fitE2DTC, fitT2vec } = await import("@wayweave/e2dtc/train");
      const options = {
        k: 15,
        seed,
        size: "small",
        engine: engine as "auto",
        threads: 1,
        batchSize: 64,
        tokens: { cellSizeMeters: null },
        pretrain: { epochs, minEpochSteps, learningRate: 4e-3 },
        signal,
      } as const;
      const selfTrain = { loss: "L0", seeding: "kMeans" } as const;
      const { model, engine: used } = await (kind === "t2vec"
        ? fitT2vec(others, { ...options, preset: "paper" })
        : fitE2DTC(others, { ...options, preset: kind, selfTrain }));
      reportEngine(used);
      const saved = model.toBytes();
      await model.dispose();
      return saved;
    });
    const { useModel } = await import("./systems/trained-models.js");
    return useModel(bytes, (model) => searchRows((set) => model.embed(set, { signal }), queries, gallery));
  };
}

/** Euclidean distances between rows. */
async function searchRows(
  rowsOf: (set: TrajectorySet) => Promise<Float32Array | Float64Array>,
  queries: TrajectorySet,
  gallery: TrajectorySet,
): Promise<Searched> {
  const before = process.cpuUsage();
  const rows = await rowsOf(gallery);
  const galleryCpuMs = cpuMsSince(before);
  const start = process.cpuUsage();
  const asked = await rowsOf(queries);
  const columns = rows.length / gallery.length;
  const distances = Array.from({ length: queries.length }, (_, q) => {
    const row = new Float64Array(gallery.length);
    for (let i = 0; i < gallery.length; i++) {
      let squared = 0;
      for (let d = 0; d < columns; d++) squared += (rows[i * columns + d]! - asked[q * columns + d]!) ** 2;
      row[i] = squared;
    }
    return row;
  });
  return { distances, searchCpuMs: cpuMsSince(start), galleryCpuMs };
}

/** A quarter of the median trip's larger standard deviation, in metres. Source: Chen, Özsu, Oria 2005 (EDR), §5. */
function quarterOfSpread({ coordinates, offsets, length }: TrajectorySet): number {
  const metersADegree = 111_195;
  const spreads = Float64Array.from({ length }, (_, i) => {
    const points = offsets[i + 1]! - offsets[i]!;
    const spread = (axis: 0 | 1) => {
      let [sum, squares] = [0, 0];
      for (let p = offsets[i]!; p < offsets[i + 1]!; p++) {
        sum += coordinates[2 * p + axis]!;
        squares += (coordinates[2 * p + axis]! - coordinates[2 * offsets[i]! + axis]!) ** 2;
      }
      const mean = sum / points - coordinates[2 * offsets[i]! + axis]!;
      return Math.sqrt(Math.max(0, squares / points - mean ** 2)) * metersADegree;
    };
    const latitude = (coordinates[2 * offsets[i]! + 1]! * Math.PI) / 180;
    return Math.max(spread(0) * Math.cos(latitude), spread(1));
  }).sort();
  return Math.max(1, spreads[length >> 1]! / 4);
}

function cpuMsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
