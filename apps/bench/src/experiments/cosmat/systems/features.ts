import { type Pairs, TxtNet } from "@wayweave/cosmat";
import type { RawCorpus } from "../../../datasets/raw-pairs.js";
import { loadSqueezeNet } from "../../../datasets/squeezenet.js";
import type { RunContext } from "../../experiment.js";
import { type AlexNetTraining, trainAlexNet } from "./alexnet.js";

/** How raw texts and photos become features. */
export interface FeatureSettings {
  /** Of LDA. */
  readonly topics: number;
  /** Visual words, and pixels between two descriptors. */
  readonly words: number;
  readonly step: number;
  /** Absent where AlexNet is not trained. */
  readonly alexNet?: AlexNetTraining;
}

export type ImageFeatures = "SIFT words" | "SqueezeNet" | "AlexNet";
export type FeatureMatrix = Pairs["images"];

/** Features of a corpus's training and test pairs. */
export interface SplitFeatures {
  readonly train: FeatureMatrix;
  readonly test: FeatureMatrix;
}

/** LDA topics of all texts, fitted to the training texts; made once a run and seed. */
export async function textFeatures(
  context: RunContext,
  corpus: RawCorpus,
  { topics }: FeatureSettings,
): Promise<SplitFeatures> {
  const txtNet = await fittedTxtNet(context, corpus, topics);
  const matrix = (texts: readonly string[]): FeatureMatrix => ({
    rows: texts.length,
    columns: topics,
    data: txtNet.transform(texts),
  });
  return context.share(`${corpus.provenance.name} seed ${context.seed} topics`, async () => ({
    train: matrix(corpus.train.texts),
    test: matrix(corpus.test.texts),
  }));
}

/** TxtNet fitted to a corpus's training texts; made once a run and seed. */
export function fittedTxtNet(context: RunContext, corpus: RawCorpus, topics: number): Promise<TxtNet> {
  const { seed, signal } = context;
  return context.share(`${corpus.provenance.name} seed ${seed} TxtNet`, async () =>
    TxtNet.fit(corpus.train.texts, {
      tokenizer: { locale: corpus.locale },
      lda: { topics, seed, signal },
    }),
  );
}

/** One kind of features of all photos; made once a run, visual words once a seed. */
export function imageFeatures(
  context: RunContext,
  corpus: RawCorpus,
  kind: ImageFeatures,
  settings: FeatureSettings,
): Promise<SplitFeatures> {
  const key = `${corpus.provenance.name} ${kind}`;
  if (kind === "SIFT words") {
    return context.share(`${key} seed ${context.seed}`, () => siftWords(context, corpus, settings));
  }
  return context.share(key, async () => {
    if (kind === "SqueezeNet") return squeezeNetFeatures(context, corpus);
    return alexNetFeatures(context, corpus, settings);
  });
}

async function squeezeNetFeatures(context: RunContext, corpus: RawCorpus): Promise<SplitFeatures> {
  const { squeezeNetOnnx } = await import("@wayweave/cosmat/images");
  const { weights } = await loadSqueezeNet(context);
  return backboneFeatures(context, corpus, squeezeNetOnnx(weights), "features");
}

/** fc7 of AlexNet trained here. */
async function alexNetFeatures(
  context: RunContext,
  corpus: RawCorpus,
  { alexNet }: FeatureSettings,
): Promise<SplitFeatures> {
  if (alexNet === undefined) throw new TypeError("the preset's settings must say how AlexNet is trained");
  const model = await trainAlexNet(context, corpus, alexNet);
  return backboneFeatures(context, corpus, model, "fc7");
}

async function backboneFeatures(
  { signal, onProgress }: RunContext,
  { train, test }: RawCorpus,
  model: Uint8Array,
  output: string,
): Promise<SplitFeatures> {
  const { ImageBackbone } = await import("@wayweave/cosmat/images");
  const visNet = await ImageBackbone.load(model, { output });
  try {
    return {
      train: await visNet.features(train.images, { signal, onProgress }),
      test: await visNet.features(test.images, { signal }),
    };
  } finally {
    await visNet.dispose();
  }
}

async function siftWords(
  { seed, signal, onProgress }: RunContext,
  { train, test }: RawCorpus,
  { words, step }: FeatureSettings,
): Promise<SplitFeatures> {
  const { BagOfVisualWords } = await import("@wayweave/cosmat/images");
  const bag = await BagOfVisualWords.fit(
    train.images,
    { sift: { step }, codebook: { words, seed }, sample: 60 * words },
    { signal, onProgress },
  );
  return {
    train: await bag.transform(train.images, { signal, onProgress }),
    test: await bag.transform(test.images, { signal }),
  };
}
