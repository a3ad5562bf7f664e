import {
  CanonicalCorrelation,
  CoSMat,
  type CrossModalModel,
  GeneralizedMultiview,
  SemanticMatching,
  type SemanticSimilarity,
} from "@wayweave/cosmat";
import type { MatMatrix } from "../../../datasets/mat-file.js";
import type { FeaturePairs } from "../../../datasets/wikipedia.js";

/** A way to fit a model to training pairs, with all its settings; `texts` are the text features it takes. */
export interface Candidate {
  readonly name: string;
  texts(pairs: FeaturePairs): MatMatrix;
  fit(pairs: FeaturePairs): CrossModalModel;
}

type Fit = (pairs: { images: MatMatrix; texts: MatMatrix; labels: Uint32Array }) => CrossModalModel;

/** The systems as they are published: 128 visual words, 10 topics, nothing tuned. */
export const published: readonly Candidate[] = [
  onTopics("CCA (7)", (pairs) => CanonicalCorrelation.fit(pairs, { corrProj: { components: 7 } })),
  onTopics("SM", (pairs) =>
    SemanticMatching.fit(pairs, {
      features: { images: { standardize: true }, texts: { standardize: true } },
    }),
  ),
  onTopics("GMA (9)", (pairs) => GeneralizedMultiview.fit(pairs, { components: 9 })),
  onTopics("CoSMat (9), cosine", (pairs) => cosmat(pairs, "cosine")),
  onTopics("CoSMat (9)", (pairs) => cosmat(pairs, "centeredCosine")),
];

function cosmat(pairs: Parameters<Fit>[0], similarity: SemanticSimilarity): CrossModalModel {
  return CoSMat.fit(pairs, { corrProj: { components: 9 }, similarity });
}

/** What cross-validation may choose from. */
export interface Grid {
  /** γ of the images' χ² kernel. */
  readonly gammas: readonly number[];
  readonly landmarks: number;
  /** CorrProj's ridge. */
  readonly corrProjRidges: readonly number[];
  /** Penalties of SM's image classifier. */
  readonly imageRidges: readonly number[];
}

/** CoSMat on kernel features of the images and roots of the topics. */
export function tunedCoSMat({ gammas, landmarks, corrProjRidges }: Grid, seed: number): Candidate[] {
  return gammas.flatMap((gamma) =>
    corrProjRidges.map((ridge) =>
      onTopics(`γ ${gamma}, CorrProj ridge ${ridge}`, (pairs) =>
        CoSMat.fit(pairs, {
          features: { images: { chiSquared: { gamma, landmarks, seed } }, texts: { root: true } },
          corrProj: { components: 9, ridge },
        }),
      ),
    ),
  );
}

/** SM on kernel features of the images, and on tf-idf weights beside the roots of the topics. */
export function tunedSm({ gammas, landmarks, imageRidges }: Grid, seed: number): Candidate[] {
  return gammas.flatMap((gamma) =>
    imageRidges.map((ridge) => ({
      name: `γ ${gamma}, image ridge ${ridge}`,
      texts: wordsAndTopics,
      fit: (pairs: FeaturePairs) =>
        SemanticMatching.fit(
          { ...pairs, texts: wordsAndTopics(pairs) },
          {
            features: { images: { chiSquared: { gamma, landmarks, seed } } },
            ridge: { images: ridge, texts: 0.2 },
            similarity: "centeredCosine",
          },
        ),
    })),
  );
}

function onTopics(name: string, fit: Fit): Candidate {
  return { name, texts: ({ topics }) => topics, fit: (pairs) => fit({ ...pairs, texts: pairs.topics }) };
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
