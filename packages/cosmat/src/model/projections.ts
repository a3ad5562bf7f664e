import { type CcaView, selectRows } from "@wayweave/numeric";
import { CorrProj } from "./corr-proj.js";
import { type MappedFeatures, mapImages, mapTexts } from "./mapped-pairs.js";
import type { PairData } from "./pair-data.js";
import type { Settings } from "./settings.js";
import type { Memo } from "./tuning/memo.js";

/** Both modalities' features, mapped. */
export interface MappedPairs {
  readonly image: MappedFeatures;
  readonly text: MappedFeatures;
}

/** Maps both modalities; kept while the settings of the maps stay. */
export function mapPairs(
  data: PairData,
  settings: Pick<Settings, "images" | "texts">,
  memo: Memo,
): MappedPairs {
  return {
    image: memo.of("images", JSON.stringify(settings.images), () => mapImages(data, settings.images)),
    text: memo.of("texts", JSON.stringify(settings.texts), () => mapTexts(data, settings.texts)),
  };
}

/** Numbers of components that are made and kept, of which fewer are taken. */
const TIERS = [80, 320];

/** CorrProj of the whole pairs, with as many of the wanted components as fit. */
export function correlate(
  data: PairData,
  { image, text }: MappedPairs,
  settings: Settings,
  memo: Memo,
): { readonly images: CcaView; readonly texts: CcaView; readonly correlations: Float64Array } {
  const { paired } = data.rows;
  const fitting = Math.min(paired.length - 1, image.features.columns, text.features.columns);
  const { images, texts, ridge } = settings;
  const count = Math.min(settings.components, fitting);
  // The components are nested: fewer are the first of more, and a few cost much less than many.
  const made = memo.reuses ? Math.min(fitting, TIERS.find((tier) => tier >= count) ?? fitting) : count;
  const fit = memo.of("pairs", JSON.stringify([images, texts]), () =>
    CorrProj.prepare(selectRows(image.features, paired), selectRows(text.features, paired)),
  );
  const whole = memo.of("CorrProj", JSON.stringify([images, texts, ridge, made]), () =>
    fit({ components: made, ridge }),
  );
  const first = ({ mean, weights: { columns, data: entries } }: CcaView): CcaView => ({
    mean,
    weights: { rows: count, columns, data: entries.slice(0, count * columns) },
  });
  return {
    images: first(whole.images),
    texts: first(whole.texts),
    correlations: whole.correlations.slice(0, count),
  };
}
