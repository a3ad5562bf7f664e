import { nearestRows, type PairSet } from "@wayweave/trajcross";
import { z } from "zod";
import { type AnswerTile, contactSheet, type SheetRow } from "../../../report/pictures/contact-sheet.js";
import { lineDrawing, pngOf } from "../../../report/pictures/tile.js";
import { rawArrays } from "../../../results/raw-arrays.js";
import type { Picture, RowOutput } from "../../experiment.js";
import type { EmbeddedPairs, PartnerRanks } from "./ranking.js";

/** Some queries of one direction with their first answers, and what a contact sheet needs to show them. */
const directionSchema = z.object({
  /** `[queries]` */
  queries: rawArrays.uint32,
  /** Where each query's partner came, from 1: `[queries]`. */
  ranks: rawArrays.uint32,
  /** `[queries × answers]` */
  answers: rawArrays.uint32,
  /** Cosines: `[queries × answers]`. */
  scores: rawArrays.float32,
  /** The image of each answer, or each query's: `[queries × answers | queries, size, size, channels]`. */
  images: rawArrays.uint8,
  /** The trajectory of query or answer in the image's unit square, y downwards: `[queries × answers, points, 2]`. */
  lines: rawArrays.float32,
});
type DirectionExamples = z.infer<typeof directionSchema>;

export const examplesSchema = z.object({
  /** Pixels across an image. */
  size: z.number(),
  /** 1: ink, 255 on 0. 3: colours. */
  channels: z.union([z.literal(1), z.literal(3)]).optional(),
  /** Of a trajectory. */
  points: z.number(),
  trajectoryToImage: directionSchema,
  imageToTrajectory: directionSchema,
});
export type RetrievalExamples = z.infer<typeof examplesSchema>;

const shownQueries = 6;
const shownAnswers = 5;

/** Takes a few hits and misses of both directions: as far as there are, half the queries are ones whose partner is not first. */
export function takeExamples(
  { test, width, trajectories, images }: EmbeddedPairs,
  ranks: PartnerRanks,
): RetrievalExamples {
  const { size, channels = 1 } = test.images;
  const imageLength = channels * size ** 2;
  const points = test.trajectories.at(0).coordinates.length / 2;
  const imageOf = (image: number) =>
    test.images.pixels.subarray(image * imageLength, (image + 1) * imageLength);
  const direction = (
    queryRows: Float32Array,
    galleryRows: Float32Array,
    ownRanks: Uint32Array,
    pairOf: (query: number, answer: number) => readonly [trajectory: number, image: number],
    picturesOf: (query: number, answers: Uint32Array) => Uint8Array[],
  ): DirectionExamples => {
    const queries = chooseQueries(ownRanks);
    const found = Array.from(queries, (query) => ({
      query,
      ...nearestRows(queryRows.subarray(query * width, (query + 1) * width), galleryRows, shownAnswers),
    }));
    return {
      queries,
      ranks: queries.map((query) => ownRanks[query]!),
      answers: Uint32Array.from(found.flatMap(({ indices }) => [...indices])),
      scores: Float32Array.from(found.flatMap(({ scores }) => [...scores])),
      images: joined(found.flatMap(({ query, indices }) => picturesOf(query, indices))),
      lines: Float32Array.from(
        found.flatMap(({ query, indices }) =>
          [...indices].flatMap((answer) => [...lineInImage(test, ...pairOf(query, answer))]),
        ),
      ),
    };
  };
  return {
    size,
    channels,
    points,
    trajectoryToImage: direction(
      trajectories,
      images,
      ranks.trajectoryToImage,
      (query, answer) => [query, answer],
      (_, answers) => Array.from(answers, imageOf),
    ),
    imageToTrajectory: direction(
      images,
      trajectories,
      ranks.imageToTrajectory,
      (query, answer) => [answer, query],
      (query) => [imageOf(query)],
    ),
  };
}

/** The first queries in order: half of them misses, as far as there are. */
function chooseQueries(ranks: Uint32Array): Uint32Array {
  const all = Array.from(ranks, (rank, query) => ({ rank, query }));
  const misses = all.filter(({ rank }) => rank > 1).slice(0, shownQueries / 2);
  const hits = all.filter(({ rank }) => rank === 1).slice(0, shownQueries - misses.length);
  return Uint32Array.from([...hits, ...misses], ({ query }) => query);
}

/** A trajectory in the unit square of an image, y downwards. */
function lineInImage({ trajectories, images }: PairSet, trajectory: number, image: number): Float32Array {
  const [minX, minY, maxX, maxY] = images.extents.subarray(4 * image, 4 * image + 4) as unknown as [
    number,
    number,
    number,
    number,
  ];
  return Float32Array.from(trajectories.at(trajectory).coordinates, (value, i) =>
    i % 2 === 0 ? (value - minX) / (maxX - minX) : (maxY - value) / (maxY - minY),
  );
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** A contact sheet of each direction for every row that took examples, of its first seed. */
export function examplePictures(
  outputs: readonly RowOutput<{ readonly examples?: RetrievalExamples | undefined }>[],
): Picture[] {
  const shown = new Set<string>();
  return outputs.flatMap(({ system, dataset, raw }) => {
    const row = `${system}, ${dataset}`;
    if (raw.examples === undefined || shown.has(row)) return [];
    shown.add(row);
    return [
      sheetOf(row, "trajectory → image", raw.examples, raw.examples.trajectoryToImage),
      sheetOf(row, "image → trajectory", raw.examples, raw.examples.imageToTrajectory),
    ];
  });
}

const lineColor = "#c2410c";

function sheetOf(
  row: string,
  name: "trajectory → image" | "image → trajectory",
  { size, channels = 1, points }: RetrievalExamples,
  examples: DirectionExamples,
): Picture {
  const title = `${row}: ${name}`;
  const isTrajectory = name === "trajectory → image";
  const answerCount = examples.answers.length / examples.queries.length;
  const png = (image: number) => {
    const length = channels * size ** 2;
    const pixels = examples.images.subarray(image * length, (image + 1) * length);
    // Ink is 255 on 0; on paper it is dark.
    return pngOf(channels === 1 ? pixels.map((ink) => 255 - ink) : pixels, {
      width: size,
      height: size,
      channels,
    });
  };
  const line = (at: number) => examples.lines.subarray(at * 2 * points, (at + 1) * 2 * points);
  const rows = Array.from(examples.queries, (query, q): SheetRow => {
    const first = q * answerCount;
    const answers = Array.from({ length: answerCount }, (_, a): AnswerTile => {
      const answer = examples.answers[first + a]!;
      return {
        content: {
          image: png(isTrajectory ? first + a : q),
          drawing: lineDrawing(line(first + a), { color: lineColor }),
        },
        caption: [
          `${isTrajectory ? "image" : "trajectory"} ${answer}`,
          `cosine ${examples.scores[first + a]!.toFixed(4)}`,
        ],
        hit: answer === query,
      };
    });
    return {
      query: {
        content: isTrajectory
          ? { drawing: lineDrawing(inOwnBox(line(first)), { color: lineColor }) }
          : { image: png(q) },
        caption: [`${isTrajectory ? "trajectory" : "image"} ${query}`, `partner at ${examples.ranks[q]}`],
      },
      answers,
    };
  });
  const key =
    "Best answers first. The orange line with a dot is the trajectory, where it lies in that image. Green: the partner.";
  return { title, svg: contactSheet({ title, key, rows }) };
}

/** A line moved and scaled into the middle of the unit square. */
function inOwnBox(line: Float32Array): Float32Array {
  const xs = line.filter((_, i) => i % 2 === 0);
  const ys = line.filter((_, i) => i % 2 === 1);
  const [minX, maxX, minY, maxY] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const scale = 0.8 / Math.max(maxX - minX, maxY - minY, 1e-6);
  return line.map((value, i) => 0.5 + scale * (value - (i % 2 === 0 ? minX + maxX : minY + maxY) / 2));
}
