import {
  CanonicalCorrelation,
  CoSMat,
  type CrossModalModel,
  type FitOptions,
  GeneralizedMultiview,
  type LabeledPairs,
  SemanticMatching,
} from "@wayweave/cosmat";
import type { RawCorpus } from "../../../datasets/raw-pairs.js";
import type { RunContext } from "../../experiment.js";
import {
  type FeatureSettings,
  type ImageFeatures,
  imageFeatures,
  type SplitFeatures,
  type TextFeatures,
  textFeatures,
} from "./features.js";

/** A way from raw pairs to a common space: the photos' features, and the system that is fitted to them. */
export interface Pipeline {
  readonly system: string;
  readonly features: ImageFeatures;
  /** @defaultValue "LDA topics" */
  readonly texts?: TextFeatures;
  fit(pairs: LabeledPairs, options: FitOptions): Promise<CrossModalModel>;
}

/** What all that uses these pipelines must say of their settings. */
export const settingsNote =
  "Every setting (standardisation, components, ridges) is chosen by cross-validation on the training pairs, three folds drawn by the seed, the package's own choices. CoSMat (DeCoSReS) compares by centred cosine, its default, SM, CCA and GMA by plain cosine.";

const fitCoSMat: Pipeline["fit"] = (pairs, options) => CoSMat.fit(pairs, options);
const fitSm: Pipeline["fit"] = (pairs, options) => SemanticMatching.fit(pairs, options);

/** DeCoSReS is CoSMat on the features of a deep network. */
export const deCoSReS: Pipeline = { system: "DeCoSReS", features: "SqueezeNet", fit: fitCoSMat };

/** The paper's baselines, on visual words. */
export const baselines: readonly Pipeline[] = [
  { system: "SM", features: "SIFT words", fit: fitSm },
  {
    system: "CCA",
    features: "SIFT words",
    fit: (pairs, options) => CanonicalCorrelation.fit(pairs, options),
  },
  {
    system: "GMA",
    features: "SIFT words",
    fit: (pairs, options) => GeneralizedMultiview.fit(pairs, options),
  },
];

/** What tells features and system apart: CoSMat on visual words, SM on deep features. */
export const ablations: readonly Pipeline[] = [
  { system: "CoSMat", features: "SIFT words", fit: fitCoSMat },
  { system: "SM", features: "SqueezeNet", fit: fitSm },
];

/**
 * On encoders of today, trained by others on much more than the corpus.
 *
 * @param texts the text encoder for the corpus's language
 */
export const modern = (texts: "bge-small-zh" | "MiniLM"): readonly Pipeline[] =>
  (
    [
      ["CCA", (pairs, options) => CanonicalCorrelation.fit(pairs, options)],
      ["SM", fitSm],
      ["CoSMat", fitCoSMat],
    ] as const satisfies readonly (readonly [string, Pipeline["fit"]])[]
  ).map(([system, fit]) => ({ system, features: "EfficientNet-Lite0", texts, fit }));

/** On AlexNet trained here. */
export const onAlexNet: readonly Pipeline[] = [
  { system: "SM", features: "AlexNet", fit: fitSm },
  { system: "DeCoSReS", features: "AlexNet", fit: fitCoSMat },
];

/** A fitted pipeline and what it was fitted to. */
export interface FittedPipeline {
  readonly model: CrossModalModel;
  readonly images: SplitFeatures;
  readonly texts: SplitFeatures;
}

/** Fits a pipeline to a corpus's training pairs; once a run and seed. */
export async function fitPipeline(
  context: RunContext,
  corpus: RawCorpus,
  { system, features, texts: textKind = "LDA topics", fit }: Pipeline,
  settings: FeatureSettings,
): Promise<FittedPipeline> {
  const texts = await textFeatures(context, corpus, textKind, settings);
  const images = await imageFeatures(context, corpus, features, settings);
  const key = `${corpus.provenance.name} seed ${context.seed} ${system} on ${features} and ${textKind}`;
  const model = await context.share(key, async () =>
    fit({ images: images.train, texts: texts.train, labels: corpus.train.labels }, fitOptions(context)),
  );
  return { model, images, texts };
}

/** Cross-validation with the run's seed; what is learnt of few pairs shows in the tables, not in warnings. */
export function fitOptions({ preset, seed, signal, onProgress }: RunContext): FitOptions {
  // Enough to run the whole way in seconds; figures to compare come from the larger presets.
  const quick = preset === "quick" ? { folds: 2, pairs: 100 } : {};
  return { tune: { seed, ...quick }, signal, onProgress, onWarning: () => {} };
}
