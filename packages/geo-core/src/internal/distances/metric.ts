import type { DistanceMetric, EdrMetric, LcssMetric } from "../../distances/distance-metric.js";
import { checkOptions } from "../../foundation/check-options.js";
import { ValueError } from "../../foundation/errors.js";
import { checkInRange, checkNonNegativeInteger, checkOneOf } from "../../foundation/validate.js";
import { dtwKernel } from "./dtw-kernel.js";
import { edrKernel } from "./edr-kernel.js";
import { frechetKernel } from "./frechet-kernel.js";
import { hausdorffKernel } from "./hausdorff-kernel.js";
import { lcssKernel } from "./lcss-kernel.js";
import type { MatchRule } from "./matches.js";
import { type PreparedPoints, SPHERE_CURVATURE, squaredOf } from "./points.js";

interface ResolvedCommon {
  readonly onSphere: boolean;
  readonly maxDistance: number;
}

export interface ResolvedDtw extends ResolvedCommon {
  readonly name: "dtw";
  /** Sakoe–Chiba radius in points, `Infinity` for no band. */
  readonly window: number;
  readonly value: "sum" | "normalized";
}

export interface ResolvedEdr extends ResolvedCommon {
  readonly name: "edr";
  readonly rule: MatchRule;
  readonly value: "edits" | "normalized";
}

export interface ResolvedLcss extends ResolvedCommon {
  readonly name: "lcss";
  readonly rule: MatchRule;
  readonly delta: number;
  readonly value: "distance" | "similarity" | "length";
}

interface ResolvedMaximum extends ResolvedCommon {
  readonly name: "hausdorff" | "directedHausdorff" | "frechet";
}

/** A checked {@link DistanceMetric} with its thresholds worked out: plain data, so that a worker can be given one. */
export type ResolvedMetric = ResolvedDtw | ResolvedEdr | ResolvedLcss | ResolvedMaximum;

const COMMON_OPTIONS = ["name", "pointMetric", "maxDistance"] as const;
const MATCHING_OPTIONS = [...COMMON_OPTIONS, "epsilon", "matching", "value"] as const;

/** The options of each metric, its name among them. */
const METRIC_OPTIONS = {
  dtw: [...COMMON_OPTIONS, "window"],
  edr: MATCHING_OPTIONS,
  lcss: [...MATCHING_OPTIONS, "delta"],
  hausdorff: COMMON_OPTIONS,
  directedHausdorff: COMMON_OPTIONS,
  frechet: COMMON_OPTIONS,
} as const;

const METRIC_NAMES = Object.keys(METRIC_OPTIONS) as readonly DistanceMetric["name"][];

function optionsOf(name: DistanceMetric["name"]) {
  return name === "dtw" ? ([...METRIC_OPTIONS.dtw, "value"] as const) : METRIC_OPTIONS[name];
}

/** @throws {ValueError} an option out of its range, or one that the metric does not have */
export function resolveMetric(where: string, metric: DistanceMetric): ResolvedMetric {
  if (typeof metric !== "object" || metric === null) {
    throw new ValueError(`${where}: metric must be an object such as { name: "dtw" }, got ${String(metric)}`);
  }
  checkOneOf(where, "metric.name", metric.name, METRIC_NAMES);
  checkOptions(where, metric, optionsOf(metric.name));
  const { pointMetric = "greatCircle", maxDistance = Infinity } = metric;
  checkOneOf(where, "pointMetric", pointMetric, ["greatCircle", "euclidean"]);
  checkInRange(where, "maxDistance", maxDistance, 0, Infinity);
  const common = { onSphere: pointMetric === "greatCircle", maxDistance };
  switch (metric.name) {
    case "dtw": {
      const { window = Infinity, value = "sum" } = metric;
      if (window !== Infinity) checkNonNegativeInteger(where, "window", window);
      checkOneOf(where, "value", value, ["sum", "normalized"]);
      return { ...common, name: "dtw", window, value };
    }
    case "edr": {
      const { value = "edits" } = metric;
      checkOneOf(where, "value", value, ["edits", "normalized"]);
      return { ...common, name: "edr", rule: matchRule(where, metric, common.onSphere), value };
    }
    case "lcss": {
      const { value = "distance", delta = Infinity } = metric;
      checkOneOf(where, "value", value, ["distance", "similarity", "length"]);
      if (delta !== Infinity) checkNonNegativeInteger(where, "delta", delta);
      if (maxDistance !== Infinity && value !== "distance") {
        throw new ValueError(
          `${where}: maxDistance must be absent where value is "${value}", got ${maxDistance}`,
        );
      }
      return { ...common, name: "lcss", rule: matchRule(where, metric, common.onSphere), delta, value };
    }
    case "hausdorff":
    case "directedHausdorff":
    case "frechet":
      return { ...common, name: metric.name };
  }
}

function matchRule(where: string, metric: EdrMetric | LcssMetric, onSphere: boolean): MatchRule {
  const { epsilon, matching = "distance" } = metric;
  checkInRange(where, "epsilon", epsilon, 0, Number.MAX_VALUE);
  checkOneOf(where, "matching", matching, ["distance", "perAxis"]);
  if (matching === "distance") {
    return { limit: squaredOf(epsilon, onSphere ? SPHERE_CURVATURE : 0), perAxis: false };
  }
  if (onSphere) {
    throw new ValueError(
      `${where}: matching must be "distance" where pointMetric is "greatCircle", got "perAxis"`,
    );
  }
  return { limit: epsilon, perAxis: true };
}

/** The distance between trajectory `i` of `a` and trajectory `j` of `b`, both prepared for the metric's surface. */
export function pairDistance(
  metric: ResolvedMetric,
  a: PreparedPoints,
  i: number,
  b: PreparedPoints,
  j: number,
): number {
  switch (metric.name) {
    case "dtw":
      return dtwDistance(metric, a, i, b, j, metric.maxDistance);
    case "edr":
      return edrDistance(metric, a, i, b, j);
    case "lcss":
      return lcssDistance(metric, a, i, b, j);
    case "frechet":
      return frechetKernel(a, i, b, j, metric.maxDistance);
    default:
      return hausdorffKernel(a, i, b, j, metric.name === "directedHausdorff", metric.maxDistance);
  }
}

/**
 * DTW within a limit.
 *
 * @param stripsWithin what the sums of each four rows may reach for the whole to stay within a sum: see `dtwKernel`
 */
export function dtwDistance(
  { window, value }: ResolvedDtw,
  a: PreparedPoints,
  i: number,
  b: PreparedPoints,
  j: number,
  maxDistance: number,
  stripsWithin?: (maxDistance: number) => Float64Array | undefined,
): number {
  const points = value === "sum" ? 1 : a.offsets[i + 1]! - a.offsets[i]! + b.offsets[j + 1]! - b.offsets[j]!;
  // Some slack leaves the decision to the comparison of the quotients.
  const most = value === "sum" ? maxDistance : maxDistance * points * (1 + 1e-12);
  const strips = most === Infinity ? undefined : stripsWithin?.(most);
  const distance = dtwKernel(a, i, b, j, { window, maxDistance: most }, strips) / points;
  return distance <= maxDistance ? distance : Infinity;
}

function edrDistance(
  metric: ResolvedEdr,
  a: PreparedPoints,
  i: number,
  b: PreparedPoints,
  j: number,
): number {
  const { maxDistance } = metric;
  if (metric.value === "edits") return edrKernel(a, i, b, j, metric.rule, maxDistance);
  const longer = Math.max(a.offsets[i + 1]! - a.offsets[i]!, b.offsets[j + 1]! - b.offsets[j]!);
  // Half an edit of slack leaves the decision to the comparison of the quotients.
  const distance = edrKernel(a, i, b, j, metric.rule, maxDistance * longer + 0.5) / longer;
  return distance <= maxDistance ? distance : Infinity;
}

function lcssDistance(
  metric: ResolvedLcss,
  a: PreparedPoints,
  i: number,
  b: PreparedPoints,
  j: number,
): number {
  const { maxDistance, rule, delta } = metric;
  const shorter = Math.min(a.offsets[i + 1]! - a.offsets[i]!, b.offsets[j + 1]! - b.offsets[j]!);
  const length = lcssKernel(a, i, b, j, rule, delta, (1 - maxDistance) * shorter - 0.5);
  if (metric.value === "length") return length;
  if (metric.value === "similarity") return length / shorter;
  const distance = 1 - length / shorter;
  // A length of −1 stands for one that is too small.
  return length >= 0 && distance <= maxDistance ? distance : Infinity;
}
