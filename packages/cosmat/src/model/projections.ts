import { type CcaView, selectRows } from "@wayweave/numeric";
import { CorrProj } from "./corr-proj.js";
import { type MappedFeatures, mapImages, mapTexts } from "./mapped-pairs.js";
import type { PairData } from "./pair-data.js";
import type { Settings } from "./settings.js";
import type { Memo } from "./tuning/tune.js";

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
    image: memo(`images ${JSON.stringify(settings.images)}`, () => mapImages(data, settings.images)),
    text: memo(`texts ${JSON.stringify(settings.texts)}`, () => mapTexts(data, settings.texts)),
  };
}

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
  // The components are nested: fewer are the first of all.
  const whole = memo(`CorrProj ${JSON.stringify([images, texts, ridge])}`, () =>
    CorrProj.fit(selectRows(image.features, paired), selectRows(text.features, paired), {
      components: fitting,
      ridge,
    }),
  );
  const count = Math.min(settings.components, fitting);
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
