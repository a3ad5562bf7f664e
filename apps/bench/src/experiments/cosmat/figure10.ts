import { loadWebNews } from "../../datasets/web-news.js";
import { defineExperiment } from "../experiment.js";
import {
  type ConfusionRaw,
  confusionPictures,
  confusionRows,
  confusionSchema,
  scoreConfusion,
} from "./systems/confusion.js";
import type { FeatureSettings } from "./systems/features.js";
import { settingsNote } from "./systems/pipelines.js";

interface Figure10Parameters extends FeatureSettings {
  readonly train: number;
  readonly test: number;
}

export const figure10 = defineExperiment<Figure10Parameters, ConfusionRaw>({
  id: "cosmat/figure10",
  title: "Which classes are taken for which: news photos",
  artefact: "CoSMat, Fig. 10",
  notes: [
    "web-news stands in for the paper's Flickr photos, which are not public. A cell is the share of a class (column) among the first ten results of a class's queries (row), by meaning alone (μ = 0): places would not change what is taken for what. The diagonal is precision@10.",
    "DeCoSReS is CoSMat on SqueezeNet 1.1's features (trained on ImageNet, not fine-tuned) in AlexNet's place; the baselines are on SIFT words, as in the paper.",
    settingsNote,
    "EfficientNet-Lite0 × bge-small-zh: encoders of today as they come from package registries, with CCA, SM and CoSMat fitted on top; stand-ins (then the data are called synthetic) where they are not found.",
    "Classes are unequally frequent: a random result is of the query's class with probability .13.",
    "The paper prints no number that can be read off its figure.",
  ],
  presets: {
    quick: { train: 100, test: 80, topics: 20, words: 64, step: 16 },
    standard: { train: 1700, test: 500, topics: 50, words: 500, step: 8 },
    full: { train: 1700, test: 500, topics: 50, words: 1000, step: 6 },
  },
  seedCounts: { quick: 1 },
  metrics: ["i2tPrecision10", "t2iPrecision10", "i2tBestClass", "t2iBestClass"],
  packages: ["@wayweave/cosmat", "@wayweave/nn"],
  rawSchema: confusionSchema,
  rows: ({ parameters }) =>
    confusionRows(
      "web-news",
      parameters,
      "bge-small-zh",
      (context) => loadWebNews(context, parameters),
      () => null,
    ),
  score: scoreConfusion,
  pictures: confusionPictures,
});
