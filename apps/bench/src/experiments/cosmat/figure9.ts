import { loadTinyImageNet } from "../../datasets/tiny-imagenet.js";
import { defineExperiment } from "../experiment.js";
import { type SearchRaw, searchRawSchema } from "../gmr-tree/systems/timing.js";
import { loadRoadPositions } from "./systems/places.js";
import {
  type ResponseTimeParameters,
  responseTimeFigures,
  responseTimeMetrics,
  responseTimeNotes,
  responseTimeReference,
  responseTimeRows,
  responseTimeSizes,
  scoreResponseTime,
} from "./systems/response-times.js";

export const figure9 = defineExperiment<ResponseTimeParameters, SearchRaw>({
  id: "cosmat/figure9",
  title: "Response time against the number of objects and of results: ImageNet's photos",
  artefact: "CoSMat, Fig. 9",
  notes: [
    "20 classes of ImageNet at 64 × 64 pixels with texts written for this bench (see cosmat/figure11); places are nodes of California's road network, each moved by some hundred metres, as the paper's are from the R-tree portal.",
    "The paper gives DeCoSReS + GMR-Tree a bound only, no value: “less than 2000 ms” below 100k objects.",
    ...responseTimeNotes,
  ],
  presets: {
    quick: { train: 5, test: 2, topics: 20, words: 64, step: 16, ...responseTimeSizes.quick },
    standard: { train: 30, test: 10, topics: 20, words: 128, step: 8, ...responseTimeSizes.standard },
    full: { train: 250, test: 50, topics: 20, words: 1000, step: 4, ...responseTimeSizes.paper },
  },
  seedCounts: { quick: 1, standard: 1 },
  metrics: responseTimeMetrics,
  reference: responseTimeReference,
  packages: ["@wayweave/cosmat", "@wayweave/nn", "@wayweave/gmr-tree"],
  rawSchema: searchRawSchema,
  rows: ({ parameters }) =>
    responseTimeRows(parameters, {
      texts: "MiniLM",
      corpus: (context) => loadTinyImageNet(context, parameters),
      positions: loadRoadPositions,
      printed: (system, _, k) => {
        if (!system.endsWith("+ R-Tree")) return null;
        if (k === 5) return { medianMs: 3000 };
        return k === 100 ? { medianMs: 4600 } : null;
      },
    }),
  score: scoreResponseTime,
  figures: responseTimeFigures,
});
