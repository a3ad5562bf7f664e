import {
  azimuthalEquidistant,
  checkOptions,
  createCity,
  Pace,
  type PlanarExtent,
  projectSet,
  Random,
} from "@wayweave/geo-core";
import { checkHas } from "../internal/arguments.js";
import { boundsOf } from "../internal/bounds.js";
import { matchTracks } from "../retrieval/find-tracks.js";
import { fitOdds, type OddsCase } from "../retrieval/fit-odds.js";
import { LineEvidence } from "../retrieval/line-evidence.js";
import { matchFeatures, noneFeatures, type OddsWeights } from "../retrieval/match-odds.js";
import { matchShapes } from "../retrieval/match-shapes.js";
import { PathColors } from "../retrieval/path-colors.js";
import { TrackIndex } from "../retrieval/track-index.js";
import type { LineReader } from "./line-reader.js";
import { drawPictureOf } from "./pictures/training-picture.js";

/** On how many made-up pictures and tracks {@link calibrateConfidence} fits its weights. */
export interface CalibrateOptions {
  /** Of pictures and city; not one that a reader or a published table used. @defaultValue 777 */
  readonly seed?: number;
  /** Pictures that are asked about, each with its track among the candidates and without it. @defaultValue 400 */
  readonly pictures?: number;
  /** Tracks of the city. @defaultValue 2000 */
  readonly tracks?: number;
  /** Called after each picture: pictures done, of all. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
  /** Heard while the tracks are indexed, then before each picture; the promise is rejected with its reason. */
  readonly signal?: AbortSignal;
}

/** What a calibration found. */
export interface Calibration {
  /** Of what speaks for a track: where the picture's corners are known (`place`), and where they are not (`shape`). */
  readonly weights: { readonly place: OddsWeights; readonly shape: OddsWeights };
  /** Share of pictures whose track came first by these weights, the track being there; of the same pictures that they were fitted to. */
  readonly top1: { readonly place: number; readonly shape: number };
}

/**
 * Fits how a finder weighs what speaks for a track, on made-up pictures of the tracks of a made-up city: each picture is asked twice, with its track
 * among the candidates and without it. Corners are off by up to 1 %. The weights go into `src/retrieval/match-odds.ts`.
 */
export async function calibrateConfidence(
  reader: LineReader,
  options: CalibrateOptions = {},
): Promise<Calibration> {
  checkHas("calibrateConfidence", "reader", reader, "read", "a LineReader");
  checkOptions("calibrateConfidence", options, ["seed", "pictures", "tracks", "onProgress", "signal"]);
  const { seed = 777, pictures = 400, tracks: trips = 2000, onProgress, signal } = options;
  const pace = new Pace(signal);
  const center = [16, 48] as const;
  const { set, network } = createCity({ seed, trips, center, backgroundShare: 0.6 });
  const tracks = projectSet(set, azimuthalEquidistant(center));
  const index = await TrackIndex.build(tracks, { pace });
  const cases = { place: [] as OddsCase[], shape: [] as OddsCase[] };
  for (let i = 0; i < pictures; i++) {
    await pace.step();
    const random = new Random(seed).split("pictures").split(i);
    const track = random.integer(tracks.length);
    const { coordinates } = tracks.at(track);
    const { picture, extent } = drawOne({ coordinates, roads: network }, random);
    const reading = await reader.read(picture);
    const evidence = new LineEvidence(reading, extent);
    const answers = {
      place: matchTracks(evidence, new PathColors(picture, reading), index, {
        cornerTolerance: 0.03,
        candidates: 50,
      }),
      shape: matchShapes(reading, picture, index, 50),
    };
    for (const by of ["place", "shape"] as const) {
      const others = answers[by].filter((match) => match.index !== track).map(matchFeatures);
      const right = answers[by].find((match) => match.index === track);
      const none = noneFeatures(reading);
      cases[by].push({ none, right: undefined, others });
      // A track that is no candidate is none of them, too, but nothing to learn from.
      if (right !== undefined) cases[by].push({ none, right: matchFeatures(right), others });
    }
    onProgress?.({ done: i + 1, total: pictures });
  }
  const [place, shape] = [fitOdds(cases.place), fitOdds(cases.shape)];
  return {
    weights: { place: place.weights, shape: shape.weights },
    top1: { place: place.first / pictures, shape: shape.first / pictures },
  };
}

function drawOne(line: Parameters<typeof drawPictureOf>[0], random: Random) {
  const [minX, minY, maxX, maxY] = boundsOf(line.coordinates);
  const span = Math.max(maxX - minX, maxY - minY);
  const isCropped = random.next() < 0.2;
  const side = span * (isCropped ? random.uniform(0.5, 0.9) : random.uniform(1.1, 2));
  let [left, bottom] = [random.uniform(maxX - side, minX), random.uniform(maxY - side, minY)];
  if (isCropped) {
    const at = 2 * random.integer(line.coordinates.length / 2);
    left = line.coordinates[at]! - side * random.uniform(0.3, 0.7);
    bottom = line.coordinates[at + 1]! - side * random.uniform(0.3, 0.7);
  }
  const size = [192, 256, 384][random.integer(3)]!;
  const top = bottom + side;
  const place = (points: Float64Array) =>
    points.map((value, i) => ((i % 2 === 0 ? value - left : top - value) * size) / side);
  const { canvas } = drawPictureOf(line, { place }, size, random.split("picture"));
  const data = new Uint8Array(3 * size * size);
  canvas.writeTo(data, 0);
  const off = () => random.uniform(-0.01, 0.01) * side;
  const extent: PlanarExtent = [left + off(), bottom + off(), left + side + off(), top + off()];
  return { picture: { width: size, height: size, channels: 3, data }, extent };
}
