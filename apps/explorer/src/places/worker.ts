import { StateError } from "@wayweave/geo-core";
import { GmrTree } from "@wayweave/gmr-tree";
import { type Channel, moving, serve } from "../foundation/worker-calls.js";
import { kinds, type PlaceAnswer, type PlaceQuery, type PlacesApi } from "./api.js";
import { TextEncoder } from "./encoder.js";
import { type MadeUpPlaces, madeUpPlaces } from "./made-up.js";

const HITS = 10;
/** Nearness falls to 37 % at this distance. */
const SCALE_METERS = 1500;

type Tree = GmrTree<{ kind: string; rating: number }>;

let made: { readonly places: MadeUpPlaces; readonly encoder: TextEncoder; readonly tree: Tree } | undefined;

function search({ words, position, mu, kind, minRating, ratingWeight }: PlaceQuery): PlaceAnswer {
  if (made === undefined) throw new StateError("Places must be made first.");
  const { places, encoder, tree } = made;
  const start = performance.now();
  const { vector, known, unknown } = encoder.encodeQuery(words);
  const rest = 1 - ratingWeight;
  const weights = { proximity: rest * mu, similarity: rest * (1 - mu) };
  const hits = tree.search({
    position,
    vector,
    k: HITS,
    weights,
    proximity: { kind: "exponential", scaleMeters: SCALE_METERS },
    signals: [{ attribute: "rating", kind: "ramp", from: 1, to: 5, weight: ratingWeight }],
    where: {
      ...(kind === undefined ? {} : { kind }),
      ...(minRating > 1 ? { rating: { min: minRating } } : {}),
    },
  });
  const milliseconds = performance.now() - start;
  return {
    unknown,
    isMeaningful: known > 0,
    milliseconds,
    hits: hits.map(({ id, score, distanceMeters, proximity, similarity, signals }) => ({
      id,
      name: places.names[id]!,
      text: places.texts[id]!,
      kind: places.kinds[id]!,
      rating: places.ratings[id]!,
      position: [places.positions[2 * id]!, places.positions[2 * id + 1]!],
      distanceMeters,
      score,
      parts: [
        weights.proximity * proximity,
        weights.similarity * similarity,
        ratingWeight * (signals?.[0] ?? 0),
      ],
    })),
  };
}

const api: PlacesApi = {
  make: async ({ count }, job) => {
    job.onProgress({ phase: "making places up", done: 0, total: 0 });
    const places = madeUpPlaces(count);
    const encoder = await TextEncoder.learn(places.texts, job);
    const vectors = await encoder.encode(places.texts, job);
    job.onProgress({ phase: "building the tree", done: 0, total: 0 });
    const tree = GmrTree.build({
      dimensions: encoder.dimensions,
      positions: places.positions,
      vectors,
      attributes: {
        kind: Array.from(places.kinds, (kind) => kinds[kind]! as string),
        rating: places.ratings,
      },
    });
    made = { places, encoder, tree };
    const positions = places.positions.slice();
    const kindOf = places.kinds.slice();
    return moving({ positions, kinds: kindOf }, [positions.buffer, kindOf.buffer]);
  },
  search: async (query) => search(query),
};

serve(self as unknown as Channel, api);
