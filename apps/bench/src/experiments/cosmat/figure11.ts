import { loadTinyImageNet } from "../../datasets/tiny-imagenet.js";
import { confusionFigure } from "./systems/confusion.js";

export const figure11 = confusionFigure({
  id: "cosmat/figure11",
  title: "Which classes are taken for which: ImageNet's photos",
  artefact: "CoSMat, Fig. 11",
  notes: {
    data: [
      "20 classes of ImageNet at 64 × 64 pixels, other classes than the paper's, which it does not list. A cell is the share of a class (column) among the first ten results of a class's queries (row), by meaning alone (μ = 0). The diagonal is precision@10; chance is .05.",
      "ImageNet has no texts. Each photo's text is two sentences about its class out of eight that were written for this bench; test texts share no sentence with training texts. Confusion is the texts' too: classes that LDA puts into one topic have like rows.",
      "DeCoSReS is CoSMat on SqueezeNet 1.1's features, which was trained on ImageNet: it knows these classes, and most likely these photos, in full size. That it is far ahead of SIFT words says as much about that as about CoSMat.",
    ],
    paper: ["The paper: nearly 76 % for balloon, zebra and basketball."],
  },
  presets: {
    quick: { train: 6, test: 4, topics: 20, words: 64, step: 16 },
    standard: { train: 60, test: 20, topics: 20, words: 500, step: 4 },
    full: { train: 250, test: 50, topics: 20, words: 1000, step: 4 },
  },
  dataset: "tiny-imagenet",
  texts: "MiniLM",
  corpus: loadTinyImageNet,
  paperOf: (system) => (system === "DeCoSReS" ? { t2iBestClass: 0.76 } : null),
});
