import { figure8 as cosmatFigure8 } from "./cosmat/figure8.js";
import { figure9 } from "./cosmat/figure9.js";
import { figure10 } from "./cosmat/figure10.js";
import { figure11 } from "./cosmat/figure11.js";
import { kt2iq } from "./cosmat/kt2iq.js";
import { relevance } from "./cosmat/relevance.js";
import { webNews } from "./cosmat/web-news.js";
import { wikipedia } from "./cosmat/wikipedia.js";
import { damaged } from "./e2dtc/damaged.js";
import { figure3 as e2dtcFigure3 } from "./e2dtc/figure3.js";
import { figure4 } from "./e2dtc/figure4.js";
import { figure5 } from "./e2dtc/figure5.js";
import { figure6 } from "./e2dtc/figure6.js";
import { figure7 } from "./e2dtc/figure7.js";
import { parameters } from "./e2dtc/parameters.js";
import { robustness } from "./e2dtc/robustness.js";
import { routes } from "./e2dtc/routes.js";
import { similarity } from "./e2dtc/similarity.js";
import { table2 } from "./e2dtc/table2.js";
import { table3 } from "./e2dtc/table3.js";
import { table4 } from "./e2dtc/table4.js";
import { throughput } from "./e2dtc/throughput.js";
import { transfer } from "./e2dtc/transfer.js";
import type { AnyExperiment } from "./experiment.js";
import { figure8 } from "./gmr-tree/figure8.js";
import { speed } from "./gmr-tree/speed.js";
import { engines } from "./nn/engines.js";
import { figure3 } from "./trajcross/figure3.js";
import { gallery } from "./trajcross/gallery.js";
import { manyTracks } from "./trajcross/many-tracks.js";
import { maps } from "./trajcross/maps.js";
import { robustness as trajcrossRobustness } from "./trajcross/robustness.js";
import { screenshots } from "./trajcross/screenshots.js";
import { steps } from "./trajcross/steps.js";
import { table1 } from "./trajcross/table1.js";
import { table2 as trajcrossTable2 } from "./trajcross/table2.js";
import { transfer as trajcrossTransfer } from "./trajcross/transfer.js";
import { zeroShot } from "./trajcross/zero-shot.js";

/** Every experiment, in the order of the report. Add yours here: one import, one entry. */
export const experiments: readonly AnyExperiment[] = [
  table2,
  table3,
  table4,
  e2dtcFigure3,
  figure4,
  figure5,
  figure6,
  figure7,
  parameters,
  routes,
  damaged,
  similarity,
  robustness,
  transfer,
  throughput,
  speed,
  figure8,
  table1,
  figure3,
  trajcrossTable2,
  steps,
  trajcrossRobustness,
  trajcrossTransfer,
  zeroShot,
  screenshots,
  manyTracks,
  maps,
  gallery,
  engines,
  wikipedia,
  webNews,
  relevance,
  cosmatFigure8,
  figure9,
  figure10,
  figure11,
  kt2iq,
];
