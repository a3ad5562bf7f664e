import { haversineMeters, StateError } from "@wayweave/geo-core";
import { GmrTree } from "@wayweave/gmr-tree";
import { type Channel, type Job, moving, serve } from "../foundation/worker-calls.js";
import type { PlaceAnswer, PlaceQuery, Places, PlacesApi } from "./api.js";
import { TextEncoder } from "./encoder.js";
import { MADE_UP, madeUpPlaces } from "./made-up.js";
import type { PlaceEncoder, PlaceList } from "./place-list.js";
import { WordEncoder } from "./word-encoder.js";

const HITS = 10;

type Tree = GmrTree<{ kind: string; rating: number }>;

interface Searched {
  readonly list: PlaceList;
  readonly encoder: PlaceEncoder;
  readonly tree: Tree;
  readonly scaleMeters: number;
  readonly ratings: Places["ratings"];
}

let current: Searched | undefined;

function search({ words, position, mu, kind, minRating, ratingWeight }: PlaceQuery): PlaceAnswer {
  if (current === undefined) throw new StateError("Places must be made first.");
  const { list, encoder, tree, scaleMeters, ratings } = current;
  const start = performance.now();
  const { vector, known, unknown } = encoder.encodeQuery(words);
  const ratingPart = ratings === undefined ? 0 : ratingWeight;
  const rest = 1 - ratingPart;
  const weights = { proximity: rest * mu, similarity: rest * (1 - mu) };
  const hits = tree.search({
    position,
    vector,
    k: HITS,
    weights,
    proximity: { kind: "exponential", scaleMeters },
    ...(ratings === undefined
      ? {}
      : {
          signals: [
            { attribute: "rating", kind: "ramp", from: ratings[0], to: ratings[1], weight: ratingPart },
          ],
        }),
    where: {
      ...(kind === undefined ? {} : { kind }),
      ...(ratings !== undefined && minRating > ratings[0] ? { rating: { min: minRating } } : {}),
    },
  });
  const milliseconds = performance.now() - start;
  return {
    unknown,
    isMeaningful: known > 0,
    milliseconds,
    hits: hits.map(({ id, score, distanceMeters, proximity, similarity, signals }) => ({
      id,
      name: list.names[id]!,
      text: list.texts[id]!,
      kind: list.kinds[id]!,
      rating: Number.isNaN(list.ratings[id]!) ? undefined : list.ratings[id]!,
      photo: list.photos?.[id],
      position: [list.positions[2 * id]!, list.positions[2 * id + 1]!],
      distanceMeters,
      score,
      parts: [
        weights.proximity * proximity,
        weights.similarity * similarity,
        ratingPart * (signals?.[0] ?? 0),
      ],
    })),
  };
}

/** Builds the tree; only then do these places take the place of those before. */
async function take(
  list: PlaceList,
  encoder: PlaceEncoder,
  vectors: Float32Array,
  more: Pick<Places, "here" | "scaleMeters" | "examples" | "report">,
  { signal, onProgress }: Job,
): Promise<Places> {
  onProgress({ phase: "building the tree", done: 0, total: 0 });
  const tree: Tree = GmrTree.build({
    dimensions: encoder.dimensions,
    positions: list.positions,
    vectors,
    attributes: {
      kind: Array.from(list.kinds, (kind) => list.kindNames[kind]!),
      rating: list.ratings,
    },
  });
  const ratings = rangeOf(list.ratings);
  // The page may have cancelled meanwhile, and then shows those before.
  await new Promise((resolve) => setTimeout(resolve));
  signal.throwIfAborted();
  current = { list, encoder, tree, scaleMeters: more.scaleMeters, ratings };
  const positions = list.positions.slice();
  const kinds = list.kinds.slice();
  return moving({ ...more, positions, kinds, kindNames: list.kindNames, ratings }, [
    positions.buffer,
    kinds.buffer,
  ]);
}

/** Undefined where nothing is rated, or all alike. */
function rangeOf(ratings: Float64Array): Places["ratings"] {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const rating of ratings) {
    if (rating < least) least = rating;
    if (rating > most) most = rating;
  }
  return least < most ? [least, most] : undefined;
}

/** The place in the middle (medians of both axes), and half of the places' distance from there: what is near, where they lie. */
function middleOf({ positions }: PlaceList): Pick<Places, "here" | "scaleMeters"> {
  const axis = (a: number) => positions.filter((_, i) => i % 2 === a);
  const here = [median(axis(0)), median(axis(1))] as const;
  const distances = Float64Array.from({ length: positions.length / 2 }, (_, i) =>
    haversineMeters(here[0], here[1], positions[2 * i]!, positions[2 * i + 1]!),
  );
  return { here, scaleMeters: Math.max(100, median(distances)) };
}

function median(values: Float64Array): number {
  return values.sort()[values.length >> 1]!;
}

const api: PlacesApi = {
  make: async ({ count }, job) => {
    job.onProgress({ phase: "making places up", done: 0, total: 0 });
    const list = madeUpPlaces(count);
    const encoder = await TextEncoder.learn(list.texts, job);
    const vectors = await encoder.encode(list.texts, job);
    return take(list, encoder, vectors, MADE_UP, job);
  },
  open: async ({ files }, job) => {
    const { openPlaces } = await import("./open-places.js");
    const { places: list, report } = await openPlaces(files, job);
    const searched = list.searched ?? list.texts;
    const encoder = new WordEncoder(searched, navigator.language || "en");
    const vectors = await encoder.encode(searched, job);
    return take(list, encoder, vectors, { ...middleOf(list), examples: encoder.examples(4), report }, job);
  },
  search: async (query) => search(query),
};

serve(self as unknown as Channel, api);
