import { Matrix, TSNE } from "@saehrimnir/druidjs";
import type { RunContext } from "../../experiment.js";

export interface TsneSettings {
  readonly iterations: number;
  /** Neighbours that count; van der Maaten and Hinton's usual value is 30. */
  readonly perplexity: number;
}

/** Iterations between two turns of the event loop. */
const STEPS_PER_TURN = 10;

/**
 * A map of items in the plane by t-SNE (van der Maaten, Hinton 2008), exact.
 *
 * @param distance of items i and j, in any unit
 * @returns x and y by turns, `[n × 2]`
 */
export async function tsne(
  n: number,
  distance: (i: number, j: number) => number,
  { iterations, perplexity }: TsneSettings,
  { seed, signal, onProgress }: Pick<RunContext, "seed" | "signal" | "onProgress">,
): Promise<Float64Array> {
  // druidjs asks for the distance of two rows: ours hold nothing but the item's index.
  const items = Matrix.from(Array.from({ length: n }, (_, i) => [i, 0]));
  const map = new TSNE(items, {
    perplexity: Math.min(perplexity, Math.floor((n - 1) / 3)),
    seed,
    metric: ([i], [j]) => distance(i!, j!) ** 2,
  });
  map.check_init();
  for (let done = 0; done < iterations; done++) {
    map.next();
    if (done % STEPS_PER_TURN > 0) continue;
    onProgress({ done, total: iterations });
    await new Promise((resolve) => setImmediate(resolve));
    signal.throwIfAborted();
  }
  const { projection } = map;
  return Float64Array.from({ length: 2 * n }, (_, i) => projection.entry(i >> 1, i & 1));
}

/** Looks up distances of a condensed matrix, whichever of the two comes first. */
export function condensedLookup(distances: ArrayLike<number>, n: number): (i: number, j: number) => number {
  return (a, b) => {
    if (a === b) return 0;
    const [i, j] = a < b ? [a, b] : [b, a];
    return distances[n * i - (i * (i + 1)) / 2 + (j - i - 1)]!;
  };
}

/** Euclidean distances between rows, `[n × columns]`. */
export function euclideanLookup(data: ArrayLike<number>, columns: number): (i: number, j: number) => number {
  return (i, j) => {
    let squared = 0;
    for (let d = 0; d < columns; d++) squared += (data[i * columns + d]! - data[j * columns + d]!) ** 2;
    return Math.sqrt(squared);
  };
}
