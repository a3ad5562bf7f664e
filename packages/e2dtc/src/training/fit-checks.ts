import {
  checkLength,
  checkNonNegativeInteger,
  checkOneOf,
  checkPositiveInteger,
  type TrajectorySet,
  ValueError,
} from "@wayweave/geo-core";
import { digestOf } from "@wayweave/nn/train";
import { checkKRange } from "@wayweave/numeric";
import { checkRun, checkTimed } from "../inputs/check-trips.js";
import type { E2DTCConfig } from "../model/config.js";
import { checkTrajectories } from "../model/trip-model.js";
import { visitedPlaces } from "../starts/seeding.js";
import { cellSizeFor } from "../tokens/cell-size.js";
import type { EngineOptions } from "./evaluator.js";
import type { FitOptions } from "./fit-options.js";

/** The function that the user called, for error messages. */
export const FIT = "fitE2DTC";

/** All that can be known to be wrong before hours of training are. */
export function checkFit(
  trajectories: TrajectorySet,
  {
    k,
    kRange,
    startLabels,
    startProbabilities,
    outliers = false,
    emptyClusters = "drop",
    seed = 0,
    signal,
    onProgress,
  }: FitOptions,
  { selfTrain: { seeding }, tokens, network }: E2DTCConfig,
): void {
  const where = FIT;
  if (typeof outliers !== "boolean") {
    throw new ValueError(`${where}: outliers must be true or false, got ${String(outliers)}`);
  }
  checkOneOf(where, "emptyClusters", emptyClusters, ["refill", "drop"]);
  checkNonNegativeInteger(where, "seed", seed);
  checkRun(where, { signal, onProgress });
  if ((k === undefined) === (kRange === undefined)) {
    throw new ValueError(
      `${where}: k or kRange must be given, one of them, got ${k === undefined ? "none" : "both"}`,
    );
  }
  if (trajectories.length === 0) {
    throw new ValueError(`${where}: trajectories must hold at least one, got 0`);
  }
  checkTrajectories(where, trajectories, trajectories);
  if (network.timeOfDay) checkTimed(where, trajectories, "for network.timeOfDay");
  checkMagnitude(trajectories);
  if (kRange !== undefined) checkKRange(where, "kRange", kRange, trajectories.length);
  if (k !== undefined) checkPositiveInteger(where, "k", k);
  if (k !== undefined && k > trajectories.length) {
    throw new ValueError(`${where}: k must be at most the ${trajectories.length} trajectories, got ${k}`);
  }
  if (startLabels !== undefined) checkStartLabels(startLabels, trajectories.length, k);
  if (startProbabilities !== undefined) {
    if (startLabels !== undefined) {
      throw new ValueError(`${where}: startLabels or startProbabilities may be given, got both`);
    }
    checkStartProbabilities(startProbabilities, trajectories.length, k);
  }
  const cellSizeMeters = tokens.cellSizeMeters ?? cellSizeFor(trajectories);
  // Any k of the range may be chosen.
  if (seeding === "mostVisited") visitedPlaces(trajectories, { k: k ?? kRange!.max, cellSizeMeters });
}

/** Planar coordinates within these bounds leave room for cells, squares and float32. */
const MAGNITUDES = { least: 1e-30, most: 1e30 } as const;

function checkMagnitude({ coordinates, coordinateSystem }: TrajectorySet): void {
  if (coordinateSystem !== "planar") return;
  let largest = 0;
  for (const value of coordinates) largest = Math.max(largest, Math.abs(value));
  const { least, most } = MAGNITUDES;
  if (largest === 0 || (largest >= least && largest <= most)) return;
  throw new ValueError(
    `${FIT}: trajectories must have their largest planar coordinate in [${least}, ${most}], got ${largest}: give them in another unit`,
  );
}

function checkStartLabels(labels: ArrayLike<number>, trips: number, k: number | undefined): void {
  if (k === undefined) throw new ValueError(`${FIT}: startLabels needs k`);
  checkLength(FIT, "startLabels", labels, trips);
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    if (Number.isSafeInteger(label) && label >= 0 && label < k) continue;
    throw new ValueError(`${FIT}: startLabels[${i}] must be an integer in [0, ${k}), got ${label}`);
  }
}

/** How far a row's sum may be from 1: shares of float32, added up. */
const SUM_TOLERANCE = 1e-3;

function checkStartProbabilities(shares: ArrayLike<number>, trips: number, k: number | undefined): void {
  const name = "startProbabilities";
  if (k === undefined) throw new ValueError(`${FIT}: ${name} needs k`);
  checkLength(FIT, name, shares, trips * k);
  for (let i = 0; i < trips; i++) {
    let sum = 0;
    for (let at = i * k; at < (i + 1) * k; at++) {
      const share = shares[at]!;
      if (!(share >= 0)) throw new ValueError(`${FIT}: ${name}[${at}] must be at least 0, got ${share}`);
      sum += share;
    }
    if (Math.abs(sum - 1) <= SUM_TOLERANCE) continue;
    throw new ValueError(`${FIT}: ${name} of trajectory ${i} must add up to 1, got ${sum}`);
  }
}

export function engineOptions({ engine, threads }: FitOptions): EngineOptions {
  return { ...(engine === undefined ? {} : { engine }), ...(threads === undefined ? {} : { threads }) };
}

/** What a resumed run must share with the one it continues, and a fit with the one whose pre-training it takes. */
export function identitiesOf(
  trajectories: TrajectorySet,
  config: E2DTCConfig,
  { k, kRange, seed = 0, startLabels, startProbabilities }: FitOptions,
) {
  const start = {
    ...(startLabels === undefined ? {} : { start: digestOf(Int32Array.from(startLabels)) }),
    ...(startProbabilities === undefined ? {} : { shares: digestOf(Float32Array.from(startProbabilities)) }),
  };
  const { coordinates, offsets, timesMs } = trajectories;
  const times = config.network.timeOfDay ? [timesMs!] : [];
  const data = { trajectories: digestOf(coordinates, offsets, ...times) };
  const { selfTrain: _, ...ofPretraining } = config;
  return {
    identity: JSON.stringify({ config, k, kRange, ...start, ...data }),
    pretrainIdentity: JSON.stringify({ config: ofPretraining, seed, ...data }),
  };
}
