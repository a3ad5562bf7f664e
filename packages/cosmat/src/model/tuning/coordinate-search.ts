import type { SettingChoices, SettingName, Settings } from "../settings.js";

/** One combination that was tried. */
export interface Trial {
  readonly settings: Settings;
  /** Higher is better. */
  readonly score: number;
}

/** How often every setting is gone through, at most: the second time the others have found their place. */
const ROUNDS = 2;

/**
 * Searches settings one at a time: each is set to the value that scores highest with the others as they are, until a
 * round changes nothing. A value must score higher to replace the one before it.
 *
 * @param choices the values of each setting; others stay as they are at the start
 * @param evaluate a combination's score
 */
export async function coordinateSearch(
  start: Settings,
  choices: SettingChoices,
  evaluate: (settings: Settings) => Promise<number>,
): Promise<{ readonly best: Trial; readonly trials: readonly Trial[] }> {
  const tried = new Map<string, Trial>();
  const trial = async (settings: Settings): Promise<Trial> => {
    const key = JSON.stringify(settings);
    const known = tried.get(key) ?? { settings, score: await evaluate(settings) };
    tried.set(key, known);
    return known;
  };
  let best = await trial(start);
  for (let round = 0; round < ROUNDS; round++) {
    const before = best;
    for (const name of Object.keys(choices) as SettingName[]) {
      const { settings } = best;
      for (const value of choices[name]!) {
        const next = await trial({ ...settings, [name]: value });
        if (next.score > best.score) best = next;
      }
    }
    if (best === before) break;
  }
  return { best, trials: [...tried.values()] };
}

/** How many combinations {@link coordinateSearch} tries at most. */
export function mostTrials(choices: SettingChoices): number {
  const values = Object.values(choices).reduce((sum, list) => sum + list.length, 0);
  return 1 + ROUNDS * values;
}
