import { type Pairs, TxtNet } from "@wayweave/cosmat";
import type { Encoder } from "@wayweave/cosmat/encoders";
import type { Engine } from "@wayweave/nn/train";
import { loadPhotoEncoder, loadTextEncoder } from "../../../datasets/encoders.js";
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

export type ImageFeatures = "SIFT words" | "SqueezeNet" | "AlexNet" | "EfficientNet-Lite0";
export type TextFeatures = "LDA topics" | "bge-small-zh" | "MiniLM";
export type FeatureMatrix = Pairs["images"];

/** Features of a corpus's training and test pairs. */
export interface SplitFeatures {
  readonly train: FeatureMatrix;
  readonly test: FeatureMatrix;
}

/** One kind of features of all texts; made once a run, topics once a seed. */
export function textFeatures(
  context: RunContext,
  corpus: RawCorpus,
  kind: TextFeatures,
  settings: FeatureSettings,
): Promise<SplitFeatures> {
  if (kind === "LDA topics") return topicFeatures(context, corpus, settings);
  return context.share(`${corpus.provenance.name} ${kind}`, async () => {
    const { open } = await loadTextEncoder(context, kind === "MiniLM" ? "minilm" : kind);
    return encoded(context, await open(), corpus.train.texts, corpus.test.texts);
  });
}

/** Vectors of training and test items. */
async function encoded<Item>(
  { signal, onProgress }: RunContext,
  encoder: Encoder<Item>,
  train: readonly Item[],
  test: readonly Item[],
): Promise<SplitFeatures> {
  try {
    return {
      train: await encoder.encode(train, { signal, onProgress }),
      test: await encoder.encode(test, { signal }),
    };
  } finally {
    await encoder.dispose();
  }
}

/** LDA topics of all texts, fitted to the training texts; made once a run and seed. */
async function topicFeatures(
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
    if (kind === "EfficientNet-Lite0") {
      const { open } = await loadPhotoEncoder(context);
      return encoded(context, await open(), corpus.train.images, corpus.test.images);
    }
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
  { signal, onProgress, engine }: RunContext,
  { train, test }: RawCorpus,
  model: Uint8Array,
  output: string,
): Promise<SplitFeatures> {
  const { ImageBackbone } = await import("@wayweave/cosmat/images");
  const session = { engine: engine as Engine };
  const visNet = await ImageBackbone.load(model, { output, session });
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
