import type { IdleRule } from "@wayweave/cli";
import { type ClusterFlags, methodOf } from "./cluster-command.js";
import type { EvaluateFlags } from "./evaluate-command.js";
import { isTable } from "./label-table.js";
import type { PredictFlags } from "./predict-command.js";
import type { SimilarFlags } from "./similar-command.js";

const NETWORK = "a network (--method e2dtc, --model)";

/** The default of `--sample-size`. */
export const SAMPLE_SIZE = 500;

/** Options of `cluster` that would have no effect. */
export const clusterRules: readonly IdleRule<ClusterFlags>[] = [
  {
    options: ["--k"],
    fault: ({ method, k }) =>
      method === "hdbscan" && k !== "auto"
        ? `must be left out with --method hdbscan, which finds it itself, got ${k}`
        : undefined,
  },
  {
    options: ["--model"],
    fault: ({ method = "e2dtc" }) => (method === "e2dtc" ? undefined : `needs --method e2dtc, got ${method}`),
  },
  {
    options: [
      "--preset",
      "--size",
      "--epochs",
      "--seeding",
      "--time-of-day",
      "--cell-size",
      "--max-tokens",
      "--long-trips",
      "--far-trips",
      "--checkpoint",
    ],
    fault: (flags) =>
      methodOf(flags) === "e2dtc"
        ? undefined
        : `must go with --method e2dtc or --model, since it is about a network, got ${flags.method === undefined ? "neither" : `--method ${flags.method}`}`,
  },
  {
    options: ["--sample-size"],
    fault: (flags) =>
      methodOf(flags) === "e2dtc"
        ? `must be left out with ${NETWORK}, which learns from all trips`
        : undefined,
  },
  {
    options: ["--sample-size"],
    fault: ({ method, clusterBy, k = "auto", outliers, map }) => {
      const needsNone = method === "k-means" || (clusterBy === "places" && method !== "hdbscan");
      // A sample bounds k, and tells outliers and the trips in the middle.
      const isUsed = k === "auto" || k > SAMPLE_SIZE || outliers === true || map !== undefined;
      return needsNone && !isUsed
        ? `must be left out with ${method === "k-means" ? "--method k-means" : "--cluster-by places"} and --k ${k}, which need no distances of trips`
        : undefined;
    },
  },
  {
    options: ["--cluster-by"],
    fault: (flags) => {
      const { clusterBy } = flags;
      const method = methodOf(flags);
      if (method === "e2dtc" && clusterBy !== "auto") return `must be auto with ${NETWORK}, got ${clusterBy}`;
      return method === "hdbscan" && clusterBy === "places"
        ? "must be auto or routes with --method hdbscan, got places"
        : undefined;
    },
  },
  {
    options: ["--method"],
    fault: ({ method, clusterBy }) =>
      clusterBy === "places" &&
      (method === "agglomerative" || method === "spectral" || method === "k-medoids")
        ? `must be auto or k-means with --cluster-by places, got ${method}`
        : undefined,
  },
];

/** Options of `predict` that would have no effect. */
export const predictRules: readonly IdleRule<PredictFlags>[] = [
  {
    options: ["--row-order"],
    fault: ({ rowOrder, format = "csv" }) =>
      rowOrder === "grouped" && format !== "csv"
        ? `grouped must go with CSV, got --format ${format}`
        : undefined,
  },
];

/** Options of `similar` that would have no effect. */
export const similarRules: readonly IdleRule<SimilarFlags>[] = [
  {
    options: ["--distance"],
    fault: ({ model, distance }) =>
      model === undefined
        ? undefined
        : `must be left out with --model, which compares embeddings, got ${distance}`,
  },
  {
    options: ["--epsilon"],
    fault: ({ model, distance, epsilon }) =>
      model === undefined && (distance === "edr" || distance === "lcss")
        ? undefined
        : `must go with --distance edr or lcss, got ${epsilon} with ${model === undefined ? distance : "--model"}`,
  },
];

/** Options of `evaluate` that would have no effect. @param reading the long names of the reading options */
export const evaluateRules = (reading: readonly string[]): readonly IdleRule<EvaluateFlags>[] => [
  {
    options: reading,
    fault: ({ truth }, [file]) =>
      isTable(file!) && isTable(truth ?? file!)
        ? "must be left out with tables (.csv, .tsv, .txt), of which the columns of ids and labels are read alone"
        : undefined,
  },
  {
    options: ["--skip-report"],
    fault: (_, [file]) =>
      isTable(file!) ? "must be left out with a table of labelled trips, which it would be about" : undefined,
  },
  {
    options: ["--id"],
    fault: ({ truth, truthId, id }, [file]) =>
      isTable(file!) || (truthId === undefined && isTable(truth ?? file!))
        ? undefined
        : `must go with a table (.csv, .tsv, .txt), since trips have ids of their own, got ${id}`,
  },
  {
    options: ["--truth-id"],
    fault: ({ truth, truthId }) =>
      truth !== undefined && isTable(truth)
        ? undefined
        : `must go with --truth and a table (.csv, .tsv, .txt), since trips have ids of their own, got ${truthId}`,
  },
];
