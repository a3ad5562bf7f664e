import { Pace } from "@wayweave/geo-core";
import { imageShapes, type PairSet, trajectoryShapes } from "@wayweave/trajcross";
import { loadLineReader } from "@wayweave/trajcross/node";
import type { Row, RunContext } from "../../experiment.js";
import { type PartnerRanks, rerankFound } from "./ranking.js";
import type { RetrievalRaw } from "./retrieval.js";

/** Numbers of a line's shape. */
const shapeSize = 64;

/** What every table with these rows has to say. */
export const universalNotes: readonly string[] = [
  "Universal, no training on these data: the line reader that comes with the package, trained on made-up pictures only, sees where an image's line runs; images and trajectories are compared by the quantiles of their lines in metres, seen from four directions. Nothing is learned about trajectories.",
];

/** Squared distances of all test trajectories' lines (rows) from those of all test images: `[pairs × pairs]`. */
interface LineDistances {
  readonly test: PairSet;
  readonly distances: Float64Array;
}

async function compareLines(test: PairSet, signal: AbortSignal): Promise<LineDistances> {
  const reader = await loadLineReader();
  try {
    const trajectories = trajectoryShapes(test.trajectories);
    const images = await imageShapes(reader, test.images, { signal });
    const n = test.trajectories.length;
    const distances = new Float64Array(n * n);
    const pace = new Pace(signal);
    for (let t = 0; t < n; t++) {
      await pace.step();
      for (let i = 0; i < n; i++) {
        // In metres and float64: places may be thousands of kilometres apart and lines a metre long.
        let sum = 0;
        for (let k = 0; k < shapeSize; k++)
          sum += (trajectories[t * shapeSize + k]! - images[i * shapeSize + k]!) ** 2;
        // An image in which no line is seen is far from everything.
        distances[t * n + i] = Number.isNaN(sum) ? Number.POSITIVE_INFINITY : sum;
      }
    }
    return { test, distances };
  } finally {
    await reader.dispose();
  }
}

/** The rows of a table: by shape alone, and with the first candidates compared by drawing. */
export function universalRows(
  dataset: string,
  reranked: number,
  pairsOf: (context: RunContext) => Promise<PairSet>,
): Row<RetrievalRaw>[] {
  return [0, reranked].map((candidates) => ({
    system: candidates === 0 ? "universal, no training" : "universal, no training + re-ranking",
    dataset,
    paper: null,
    run: async (context) => {
      const { test, distances } = await context.share(
        `universal ${dataset}, seed ${context.seed}`,
        async () => compareLines(await pairsOf(context), context.signal),
      );
      const n = test.trajectories.length;
      const byTrajectory = (query: number) => distances.subarray(query * n, (query + 1) * n);
      const byImage = (query: number) =>
        Float64Array.from({ length: n }, (_, item) => distances[item * n + query]!);
      const ranks: PartnerRanks = {
        trajectoryToImage: Uint32Array.from({ length: n }, (_, query) => rankOf(byTrajectory(query), query)),
        imageToTrajectory: Uint32Array.from({ length: n }, (_, query) => rankOf(byImage(query), query)),
      };
      if (candidates === 0) return ranks;
      const found = {
        trajectoryToImage: Array.from({ length: n }, (_, query) => nearest(byTrajectory(query), candidates)),
        imageToTrajectory: Array.from({ length: n }, (_, query) => nearest(byImage(query), candidates)),
      };
      return rerankFound(test, ranks, found, context.signal);
    },
  }));
}

/** Of an item among all by its distance, from 1; ties count against it. */
function rankOf(distances: Float64Array, own: number): number {
  return distances.reduce((rank, distance) => rank + Number(distance <= distances[own]!), 0);
}

/** The items of the smallest distances. */
function nearest(distances: Float64Array, count: number): Uint32Array {
  const order = Uint32Array.from(distances.keys());
  return order.sort((a, b) => distances[a]! - distances[b]! || a - b).slice(0, count);
}
