import { loadTinyImageNet } from "../../datasets/tiny-imagenet.js";
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

interface Figure11Parameters extends FeatureSettings {
  /** Photos of each class. */
  readonly train: number;
  readonly test: number;
}

export const figure11 = defineExperiment<Figure11Parameters, ConfusionRaw>({
  id: "cosmat/figure11",
  title: "Which classes are taken for which: ImageNet's photos",
  artefact: "CoSMat, Fig. 11",
  notes: [
    "20 classes of ImageNet at 64 × 64 pixels, other classes than the paper's, which it does not list. A cell is the share of a class (column) among the first ten results of a class's queries (row), by meaning alone (μ = 0). The diagonal is precision@10; chance is .05.",
    "ImageNet has no texts. Each photo's text is two sentences about its class out of eight that were written for this bench; test texts share no sentence with training texts. Confusion is the texts' too: classes that LDA puts into one topic have like rows.",
    "DeCoSReS is CoSMat on SqueezeNet 1.1's features, which was trained on ImageNet: it knows these classes, and most likely these photos, in full size. That it is far ahead of SIFT words says as much about that as about CoSMat.",
    settingsNote,
    "EfficientNet-Lite0 × MiniLM: encoders of today as they come from package registries, with CCA, SM and CoSMat fitted on top; stand-ins (then the data are called synthetic) where they are not found.",
    "The paper: nearly 76 % for balloon, zebra and basketball.",
  ],
  presets: {
    quick: { train: 6, test: 4, topics: 20, words: 64, step: 16 },
    standard: { train: 60, test: 20, topics: 20, words: 500, step: 4 },
    full: { train: 250, test: 50, topics: 20, words: 1000, step: 4 },
  },
  seedCounts: { quick: 1 },
  metrics: ["i2tPrecision10", "t2iPrecision10", "i2tBestClass", "t2iBestClass"],
  packages: ["@wayweave/cosmat", "@wayweave/nn"],
  rawSchema: confusionSchema,
  rows: ({ parameters }) =>
    confusionRows(
      "tiny-imagenet",
      parameters,
      "MiniLM",
      (context) => loadTinyImageNet(context, parameters),
      (system) => (system === "DeCoSReS" ? { t2iBestClass: 0.76 } : null),
    ),
  score: scoreConfusion,
  pictures: confusionPictures,
});
