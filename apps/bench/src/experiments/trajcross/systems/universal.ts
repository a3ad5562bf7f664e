import type { PairSet } from "@wayweave/trajcross";
import { imageShapes, trajectoryShapes } from "@wayweave/trajcross";
import { loadLineReader } from "@wayweave/trajcross/node";
import type { Row, RunContext } from "../../experiment.js";
import { type EmbeddedPairs, ranksOf, rerankedRanks } from "./ranking.js";
import type { RetrievalRaw } from "./retrieval.js";

/** Numbers of a line's shape. */
const shapeSize = 64;

/** What every table with these rows has to say. */
export const universalNotes: readonly string[] = [
  "Universal, no training on these data: the line reader that comes with the package, trained on made-up pictures only, sees where an image's line runs; images and trajectories are compared by the quantiles of their lines in metres, seen from four directions. Nothing is learned about trajectories.",
];

/**
 * Test pairs by the shipped line reader, as rows whose dot product orders by Euclidean distance: [a, −‖a‖²/2, 1] · [b, 1, −‖b‖²/2] = −‖a − b‖²/2, positions
 * from the middle of the trajectories. An image in which no line is seen is far from everything.
 */
export async function embedUniversal(test: PairSet, signal: AbortSignal): Promise<EmbeddedPairs> {
  const reader = await loadLineReader();
  try {
    const trajectories = trajectoryShapes(test.trajectories);
    const images = await imageShapes(reader, test.images, { signal });
    const width = shapeSize + 2;
    const middle = meanOf(trajectories);
    return {
      test,
      width,
      trajectories: augmented(trajectories, middle, (half) => [-half, 1]),
      images: augmented(images, middle, (half) => [1, -half]),
    };
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
      const embedded = await context.share(`universal ${dataset}, seed ${context.seed}`, async () =>
        embedUniversal(await pairsOf(context), context.signal),
      );
      return candidates === 0 ? ranksOf(embedded) : rerankedRanks(embedded, candidates, context.signal);
    },
  }));
}

/** Of each of the numbers of a row. */
function meanOf(rows: Float64Array): Float64Array {
  const mean = new Float64Array(shapeSize);
  for (let i = 0; i < rows.length; i++) mean[i % shapeSize]! += rows[i]! / (rows.length / shapeSize);
  return mean;
}

function augmented(
  rows: Float64Array,
  middle: Float64Array,
  further: (halfSquares: number) => readonly [number, number],
): Float32Array {
  const count = rows.length / shapeSize;
  const width = shapeSize + 2;
  const out = new Float32Array(count * width);
  for (let row = 0; row < count; row++) {
    let squares = 0;
    for (let i = 0; i < shapeSize; i++) {
      const value = rows[row * shapeSize + i]! - middle[i]!;
      out[row * width + i] = Number.isNaN(value) ? 0 : value;
      squares += value * value;
    }
    // An image without a line: farther than anything that a float32 tells apart.
    out.set(further(Number.isNaN(squares) ? 1e30 : squares / 2), row * width + shapeSize);
  }
  return out;
}
