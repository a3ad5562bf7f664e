import type { Pace } from "@wayweave/geo-core";
import type { PairData } from "../pair-data.js";
import type { SettingChoices, SettingName, Settings } from "../settings.js";
import { coordinateSearch, mostTrials } from "./coordinate-search.js";
import { type Fold, makeFolds, thinned } from "./folds.js";
import { createMemo, type Memo } from "./memo.js";
import { type FitOptions, pickSettings, type TuneOptions, type TuningReport } from "./options.js";
import { chanceScore } from "./score.js";

/** A system's score on a fold after fitting to it. */
export type FoldScore = (fold: Fold, settings: Settings, memo: Memo) => number;

/** Shares of the training part that the learning curve is measured at. */
const CURVE_SHARES = [0.25, 0.5] as const;
/** More than this share gained by the last doubling of the pairs: the curve has not flattened. */
const STILL_RISING = 0.1;
/** Less than this above chance, relative to it: hardly anything was learnt. */
const NEAR_CHANCE = 0.5;

/**
 * Chooses settings by cross-validation on the pairs.
 *
 * @returns undefined where there are too few pairs for folds
 */
export async function tune(
  where: string,
  data: PairData,
  start: Settings,
  choices: SettingChoices,
  scoreFold: FoldScore,
  options: TuneOptions & Pick<FitOptions, "onProgress"> & { readonly pace: Pace },
): Promise<{ readonly settings: Settings; readonly report: TuningReport } | undefined> {
  const { folds: count = 3, seed = 0, pairs: limit = 2000, onProgress, pace } = options;
  const folds = makeFolds(data, { folds: Math.max(2, count), seed, limit });
  if (folds === undefined) return undefined;
  const memos = folds.map(() => createMemo());
  const total = mostTrials(choices) * folds.length;
  let done = 0;
  const evaluate = async (settings: Settings): Promise<number> => {
    let sum = 0;
    for (const [i, fold] of folds.entries()) {
      await pace.step();
      sum += scoreFold(fold, settings, memos[i]!);
      done++;
      onProgress?.({ phase: "tune", done, total });
    }
    return sum / folds.length;
  };
  const { best, trials } = await coordinateSearch(start, choices, evaluate);
  const learningCurve: { pairs: number; score: number }[] = [];
  for (const share of CURVE_SHARES) {
    let [pairs, score] = [0, 0];
    for (const fold of folds) {
      await pace.step();
      const part = thinned(fold, share);
      if (part.train.rows.paired.length < 2) continue;
      pairs += part.train.rows.paired.length / folds.length;
      score += scoreFold(part, best.settings, createMemo()) / folds.length;
    }
    learningCurve.push({ pairs: Math.round(pairs), score });
  }
  const fitted = folds.reduce((sum, { train }) => sum + train.rows.paired.length, 0) / folds.length;
  learningCurve.push({ pairs: Math.round(fitted), score: best.score });
  onProgress?.({ phase: "tune", done: total, total });
  const report = {
    chosen: pickSettings(best.settings, Object.keys(choices) as SettingName[]),
    measure: folds[0]!.relevance.measure,
    score: best.score,
    chance: folds.reduce((sum, { relevance }) => sum + chanceScore(relevance), 0) / folds.length,
    folds: folds.length,
    pairs: folds.reduce((sum, { heldOut }) => sum + heldOut.images.rows, 0),
    trials,
    learningCurve,
  } as const satisfies TuningReport;
  const warning = tooFew(where, report);
  return { settings: best.settings, report: warning === undefined ? report : { ...report, warning } };
}

/** A sentence with figures where more pairs would help much, or little was learnt. */
function tooFew(where: string, { learningCurve, score, chance, measure }: TuningReport): string | undefined {
  const half = learningCurve.at(-2)!;
  const whole = learningCurve.at(-1)!;
  const figures = `held-out ${measure} is ${score.toFixed(3)} after fitting to ${whole.pairs} pairs, ${half.score.toFixed(3)} after ${half.pairs}, ${chance.toFixed(3)} by chance`;
  if (score < (1 + NEAR_CHANCE) * chance)
    return `${where}: hardly better than chance: ${figures}; use more pairs or better features`;
  if (score - half.score > STILL_RISING * score) return `${where}: more pairs would help: ${figures}`;
  return undefined;
}
