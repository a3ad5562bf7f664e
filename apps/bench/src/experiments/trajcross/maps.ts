import { Random } from "@wayweave/geo-core";
import { type ImageSet, imageCount, type PairSet, renderImages, toInk } from "@wayweave/trajcross";
import { defineExperiment, type Row, type RunContext } from "../experiment.js";
import { examplePictures, takeExamples } from "./systems/examples.js";
import { embedPairs, type ModelSpec, useModel } from "./systems/models.js";
import { ranksOf, rerankedRanks } from "./systems/ranking.js";
import { type RetrievalRaw, retrievalRawSchema, scoreRetrieval } from "./systems/retrieval.js";

interface MapsParameters {
  readonly lines: ModelSpec;
  readonly maps: ModelSpec;
  /** Candidates of the embeddings that are compared by drawing. */
  readonly reranked: number;
}

/** What a test image shows the line on. */
type Backdrop = "white" | "maps";

/** Of the training images in colour, how many show a map; the others are black on white. */
const mapShare = 0.7;

function parametersOf(
  sizes: Pick<ModelSpec, "trainCount" | "testCount" | "epochs">,
  reranked: number,
): MapsParameters {
  const shared = { dataset: "UNIV windows", ...sizes } as const;
  return {
    lines: shared,
    maps: { ...shared, config: { model: { channels: 3 } }, rendering: { channels: 3, mapShare } },
    reranked,
  };
}

export const maps = defineExperiment<MapsParameters, RetrievalRaw>({
  id: "trajcross/maps",
  title: "Lines over maps in colour",
  artefact: "Beyond TrajCross",
  notes: [
    "The same test pairs, lines and extents twice: black on white, and over made-up maps with areas, roads and names, the line in any colour, some with an outline, markers at its ends or JPEG artefacts. Nobody tells the systems the line's colour. The split is UNIV windows.",
    "Trained on lines: the model of Table I, in grey; of a map it gets whatever differs from the most frequent colour. Trained with maps: three channels, 70 % of the training images over maps, the rest black on white.",
    "Re-ranking on maps draws the trajectory into the image's extent and asks how well the colours of the picture separate the drawn line from the rest (R² of a regression of its coverage on the colours).",
    "Trained for 8 epochs at the standard preset, a third of Table I's budget.",
  ],
  presets: {
    quick: parametersOf({ trainCount: 512, testCount: 120, epochs: 3 }, 20),
    standard: parametersOf({ trainCount: 10_000, testCount: 2379, epochs: 8 }, 50),
    full: parametersOf({ trainCount: 10_000, testCount: 2379, epochs: 100 }, 50),
  },
  seedCounts: { quick: 1, standard: 1 },
  metrics: ["t2iTop1", "t2iTop5", "t2iTop10", "i2tTop1", "i2tTop5", "i2tTop10", "trajectories"],
  packages: ["@wayweave/geo-core", "@wayweave/nn", "@wayweave/trajcross"],
  rawSchema: retrievalRawSchema,
  rows: ({ parameters }) =>
    (["white", "maps"] as const).flatMap((backdrop) => [
      rowOf("trained on lines", backdrop, parameters, 0),
      rowOf("trained with maps", backdrop, parameters, 0),
      rowOf("trained with maps + re-ranking", backdrop, parameters, parameters.reranked),
    ]),
  score: scoreRetrieval,
  pictures: examplePictures,
  figures: [
    {
      title: "top@1, image → trajectory",
      kind: "bars",
      metric: "i2tTop1",
      x: "system",
      series: "system",
      facet: "dataset",
    },
  ],
});

function rowOf(
  system: string,
  backdrop: Backdrop,
  parameters: MapsParameters,
  candidates: number,
): Row<RetrievalRaw> {
  const isColor = system !== "trained on lines";
  const spec = isColor ? parameters.maps : parameters.lines;
  return {
    system,
    dataset: `UNIV, lines on ${backdrop}`,
    paper: null,
    run: (context) =>
      useModel(context, spec, async (model, { trajectories }) => {
        const colored = testImages(context, trajectories, backdrop);
        const test = { trajectories, images: isColor ? colored : asInk(colored) };
        const embedded = await embedPairs(model, test, context.signal);
        if (candidates > 0) return rerankedRanks(embedded, candidates, context.signal);
        const ranks = ranksOf(embedded);
        return isColor && backdrop === "maps" ? { ...ranks, examples: takeExamples(embedded, ranks) } : ranks;
      }),
  };
}

/** The same extents, lines and thicknesses for every system and backdrop. */
function testImages(
  context: RunContext,
  trajectories: PairSet["trajectories"],
  backdrop: Backdrop,
): ImageSet {
  const random = new Random(context.random.split("test images").uint32());
  return renderImages(trajectories, random, { channels: 3, mapShare: backdrop === "maps" ? 1 : 0 });
}

/** Pictures in colour as the grey model takes them, image by image. */
function asInk({ pixels, size, extents }: ImageSet): ImageSet {
  const area = size * size;
  const ink = new Uint8Array(pixels.length / 3);
  for (let i = 0; i < imageCount({ extents }); i++) {
    ink.set(toInk(pixels.subarray(3 * i * area, 3 * (i + 1) * area)), i * area);
  }
  return { pixels: ink, size, channels: 1, extents };
}
