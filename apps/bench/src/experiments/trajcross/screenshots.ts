import { topK } from "@wayweave/eval";
import {
  azimuthalEquidistant,
  createCity,
  Pace,
  type Position,
  projectSet,
  type TrajectorySet,
} from "@wayweave/geo-core";
import type { TrackFinder } from "@wayweave/trajcross";
import { openTrackFinder } from "@wayweave/trajcross/node";
import { z } from "zod";
import { contactSheet } from "../../report/pictures/contact-sheet.js";
import { lineDrawing } from "../../report/pictures/tile.js";
import { rawArrays } from "../../results/raw-arrays.js";
import { defineExperiment, type Picture, type Row, type RowOutput, type RunContext } from "../experiment.js";
import { drawScreenshot, type ScreenshotKind, screenshotKinds } from "./systems/screenshot.js";
import { cornersOff, squareAround } from "./systems/screenshot-square.js";

interface ScreenshotParameters {
  readonly tracks: number;
  /** Pictures of each kind. */
  readonly pictures: number;
}

const rawSchema = z.object({
  /** Where the track that a picture shows came, from 1; one more than the tracks where it was not found: `[pictures]`. */
  ranks: rawArrays.uint32,
  /** Of the first hit: `[pictures]`. */
  confidences: rawArrays.float64,
  /** … where the track that the picture shows is not among the candidates: `[pictures]`. */
  absentConfidences: rawArrays.float64,
  /** Processor time of a query: `[pictures]`. */
  cpuMs: rawArrays.float64,
  examples: z
    .array(
      z.object({ png: rawArrays.uint8, rank: z.number(), line: rawArrays.float32, best: rawArrays.float32 }),
    )
    .optional(),
});
type ScreenshotRaw = z.infer<typeof rawSchema>;

const shownExamples = 3;
const center: Position = [-8.61, 41.15];

export const screenshots = defineExperiment<ScreenshotParameters, ScreenshotRaw>({
  id: "trajcross/screenshots",
  title: "Which track does this screenshot show?",
  artefact: "Beyond TrajCross",
  notes: [
    "Tracks of a synthetic city; each picture shows one of them over the city's own streets, 384 to 800 pixels wide, drawn as SVG by sharp, which shares no code with the pictures that the line reader has learnt from. Rules and thresholds were chosen on pictures of the latter, and on development pictures of this kind of seeds 9001 and 9002.",
    "Nothing is trained and nobody says what colour the line has. Corners are given, exact but for the two kinds that say so, where each is off by up to that share of the picture's side, both ways.",
    "Cropped: the picture is smaller than the track. A road's colour: the line has the colour of the avenues, without an outline; it hides their casing where it runs, and has dots at start and finish but in the row that says so.",
    "Confidence: AUC of telling right first answers from wrong ones and from the answers to the same pictures where the shown track is taken out of the gallery.",
  ],
  presets: {
    quick: { tracks: 200, pictures: 3 },
    standard: { tracks: 2000, pictures: 50 },
    full: { tracks: 2000, pictures: 200 },
  },
  seedCounts: { quick: 1, standard: 1 },
  metrics: ["i2tTop1", "i2tTop5", "confidenceAuc", "medianMs"],
  packages: ["@wayweave/geo-core", "@wayweave/nn", "@wayweave/trajcross"],
  rawSchema,
  rows: ({ parameters }) => screenshotKinds.map((kind) => rowOf(kind, parameters)),
  score: ({ ranks, confidences, absentConfidences, cpuMs }) => {
    const right = [...confidences].filter((_, i) => ranks[i] === 1);
    const wrong = [...[...confidences].filter((_, i) => ranks[i] !== 1), ...absentConfidences];
    return {
      i2tTop1: 100 * topK(ranks, 1),
      i2tTop5: 100 * topK(ranks, 5),
      ...(right.length === 0 ? {} : { confidenceAuc: auc(right, wrong) }),
      medianMs: [...cpuMs].sort((a, b) => a - b)[Math.floor(cpuMs.length / 2)]!,
    };
  },
  pictures: sheets,
});

/** As many as the finder compares by itself: a track that is not among them is not found. */
const hits = 50;

function rowOf(kind: ScreenshotKind, parameters: ScreenshotParameters): Row<ScreenshotRaw> {
  return {
    system: "universal, no training",
    dataset: kind,
    paper: null,
    run: async (context) => {
      const { tracks, roads } = await context.share(
        `city of ${parameters.tracks}, seed ${context.seed}`,
        () => cityOf(context, parameters),
      );
      const finder = await openTrackFinder({ session: { threads: 1 } });
      try {
        await finder.add(tracks, { signal: context.signal });
        return await measure(context, finder, tracks, roads, kind, parameters.pictures);
      } finally {
        await finder.dispose();
      }
    },
  };
}

async function cityOf(context: RunContext, { tracks: trips }: ScreenshotParameters) {
  const { set, network } = createCity({
    seed: context.random.split("city").uint32(),
    trips,
    center,
    backgroundShare: 0.6,
  });
  return { tracks: projectSet(set, azimuthalEquidistant(center)), roads: network };
}

async function measure(
  context: RunContext,
  finder: TrackFinder,
  tracks: TrajectorySet,
  roads: Parameters<typeof drawScreenshot>[1],
  kind: ScreenshotKind,
  pictures: number,
): Promise<ScreenshotRaw> {
  const random = context.random.split(kind);
  const ranks = new Uint32Array(pictures);
  const confidences = new Float64Array(pictures);
  const absentConfidences = new Float64Array(pictures);
  const cpuMs = new Float64Array(pictures);
  const examples: NonNullable<ScreenshotRaw["examples"]> = [];
  const pace = new Pace(context.signal);
  for (let i = 0; i < pictures; i++) {
    await pace.step();
    const own = random.split(i);
    const track = own.integer(tracks.length);
    const { coordinates } = tracks.at(track);
    const square = squareAround(coordinates, kind === "cropped", own);
    const { size, data, png } = await drawScreenshot(coordinates, roads, square, kind, own.split("picture"));
    const picture = {
      width: size,
      height: size,
      channels: 3,
      data,
      bounds: cornersOff(square, kind, own.split("corners")),
    };
    const before = process.cpuUsage();
    const found = await finder.find(picture, { k: hits, signal: context.signal });
    const { user, system } = process.cpuUsage(before);
    cpuMs[i] = (user + system) / 1000;
    const rank = found.hits.findIndex(({ index }) => index === track);
    ranks[i] = rank < 0 ? tracks.length + 1 : rank + 1;
    confidences[i] = found.confidence;
    const without = await finder.find(picture, { without: [track], signal: context.signal });
    absentConfidences[i] = without.confidence;
    if (examples.length < shownExamples) {
      const best = found.hits[0];
      const bestLine =
        best === undefined
          ? new Float64Array()
          : finder.onPicture(best.index, { ...picture, bounds: square })!;
      const unit = (points: Float64Array) => Float32Array.from(points, (value) => value / size);
      examples.push({ png, rank: ranks[i]!, line: unit(found.line.points), best: unit(bestLine) });
    }
    context.onProgress({ done: i + 1, total: pictures });
  }
  return { ranks, confidences, absentConfidences, cpuMs, examples };
}

/** The probability that a right answer's confidence is above a wrong one's, ties half. */
function auc(right: readonly number[], wrong: readonly number[]): number {
  let sum = 0;
  for (const a of right) for (const b of wrong) sum += a > b ? 1 : a === b ? 0.5 : 0;
  return sum / (right.length * wrong.length);
}

function sheets(outputs: readonly RowOutput<ScreenshotRaw>[]): Picture[] {
  const rows = outputs.flatMap(({ dataset, raw }) =>
    (raw.examples ?? []).slice(0, shownExamples).map(({ png, rank, line, best }) => ({
      query: { content: { image: Uint8Array.from(png) }, caption: [dataset] },
      answers: [
        { content: { drawing: drawn(line, "#1b1f24") }, caption: ["the line as read"], hit: false },
        {
          content: { drawing: drawn(best, "#c2410c") },
          caption: ["first answer", `right one: ${rank}.`],
          hit: rank === 1,
        },
      ],
    })),
  );
  if (rows.length === 0) return [];
  const title = "Screenshots, the line read, the first answer";
  return [{ title, svg: contactSheet({ title, rows }) }];
}

function drawn(line: Float32Array, color: string): string {
  return line.length === 0 ? "" : lineDrawing(line, { color });
}
