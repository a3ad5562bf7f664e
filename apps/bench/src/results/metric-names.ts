/** How a metric is shown, and which way is up. */
export interface MetricInfo {
  /** The column's head. */
  readonly label: string;
  /** `percent` is 0–100 (Tables I and II of TrajCross), `fraction` is 0–1 (or −1–1), `ratio` is shown as ×. */
  readonly unit: "percent" | "fraction" | "count" | "ms" | "perSecond" | "ratio";
  readonly better: "higher" | "lower" | "neither";
}

/**
 * Every metric that a results file may hold. The names are part of the results contract: add one at the end of its
 * group, never rename one. `t2i` is trajectory or text query → image, `i2t` the other way.
 */
export const metricInfo = {
  t2iTop1: { label: "t→i top@1", unit: "percent", better: "higher" },
  t2iTop5: { label: "t→i top@5", unit: "percent", better: "higher" },
  t2iTop10: { label: "t→i top@10", unit: "percent", better: "higher" },
  t2iTop15: { label: "t→i top@15", unit: "percent", better: "higher" },
  i2tTop1: { label: "i→t top@1", unit: "percent", better: "higher" },
  i2tTop5: { label: "i→t top@5", unit: "percent", better: "higher" },
  i2tTop10: { label: "i→t top@10", unit: "percent", better: "higher" },
  i2tTop15: { label: "i→t top@15", unit: "percent", better: "higher" },
  t2iMap: { label: "t→i MAP", unit: "fraction", better: "higher" },
  i2tMap: { label: "i→t MAP", unit: "fraction", better: "higher" },
  t2iPrecision10: { label: "t→i precision@10", unit: "fraction", better: "higher" },
  i2tPrecision10: { label: "i→t precision@10", unit: "fraction", better: "higher" },
  /** Precision@10 of the class that fares best. */
  t2iBestClass: { label: "t→i best class", unit: "fraction", better: "higher" },
  i2tBestClass: { label: "i→t best class", unit: "fraction", better: "higher" },

  /** Of a confidence: telling right answers from wrong ones. */
  confidenceAuc: { label: "confidence AUC", unit: "fraction", better: "higher" },

  uacc: { label: "UACC", unit: "fraction", better: "higher" },
  nmi: { label: "NMI", unit: "fraction", better: "higher" },
  ri: { label: "RI", unit: "fraction", better: "higher" },
  ari: { label: "ARI", unit: "fraction", better: "higher" },
  /** Measured in each system's own geometry: no ranking of systems. */
  silhouette: { label: "silhouette", unit: "fraction", better: "neither" },

  /** Share of the epochs of self-training that only imitate the start. */
  imitated: { label: "imitating epochs", unit: "fraction", better: "neither" },

  /** Of the trip's own other half in the gallery, 1 where it is the nearest. */
  meanRank: { label: "mean rank", unit: "count", better: "lower" },
  /** Share of the 10 nearest under DTW, or the discrete Fréchet distance, that are among the system's 10 nearest. */
  dtwHits10: { label: "DTW's 10 found", unit: "fraction", better: "higher" },
  frechetHits10: { label: "Fréchet's 10 found", unit: "fraction", better: "higher" },
  recall10: { label: "recall@10", unit: "fraction", better: "higher" },
  /** With the row's own k. */
  ndcg10: { label: "NDCG@10", unit: "fraction", better: "higher" },
  recallAtK: { label: "recall@k", unit: "fraction", better: "higher" },

  medianMs: { label: "median", unit: "ms", better: "lower" },
  p99Ms: { label: "p99", unit: "ms", better: "lower" },
  buildMs: { label: "build", unit: "ms", better: "lower" },
  gflops: { label: "GFLOP/s", unit: "count", better: "higher" },
  examplesPerSecond: { label: "examples", unit: "perSecond", better: "higher" },
  speedup: { label: "speedup", unit: "ratio", better: "higher" },
  bytesPerObject: { label: "bytes/object", unit: "count", better: "lower" },
  growthExponent: { label: "growth exponent", unit: "fraction", better: "lower" },
  cpuMs: { label: "CPU", unit: "ms", better: "lower" },
  compileMs: { label: "compile", unit: "ms", better: "lower" },
  peakMebibytes: { label: "peak MiB", unit: "count", better: "lower" },

  trajectories: { label: "trajectories", unit: "count", better: "neither" },
  points: { label: "points", unit: "count", better: "neither" },
  clusters: { label: "clusters", unit: "count", better: "neither" },
} as const satisfies Readonly<Record<string, MetricInfo>>;

export type MetricName = keyof typeof metricInfo;

export const metricNames = Object.keys(metricInfo) as readonly MetricName[];
