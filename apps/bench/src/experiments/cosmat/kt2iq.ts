import { precisionAtK } from "@wayweave/eval";
import { z } from "zod";
import type { RawCorpus } from "../../datasets/raw-pairs.js";
import { loadWebNews } from "../../datasets/web-news.js";
import { rawArrays } from "../../results/raw-arrays.js";
import { defineExperiment, type MetricValues, type Row, type RunContext } from "../experiment.js";
import { quantile } from "../gmr-tree/systems/timing.js";
import {
  type Answered,
  answered,
  type Fitted,
  fitted,
  type Kt2iqParameters,
  type QueryKind,
  RESULTS,
  regionalCities,
} from "./systems/kt2iq-run.js";
import { drawSheet, type SheetItem, type SheetRaw, sheetSchema } from "./systems/kt2iq-sheet.js";

/** One stage's durations; of whole queries also what they found. */
const kt2iqSchema = z.object({
  durationsMs: rawArrays.float64,
  answers: z
    .object({
      kind: z.enum(["kT2IQ", "kI2TQ"]),
      /** 1 where an answer has its query's class, `[queries, 10]`. */
      relevance: rawArrays.uint8,
      sheet: sheetSchema,
    })
    .optional(),
});
type Kt2iqRaw = z.infer<typeof kt2iqSchema>;

/** Queries on the contact sheet, each of another class, and answers of each. */
const SHEET_QUERIES = 4;
const SHEET_ANSWERS = 6;

export const kt2iq = defineExperiment<Kt2iqParameters, Kt2iqRaw>({
  id: "cosmat/kt2iq",
  title: "A text and a place in, photos out; a photo and a place in, texts out",
  artefact: "CoSMat, the whole kNN geo-multimedia query",
  notes: [
    "From raw text and photo files to answers: TxtNet, SqueezeNet 1.1 (not fine-tuned), CoSMat, GMR-Tree. web-news; models are fitted to training pairs, queries are test pairs. Objects are the test pairs and, up to 200,000 (quick: 2,000), copies of their vectors with a little noise at other places: the data are mixed.",
    "web-news has no places: objects and queries are at cities of East Asia (GeoNames), drawn at random. So precision@10 (of all answers, at μ = .5 with relative proximity) is below that of meaning alone: an answer that is near may have another class.",
    "A query's own partner is among the objects, as in all retrieval figures here, at a place of its own.",
    "Durations by the clock, so that other programs on the machine lengthen them. Fitting and building happen once.",
  ],
  presets: {
    quick: { train: 100, test: 60, topics: 20, objects: 2000, queries: 40 },
    standard: { train: 1700, test: 500, topics: 50, objects: 200_000, queries: 200 },
    full: { train: 1700, test: 500, topics: 50, objects: 200_000, queries: 500 },
  },
  seedCounts: { quick: 1, standard: 1 },
  metrics: ["medianMs", "p99Ms", "t2iPrecision10", "i2tPrecision10"],
  packages: ["@wayweave/cosmat", "@wayweave/nn", "@wayweave/gmr-tree"],
  rawSchema: kt2iqSchema,
  rows: ({ parameters }) => stagesOf(parameters),
  score: scoreStage,
  pictures: (outputs) =>
    outputs.flatMap(({ seed, raw: { answers } }) =>
      answers === undefined || seed !== 1
        ? []
        : [drawSheet(answers.kind === "kT2IQ" ? "Photos for texts" : "Texts for photos", answers.sheet)],
    ),
});

function scoreStage({ durationsMs, answers }: Kt2iqRaw): MetricValues {
  const durations = { medianMs: quantile(durationsMs, 0.5), p99Ms: quantile(durationsMs, 0.99) };
  if (answers === undefined) return durations;
  const queries = answers.relevance.length / RESULTS;
  let precision10 = 0;
  for (let q = 0; q < queries; q++) {
    const ranking = answers.relevance.subarray(q * RESULTS, (q + 1) * RESULTS);
    precision10 += precisionAtK(ranking, RESULTS) / queries;
  }
  const name = answers.kind === "kT2IQ" ? "t2iPrecision10" : "i2tPrecision10";
  return { ...durations, [name]: precision10 };
}

function stagesOf(parameters: Kt2iqParameters): Row<Kt2iqRaw>[] {
  const stage = (
    system: string,
    run: (context: RunContext, corpus: RawCorpus) => Promise<Kt2iqRaw>,
  ): Row<Kt2iqRaw> => ({
    system,
    dataset: "web-news",
    paper: null,
    run: async (context) => run(context, await loadWebNews(context, parameters)),
  });
  const once = (name: string, durationsOf: (parts: Fitted) => Float64Array) =>
    stage(`once: ${name}`, async (context, corpus) => ({
      durationsMs: durationsOf(await fitted(context, corpus, parameters)),
    }));
  const stagesOfQueries = (kind: QueryKind, query: string, objects: string) => [
    stage(`${kind}: build GMR-Tree of ${objects}`, async (context, corpus) => ({
      durationsMs: Float64Array.of((await answered(context, corpus, parameters, kind)).buildMs),
    })),
    stage(`${kind}: ${query} to vector`, async (context, corpus) => ({
      durationsMs: (await answered(context, corpus, parameters, kind)).embedMs,
    })),
    stage(`${kind}: search`, async (context, corpus) => ({
      durationsMs: (await answered(context, corpus, parameters, kind)).searchMs,
    })),
    stage(`${kind}: whole query`, async (context, corpus) => {
      const found = await answered(context, corpus, parameters, kind);
      return {
        durationsMs: found.embedMs.map((ms, q) => ms + found.searchMs[q]!),
        answers: {
          kind,
          relevance: Uint8Array.from(found.ids, (id, i) => {
            const { labels } = corpus.test;
            return labels[found.origins[id]!] === labels[Math.floor(i / RESULTS)] ? 1 : 0;
          }),
          sheet: sheetOf(corpus, found, kind, await regionalCities(context)),
        },
      };
    }),
  ];
  return [
    once("fit TxtNet", ({ txtNetMs }) => Float64Array.of(txtNetMs)),
    once("a training photo's features", ({ photoMs }) => photoMs),
    once("fit CoSMat", ({ modelMs }) => Float64Array.of(modelMs)),
    ...stagesOfQueries("kT2IQ", "text", "photos"),
    ...stagesOfQueries("kI2TQ", "photo", "texts"),
  ];
}

/** The first query of each of a few classes, with its best answers. */
function sheetOf(
  { test, classes }: RawCorpus,
  { ids, positions, queryPositions, origins }: Answered,
  kind: QueryKind,
  cities: Float64Array,
): SheetRaw {
  const item = (pair: number, place: ArrayLike<number>, at: number, isPhoto: boolean): SheetItem => ({
    class: classes[test.labels[pair]!]!,
    lon: place[2 * at]!,
    lat: place[2 * at + 1]!,
    text: isPhoto ? "" : test.texts[pair]!.trim().slice(0, 120),
    photo: isPhoto ? Uint8Array.from(test.images[pair]!) : new Uint8Array(),
  });
  const queries: number[] = [];
  for (let q = 0; q < queryPositions.length / 2 && queries.length < SHEET_QUERIES; q++) {
    if (queries.every((chosen) => test.labels[chosen] !== test.labels[q])) queries.push(q);
  }
  return {
    queries: queries.map((q) => ({
      query: item(q, queryPositions, q, kind === "kI2TQ"),
      answers: Array.from(ids.subarray(q * RESULTS, q * RESULTS + SHEET_ANSWERS), (id) =>
        item(origins[id]!, positions, id, kind === "kT2IQ"),
      ),
    })),
    cities: Float32Array.from(cities),
  };
}
