import { pairedRanks } from "@wayweave/eval";
import { Pace } from "@wayweave/geo-core";
import { nearestRows, type PairSet, RenderComparer } from "@wayweave/trajcross";

/** Embeddings of test pairs, row-major. */
export interface EmbeddedPairs {
  readonly test: PairSet;
  readonly width: number;
  readonly trajectories: Float32Array;
  readonly images: Float32Array;
}

/** Where each item's partner ranks, from 1. */
export interface PartnerRanks {
  readonly trajectoryToImage: Uint32Array;
  readonly imageToTrajectory: Uint32Array;
}

/** Ranks by the embeddings alone; ties count against us. */
export function ranksOf({ trajectories, images, width }: Omit<EmbeddedPairs, "test">): PartnerRanks {
  const rows = trajectories.length / width;
  const { queryToGallery, galleryToQuery } = pairedRanks(
    { data: trajectories, rows, columns: width },
    { data: images, rows, columns: width },
  );
  return { trajectoryToImage: queryToGallery, imageToTrajectory: galleryToQuery };
}

/** Ranks by the embeddings, the first candidates in the order of comparison by drawing; ties count against us. */
export async function rerankedRanks(
  embedded: EmbeddedPairs,
  candidates: number,
  signal: AbortSignal,
): Promise<PartnerRanks> {
  const { test, width, trajectories, images } = embedded;
  const found = {
    trajectoryToImage: candidatesOf(trajectories, images, width, candidates),
    imageToTrajectory: candidatesOf(images, trajectories, width, candidates),
  };
  return rerankFound(test, ranksOf(embedded), found, signal);
}

/** The first candidates of each query, whatever found them, in the order of comparison by drawing; ties count against us. */
export async function rerankFound(
  test: PairSet,
  first: PartnerRanks,
  found: { readonly [Direction in keyof PartnerRanks]: readonly Uint32Array[] },
  signal: AbortSignal,
): Promise<PartnerRanks> {
  const comparer = new RenderComparer(test.trajectories, test.images);
  return {
    trajectoryToImage: await rerank({
      ranks: first.trajectoryToImage,
      found: found.trajectoryToImage,
      imageOf: (_, item) => item,
      distance: (query, item) => comparer.distance(query, item),
      signal,
    }),
    imageToTrajectory: await rerank({
      ranks: first.imageToTrajectory,
      found: found.imageToTrajectory,
      imageOf: (query) => query,
      distance: (query, item) => comparer.distance(item, query),
      signal,
    }),
  };
}

/** The nearest gallery rows of each query row. */
function candidatesOf(
  queries: Float32Array,
  gallery: Float32Array,
  width: number,
  count: number,
): Uint32Array[] {
  return Array.from({ length: queries.length / width }, (_, query) => {
    return nearestRows(queries.subarray(query * width, (query + 1) * width), gallery, count).indices;
  });
}

async function rerank(options: {
  readonly ranks: Uint32Array;
  readonly found: readonly Uint32Array[];
  readonly imageOf: (query: number, item: number) => number;
  readonly distance: (query: number, item: number) => number;
  readonly signal: AbortSignal;
}): Promise<Uint32Array> {
  const { ranks, found, imageOf, distance, signal } = options;
  // Image by image, since a comparer prepares an image once as long as it is asked for no other.
  const pairs = found.flatMap((items, query) => Array.from(items, (item, place) => ({ query, item, place })));
  pairs.sort((a, b) => imageOf(a.query, a.item) - imageOf(b.query, b.item));
  const distances = found.map((items) => new Float64Array(items.length));
  const pace = new Pace(signal);
  for (const { query, item, place } of pairs) {
    await pace.step();
    distances[query]![place] = distance(query, item);
  }
  return ranks.map((rank, query) => {
    const own = found[query]!.indexOf(query);
    // A partner that the embeddings left out stays where they put it.
    if (own < 0) return Math.max(rank, found[query]!.length + 1);
    const ownDistance = distances[query]![own]!;
    return distances[query]!.reduce((count, other) => count + Number(other <= ownDistance), 0);
  });
}
