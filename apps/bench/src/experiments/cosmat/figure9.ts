import { loadTinyImageNet } from "../../datasets/tiny-imagenet.js";
import { loadRoadPositions } from "./systems/places.js";
import { responseTimeFigure } from "./systems/response-times.js";

export const figure9 = responseTimeFigure({
  id: "cosmat/figure9",
  title: "Response time against the number of objects and of results: ImageNet's photos",
  artefact: "CoSMat, Fig. 9",
  notes: [
    "20 classes of ImageNet at 64 × 64 pixels with texts written for this bench (see cosmat/figure11); places are nodes of California's road network, each moved by some hundred metres, as the paper's are from the R-tree portal.",
    "The paper gives DeCoSReS + GMR-Tree a bound only, no value: “less than 2000 ms” below 100k objects.",
  ],
  fitted: {
    quick: { train: 5, test: 2, topics: 20, words: 64, step: 16 },
    standard: { train: 30, test: 10, topics: 20, words: 128, step: 8 },
    full: { train: 250, test: 50, topics: 20, words: 1000, step: 4 },
  },
  texts: "MiniLM",
  corpus: loadTinyImageNet,
  positions: loadRoadPositions,
  printed: (system, _, k) => {
    if (!system.endsWith("+ R-Tree")) return null;
    if (k === 5) return { medianMs: 3000 };
    return k === 100 ? { medianMs: 4600 } : null;
  },
});
