import { loadWebNews } from "../../datasets/web-news.js";
import { confusionFigure } from "./systems/confusion.js";

export const figure10 = confusionFigure({
  id: "cosmat/figure10",
  title: "Which classes are taken for which: news photos",
  artefact: "CoSMat, Fig. 10",
  notes: {
    data: [
      "web-news stands in for the paper's Flickr photos, which are not public. A cell is the share of a class (column) among the first ten results of a class's queries (row), by meaning alone (μ = 0): places would not change what is taken for what. The diagonal is precision@10.",
      "DeCoSReS is CoSMat on SqueezeNet 1.1's features (trained on ImageNet, not fine-tuned) in AlexNet's place; the baselines are on SIFT words, as in the paper.",
    ],
    paper: [
      "Classes are unequally frequent: a random result is of the query's class with probability .13.",
      "The paper prints no number that can be read off its figure.",
    ],
  },
  presets: {
    quick: { train: 100, test: 80, topics: 20, words: 64, step: 16 },
    standard: { train: 1700, test: 500, topics: 50, words: 500, step: 8 },
    full: { train: 1700, test: 500, topics: 50, words: 1000, step: 6 },
  },
  dataset: "web-news",
  texts: "bge-small-zh",
  corpus: loadWebNews,
  paperOf: () => null,
});
