import { checkInRange, checkOptions, checkPositiveInteger, ValueError } from "@wayweave/geo-core";
import { checkFeatureOptions, type FeatureOptions } from "../feature-map.js";
import type { SettingName, Settings } from "../settings.js";
import type { Trial } from "./coordinate-search.js";
import type { Measure } from "./relevance.js";

/** How settings that were not given are chosen: by cross-validation on the training pairs. */
export interface TuneOptions {
  /** Parts that the pairs are cut into, ≥ 2; each is held out once. @defaultValue 3 */
  readonly folds?: number;
  /** Pairs that take part, at most; drawn at random. @defaultValue 2,000 */
  readonly pairs?: number;
  /** Decides which pairs take part, and in which fold. @defaultValue 0 */
  readonly seed?: number;
  /** Ways to prepare image features. @defaultValue as they are, and standardised */
  readonly images?: readonly FeatureOptions[];
  /** Ways to prepare text features. @defaultValue as for images */
  readonly texts?: readonly FeatureOptions[];
  /** Dimensions of the common space. @defaultValue one less than the classes, 10, 20, 40, 80, 160, and as many as fit, at most 320 */
  readonly components?: readonly number[];
  /** Ridges of CorrProj, CCA or GMA, as shares of the mean variance. @defaultValue 1e-4, .01, .1, 1, 10, 100 */
  readonly ridges?: readonly number[];
  /** Weights of ½‖W‖² in the classifiers. @defaultValue .1, 1, 10, 100 */
  readonly penalties?: readonly number[];
}

/** What was chosen, and how good it is on pairs that were not fitted to. */
export interface TuningReport {
  /** The settings that cross-validation chose; those that the caller gave are not among them. */
  readonly chosen: Partial<Settings>;
  /** Mean average precision by class; without classes, of finding the other half of a pair. Both directions, mean over folds. */
  readonly measure: Measure;
  /** What the chosen settings reach by that measure, in [0, 1]. */
  readonly score: number;
  /** The measure of a random order. */
  readonly chance: number;
  /** Parts that the pairs were cut into, each held out in turn. */
  readonly folds: number;
  /** Whole pairs that were held out, in all folds together. */
  readonly pairs: number;
  /** Every combination that was tried, with its score, in the order of the search. */
  readonly trials: readonly Trial[];
  /** The measure after fitting to fewer pairs, fewest first; the last is `score`. */
  readonly learningCurve: readonly { readonly pairs: number; readonly score: number }[];
  /** Set where the pairs are too few. */
  readonly warning?: string;
}

/** What every `fit` takes besides its settings. */
export interface FitOptions {
  /**
   * Chooses the settings that are not given; `false` takes the defaults named with each. @defaultValue true
   */
  readonly tune?: boolean | TuneOptions;
  /**
   * Called after every fit of cross-validation, `phase: "tune"`, out of those that there may be at most; and once
   * after the last, `phase: "fit"`.
   */
  readonly onProgress?: (progress: {
    readonly phase: "tune" | "fit";
    readonly done: number;
    readonly total: number;
  }) => void;
  /** Told where the pairs are too few to learn from, with figures. @defaultValue console.warn */
  readonly onWarning?: (message: string) => void;
  /** Stops between two fits; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** The option keys of {@link FitOptions}. */
export const fitOptionNames = ["tune", "onProgress", "onWarning", "signal"] as const;

/** Checks the options of tuning. */
export function checkTune(where: string, tune: boolean | TuneOptions): void {
  if (typeof tune === "boolean") return;
  checkOptions(`${where}: tune`, tune, [
    "folds",
    "pairs",
    "seed",
    "images",
    "texts",
    "components",
    "ridges",
    "penalties",
  ]);
  const { folds = 3, pairs = 2000, seed = 0 } = tune;
  checkPositiveInteger(where, "tune.folds", folds);
  checkInRange(where, "tune.folds", folds, 2, Number.MAX_SAFE_INTEGER);
  checkPositiveInteger(where, "tune.pairs", pairs);
  checkInRange(where, "tune.seed", seed, 0, 2 ** 32 - 1);
  if (!Number.isInteger(seed)) throw new ValueError(`${where}: tune.seed must be an integer, got ${seed}`);
  const each = <T>(name: keyof TuneOptions, check: (label: string, value: T) => void) => {
    const list: unknown = tune[name];
    if (list === undefined) return;
    if (!Array.isArray(list) || list.length === 0) {
      throw new ValueError(
        `${where}: tune.${name} must be a list of at least one value, got ${JSON.stringify(list)}`,
      );
    }
    list.forEach((value, i) => {
      check(`tune.${name}[${i}]`, value as T);
    });
  };
  each<number>("components", (label, value) => checkPositiveInteger(where, label, value));
  for (const name of ["ridges", "penalties"] as const) {
    each<number>(name, (label, value) => checkInRange(where, label, value, 0, Number.MAX_VALUE));
  }
  for (const name of ["images", "texts"] as const) {
    each<FeatureOptions>(name, (label, value) => checkFeatureOptions(where, label, value));
  }
}

/** Settings by name, of those that were chosen. */
export function pickSettings(settings: Settings, names: readonly SettingName[]): Partial<Settings> {
  return Object.fromEntries(names.map((name) => [name, settings[name]]));
}
