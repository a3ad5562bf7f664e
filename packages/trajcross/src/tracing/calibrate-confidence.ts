import {
  azimuthalEquidistant,
  checkOptions,
  createCity,
  Pace,
  type PlanarExtent,
  projectSet,
  Random,
} from "@wayweave/geo-core";
import { boundsOf } from "../internal/bounds.js";
import {
  type ConfidenceFeatures,
  type ConfidenceWeights,
  confidenceFeatures,
} from "../retrieval/confidence.js";
import { type Match, matchTracks } from "../retrieval/find-tracks.js";
import { LineEvidence } from "../retrieval/line-evidence.js";
import { matchShapes } from "../retrieval/match-shapes.js";
import { TrackIndex } from "../retrieval/track-index.js";
import type { LineReader } from "./line-reader.js";
import { drawPictureOf } from "./pictures/training-picture.js";

export interface CalibrateOptions {
  /** Of pictures and city; not one that a reader or a published table used. @defaultValue 777 */
  readonly seed?: number;
  /** @defaultValue 150 */
  readonly pictures?: number;
  /** @defaultValue 1000 */
  readonly tracks?: number;
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
  readonly signal?: AbortSignal;
}

/** What a calibration found. */
export interface Calibration {
  readonly weights: { readonly place: ConfidenceWeights; readonly shape: ConfidenceWeights };
  /** Share of pictures whose first answer was right, their track being there. */
  readonly top1: { readonly place: number; readonly shape: number };
}

interface Outcome {
  readonly features: ConfidenceFeatures;
  readonly isRight: boolean;
}

/**
 * Fits the weights of a finder's confidence on made-up pictures of the tracks of a made-up city: each picture is asked twice, with its track among
 * the candidates and without it. Corners are off by up to 1 %.
 */
export async function calibrateConfidence(
  reader: LineReader,
  options: CalibrateOptions = {},
): Promise<Calibration> {
  checkOptions("calibrateConfidence", options, ["seed", "pictures", "tracks", "onProgress", "signal"]);
  const { seed = 777, pictures = 150, tracks: trips = 1000, onProgress, signal } = options;
  const pace = new Pace(signal);
  const center = [16, 48] as const;
  const { set, network } = createCity({ seed, trips, center, backgroundShare: 0.6 });
  const tracks = projectSet(set, azimuthalEquidistant(center));
  const index = await TrackIndex.build(tracks, { pace });
  const outcomes = { place: [] as Outcome[], shape: [] as Outcome[] };
  const right = { place: 0, shape: 0 };
  for (let i = 0; i < pictures; i++) {
    await pace.step();
    const random = new Random(seed).split("pictures").split(i);
    const track = random.integer(tracks.length);
    const { coordinates } = tracks.at(track);
    const { picture, extent } = drawOne({ coordinates, roads: network }, random);
    const reading = await reader.read(picture);
    const answers = {
      place: matchTracks(new LineEvidence(reading, extent), index, { cornerTolerance: 0.03, candidates: 50 }),
      shape: matchShapes(reading, picture, index, 50),
    };
    for (const by of ["place", "shape"] as const) {
      const matches: Match[] = answers[by];
      const isRight = matches[0]?.index === track;
      right[by] += Number(isRight);
      outcomes[by].push({ features: confidenceFeatures(matches, reading), isRight });
      const without = matches.filter((match) => match.index !== track);
      outcomes[by].push({ features: confidenceFeatures(without, reading), isRight: false });
    }
    onProgress?.({ done: i + 1, total: pictures });
  }
  return {
    weights: { place: fitLogistic(outcomes.place), shape: fitLogistic(outcomes.shape) },
    top1: { place: right.place / pictures, shape: right.shape / pictures },
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

const names = ["constant", "best", "lead", "certainty"] as const;

/** Logistic regression by gradient steps, with a little ridge: four numbers, so anything converges. */
function fitLogistic(outcomes: readonly Outcome[]): ConfidenceWeights {
  const rows = outcomes.map(({ features: { best, lead, certainty } }) => [1, best, lead, certainty]);
  const weights = [0, 0, 0, 0];
  for (let step = 0; step < 20_000; step++) {
    const gradient = weights.map((weight, k) => (k === 0 ? 0 : 1e-3 * weight));
    for (const [i, row] of rows.entries()) {
      const z = row.reduce((sum, value, k) => sum + value * weights[k]!, 0);
      const error = 1 / (1 + Math.exp(-z)) - Number(outcomes[i]!.isRight);
      for (let k = 0; k < 4; k++) gradient[k]! += (error * row[k]!) / rows.length;
    }
    for (let k = 0; k < 4; k++) weights[k]! -= 2 * gradient[k]!;
  }
  return Object.fromEntries(names.map((name, k) => [name, weights[k]!])) as unknown as ConfidenceWeights;
}
