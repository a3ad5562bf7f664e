import {
  CanonicalCorrelation,
  CoSMat,
  type CrossModalModel,
  GeneralizedMultiview,
  type Pairs,
  SemanticMatching,
} from "@wayweave/cosmat";
import type { RawCorpus } from "../../../datasets/raw-pairs.js";
import type { RunContext } from "../../experiment.js";
import {
  type FeatureSettings,
  type ImageFeatures,
  imageFeatures,
  type SplitFeatures,
  textFeatures,
} from "./features.js";

/** A way from raw pairs to a common space: the photos' features, and the system that is fitted to them. */
export interface Pipeline {
  readonly system: string;
  readonly features: ImageFeatures;
  fit(pairs: Pairs): CrossModalModel;
}

/** What all that uses these pipelines must say of their settings. */
export const settingsNote =
  "Ridges are this bench's, the same for all raw corpora, and not the package's defaults: 1 in CorrProj of CoSMat and CCA (default 1e-6), 10 for SM's images (default 1). CoSMat (DeCoSReS) compares by centred cosine, its default, SM by plain cosine. What that is worth to SM, recomputed from stored vectors (MAP, image query · text query): on web-news with SqueezeNet .359 · .317 becomes .362 · .321, on the Wikipedia features .278 · .212 becomes .294 · .212.";

const rooted = { features: { images: { root: true }, texts: { root: true } } };
const ccaOptions = { ...rooted, corrProj: { ridge: 1 } };
const standardized = {
  features: { images: { standardize: true }, texts: { standardize: true } },
  ridge: { images: 10, texts: 1 },
};

const fitCoSMat = (pairs: Pairs) => CoSMat.fit(pairs, ccaOptions);
const fitSm = (pairs: Pairs) => SemanticMatching.fit(pairs, standardized);

/** DeCoSReS is CoSMat on the features of a deep network. */
export const deCoSReS: Pipeline = { system: "DeCoSReS", features: "SqueezeNet", fit: fitCoSMat };

/** The paper's baselines, on visual words. */
export const baselines: readonly Pipeline[] = [
  { system: "SM", features: "SIFT words", fit: fitSm },
  { system: "CCA", features: "SIFT words", fit: (pairs) => CanonicalCorrelation.fit(pairs, ccaOptions) },
  { system: "GMA", features: "SIFT words", fit: (pairs) => GeneralizedMultiview.fit(pairs, rooted) },
];

/** What tells features and system apart: CoSMat on visual words, SM on deep features. */
export const ablations: readonly Pipeline[] = [
  { system: "CoSMat", features: "SIFT words", fit: fitCoSMat },
  { system: "SM", features: "SqueezeNet", fit: fitSm },
];

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
  { system, features, fit }: Pipeline,
  settings: FeatureSettings,
): Promise<FittedPipeline> {
  const texts = await textFeatures(context, corpus, settings);
  const images = await imageFeatures(context, corpus, features, settings);
  const key = `${corpus.provenance.name} seed ${context.seed} ${system} on ${features}`;
  const model = await context.share(key, async () =>
    fit({ images: images.train, texts: texts.train, labels: corpus.train.labels }),
  );
  return { model, images, texts };
}
