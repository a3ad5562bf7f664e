// What the three papers claim, and how the committed results are asked whether it holds. Names are those of the rows of the results files.

/**
 * One claim: `system` must be better than each of `others` by `metric`, on every dataset that has them.
 *
 * @typedef {object} Claim
 * @property {string} artefact the paper's table or figure
 * @property {string} claim what the paper says, in a sentence
 * @property {string} experiment
 * @property {string} system
 * @property {(string | RegExp)[]} others
 * @property {string} metric
 * @property {"higher" | "lower"} better
 * @property {string} format as in readme-figures.mjs
 * @property {(string | RegExp)[]} [datasets] all that have the system where absent
 * @property {{ metric: string, format: string, label: string }} [also] a further metric of the system, which its value needs to be judged by
 * @property {string} [notComparable] why the paper's values cannot stand beside ours
 */

const uacc = { metric: "uacc", better: "higher", format: "3" };
const precision = { metric: "t2iPrecision10", better: "higher", format: "3" };
const top1 = { metric: "t2iTop1", better: "higher", format: "1%" };
const trajectoryTop1 = { ...top1, metric: "i2tTop1" };
const table1Baselines = ["CCA", "MOCO", "ACMR", "Corr-AE", "Corr-Cross-AE", "DBRLM"];
const median = { metric: "medianMs", better: "lower", format: "2ms" };
const recallBy = (metric) => ({ metric, format: "3", label: "its recall" });
const classic = [/\+ K-Medoids$/, "t2vec + k-means"];

/** @type {Claim[]} */
export const claims = [
  {
    artefact: "E2DTC, Table III",
    claim: "E2DTC clusters better than every distance with K-Medoids, and than t2vec",
    experiment: "e2dtc/table3",
    system: "E2DTC",
    others: classic,
    ...uacc,
  },
  {
    artefact: "E2DTC, Table III",
    claim:
      "(not the paper's) E2DTC clusters better than its start, and than the clearest clusters of mean positions, both without a network",
    experiment: "e2dtc/table3",
    system: "E2DTC",
    others: ["clusterTrips", "centroid + E2DTC's seeding"],
    ...uacc,
  },
  {
    artefact: "E2DTC, Table IV",
    claim: "the loss of self-training improves on pre-training alone (L1 over L0)",
    experiment: "e2dtc/table4",
    system: "L1",
    others: ["L0"],
    ...uacc,
  },
  {
    artefact: "E2DTC, Table IV",
    claim: "the triplet loss improves on that (L2 over L1)",
    experiment: "e2dtc/table4",
    system: "L2",
    others: ["L1"],
    ...uacc,
  },
  {
    artefact: "E2DTC, Fig. 3",
    claim: "E2DTC takes less time than every distance with K-Medoids on many trips",
    experiment: "e2dtc/figure3",
    system: "E2DTC",
    others: [/\+ K-Medoids$/],
    metric: "cpuMs",
    better: "lower",
    format: "0ms",
    datasets: [/ (8000|80000) trips$/],
  },
  {
    artefact: "E2DTC, Fig. 4",
    claim: "clusters stand further apart among E2DTC's embeddings than by distances and t2vec (silhouette)",
    experiment: "e2dtc/figure4",
    system: "E2DTC, L2",
    others: ["DTW", "Hausdorff", "EDR", "LCSS", "t2vec"],
    metric: "silhouette",
    better: "higher",
    format: "3",
  },
  {
    artefact: "E2DTC, Fig. 5",
    claim: "self-training improves clusters from the k-means start, epoch by epoch",
    experiment: "e2dtc/figure5",
    system: "epoch 8, from k-means",
    others: ["epoch 0, from k-means"],
    ...uacc,
  },
  {
    artefact: "E2DTC, Fig. 7",
    claim: "E2DTC stays best on balanced and imbalanced data",
    experiment: "e2dtc/figure7",
    system: "E2DTC",
    others: classic,
    ...uacc,
  },
  {
    artefact: "E2DTC, Fig. 7",
    claim: "(not the paper's) E2DTC is better there than k-means on mean positions, without a network",
    experiment: "e2dtc/figure7",
    system: "E2DTC",
    others: ["centroid + k-means"],
    ...uacc,
  },
  {
    artefact: "TrajCross, Table I",
    claim: "TrajCross finds the image of a trajectory better than every baseline",
    experiment: "trajcross/table1",
    system: "TrajCross (paper)",
    others: table1Baselines,
    ...top1,
  },
  {
    artefact: "TrajCross, Table I",
    claim: "TrajCross finds the trajectory of an image better than every baseline",
    experiment: "trajcross/table1",
    system: "TrajCross (paper)",
    others: table1Baselines,
    ...trajectoryTop1,
  },
  {
    artefact: "TrajCross, Table I",
    claim: "(not the paper's) our default finds the trajectory of an image better than every baseline",
    experiment: "trajcross/table1",
    system: "TrajCross (ours)",
    others: table1Baselines,
    ...trajectoryTop1,
  },
  ...[
    [
      "TrajCross, Table II",
      "trajcross/table2",
      ["TrajCross/OnlyTraj", "TrajCross/TrajCNN"],
      "both towers' parts are needed",
    ],
    [
      "TrajCross, Fig. 3",
      "trajcross/figure3",
      ["TrajCross/nogan", "TrajCross/noxy"],
      "adversarial loss and coordinates are needed",
    ],
  ].map(([artefact, experiment, others, claim]) => ({
    artefact,
    claim,
    experiment: "trajcross/table1",
    othersOf: experiment,
    system: "TrajCross (paper)",
    others,
    ...top1,
  })),
  {
    artefact: "CoSMat, Figs 8–9 (GMR-Tree alone)",
    claim: "GMR-Tree answers faster than an R-Tree",
    experiment: "gmr-tree/figure8",
    system: "GMR-Tree (kGMCMS)",
    others: ["R-Tree"],
    also: recallBy("recall10"),
    ...median,
  },
  {
    artefact: "CoSMat, Figs 8–9 (GMR-Tree alone)",
    claim:
      "(not the paper's) the exact search in our GMR-Tree answers faster than the paper's kGMCMS and an R-Tree",
    experiment: "gmr-tree/figure8",
    system: "GMR-Tree",
    others: ["GMR-Tree (kGMCMS)", "R-Tree"],
    also: recallBy("recall10"),
    ...median,
  },
  ...[
    ["CoSMat, Fig. 8", "cosmat/figure8"],
    ["CoSMat, Fig. 9", "cosmat/figure9"],
  ].flatMap(([artefact, experiment]) => [
    {
      artefact,
      claim: "GMR-Tree answers faster than R-Trees under every embedding",
      experiment,
      system: "DeCoSReS + GMR-Tree (kGMCMS)",
      others: [/\+ R-Tree$/],
      also: recallBy("recallAtK"),
      ...median,
    },
    {
      artefact,
      claim:
        "(not the paper's) the exact search in our GMR-Tree answers faster than the paper's kGMCMS and R-Trees",
      experiment,
      system: "DeCoSReS + GMR-Tree",
      others: [/\+ R-Tree$/, "DeCoSReS + GMR-Tree (kGMCMS)"],
      also: recallBy("recallAtK"),
      ...median,
    },
  ]),
  ...[
    ["CoSMat, Fig. 10", "cosmat/figure10"],
    ["CoSMat, Fig. 11", "cosmat/figure11"],
  ].map(([artefact, experiment]) => ({
    artefact,
    claim: "DeCoSReS finds images of a text better than SM, CCA and GMA",
    experiment,
    system: "DeCoSReS, SqueezeNet",
    others: [/^(SM|CCA|GMA), /],
    ...precision,
    notComparable: "the paper's data sets are not public: other pictures, other classes",
  })),
  {
    artefact: "CoSMat's semantic matching (Rasiwasia et al. 2010)",
    claim: "CoSMat's space is better than CCA, SM and GMA (MAP, text queries)",
    experiment: "cosmat/wikipedia",
    system: "CoSMat (9), cosine",
    others: ["CCA (7), cosine", "SM, cosine", "GMA (9), cosine"],
    metric: "t2iMap",
    better: "higher",
    format: "3",
  },
];

/** Tables and figures of the papers that no committed result shows, and why. */
export const missing = [
  ["E2DTC, Table V", "e2dtc/figure7", "counts of the imbalanced sets: in the notes of that experiment"],
];
