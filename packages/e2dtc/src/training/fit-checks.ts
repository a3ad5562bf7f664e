import { checkLength, checkPositiveInteger, type TrajectorySet, ValueError } from "@wayweave/geo-core";
import { digestOf } from "@wayweave/nn/train";
import { checkKRange } from "@wayweave/numeric";
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
  { k, kRange, startLabels }: FitOptions,
  { selfTrain: { seeding }, tokens }: E2DTCConfig,
): void {
  const where = FIT;
  if ((k === undefined) === (kRange === undefined)) {
    throw new ValueError(
      `${where}: k or kRange must be given, one of them, got ${k === undefined ? "none" : "both"}`,
    );
  }
  if (trajectories.length === 0) {
    throw new ValueError(`${where}: trajectories must hold at least one, got 0`);
  }
  checkTrajectories(where, trajectories, trajectories);
  if (kRange !== undefined) checkKRange(where, "kRange", kRange, trajectories.length);
  if (k !== undefined) checkPositiveInteger(where, "k", k);
  if (k !== undefined && k > trajectories.length) {
    throw new ValueError(`${where}: k must be at most the ${trajectories.length} trajectories, got ${k}`);
  }
  if (startLabels !== undefined) checkStartLabels(startLabels, trajectories.length, k);
  const cellSizeMeters = tokens.cellSizeMeters ?? cellSizeFor(trajectories);
  // Any k of the range may be chosen.
  if (seeding === "mostVisited") visitedPlaces(trajectories, { k: k ?? kRange!.max, cellSizeMeters });
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

export function engineOptions({ engine, threads }: FitOptions): EngineOptions {
  return { ...(engine === undefined ? {} : { engine }), ...(threads === undefined ? {} : { threads }) };
}

/** What a resumed run must share with the one it continues, and a fit with the one whose pre-training it takes. */
export function identitiesOf(
  trajectories: TrajectorySet,
  config: E2DTCConfig,
  { k, kRange, seed = 0, startLabels }: FitOptions,
) {
  const start = startLabels === undefined ? {} : { start: digestOf(Int32Array.from(startLabels)) };
  const data = { trajectories: digestOf(trajectories.coordinates, trajectories.offsets) };
  const { selfTrain: _, ...ofPretraining } = config;
  return {
    identity: JSON.stringify({ config, k, kRange, ...start, ...data }),
    pretrainIdentity: JSON.stringify({ config: ofPretraining, seed, ...data }),
  };
}
