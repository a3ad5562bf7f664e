import { type Ablation, ablation, wholeModel } from "./systems/ablations.js";

/** Fig. 3 prints differences to the whole model, for trajectory → image: they are put off its top@1, 5 in Table I. */
const figure3Rows: readonly Ablation[] = [
  {
    system: "TrajCross/nogan",
    config: { preset: "paper", train: { adversarialWeight: 0 } },
    paper: { t2iTop1: 66.9, t2iTop5: 89.4 },
  },
  {
    system: "TrajCross/noxy",
    config: { preset: "paper", model: { locationVector: false } },
    paper: { t2iTop1: 65.8, t2iTop5: 88.0 },
  },
];

export const figure3 = ablation({
  id: "trajcross/figure3",
  title: "Without the modality classifier, without the location vector",
  artefact: "TrajCross, Fig. 3",
  note: wholeModel,
  rows: figure3Rows,
  metrics: ["t2iTop1", "t2iTop5", "t2iTop15", "i2tTop1", "i2tTop5", "i2tTop15"],
});
