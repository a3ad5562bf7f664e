import { type Ablation, ablation, wholeModel } from "./systems/ablations.js";
import { printed } from "./systems/retrieval.js";

const table2Rows: readonly Ablation[] = [
  {
    system: "TrajCross/OnlyTraj",
    config: { preset: "paper", model: { shapeSource: "none" } },
    paper: printed([3.45, 13.3, 20.8], [2.4, 11.1, 20.3]),
  },
  {
    system: "TrajCross/TrajCNN",
    config: { preset: "paper", model: { shapeSource: "points" } },
    paper: printed([0.04, 0.21, 0.42], [0.08, 0.25, 0.42]),
  },
];

export const table2 = ablation({
  id: "trajcross/table2",
  title: "Without the trajectory's image",
  artefact: "TrajCross, Table II",
  note: wholeModel,
  rows: table2Rows,
  metrics: ["t2iTop1", "t2iTop5", "t2iTop10", "i2tTop1", "i2tTop5", "i2tTop10"],
});
