import type { CrossModalModel } from "@wayweave/cosmat";
import { meanAveragePrecision, relevanceRankings } from "@wayweave/eval";
import { z } from "zod";
import type { MetricValues } from "../../experiment.js";
import { rawArrays } from "../../raw-arrays.js";

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

/** Embeds test pairs. */
export function embedPairs(
  model: CrossModalModel,
  pairs: { readonly images: Matrix; readonly texts: Matrix; readonly labels: ArrayLike<number> },
): RetrievalRaw {
  const vectors = (representations: Matrix) => Float32Array.from(model.toIndexVectors(representations).data);
  return {
    dimensions: model.dimensions,
    images: vectors(model.embedImage(pairs.images)),
    texts: vectors(model.embedText(pairs.texts)),
    labels: Uint32Array.from(pairs.labels),
  };
}

/** MAP over the whole ranking, both directions: an item is relevant when it has the query's class. */
export function scoreRetrieval({ images, texts, labels, dimensions }: RetrievalRaw): {
  t2iMap: number;
  i2tMap: number;
} & MetricValues {
  const matrix = (data: Float32Array) => ({ data, rows: labels.length, columns: dimensions });
  const map = (queries: Float32Array, gallery: Float32Array) =>
    meanAveragePrecision(relevanceRankings(matrix(queries), matrix(gallery), labels, labels));
  return { t2iMap: map(texts, images), i2tMap: map(images, texts) };
}
