import {
  CanonicalCorrelation,
  CoSMat,
  type CrossModalModel,
  GeneralizedMultiview,
  SemanticMatching,
  type SemanticSimilarity,
  type TuneOptions,
} from "@wayweave/cosmat";
import type { MatMatrix } from "../../../datasets/mat-file.js";
import type { FeaturePairs } from "../../../datasets/wikipedia.js";

/** What a fit is told besides the pairs. */
export interface CandidateOptions {
  readonly similarity: SemanticSimilarity;
  readonly tune: TuneOptions;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: { readonly done: number; readonly total: number }) => void;
}

/** A way to fit a model to training pairs; `texts` are the text features it takes. */
export interface Candidate {
  readonly name: string;
  readonly tuned: boolean;
  texts(pairs: FeaturePairs): MatMatrix;
  fit(pairs: FeaturePairs, options: CandidateOptions): Promise<CrossModalModel>;
}

type TopicPairs = { images: MatMatrix; texts: MatMatrix; labels: Uint32Array };

/** What is fitted without tuning gets neither ridges nor components from it. */
const untuned = ({ similarity, signal }: CandidateOptions) => ({ similarity, signal, tune: false }) as const;

/** The systems as they are published: 128 visual words, 10 topics, nothing tuned, the package's own defaults. */
export const published: readonly Candidate[] = [
  onTopics("CCA (7)", (pairs, options) =>
    CanonicalCorrelation.fit(pairs, { ...untuned(options), corrProj: { components: 7 } }),
  ),
  onTopics("SM", (pairs, options) =>
    SemanticMatching.fit(pairs, {
      ...untuned(options),
      features: { images: { standardize: true }, texts: { standardize: true } },
    }),
  ),
  onTopics("GMA (9)", (pairs, options) =>
    GeneralizedMultiview.fit(pairs, { ...untuned(options), components: 9 }),
  ),
  onTopics("CoSMat (9)", (pairs, options) =>
    CoSMat.fit(pairs, { ...untuned(options), corrProj: { components: 9 } }),
  ),
];

/** What cross-validation may choose from, besides the package's own choices. */
export interface Grid {
  /** γ of the images' χ² kernel. */
  readonly gammas: readonly number[];
  readonly landmarks: number;
}

/** Every setting by cross-validation: the images' kernel, components, ridges. The inputs are the same for both. */
export function tuned({ gammas, landmarks }: Grid, seed: number): readonly Candidate[] {
  const images = gammas.map((gamma) => ({ chiSquared: { gamma, landmarks, seed } }));
  const choices = ({ tune, similarity, signal, onProgress }: CandidateOptions) => ({
    similarity,
    signal,
    onProgress,
    tune: { ...tune, images, texts: [{}], penalties: [0.1, 0.3, 1, 3, 10], ridges: [0.1, 0.3, 1, 3, 10] },
  });
  return [
    onTopics(
      "CoSMat on topics, tuned",
      (pairs, options) => CoSMat.fit(pairs, choices(options)),
      true,
      rootTopics,
    ),
    onTopics(
      "SM on topics, tuned",
      (pairs, options) => SemanticMatching.fit(pairs, choices(options)),
      true,
      rootTopics,
    ),
    onTopics(
      "CoSMat on topics and words, tuned",
      (pairs, options) => CoSMat.fit(pairs, choices(options)),
      true,
      wordsAndTopics,
    ),
    onTopics(
      "SM on topics and words, tuned",
      (pairs, options) => SemanticMatching.fit(pairs, choices(options)),
      true,
      wordsAndTopics,
    ),
  ];
}

function onTopics(
  name: string,
  fit: (pairs: TopicPairs, options: CandidateOptions) => Promise<CrossModalModel>,
  isTuned = false,
  texts = ({ topics }: FeaturePairs) => topics,
): Candidate {
  return {
    name,
    tuned: isTuned,
    texts,
    fit: (pairs, options) =>
      fit({ images: pairs.images, texts: texts(pairs), labels: pairs.labels }, options),
  };
}

/** Roots of the topics: their length is 1. */
function rootTopics({ topics }: FeaturePairs): MatMatrix {
  return { ...topics, data: topics.data.map(Math.sqrt) };
}

/** tf-idf weights scaled to length 1, then the roots of the topics, whose length is 1: `[n, words + topics]`. */
function wordsAndTopics({ words, topics }: FeaturePairs): MatMatrix {
  const columns = words.columns + topics.columns;
  const data = new Float64Array(words.rows * columns);
  for (let i = 0; i < words.rows; i++) {
    const row = words.data.subarray(i * words.columns, (i + 1) * words.columns);
    const length = Math.hypot(...row) || 1;
    row.forEach((weight, j) => {
      data[i * columns + j] = weight / length;
    });
    for (let j = 0; j < topics.columns; j++) {
      data[i * columns + words.columns + j] = Math.sqrt(topics.data[i * topics.columns + j]!);
    }
  }
  return { rows: words.rows, columns, data };
}
