import { type PresetName, resolveConfig, type Seeding, type SizeName } from "../model/config.js";
import type { FitOptions } from "../training/fit.js";
import type { NetworkLimits } from "./for-network.js";

/** What `cluster` is given for the training of a network. */
export interface NetworkFlags {
  readonly k?: number | "auto";
  readonly preset: PresetName;
  readonly size?: SizeName;
  readonly seed: number;
  readonly seeding?: Seeding;
  readonly epochs?: number;
  readonly timeOfDay?: true;
  readonly outliers?: true;
  readonly checkpoint?: string;
}

/** Numbers of clusters that `--k auto` tries with a network: those of the paper's Fig. 6. */
const AUTO_RANGE = { min: 2, max: 22 };

/** The cell size that was asked for, or the preset's; undefined where the trips are to decide. */
export function cellSizeOf({ cellSize, preset }: Pick<NetworkLimits & NetworkFlags, "cellSize" | "preset">) {
  return cellSize ?? resolveConfig({ preset }).tokens.cellSizeMeters ?? undefined;
}

/** The flags as `fitE2DTC` takes them. What is not given is the preset's. */
export function fitOptions(
  flags: NetworkFlags & Pick<NetworkLimits, "maxTokens">,
  trips: number,
  cellSizeMeters: number,
): FitOptions {
  const {
    k = "auto",
    preset,
    size,
    seed,
    maxTokens,
    seeding,
    checkpoint,
    epochs,
    timeOfDay,
    outliers,
  } = flags;
  return {
    ...(k === "auto" ? { kRange: { ...AUTO_RANGE, max: Math.min(AUTO_RANGE.max, trips) } } : { k }),
    preset,
    ...(size === undefined ? {} : { size }),
    seed,
    tokens: { cellSizeMeters, maxTokens },
    ...(timeOfDay === undefined ? {} : { network: { timeOfDay } }),
    ...(epochs === undefined ? {} : { pretrain: { epochs } }),
    ...(seeding === undefined ? {} : { selfTrain: { seeding } }),
    outliers: outliers === true,
    ...(checkpoint === undefined ? {} : { checkpointDir: checkpoint }),
  };
}
