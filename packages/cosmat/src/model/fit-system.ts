import { checkInRange, checkPositiveInteger, Pace, ValueError } from "@wayweave/geo-core";
import { checkCallbacks } from "./callbacks.js";
import { saysUnvarying } from "./corr-proj.js";
import { checkFeatureOptions, checkNonNegative } from "./feature-map.js";
import type { ModelParts } from "./model-parts.js";
import { type PairData, pairData } from "./pair-data.js";
import { checkVaries, type PairNeeds, type Pairs } from "./pairs.js";
import type { SettingChoices, SettingName, Settings } from "./settings.js";
import { toUnitVectors } from "./similarity.js";
import type { Fold } from "./tuning/folds.js";
import { type Memo, noMemo } from "./tuning/memo.js";
import { checkTune, type FitOptions, type TuneOptions, type TuningReport } from "./tuning/options.js";
import { chanceScore, retrievalScore } from "./tuning/score.js";
import { tune } from "./tuning/tune.js";

/** A fitted system, the settings that it was fitted with, and how they were chosen. */
export interface FittedSystem {
  readonly parts: ModelParts;
  readonly settings: Partial<Settings>;
  readonly tuning: TuningReport | undefined;
}

/** How one system is fitted. */
export interface SystemDefinition {
  /** The public function, for messages. */
  readonly where: string;
  readonly needs: PairNeeds;
  /** Whether it asks what the modalities have in common: then both must vary. */
  readonly correlates?: true;
  /** The settings that it uses. */
  uses(data: PairData): readonly SettingName[];
  /** Fits it; `components` that are more than fit are cut. */
  build(data: PairData, settings: Settings, memo: Memo): ModelParts;
  /** Untuned settings. */
  defaults(data: PairData): Settings;
}

const RIDGES = [1e-4, 0.01, 0.1, 1, 10, 100];
const PENALTIES = [0.1, 1, 10, 100];
const COMPONENTS = [10, 20, 40, 80, 160, 320];
/** More components than this are tried only where they are asked for. */
const MOST_COMPONENTS = 320;
const POWERS = [0, 0.5, 1, 2, 4];

/**
 * Checks pairs, chooses the settings that are not given, and fits.
 *
 * @param given the caller's settings; those that are undefined are chosen, or take their default with `tune: false`
 */
export async function fitSystem(
  system: SystemDefinition,
  pairs: Pairs,
  given: { readonly [Name in SettingName]?: Settings[Name] | undefined },
  options: FitOptions,
): Promise<FittedSystem> {
  const { where } = system;
  const { tune: wanted = true, onProgress, onWarning = console.warn, signal } = options;
  checkCallbacks(where, { onProgress, onWarning, signal });
  checkTune(where, wanted);
  const data = pairData(where, pairs, system.needs);
  if (system.correlates) {
    checkVaries(where, "images", data.images, data.rows.paired);
    checkVaries(where, "texts", data.texts, data.rows.paired);
  }
  checkGiven(where, data, given);
  for (const name of ["images", "texts"] as const) {
    const choices = typeof wanted === "boolean" ? [] : (wanted[name] ?? []);
    for (const options of [given[name] ?? {}, ...choices]) {
      checkNonNegative(where, name, data[name], options, data.rows[name]);
    }
  }
  const pace = new Pace(signal);
  const uses = system.uses(data);
  checkEffect(where, data, uses, given, wanted);
  const fixed = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  let settings: Settings = { ...system.defaults(data), ...fixed };
  let tuning: TuningReport | undefined;
  if (wanted !== false) {
    const search = wanted === true ? {} : wanted;
    const free = uses.filter((name) => given[name] === undefined);
    const choices = choicesOf(data, free, search);
    const start = { ...settings, ...middle(data, choices), ...fixed };
    const found = await tune(where, data, start, choices, foldScore(system), {
      ...search,
      pace,
      ...(onProgress === undefined ? {} : { onProgress }),
    });
    if (found === undefined) {
      onWarning(
        `${where}: ${tooFew(data.rows.paired.length, search)} to choose settings by cross-validation: the defaults are taken; give more pairs, or tune: false and the settings`,
      );
    } else {
      settings = found.settings;
      tuning = found.report;
      if (found.report.warning !== undefined) onWarning(found.report.warning);
    }
  }
  await pace.step();
  const parts = system.build(data, settings, noMemo);
  await pace.step();
  onProgress?.({ phase: "fit", done: 1, total: 1 });
  const used = Object.fromEntries(uses.map((name) => [name, settings[name]]));
  return { parts, settings: used, tuning };
}

function tooFew(pairs: number, { pairs: limit = pairs, folds }: TuneOptions): string {
  const used = Math.min(pairs, limit);
  const cause = limit < pairs ? ` (tune.pairs) of ${pairs}` : "";
  return `${used} pairs${cause} are too few${folds === undefined ? "" : ` for ${folds} folds (tune.folds)`}`;
}

/** As many components as fit the pairs that a system is fitted to. */
export function fittingComponents({ images, texts, rows }: PairData): number {
  return Math.min(rows.paired.length - 1, images.columns, texts.columns);
}

function checkGiven(
  where: string,
  data: PairData,
  { components, images, texts, ...numbers }: { readonly [Name in SettingName]?: Settings[Name] | undefined },
): void {
  if (images !== undefined) checkFeatureOptions(where, "features.images", images);
  if (texts !== undefined) checkFeatureOptions(where, "features.texts", texts);
  for (const [name, value] of Object.entries(numbers)) {
    if (value !== undefined) checkInRange(where, publicNames[name] ?? name, value, 0, Number.MAX_VALUE);
  }
  if (components === undefined) return;
  checkPositiveInteger(where, "components", components);
  // A kernel map changes the number of columns.
  if (images?.chiSquared === undefined && texts?.chiSquared === undefined) {
    checkInRange(where, "components", components, 1, fittingComponents(data));
  }
}

/** Refuses settings that the system does not use on such pairs, and choices of what is given. */
function checkEffect(
  where: string,
  { rows }: PairData,
  uses: readonly SettingName[],
  given: { readonly [Name in SettingName]?: Settings[Name] | undefined },
  tune: boolean | TuneOptions,
): void {
  const isGiven = (name: SettingName) => given[name] !== undefined;
  const idle = (Object.keys(given) as SettingName[]).find((name) => isGiven(name) && !uses.includes(name));
  if (idle !== undefined) {
    const labels = `on pairs ${rows.classes > 0 ? "with" : "without"} labels`;
    throw new ValueError(`${where}: ${publicNames[idle] ?? idle} has no effect ${labels}; leave it out`);
  }
  if (typeof tune === "boolean") return;
  for (const [list, settings] of Object.entries(chosenFrom) as readonly (readonly [
    keyof TuneOptions,
    readonly SettingName[],
  ])[]) {
    if (tune[list] === undefined || !settings.every(isGiven)) continue;
    const names = settings.map((name) => publicNames[name] ?? name).join(" and ");
    throw new ValueError(`${where}: tune.${list} has no effect beside ${names}; leave one out`);
  }
}

/** What each list of {@link TuneOptions} is for. */
const chosenFrom: Partial<Record<keyof TuneOptions, readonly SettingName[]>> = {
  images: ["images"],
  texts: ["texts"],
  components: ["components"],
  ridges: ["ridge"],
  penalties: ["imageRidge", "textRidge"],
};

/** What callers know settings as. */
const publicNames: Readonly<Record<string, string>> = {
  images: "features.images",
  texts: "features.texts",
  imageRidge: "ridge.images",
  textRidge: "ridge.texts",
};

function choicesOf(data: PairData, free: readonly SettingName[], options: TuneOptions): SettingChoices {
  const plain = [{}, { standardize: true }];
  const fitting = fittingComponents(data);
  const { classes } = data.rows;
  const components = options.components ?? [
    ...(classes > 0 ? [classes - 1] : []),
    ...COMPONENTS,
    Math.min(fitting, MOST_COMPONENTS),
  ];
  const all: Required<SettingChoices> = {
    images: options.images ?? plain,
    texts: options.texts ?? plain,
    ridge: options.ridges ?? RIDGES,
    components: [
      ...new Set(components.filter((value) => options.components !== undefined || value <= fitting)),
    ].sort((a, b) => a - b),
    imageRidge: options.penalties ?? PENALTIES,
    textRidge: options.penalties ?? PENALTIES,
    power: POWERS,
  };
  return Object.fromEntries(
    (Object.keys(all) as SettingName[])
      .filter((name) => free.includes(name))
      .map((name) => [name, all[name]]),
  );
}

/** Where the search begins: neither the weakest nor the strongest of each. */
function middle(data: PairData, choices: SettingChoices): Partial<Settings> {
  const start: Partial<Record<SettingName, unknown>> = {};
  for (const name of Object.keys(choices) as SettingName[]) {
    const values = choices[name]!;
    start[name] = values[Math.floor(values.length / 2)];
  }
  if (choices.components !== undefined && data.rows.classes > 0) start.components = choices.components[0];
  return start as Partial<Settings>;
}

/** Held-out pairs' score. Where the pairs to fit to do not vary, nothing is learnt, and it is that of a random order. */
function foldScore({ build }: SystemDefinition) {
  return ({ train, heldOut, relevance }: Fold, settings: Settings, memo: Memo): number => {
    let parts: ModelParts;
    try {
      parts = build(train, settings, memo);
    } catch (error) {
      if (saysUnvarying(error)) return chanceScore(relevance);
      throw error;
    }
    const { image, text, similarity } = parts;
    const mappedImages = memo.of("heldOutImages", JSON.stringify(settings.images), () =>
      image.features.transform(heldOut.images),
    );
    const mappedTexts = memo.of("heldOutTexts", JSON.stringify(settings.texts), () =>
      text.features.transform(heldOut.texts),
    );
    return retrievalScore(
      toUnitVectors(image.project(mappedImages), similarity),
      toUnitVectors(text.project(mappedTexts), similarity),
      relevance,
    );
  };
}
