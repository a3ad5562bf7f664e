import { similarities } from "@wayweave/cosmat";
import { confusionMatrix, rankByScore } from "@wayweave/eval";
import { z } from "zod";
import type { RawCorpus } from "../../../datasets/raw-pairs.js";
import { drawConfusionMatrix } from "../../../report/pictures/confusion-matrix.js";
import {
  type AnyExperiment,
  defineExperiment,
  type ExperimentId,
  type MetricValues,
  type Picture,
  type PresetName,
  type Row,
  type RowOutput,
  type RunContext,
} from "../../experiment.js";
import type { FeatureSettings } from "./features.js";
import { baselines, deCoSReS, fitPipeline, modern, settingsNote } from "./pipelines.js";
import { embedPairs, retrievalSchema, scoreRetrieval } from "./retrieval.js";

/** Test pairs in the common space, and their classes' names. */
const confusionSchema = retrievalSchema.extend({ classes: z.array(z.string()) });
type ConfusionRaw = z.infer<typeof confusionSchema>;

const RESULTS = 10;
/** Above every class's number. */
const OWN_CLASS = 2 ** 32 - 1;
type Direction = "t2i" | "i2t";

interface ConfusionParameters extends FeatureSettings {
  readonly train: number;
  readonly test: number;
}

/** What tells Fig. 10 and Fig. 11 apart: the data. */
interface ConfusionFigure {
  readonly id: ExperimentId;
  readonly title: string;
  readonly artefact: string;
  /** Of the data, then of what the paper prints. */
  readonly notes: { readonly data: readonly string[]; readonly paper: readonly string[] };
  readonly presets: Readonly<Record<PresetName, ConfusionParameters>>;
  /** The corpus's name in the tables. */
  readonly dataset: string;
  /** The text encoder for the pairs' language. */
  readonly texts: "bge-small-zh" | "MiniLM";
  corpus(context: RunContext, size: { readonly train: number; readonly test: number }): Promise<RawCorpus>;
  paperOf(system: string): MetricValues | null;
}

/** Fig. 10 or 11: which classes are taken for which, by all systems, on the figure's data. */
export function confusionFigure(figure: ConfusionFigure): AnyExperiment {
  const { id, title, artefact, notes, presets, dataset, texts, paperOf } = figure;
  const encoders = `EfficientNet-Lite0 × ${texts}: encoders of today as they come from package registries, with CCA, SM and CoSMat fitted on top; stand-ins (then the data are called synthetic) where they are not found.`;
  return defineExperiment<ConfusionParameters, ConfusionRaw>({
    id,
    title,
    artefact,
    notes: [...notes.data, settingsNote, encoders, ...notes.paper],
    presets,
    seedCounts: { quick: 1 },
    metrics: ["i2tPrecision10", "t2iPrecision10", "i2tBestClass", "t2iBestClass"],
    packages: ["@wayweave/cosmat", "@wayweave/nn"],
    rawSchema: confusionSchema,
    rows: ({ parameters }) =>
      confusionRows(dataset, parameters, texts, (context) => figure.corpus(context, parameters), paperOf),
    score: scoreConfusion,
    pictures: confusionPictures,
  });
}

/** The four systems of Fig. 10 and 11 on a corpus, and the three that can be fitted to encoders of today. */
function confusionRows(
  dataset: string,
  settings: FeatureSettings,
  texts: "bge-small-zh" | "MiniLM",
  load: (context: RunContext) => Promise<RawCorpus>,
  paperOf: (system: string) => MetricValues | null,
): Row<ConfusionRaw>[] {
  return [deCoSReS, ...baselines, ...modern(texts)].map((pipeline) => ({
    system: [
      `${pipeline.system}, ${pipeline.features}`,
      ...(pipeline.texts === undefined ? [] : [pipeline.texts]),
    ].join(" × "),
    dataset,
    paper: paperOf(pipeline.system),
    async run(context) {
      const corpus = await load(context);
      const { model, images, texts } = await fitPipeline(context, corpus, pipeline, settings);
      const pairs = { images: images.test, texts: texts.test, labels: corpus.test.labels };
      return { ...embedPairs(model, pairs), classes: [...corpus.classes] };
    },
  }));
}

/** Precision@10, over all classes and of the best one. */
export function scoreConfusion(raw: ConfusionRaw): MetricValues {
  const { t2iPrecision10 = 0, i2tPrecision10 = 0 } = scoreRetrieval(raw);
  return {
    i2tPrecision10,
    t2iPrecision10,
    i2tBestClass: bestClass(raw, "i2t"),
    t2iBestClass: bestClass(raw, "t2i"),
  };
}

/** A matrix a system, text query → image results, averaged over seeds. */
function confusionPictures(outputs: readonly RowOutput<ConfusionRaw>[]): Picture[] {
  const systems = [...new Set(outputs.map(({ system }) => system))];
  return systems.map((system) => {
    const raws = outputs.filter((output) => output.system === system).map(({ raw }) => raw);
    const labels = raws[0]!.classes;
    const shares = new Float64Array(labels.length ** 2);
    for (const raw of raws) {
      classShares(raw, "t2i").forEach((share, i) => {
        shares[i]! += share / raws.length;
      });
    }
    return {
      title: `${system}: classes of the first ${RESULTS} images for a text, in %`,
      svg: drawConfusionMatrix({ labels, shares, rows: "query's class", columns: "result's class" }),
    };
  });
}

/**
 * For queries of each class (rows), the classes of their first results (columns): rows add up to 1. Ties count against us: of
 * equal scores, results of the query's own class come last.
 */
export function classShares(
  { images, texts, labels, dimensions, classes }: ConfusionRaw,
  direction: Direction,
): Float64Array {
  const matrix = (data: Float32Array) => ({ data, rows: labels.length, columns: dimensions });
  const [queries, gallery] = direction === "t2i" ? [texts, images] : [images, texts];
  const scores = similarities(matrix(queries), matrix(gallery), "cosine");
  const expected: number[] = [];
  const retrieved: number[] = [];
  for (let q = 0; q < scores.rows; q++) {
    const row = scores.data.subarray(q * scores.columns, (q + 1) * scores.columns);
    const own = labels[q]!;
    // `rankByScore` puts the lesser of tied gains first: its own class is to be the largest.
    const gains = labels.map((label) => (label === own ? OWN_CLASS : label));
    for (const gain of rankByScore(row, gains).subarray(0, RESULTS)) {
      expected.push(own);
      retrieved.push(gain === OWN_CLASS ? own : gain);
    }
  }
  const { labels: found, counts } = confusionMatrix(expected, retrieved);
  const shares = new Float64Array(classes.length ** 2);
  found.forEach((rowLabel, i) => {
    const row = counts.subarray(i * found.length, (i + 1) * found.length);
    const total = row.reduce((sum, count) => sum + count, 0);
    found.forEach((columnLabel, j) => {
      if (total > 0) shares[Number(rowLabel) * classes.length + Number(columnLabel)] = row[j]! / total;
    });
  });
  return shares;
}

function bestClass(raw: ConfusionRaw, direction: Direction): number {
  const shares = classShares(raw, direction);
  return Math.max(...raw.classes.map((_, c) => shares[c * raw.classes.length + c]!));
}
