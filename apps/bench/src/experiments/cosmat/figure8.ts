import { loadWebNews } from "../../datasets/web-news.js";
import { loadCityPositions } from "./systems/places.js";
import { responseTimeFigure } from "./systems/response-times.js";

export const figure8 = responseTimeFigure({
  id: "cosmat/figure8",
  title: "Response time against the number of objects and of results: news photos",
  artefact: "CoSMat, Fig. 8",
  notes: [
    "web-news stands in for the paper's Flickr photos, which are not public; places are GeoNames cities, each moved by some ten kilometres. `standard` fits the models to 400 pairs: that decides what is found, not how fast.",
    "The paper gives DeCoSReS + GMR-Tree a bound only, no value: “smaller than 1000 ms” at k = 5.",
  ],
  fitted: {
    quick: { train: 100, test: 50, topics: 20, words: 64, step: 16 },
    standard: { train: 400, test: 200, topics: 20, words: 128, step: 16 },
    full: { train: 1700, test: 500, topics: 50, words: 1000, step: 6 },
  },
  texts: "bge-small-zh",
  corpus: loadWebNews,
  positions: loadCityPositions,
  printed: (system, objects) => {
    if (objects !== 200e3) return null;
    if (system === "CCA + R-Tree" || system === "GMA + R-Tree") return { medianMs: 4950 };
    return system.endsWith("+ R-Tree") ? { medianMs: 5000 } : null;
  },
});
