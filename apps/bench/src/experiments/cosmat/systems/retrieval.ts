import { type CrossModalModel, type SemanticSimilarity, toUnitVectors } from "@wayweave/cosmat";
import { averagePrecision, type Embeddings, precisionAtK, relevanceRankings } from "@wayweave/eval";
import { z } from "zod";
import { rawArrays } from "../../../results/raw-arrays.js";
import type { MetricValues } from "../../experiment.js";

/** Vectors of one space, one image and one text a pair, and the pairs' classes. */
export const retrievalSchema = z.object({
  dimensions: z.int().positive(),
  /** Of length 1 (or 0), `[pairs, dimensions]`. */
  images: rawArrays.float32,
  texts: rawArrays.float32,
  labels: rawArrays.uint32,
  /** The settings that cross-validation on the training pairs chose, and its MAP (mean of both directions). */
  chosen: z.object({ name: z.string(), map: z.number() }).optional(),
});
export type RetrievalRaw = z.infer<typeof retrievalSchema>;

type Matrix = Parameters<CrossModalModel["embedImage"]>[0];

/** Embeds test pairs, for the model's own similarity or another. */
export function embedPairs(
  model: CrossModalModel,
  pairs: { readonly images: Matrix; readonly texts: Matrix; readonly labels: ArrayLike<number> },
  similarity: SemanticSimilarity = model.parts.similarity,
): RetrievalRaw {
  const vectors = (representations: Matrix) =>
    Float32Array.from(toUnitVectors(representations, similarity).data);
  return {
    dimensions: model.dimensions,
    images: vectors(model.embedImage(pairs.images)),
    texts: vectors(model.embedText(pairs.texts)),
    labels: Uint32Array.from(pairs.labels),
  };
}

/** What cross-validation on the training pairs chose for a model, and its score there. */
export function chosenBy({ tuning }: CrossModalModel): Pick<RetrievalRaw, "chosen"> {
  if (tuning === undefined) return {};
  return { chosen: { name: JSON.stringify(tuning.chosen), map: tuning.score } };
}

/** MAP over the whole ranking and precision@10, both directions: an item is relevant when it has the query's class. */
export function scoreRetrieval({ images, texts, labels, dimensions }: RetrievalRaw): MetricValues & {
  readonly t2iMap: number;
  readonly i2tMap: number;
} {
  const matrix = (data: Float32Array) => ({ data, rows: labels.length, columns: dimensions });
  const t2i = rankingQuality(matrix(texts), matrix(images), labels);
  const i2t = rankingQuality(matrix(images), matrix(texts), labels);
  return {
    t2iMap: t2i.map,
    i2tMap: i2t.map,
    t2iPrecision10: t2i.precision10,
    i2tPrecision10: i2t.precision10,
  };
}

/** Means over the queries. */
function rankingQuality(
  queries: Embeddings,
  gallery: Embeddings,
  labels: Uint32Array,
): { readonly map: number; readonly precision10: number } {
  let [map, precision10] = [0, 0];
  for (const ranking of relevanceRankings(queries, gallery, labels, labels)) {
    map += averagePrecision(ranking) / queries.rows;
    precision10 += precisionAtK(ranking, 10) / queries.rows;
  }
  return { map, precision10 };
}
